"""Where in a text do stored names stand, the longest first?"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from opencc import OpenCC
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from geo.gazetteer.proofreading.radicals import RADICALS
from geo.text import search_keys

SHORTEST, LONGEST = 2, 30

_VERSION = text("SELECT current_database(), count(*), max(id), max(row_version) FROM place_name")
# Names that stand are needed as text alone; of the others the rows.
_STANDING = text(
    """
    SELECT DISTINCT name FROM place_name
    WHERE language LIKE 'zh%' AND char_length(name) BETWEEN 2 AND 30
      AND kind IN ('standard', 'short', 'reused_in_place', 'reused_moved')
      AND (start_earliest IS NULL OR start_earliest <= :year)
      AND (end_latest IS NULL OR end_latest >= :year)
    """
)
_FORMS = text(
    """
    SELECT id, place_id, name, kind, start_earliest, end_latest FROM place_name
    WHERE language LIKE 'zh%' AND char_length(name) BETWEEN 2 AND 30
      AND (start_earliest IS NULL OR start_earliest <= :year)
      AND (kind IN ('former', 'vanished', 'alias', 'popular') OR end_latest < :year)
    """
)


class Form(NamedTuple):
    """A name that is not the standard one of its place: row, place, kind and known years."""

    name_id: int
    place_id: int
    name: str
    kind: str
    start: int | None
    end: int | None


@dataclass(frozen=True)
class Lexicon:
    """All names by key: those that stand (never marked), and the forms that do not.

    `lengths` gives, by the first two characters, how long names that begin so are, longest first.
    """

    standing: frozenset[str]
    forms: dict[str, tuple[Form, ...]]
    lengths: dict[str, tuple[int, ...]]

    @classmethod
    def of(cls, standing: Sequence[str], forms: Sequence[Form]) -> Lexicon:
        """Make a lexicon of names that stand and of forms that do not; pure."""
        kept = frozenset(filter(_is_kept, search_keys(standing)))
        others: dict[str, list[Form]] = {}
        for form, key in zip(forms, search_keys([form.name for form in forms]), strict=True):
            if _is_kept(key):
                others.setdefault(key, []).append(form)
        lengths: dict[str, set[int]] = {}
        for key in kept | others.keys():
            lengths.setdefault(key[:2], set()).add(len(key))
        return cls(
            kept,
            {key: tuple(of) for key, of in others.items()},
            {start: tuple(sorted(of, reverse=True)) for start, of in lengths.items()},
        )

    def matches(self, folded: str) -> Iterator[tuple[int, int]]:
        """Answer where names stand in a folded text: leftmost first, the longest there, apart.

        Each place of the text costs one look at its pair of characters; few go on from there.
        """
        at, end = 0, len(folded) - 1
        while at < end:
            step = 1
            for length in self.lengths.get(folded[at : at + 2], ()):
                piece = folded[at : at + length]
                if len(piece) == length and (piece in self.standing or piece in self.forms):
                    yield at, at + length
                    step = length
                    break
            at += step


def _is_kept(key: str) -> bool:
    return SHORTEST <= len(key) <= LONGEST and not key.isascii()


def fold(written: str) -> str:
    """Answer a text in the characters of the keys, each at its own place.

    Traditional characters become simplified, full width half width and radicals the characters
    that they show (as text copied from a PDF has them), where one stays one.
    """
    return written.translate({ord(c): _folded(c) for c in set(written)})


@lru_cache(maxsize=30_000)
def _folded(character: str) -> str:
    plain = unicodedata.normalize("NFKC", RADICALS.get(ord(character), character))
    if len(plain) != 1:
        return character
    simple = _to_simplified().convert(plain).casefold() if not plain.isascii() else plain.casefold()
    return simple if len(simple) == 1 else character


@lru_cache(maxsize=1)
def _to_simplified() -> OpenCC:
    return OpenCC("t2s")


_kept: dict[tuple[object, ...], Lexicon] = {}


def lexicon_of(session: Session | Connection, on: date) -> Lexicon:
    """Answer the lexicon of all stored names as of a day; kept until a name changes."""
    version = (*session.execute(_VERSION).one(), on.year)
    found = _kept.get(version)
    if found is None:
        asked = {"year": on.year}
        standing = session.execute(_STANDING, asked).scalars().all()
        found = Lexicon.of(standing, [Form(*row) for row in session.execute(_FORMS, asked)])
        if len(_kept) >= 2:
            _kept.clear()
        _kept[version] = found
    return found

"""Which name is proposed for what, and what are its key, its parts and its sounds?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from geo.errors import BadInput, both
from geo.gazetteer.naming.rules import Kind
from geo.text import core, generic_part, pinyin_key, romanise, search_key
from geo.text.romanise import other_readings

LONGEST_NAME = 60


@dataclass(frozen=True)
class Proposal:
    """A name that somebody wants to give: kind, place (degrees of CGCS2000 or division), sizes.

    `place_code`: the place that bears the name already; it is no namesake of itself. Sizes in
    square metres, metres and per cent; None is unknown.
    """

    name: str
    kind: str
    lon: float | None = None
    lat: float | None = None
    division: str | None = None
    place_code: str | None = None
    land_m2: float | None = None
    floor_m2: float | None = None
    height_m: float | None = None
    green_percent: float | None = None


@dataclass(frozen=True)
class Subject:
    """A name as it is compared: search key, specific and generic part, and every likely reading.

    `toned` and `plain` hold one tuple of syllables per reading, with and without tones.
    """

    name: str
    key: str
    specific: str
    generic: str
    toned: frozenset[tuple[str, ...]]
    plain: frozenset[tuple[str, ...]]
    is_uncertain: bool


def subject_of(name: str, kind: Kind) -> Subject:
    """Prepare a name for comparison. Raises BadInput for one that is empty or too long."""
    key = search_key(name)
    if not key or len(name) > LONGEST_NAME or "\x00" in name:
        raise BadInput(
            both(
                f"名称须含文字或数字，且不超过 {LONGEST_NAME} 字。",
                f"a name holds letters or digits and at most {LONGEST_NAME} characters",
            ),
            parameter="name",
        )
    specific, generic = parts(key, kind)
    toned, is_uncertain = readings(key)
    return Subject(name, key, specific, generic, toned, plain_of(toned), is_uncertain)


def parts(key: str, kind: Kind) -> tuple[str, str]:
    """Answer specific and generic part: by the kind's own generic parts first, then by any.

    The specific part keeps at least one character: 通县 → 通 + 县.
    """
    for generic in kind.generics:
        if key.endswith(generic) and len(key) > len(generic):
            if kind.id == "division":
                specific = core(key)  # without the peoples of autonomous counties
                return (specific if specific != key else key[: -len(generic)]), generic
            return key[: -len(generic)], generic
    generic = generic_part(key).replace("·", "")
    return (key[: len(key) - len(generic)] if generic else key), generic


@lru_cache(maxsize=20_000)
def readings(key: str) -> tuple[frozenset[tuple[str, ...]], bool]:
    """Answer every likely toned reading of a key, and whether nobody confirmed which holds."""
    read = romanise(key)
    found = {read.syllables}
    if read.status == "uncertain":
        found.update(other_readings(key, read.syllables))
    return frozenset(found), read.status == "uncertain"


def plain_of(toned: frozenset[tuple[str, ...]]) -> frozenset[tuple[str, ...]]:
    """The same readings without tones."""
    return frozenset(tuple(pinyin_key(s) for s in syllables) for syllables in toned)


def dialect_sound(key: str, table: Mapping[str, str]) -> tuple[str, ...] | None:
    """The sound of a key in a dialect, None where the table lacks one of its characters."""
    sounds = [table.get(character) for character in key]
    return None if None in sounds else tuple(s for s in sounds if s is not None)

"""Which division stands before or after a name: 溧阳市竹箦镇, jiangsu changzhou, 武进 in 常州?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sqlalchemy import text

from geo.errors import NotFound
from geo.gazetteer.finding.english import GENERICS
from geo.gazetteer.finding.lookup import Filters, Reader, look_up
from geo.gazetteer.matching import PAST_KINDS
from geo.gazetteer.places import facts_of, units_within
from geo.gazetteer.probes import Probe, close_probes, is_latin
from geo.text import core, pinyin_key, romanise, search_key

SHORTEST_UNPARTED = 4
MOST_TOKENS = 6
MOST_TRIED = 3
_ABOVE = text(
    """
    SELECT DISTINCT ON (a.code) a.code, a.name FROM admin_unit a
    WHERE a.level <= 2 AND NOT EXISTS (SELECT FROM place p WHERE p.unit_code = a.code)
    ORDER BY a.code, (a.validity @> CAST(:on AS date)) DESC, upper(a.validity) DESC NULLS FIRST
    """
)
"""Provinces and cities that are known as superiors only: they have no place of their own."""
PER_PROBE = 5
_COMMAS = re.compile(r"[,，、;；/>]+")
_BLANKS = re.compile(r"[\s·]+")


@dataclass(frozen=True)
class Inside:
    """The rest of what was typed, and the division that it is to be looked for in."""

    rest: str
    division: str
    division_name: str


def tokens(typed: str) -> list[str]:
    """Answer the names of what was typed, parted by commas, or else its words."""
    names = [name for name in _COMMAS.split(typed) if search_key(name)]
    return names if len(names) > 1 else [word for word in _BLANKS.split(typed) if search_key(word)]


def splits(typed: str) -> list[tuple[str, str]]:
    """Answer (division, rest) as the text may be read, the likeliest first.

    Words may be parted with the division before or after; Chinese is also cut without a space.
    """
    found: list[tuple[str, str]] = []
    words = tokens(typed)
    if 2 <= len(words) <= MOST_TOKENS:
        # Wujin District Changzhou is not cut before District.
        cuts = [at for at in range(len(words) - 1, 0, -1) if words[at].lower() not in GENERICS]
        found += [(" ".join(words[:at]), " ".join(words[at:])) for at in cuts]
        found += [(" ".join(words[at:]), " ".join(words[:at])) for at in reversed(cuts)]
    key = search_key(typed)
    if not is_latin(typed) and len(key) >= SHORTEST_UNPARTED:
        found += [(key[:length], key[length:]) for length in range(len(key) - 1, 1, -1)]
    return list(dict.fromkeys(found))


def inside_named_division(
    session: Reader, typed: str, *, on: date, units: list[str] | None
) -> Iterator[Inside]:
    """Answer the ways to read a text as a division and a name inside it, the likeliest first.

    A division of today before one that only was called so; the longest division first.
    """
    wanted = splits(typed)
    probes = {
        (probe.key, probe.kind): (at, probe)
        for at, (division, _) in reversed(list(enumerate(wanted)))
        for probe in _of_divisions(division)
    }
    filters = Filters(units=units, feature_class="A")
    found = look_up(session, [probe for _, probe in probes.values()], filters, most=PER_PROBE)
    at_of = {(probe.key, probe.kind): at for (at, probe) in probes.values()}
    facts = facts_of(session, [row.place_id for row, _ in found], on)
    readings = [
        (row.name_kind in PAST_KINDS, at_of[probe.key, probe.kind], row.rank, place.unit_code,
         place.name)
        for row, probe in found
        if (place := facts.get(row.place_id)) is not None and place.unit_code is not None
    ]  # fmt: skip
    readings += _superiors(session, wanted, on)
    tried: set[tuple[str, str]] = set()
    for _, at, _, division, name in sorted(readings):
        rest = wanted[at][1]
        if (division, rest) in tried or (units is not None and division not in units):
            continue
        if len(tried) == MOST_TRIED:
            return
        if _is_stored(session, division, on):
            tried.add((division, rest))
            yield Inside(rest, division, name)


def _superiors(
    session: Reader, wanted: list[tuple[str, str]], on: date
) -> Iterator[tuple[bool, int, int, str, str]]:
    """The ways in which the division is a province or city without a place of its own."""
    above = {
        key: (row.code, row.name)
        for row in session.execute(_ABOVE, {"on": on})
        for key in _keys(row.name)
    }
    for at, (division, _) in enumerate(wanted):
        found = above.get(pinyin_key(division) if is_latin(division) else search_key(division))
        if found is not None:
            yield (False, at, 0, *found)


@lru_cache(maxsize=1_000)
def _keys(name: str) -> frozenset[str]:
    """A division's name and its specific part, written and spelled."""
    whole = search_key(name)
    spelled = (pinyin_key("".join(romanise(part).syllables)) for part in (whole, core(whole)))
    return frozenset({whole, core(whole), *spelled})


def _of_divisions(typed: str) -> list[Probe]:
    ways = ("exact", "core", "pinyin", "english", "english_specific")
    return [probe for probe in close_probes(typed) if probe.how in ways]


def _is_stored(session: Reader, division: str, on: date) -> bool:
    try:
        return bool(units_within(session, division, on))
    except NotFound:  # its place is known, but none of its versions
        return False

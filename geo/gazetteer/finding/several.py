"""Which division stands before or after a name: 溧阳市竹箦镇, jiangsu changzhou, 武进 in 常州?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from geo.errors import NotFound
from geo.gazetteer.finding.lookup import Filters, Reader, look_up
from geo.gazetteer.matching import PAST_KINDS
from geo.gazetteer.places import facts_of, units_within
from geo.gazetteer.probes import Probe, close_probes, is_latin
from geo.text import search_key

SHORTEST_UNPARTED = 4
MOST_TOKENS = 6
MOST_TRIED = 3
PER_PROBE = 5
_BETWEEN = re.compile(r"[\s,，、;；/·>]+")


@dataclass(frozen=True)
class Inside:
    """The rest of what was typed, and the division that it is to be looked for in."""

    rest: str
    division: str
    division_name: str


def tokens(typed: str) -> list[str]:
    """Answer the words of what was typed, parted by spaces, commas or the like."""
    return [token for token in _BETWEEN.split(typed.strip()) if search_key(token)]


def splits(typed: str) -> list[tuple[str, str]]:
    """Answer (division, rest) as the text may be read, the likeliest first.

    Words may be parted with the division before or after; Chinese is also cut without a space.
    """
    found: list[tuple[str, str]] = []
    words = tokens(typed)
    if 2 <= len(words) <= MOST_TOKENS:
        cuts = range(len(words) - 1, 0, -1)
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

    The longest division first; one of today before one that only was called so.
    """
    wanted = splits(typed)
    probes = {
        (probe.key, probe.kind): (at, probe)
        for at, (division, _) in reversed(list(enumerate(wanted)))
        for probe in _of_divisions(division)
    }
    filters = Filters(units=units, feature_class="A")
    found = look_up(session, [probe for _, probe in probes.values()], filters, most=PER_PROBE)
    rows = sorted(
        ((probes[probe.key, probe.kind][0], row) for row, probe in found),
        key=lambda one: (one[0], one[1].name_kind in PAST_KINDS, one[1].rank),
    )
    facts = facts_of(session, [row.place_id for _, row in rows], on)
    tried: set[tuple[str, str]] = set()
    for at, row in rows:
        place = facts.get(row.place_id)
        division = place.unit_code if place else None
        rest = wanted[at][1]
        if place is None or division is None or (division, rest) in tried:
            continue
        if len(tried) == MOST_TRIED:
            return
        if _is_stored(session, division, on):
            tried.add((division, rest))
            yield Inside(rest, division, place.name)


def _of_divisions(text: str) -> list[Probe]:
    ways = ("exact", "core", "pinyin", "english", "english_specific")
    return [probe for probe in close_probes(text) if probe.how in ways]


def _is_stored(session: Reader, division: str, on: date) -> bool:
    try:
        return bool(units_within(session, division, on))
    except NotFound:  # its place is known, but none of its versions
        return False

"""Which stored names do many names mean: by key, then loosely, all in a few statements?

The order is that of `search`: what is written so, then what differs a little. What may be a name
inside a division (溧阳市竹箦镇), or two words, is left to `search` itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice

from geo.gazetteer.finding.lookup import Filters, Reader, look_up
from geo.gazetteer.finding.several import SHORTEST_UNPARTED, tokens
from geo.gazetteer.matching import Match, best_by_place, judge
from geo.gazetteer.probes import (
    Probe,
    beginning_probes,
    close_probes,
    is_latin,
    loose_probes,
    misspelt_probes,
)
from geo.text import search_key

TOGETHER = 250
"""So many names share a statement where each has dozens of keys."""
PER_PROBE = 40
LOOKED_AT = 20
WEAK = frozenset({"part", "begins", "specific", "pinyin_prefix"})
"""Kinds of match that a name inside a division goes before."""
Probes = Callable[[str], list[Probe]]
Found = dict[str, list[Match]]


def by_key(session: Reader, names: Sequence[str], filters: Filters, on: date) -> Found:
    """Answer the best matches of each name that is stored so: written, spelled, abbreviated."""
    return _round(session, names, close_probes, filters, on, together=len(names) or 1)


def loosely(session: Reader, names: Sequence[str], filters: Filters, on: date) -> Found:
    """Answer the best matches of each name with one wrong character, or as part of a name."""
    found = _round(
        session, names, lambda name: [*loose_probes(name), *beginning_probes(name)], filters, on
    )
    latin = [name for name in names if is_latin(name) and not found[name]]
    return found | _round(session, latin, misspelt_probes, filters, on, together=20)


def may_hold_a_division(session: Reader, names: Iterable[str], found: Found) -> list[str]:
    """Answer the names without a strong match that may begin with, or name, a division."""
    asked = [
        name for name in names if not any(match.how not in WEAK for match in found.get(name, ()))
    ]
    several = [name for name in asked if len(tokens(name)) > 1]
    whole = [name for name in asked if len(tokens(name)) == 1 and not is_latin(name)]
    beginnings: dict[str, list[str]] = defaultdict(list)
    for name in whole:
        key = search_key(name)
        for length in range(2, len(key)) if len(key) >= SHORTEST_UNPARTED else ():
            beginnings[key[:length]].append(name)
    divisions: dict[str, None] = {}
    for some in _parts(beginnings, TOGETHER * 8):
        probes = [Probe(key, kind, kind) for key in some for kind in ("exact", "core")]
        for row, _ in look_up(session, probes, Filters(feature_class="A"), most=1):
            divisions |= dict.fromkeys(beginnings[row.key])
    return [*several, *divisions]


def _round(
    session: Reader, names: Sequence[str], probes_of: Probes, filters: Filters, on: date,
    *, together: int = TOGETHER,
) -> Found:  # fmt: skip
    found: Found = {name: [] for name in names}
    for some in _parts(names, together):
        owners: dict[Probe, list[str]] = defaultdict(list)
        for name in some:
            for probe in probes_of(name):
                owners[probe].append(name)
        for row, probe in look_up(session, list(owners), filters, most=PER_PROBE):
            for name in owners[probe]:
                match = judge(name, row, probe, on)
                if match is not None:
                    found[name].append(match)
    return {
        name: sorted(best_by_place(matches).values(), key=lambda one: one.order)[:LOOKED_AT]
        for name, matches in found.items()
    }


def _parts(names: Iterable[str], size: int) -> Iterator[list[str]]:
    waiting = iter(names)
    while some := list(islice(waiting, size)):
        yield some

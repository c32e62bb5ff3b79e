"""How many places are on lists? By level and family, each place once; levels are never added."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Membership:
    """That a place is on a list: what counting needs to know."""

    place: str
    family: str
    level: str
    list_class: str | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of places. `places` counts each once, on however many lists it stands.

    The numbers of `by_level`, `by_family` and `by_class` overlap: their sum has no meaning, and
    nothing here gives it. `on_several_levels` says how many places the levels share.
    """

    places: int
    by_level: dict[str, int]
    by_family: dict[str, int]
    by_class: dict[str, int]
    on_several_levels: int
    entries: int


def counted(entries: Iterable[Membership], same: dict[str, str] | None = None) -> Counts:
    """Count the places of these entries, each once.

    same: code → code of the place that it is another register of (a village as area and as unit).
    """
    levels: dict[str, set[str]] = {}
    families: dict[str, set[str]] = {}
    classes: dict[str, set[str]] = {}
    of_place: dict[str, set[str]] = {}
    number = 0
    for one in entries:
        place = (same or {}).get(one.place, one.place)
        levels.setdefault(one.level, set()).add(place)
        families.setdefault(one.family, set()).add(place)
        if one.list_class:
            classes.setdefault(one.list_class, set()).add(place)
        of_place.setdefault(place, set()).add(one.level)
        number += 1
    return Counts(
        len(of_place),
        {level: len(places) for level, places in levels.items()},
        {family: len(places) for family, places in families.items()},
        {name: len(places) for name, places in classes.items()},
        sum(len(found) > 1 for found in of_place.values()),
        number,
    )

"""What is a 1+N group: a hub, its spokes, the areas that it serves?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from geo.access.radius.ground import Source


@dataclass(frozen=True, slots=True)
class Spoke:
    """A facility of the second rank. stated: the hub that its record names, nearest: by minutes.

    served_by: the stated hub if it is open, else the nearest within the limit; None: unserved.
    minutes, distance_m: to `served_by` (to the nearest where unserved).
    """

    code: str
    name: str
    kind: str
    admin_code: str | None
    stated: str | None
    nearest: str | None
    served_by: str | None
    minutes: float | None
    distance_m: float | None
    why: str

    @property
    def passes_nearer(self) -> bool:
        """Is it assigned to a hub that is not the nearest?"""
        return self.served_by is not None and self.served_by != self.nearest


@dataclass(frozen=True, slots=True)
class ServedArea:
    """A township, zone or district: the hub nearest to most of its elders, and their share.

    hub None: unserved (nobody there is within the limit) or, with `status` not measured, unknown.
    minutes: the elders' mean to their nearest hub, of those within the limit; beyond_60: the rest.
    """

    area_code: str
    area_name: str
    status: str
    hub: str | None = None
    share: float | None = None
    minutes: float | None = None
    people_60: float | None = None
    beyond_60: float | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A hub with its spokes, nearest first, and the areas that it serves."""

    code: str
    name: str
    admin_code: str | None
    spokes: tuple[Spoke, ...]
    areas: tuple[ServedArea, ...]


@dataclass(frozen=True, slots=True)
class Groups:
    """All groups of a city, and who is in none."""

    city: str
    on: date
    hub_kind: str
    limit_min: float
    groups: tuple[Group, ...]
    unserved_spokes: tuple[Spoke, ...]
    unserved_areas: tuple[ServedArea, ...]
    unknown_areas: tuple[ServedArea, ...]
    sources: tuple[Source, ...]
    method: str
    method_en: str
    measure: str = "line"

    @property
    def has_synthetic(self) -> bool:
        """Some facility, area or count of people is made up."""
        return any(one.is_synthetic for one in self.sources)

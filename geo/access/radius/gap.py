"""What is a gap, and what do gaps come with?"""

from __future__ import annotations

from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry

from geo.access.radius.answer import Coverage


@dataclass(frozen=True, slots=True)
class Gap:
    """A connected uncovered part of one area; None is unknown.

    rank: 1 = first in the asked order. area_m2: measured on the ellipsoid (量算值). nearest_m: mean
    over its people aged 60 and over of the distance to the nearest open facility of the kind,
    wherever it lies; None without people or without any facility. On foot: of those people from
    whom a way leads to one.
    """

    rank: int
    area_code: str
    area_name: str
    people_60: float | None
    people_65: float | None
    people_80: float | None
    area_m2: float
    nearest_m: float | None
    shape: BaseGeometry


@dataclass(frozen=True, slots=True)
class Gaps:
    """The gaps of a question in order, and the coverage they belong to.

    count: how many there are before `limit`; None where nothing is known. dropped, dropped_m2:
    slivers without people that are left out.
    """

    coverage: Coverage
    gaps: tuple[Gap, ...]
    count: int | None
    dropped: int
    dropped_m2: float

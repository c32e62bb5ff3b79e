"""What would a planned change of divisions do to facilities, elders and coverage?

People and facilities stay where they are; what changes is which division they are in. Coverage with
facilities across the border counted is therefore the same in sum, and only its division into areas
moves; where each area's own facilities alone count, people may gain or lose.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely
from sqlalchemy import text

from geo.access.coverage import Coverage, coverage_of
from geo.errors import NotFound
from geo.models.kinds import kinds_of
from geo.queries.admin import Reader
from geo.survey.changes.crosswalk.people import people_points
from geo.survey.changes.crosswalk.weights import Floats, Indices, Shapes, holder
from geo.survey.changes.planned import NOT_IN_FORCE, Plan
from geo.survey.changes.sketch import Area, Sketch, sketch

_FACILITIES = text(
    """SELECT f.code, f.name, ST_X(f.geom) AS lon, ST_Y(f.geom) AS lat,
        f.source, f.source_date, f.is_synthetic
    FROM facility f
    WHERE f.kinds && CAST(:kinds AS text[]) AND f.state = 'open'
      AND f.validity @> CAST(:on AS date)
      AND ST_Intersects(f.geom, ST_SetSRID(ST_GeomFromWKB(:wkb), 4490))
    ORDER BY f.code"""
)


@dataclass(frozen=True, slots=True)
class _Site:
    code: str
    name: str
    lon: float
    lat: float
    source: str | None
    source_date: date | None
    is_synthetic: bool

    @property
    def told(self) -> str:
        """Where it comes from."""
        return f"设施：{self.source or '未知'}（{self.source_date or '日期未知'}）"


@dataclass(frozen=True, slots=True)
class Moved:
    """What would go from one division to another: codes of areas; facilities, elders 60+.

    elders_60 None: nobody was counted there. is_planned: the destination comes from the plan.
    """

    from_code: str
    from_name: str
    to_code: str
    to_name: str
    facilities: tuple[tuple[str, str], ...]
    elders_60: float | None


@dataclass(frozen=True, slots=True)
class AreaFacilities:
    """How many open facilities of the kind lie in an area of one side."""

    side: str
    code: str
    name: str
    facilities: int


@dataclass(frozen=True, slots=True)
class Effects:
    """A plan's effects. Coverage on both sides by one rule, facilities across borders counted
    (`open_`) and only an area's own (`own_`); None where nobody was counted.

    sources: of outlines, people and facilities.
    """

    plan: Plan
    kind: str
    radius_m: float
    on: date
    sketch: Sketch
    moved: tuple[Moved, ...]
    facilities: tuple[AreaFacilities, ...]
    open_before: Coverage | None
    open_after: Coverage | None
    own_before: Coverage | None
    own_after: Coverage | None
    sources: tuple[str, ...]
    has_synthetic: bool
    warning: str = NOT_IN_FORCE


def planned_effects(
    session: Reader, plan: Plan, *, kind: str = "elder_home", radius_m: float = 1000.0
) -> Effects:
    """What a plan does, on the day that it begins with, for a kind (or group) of facility.

    Needs the right to read cells. Raises BadInput for an unknown kind, a bad radius or ground that
    is not known, NotFound where the plan touches no drawn division.
    """
    kinds = kinds_of(kind)
    drawing = sketch(
        session, plan.units, within=plan.within_code, level=plan.level, on=plan.on_date
    )
    sites = _sites(session, drawing, kinds, plan.on_date)
    points = _points(np.array([(one.lon, one.lat) for one in sites]).reshape(-1, 2))
    was, will = _homes(drawing.before, points), _homes(drawing.after, points)
    elders, people_source = _elders(session, drawing, plan.on_date)
    covers = _coverages(session, drawing, kind, radius_m, plan.on_date)
    counted = (
        *_counted("before", drawing.before, was),
        *_counted("after", drawing.after, will),
    )
    made_up = drawing.has_synthetic or any(one.is_synthetic for one in sites)
    made_up = made_up or any(one.has_synthetic for one in covers if one)
    sources = sorted({one.told for one in sites})
    return Effects(
        plan, kind, radius_m, plan.on_date, drawing, _moved(drawing, sites, was, will, elders),
        counted, covers[0], covers[1], covers[2], covers[3],
        (*drawing.sources, *people_source, *sources), made_up,
    )  # fmt: skip


def _sites(session: Reader, drawing: Sketch, kinds: list[str], on: date) -> list[_Site]:
    ground = shapely.union_all([area.outline for area in (*drawing.before, *drawing.after)])
    asked = {"kinds": kinds, "on": on, "wkb": shapely.to_wkb(ground)}
    return [_Site(**row._mapping) for row in session.execute(_FACILITIES, asked)]


def _points(pairs: Floats) -> Shapes:
    return np.asarray(shapely.points(pairs), dtype=object).reshape(-1)


def _homes(areas: tuple[Area, ...], points: Shapes) -> Indices:
    return holder([area.outline for area in areas], points)


def _elders(
    session: Reader, drawing: Sketch, on: date
) -> tuple[dict[tuple[int, int], float] | None, tuple[str, ...]]:
    """Elders by pair of areas (before, after); None where nobody was counted."""
    ground = shapely.union_all([area.outline for area in (*drawing.before, *drawing.after)])
    try:
        cells = people_points(session, ground, on, "people_60")
    except NotFound:
        return None, ()
    points = _points(cells.points)
    was, will = _homes(drawing.before, points), _homes(drawing.after, points)
    found: Counter[tuple[int, int]] = Counter()
    for i, j, people in zip(was.tolist(), will.tolist(), cells.people.tolist(), strict=True):
        if i >= 0 or j >= 0:
            found[i, j] += people
    return dict(found), (f"人口：{cells.words}",)


def _moved(
    drawing: Sketch, sites: list[_Site], was: Indices, will: Indices,
    elders: dict[tuple[int, int], float] | None,
) -> tuple[Moved, ...]:  # fmt: skip
    """Every pair of areas that something is in, the planned destinations first."""
    pairs = {(int(i), int(j)) for i, j in zip(was, will, strict=True) if i >= 0 or j >= 0}
    pairs |= set(elders or {})
    made = []
    for i, j in sorted(pairs, key=lambda pair: (pair[1], pair[0])):
        old = drawing.before[i] if i >= 0 else None
        new = drawing.after[j] if j >= 0 else None
        here = tuple(
            (one.code, one.name)
            for one, a, b in zip(sites, was, will, strict=True)
            if (int(a), int(b)) == (i, j)
        )
        made.append(
            Moved(
                old.code if old else "", old.name if old else OUTSIDE,
                new.code if new else "", new.name if new else OUTSIDE,
                here, None if elders is None else elders.get((i, j), 0.0),
            )
        )  # fmt: skip
    return tuple(made)


OUTSIDE = "方案范围之外"


def _counted(side: str, areas: tuple[Area, ...], homes: Indices) -> list[AreaFacilities]:
    counts = np.bincount(homes[homes >= 0], minlength=len(areas))
    return [
        AreaFacilities(side, area.code, area.name, int(count))
        for area, count in zip(areas, counts, strict=True)
    ]


def _coverages(
    session: Reader, drawing: Sketch, kind: str, radius_m: float, on: date
) -> list[Coverage | None]:
    """Coverage before and after: across borders, then with an area's own facilities alone."""
    made: list[Coverage | None] = []
    for across in (True, False):
        for areas in (drawing.before, drawing.after):
            polygons = [(area.code, area.name, area.outline) for area in areas]
            try:
                made.append(
                    coverage_of(
                        session, polygons, kind=kind, radius_m=radius_m, on=on,
                        across_border=across,
                    )
                )  # fmt: skip
            except NotFound:
                made.append(None)
    return made

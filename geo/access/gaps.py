"""Where do the uncovered people live? Uncovered stretches of each area, the largest first.

The people of an area's gaps are exactly its people minus its covered people, because both come from
the same ground; the polygons are for drawing (`geo.access.radius.drawing`). See docs/methods.md.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
from sqlalchemy import text

from geo.access.radius.answer import answer, nearest_counting
from geo.access.radius.areas import Polygons
from geo.access.radius.distance import CGCS2000, Floats, nearest_site
from geo.access.radius.drawing import Part, uncovered_parts
from geo.access.radius.gap import Gap, Gaps
from geo.access.radius.ground import Ground, read_ground
from geo.access.radius.question import Question, ask
from geo.access.radius.record import on_record, unrecorded
from geo.access.radius.seen import as_seen
from geo.access.radius.stored import data_stamp
from geo.access.radius.stored_gaps import current_gaps
from geo.access.walking.drawing import unwalked_parts
from geo.access.walking.ground import nearest_on_foot
from geo.errors import BadInput
from geo.models.kinds import kinds_of
from geo.queries.admin import Reader

SLIVER_M2 = 10_000.0
"""A part below one hectare without people aged 60 and over is dropped; its area is reported."""

WITHHELD = 1e-9
"""Where a withheld count ranks: before 0, after every other."""

_SITES_AROUND = text(
    """SELECT ST_X(f.geom) AS lon, ST_Y(f.geom) AS lat FROM facility f
    WHERE f.kinds && CAST(:kinds AS text[]) AND f.state = 'open'
      AND f.validity @> CAST(:on AS date)
      AND f.geom && ST_MakeEnvelope(:west, :south, :east, :north, 4490)"""
)


def gaps(
    session: Reader,
    *,
    city: str,
    areas: str = "district",
    kind: str,
    radius_m: float,
    on: date,
    basis: str = "resident",
    base_year: int | None = None,
    projection: str = "none",
    across_border: bool = True,
    published_only: bool = False,
    measure: str = "line",
    network: str | None = None,
    fallback: str = "none",
    order: str = "people",
    limit: int | None = None,
) -> Gaps:
    """The uncovered stretches of a city's areas for one kind (or group) and radius in metres.

    order: people (most people aged 60 and over first) or area (largest first). Parameters and
    errors otherwise as `geo.access.coverage.coverage`.
    """
    if order not in ("people", "area"):
        raise BadInput(f"order is people or area, not {order[:40]!r}", parameter="order")
    if limit is not None and limit < 1:
        raise BadInput(f"limit must be 1 or more, not {limit}", parameter="limit")
    question = ask(
        city=city, areas=areas, kind=kind, radius_m=radius_m, on=on, basis=basis,
        base_year=base_year, projection=projection, across_border=across_border,
        published_only=published_only, measure=measure, network=network, fallback=fallback,
    )  # fmt: skip
    kept = current_gaps(session, question)
    if kept is not None:
        return in_order(kept, order, limit)
    stamp = data_stamp(session, measure)
    with as_seen(session, published_only=published_only):
        recorded = on_record(session, question)
        if recorded is None:
            return Gaps(unrecorded(session, question, stamp), (), None, 0, 0.0)
        ground = read_ground(session, recorded, kinds=[kind], longest_m=radius_m)
        return in_order(gaps_on(session, ground, recorded, stamp), order, limit)


def gaps_of(
    session: Reader,
    polygons: Polygons,
    *,
    kind: str,
    radius_m: float,
    on: date,
    basis: str = "resident",
    base_year: int | None = None,
    projection: str = "none",
    across_border: bool = True,
    published_only: bool = False,
    measure: str = "line",
    network: str | None = None,
    fallback: str = "none",
) -> Gaps:
    """The uncovered stretches of any set of polygons, most people first.

    Parameters and errors as `geo.access.coverage.coverage_of`.
    """
    question = ask(
        city="", areas="polygon", kind=kind, radius_m=radius_m, on=on, basis=basis,
        base_year=base_year, projection=projection, across_border=across_border,
        published_only=published_only, measure=measure, network=network, fallback=fallback,
    )  # fmt: skip
    stamp = data_stamp(session, measure)
    with as_seen(session, published_only=published_only):
        recorded = on_record(session, question, polygons)
        if recorded is None:
            return Gaps(unrecorded(session, question, stamp, polygons), (), None, 0, 0.0)
        ground = read_ground(session, recorded, kinds=[kind], longest_m=radius_m, polygons=polygons)
        return gaps_on(session, ground, recorded, stamp)


def gaps_on(
    session: Reader,
    ground: Ground,
    question: Question,
    stamp: int,
    nearest_m: Floats | None = None,
) -> Gaps:
    """All gaps that a ground has for a question on it, most people first.

    nearest_m: `nearest_anywhere(…)` of the kind where the caller has it already.
    """
    counting_m = nearest_counting(ground, question.kind, across_border=question.across_border)
    uncovered = np.flatnonzero(~(counting_m <= question.radius_m))
    draw = uncovered_parts if ground.walked is None else unwalked_parts
    parts = draw(
        ground,
        kinds_of(question.kind),
        question.radius_m,
        across_border=question.across_border,
        cells=uncovered,
    )
    if nearest_m is None:
        nearest_m = nearest_anywhere(session, ground, question)
    made = [_gap(ground, part, nearest_m) for part in parts]
    kept = [gap for gap in made if gap.people_60 or gap.area_m2 >= SLIVER_M2]
    slivers = [gap for gap in made if not gap.people_60 and gap.area_m2 < SLIVER_M2]
    kept.sort(key=_by_people)
    return Gaps(
        answer(ground, question, stamp, counting_m),
        tuple(replace(gap, rank=rank) for rank, gap in enumerate(kept, start=1)),
        len(kept),
        len(slivers),
        sum(gap.area_m2 for gap in slivers),
    )


def in_order(found: Gaps, order: str = "people", limit: int | None = None) -> Gaps:
    """The first `limit` gaps in the asked order, ranked anew.

    A count that is withheld stands between those that are shown and nobody at all.
    """
    kept = sorted(found.gaps, key=_by_people if order == "people" else _by_area)[:limit]
    ranked = tuple(replace(gap, rank=rank) for rank, gap in enumerate(kept, start=1))
    return replace(found, gaps=ranked)


def _gap(ground: Ground, part: Part, nearest_m: Floats) -> Gap:
    """People, measured area and mean distance of a part; its rank comes later."""
    people = ground.people[part.cells].sum(axis=0)
    weights = ground.people[part.cells, 0]
    distances = nearest_m[part.cells]
    told = np.isfinite(distances) & (weights > 0)
    mean = float(np.average(distances[told], weights=weights[told])) if told.any() else None
    area_m2 = abs(CGCS2000.geometry_area_perimeter(part.shape)[0])
    return Gap(
        0,
        ground.area_codes[part.area],
        ground.area_names[part.area],
        float(people[0]),
        None if np.isnan(people[1]) else float(people[1]),
        None if np.isnan(people[2]) else float(people[2]),
        area_m2,
        mean,
        part.shape,
    )


def nearest_anywhere(session: Reader, ground: Ground, question: Question) -> Floats:
    """Distance (m) of each cell to the nearest open facility of the kind, in or outside the city.

    The facilities of the ground give an upper bound; all within that bound are then looked at.
    On foot: along the ways that were read; inf where no way leads to any.
    """
    lon, lat = ground.cell_lon, ground.cell_lat
    if not len(lon):
        return np.empty(0)
    members = kinds_of(question.kind)
    if ground.walked is not None:
        return nearest_on_foot(ground.walked, members)
    known = [site for site in ground.sites if set(site.kinds).intersection(members)]
    first = nearest_site(
        lon, lat, np.array([s.lon for s in known]), np.array([s.lat for s in known])
    )
    values = question.binds() | {"kinds": members, **_box(lon, lat, float(first.distance_m.max()))}
    rows = session.execute(_SITES_AROUND, values).all()
    if len(rows) <= len(known):
        return first.distance_m
    return nearest_site(
        lon, lat, np.array([r.lon for r in rows]), np.array([r.lat for r in rows])
    ).distance_m


def _box(lon: Floats, lat: Floats, margin_m: float) -> dict[str, float]:
    """A box in degrees that holds all within `margin_m` metres of the points; inf: the globe."""
    if not np.isfinite(margin_m):
        return {"west": -180.0, "south": -90.0, "east": 180.0, "north": 90.0}
    up = margin_m / 110_000
    aside = up / max(float(np.cos(np.radians(min(np.abs(lat).max() + up, 89.0)))), 0.01)
    return {
        "west": float(lon.min() - aside),
        "south": float(lat.min() - up),
        "east": float(lon.max() + aside),
        "north": float(lat.max() + up),
    }


def _by_people(gap: Gap) -> tuple[float, float, str]:
    return (-_weight(gap), -gap.area_m2, gap.area_code)


def _by_area(gap: Gap) -> tuple[float, float, str]:
    return (-gap.area_m2, -_weight(gap), gap.area_code)


def _weight(gap: Gap) -> float:
    return WITHHELD if gap.people_60 is None else gap.people_60

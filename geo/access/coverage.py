"""How many people, of which age, live within a radius of a kind of facility, area by area?

The doors to the database: a question is answered from a stored run while that run's data are
still the data, and computed otherwise. Counting is `geo.access.radius.answer`, distances are
`geo.access.radius.ground`, the rules stand in docs/methods.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import text

from geo.access.gaps import gaps_on, nearest_anywhere
from geo.access.radius.answer import AreaCoverage, Coverage, answer, nearest_counting
from geo.access.radius.areas import AREA_ROWS, Polygons
from geo.access.radius.ground import Floats, Ground, read_ground
from geo.access.radius.question import AREAS, RADII_M, ask, radii_offered
from geo.access.radius.record import on_record, unrecorded
from geo.access.radius.seen import as_seen
from geo.access.radius.stored import (
    count_current,
    current_run,
    data_stamp,
    forget_stale,
    wait_for_turn,
)
from geo.access.radius.stored import store as keep
from geo.access.radius.stored_gaps import store_gaps
from geo.access.walking.ways import network_around, wider
from geo.models.kinds import GROUPS, KINDS
from geo.progress import Progress, silent
from geo.queries.admin import BELOW, Reader, unit
from geo.queries.roads import Bounds

__all__ = ["AreaCoverage", "Computed", "Coverage", "compute_city", "coverage", "coverage_of"]

CITY_AREAS = ("district", "zone")


def coverage(
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
    store: bool = False,
) -> Coverage:
    """Coverage of a city's areas by one kind (or group) of facility at one radius in metres.

    areas: district, township or zone. published_only: rest on published facilities and areas only,
    as the public is told; else on all. Answers from a stored run when its data are unchanged, else
    computes; `store` keeps what was computed (the caller commits). base_year None: the last count
    not after `on`. Days before anything was on record have no numbers. Raises BadInput for a
    malformed question, NotFound for an unknown city or where there are no areas or no people.

    measure: line, or walk along the roads of `network` (None: the only one there; Ambiguous lists
    several). Areas that no way enters are then unknown, or with fallback="line" measured by the
    straight line; each row says by what.
    """
    question = ask(
        city=city, areas=areas, kind=kind, radius_m=radius_m, on=on, basis=basis,
        base_year=base_year, projection=projection, across_border=across_border,
        published_only=published_only, measure=measure, network=network, fallback=fallback,
    )  # fmt: skip
    kept = current_run(session, question)
    if kept is not None:
        return kept
    # Read before the data: a write in between makes it stale.
    stamp = data_stamp(session, measure)
    with as_seen(session, published_only=published_only):
        recorded = on_record(session, question)
        if recorded is None:
            return unrecorded(session, question, stamp)
        ground = read_ground(session, recorded, kinds=[kind], longest_m=radius_m)
    made = answer(ground, recorded, stamp)
    if store:
        keep(session, [made], by_default=base_year is None, network_by_default=network is None)
    return made


def coverage_of(
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
) -> Coverage:
    """Coverage of any set of polygons: (code, name, shapely geometry in EPSG:4490) each.

    Where polygons overlap, people count in the one with the smallest code only, so that totals hold
    everybody once. Raises BadInput for repeated codes, no or broken polygons.
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
            return unrecorded(session, question, stamp, polygons)
        ground = read_ground(session, recorded, kinds=[kind], longest_m=radius_m, polygons=polygons)
    return answer(ground, recorded, stamp)


@dataclass(frozen=True, slots=True)
class Computed:
    """What `compute_city` did: how many runs are stored, and whether all were there already."""

    runs: int
    skipped: bool


def compute_city(
    session: Reader,
    city_code: str,
    *,
    on: date,
    measure: str = "line",
    progress: Progress = silent,
) -> Computed:
    """Compute and store what the pages offer for a city: kinds and groups × radii × both borders.

    These are the public answers, resting on published rows only. For districts and, where the city
    has any, planning zones; none where nothing is on record on that day. Skips when every run is
    there with unchanged data. measure: line, or walk (5, 10, 15 minutes): then nothing is computed
    where no ways lie around the city, and gaps are drawn when asked for. The caller commits. Raises
    NotFound for an unknown city, Ambiguous where ways of several networks lie around it.
    """
    city = unit(session, city_code, on)
    kinds = [*KINDS, *GROUPS]
    radii_m = radii_offered(measure)
    expected = len(kinds) * len(radii_m) * 2
    wait_for_turn(session)  # whoever comes second finds the work of the first, and skips
    stamp = data_stamp(session, measure)
    kept = count_current(
        session, city.code, on, stamp, kinds=kinds, radii_m=radii_m, measure=measure
    )
    present = _public_areas(session, city.code, on)
    if measure == "walk" and not _have_ways(session, present.values()):
        forget_stale(session, city.code, stamp, measure)
        return Computed(0, skipped=True)
    if present and all(kept.get(areas, 0) >= expected for areas in present):
        return Computed(sum(kept[areas] for areas in present), skipped=True)
    forget_stale(session, city.code, stamp, measure)
    # Fresh statistics: right after loading the planner would know nothing of these tables.
    session.execute(text("ANALYZE demand_cell, facility, admin_unit, planning_zone"))
    with as_seen(session, published_only=True):
        runs = sum(
            _compute_areas(session, city.code, areas, kinds, on, measure, stamp, progress)
            for areas in present
        )
    return Computed(runs, skipped=False)


def _compute_areas(
    session: Reader, city_code: str, areas: str, kinds: list[str], on: date, measure: str,
    stamp: int, progress: Progress,
) -> int:  # fmt: skip
    """Read the ground once and store the answers to every question on it; how many there are."""
    progress(0, None, f"覆盖率 coverage · {AREAS[areas]}")
    radii_m = radii_offered(measure)
    question = ask(
        city=city_code, areas=areas, kind=kinds[0], radius_m=max(radii_m), on=on,
        published_only=True, measure=measure,
    )  # fmt: skip
    first = on_record(session, question)
    if first is None:
        return 0
    ground = read_ground(session, first, kinds=kinds, longest_m=max(radii_m))
    answers = []
    for kind in kinds:
        for across in (True, False):
            nearest_m = nearest_counting(ground, kind, across_border=across)
            for radius_m in radii_m:
                asked = replace(first, kind=kind, radius_m=radius_m, across_border=across)
                answers.append(answer(ground, asked, stamp, nearest_m))
    run_ids = keep(session, answers, by_default=True)
    if areas == "district" and measure == "line":
        _draw_gaps(session, ground, dict(zip(run_ids, answers, strict=True)), progress)
    return len(answers)


def _draw_gaps(
    session: Reader, ground: Ground, runs: dict[int, Coverage], progress: Progress
) -> None:
    """Store the gaps that the page opens with; others are drawn when asked for, in no time."""
    wanted = {run_id: made for run_id, made in runs.items() if made.question.across_border}
    nearest_m: dict[str, Floats] = {}
    for done, (run_id, made) in enumerate(wanted.items(), start=1):
        asked = made.question
        progress(done, len(wanted), "服务缺口 gaps")
        if asked.kind not in nearest_m:
            nearest_m[asked.kind] = nearest_anywhere(session, ground, asked)
        drawn = gaps_on(session, ground, asked, made.stamp, nearest_m[asked.kind])
        store_gaps(session, run_id, drawn)


def _public_areas(session: Reader, city_code: str, on: date) -> dict[str, Bounds | None]:
    """Which sorts of areas the public sees in a city, and the box of those with an outline."""
    values = {"code": city_code, "on": on}
    with as_seen(session, published_only=True):
        found = {areas: session.execute(_EXTENT[areas], values).one() for areas in CITY_AREAS}
    return {
        areas: None if row.west is None else (row.west, row.south, row.east, row.north)
        for areas, row in found.items()
        if row.units
    }


def _have_ways(session: Reader, boxes: Iterable[Bounds | None]) -> bool:
    """Do ways lie on or around any of the areas? Ambiguous where they are of several networks."""
    return any(
        box is not None and network_around(session, wider(box, max(RADII_M))) is not None
        for box in boxes
    )


_EXTENT = {
    areas: text(
        f"""WITH RECURSIVE {BELOW} SELECT e.units, ST_XMin(e.box) AS west, ST_YMin(e.box) AS south,
            ST_XMax(e.box) AS east, ST_YMax(e.box) AS north
        FROM (SELECT count(*) AS units, ST_Extent(r.geom) AS box FROM ({AREA_ROWS[areas]}) AS r)
            AS e"""
    )
    for areas in CITY_AREAS
}

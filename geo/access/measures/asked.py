"""How are the measures of areas asked for, and what is read to answer?"""

from __future__ import annotations

from typing import Any

import numpy as np
from sqlalchemy import text

from geo.access.floating import METHODS
from geo.access.measures.counted import measure_ground
from geo.access.measures.told import FEW, SUPPLIES, Measures, bare
from geo.access.pairs import sites_of
from geo.access.radius.areas import Polygons
from geo.access.radius.distance import Floats, Indices
from geo.access.radius.ground import Ground, read_ground
from geo.access.radius.question import Question, ask
from geo.access.radius.record import on_record, unrecorded
from geo.access.radius.seen import as_seen
from geo.access.radius.stored import data_stamp
from geo.errors import BadInput, both
from geo.queries.admin import Reader
from geo.settings import CitySettings, WalkSettings, read

COLUMNS = {"beds": "beds_total", "meals": "meals_per_day"}


def measures(
    session: Reader,
    *,
    polygons: Polygons | None = None,
    supply: str | None = None,
    method: str = "2sfca",
    **asked: Any,
) -> Measures:
    """The measures of a city's areas, or of given polygons (then without `city` and `areas`).

    asked: as `geo.access.coverage.coverage` takes them (city, areas, kind, radius_m, on, basis …,
    measure, network, fallback). supply: beds or meals; by default meals for canteens, else beds.
    method: of `floating_catchment`. Raises as `coverage` does, BadInput for both words.
    """
    if polygons is not None:
        asked |= {"city": "", "areas": "polygon"}
    question = ask(**({"areas": "district"} | asked))
    supply = supply or ("meals" if question.kind in ("canteen", "meal") else "beds")
    if supply not in SUPPLIES:
        raise BadInput(
            both("容量为 beds 或 meals。", f"supply is beds or meals, not {supply[:40]!r}"),
            parameter="supply",
        )
    if method not in METHODS:
        raise BadInput(
            both(f"可用：{'、'.join(METHODS)}。", f"method is one of {', '.join(METHODS)}"),
            parameter="method",
        )
    stamp = data_stamp(session, question.measure)
    with as_seen(session, published_only=question.published_only):
        recorded = on_record(session, question, polygons)
        if recorded is None:
            return _unknown(session, question, supply, method, stamp, polygons)
        ground = read_ground(
            session, recorded, kinds=[question.kind], longest_m=question.radius_m, polygons=polygons
        )
        sites = sites_of(ground, question.kind)
        stated = _supply(session, ground, sites, supply)
    few = float(read(CitySettings).small_count_threshold) or FEW
    return measure_ground(ground, recorded, sites, stated, supply, method, stamp, few)


def _supply(session: Reader, ground: Ground, sites: Indices, supply: str) -> Floats:
    """Beds or meals a day of each facility, NaN where it states none."""
    ids = [ground.sites[i].id for i in sites]
    rows = session.execute(
        text(f"SELECT f.id, f.{COLUMNS[supply]} FROM facility f WHERE f.id = ANY(:ids)"),
        {"ids": ids},
    )
    stated = {row[0]: row[1] for row in rows}
    return np.array([stated.get(each) for each in ids], dtype=np.float64)


def _unknown(
    session: Reader,
    question: Question,
    supply: str,
    method: str,
    stamp: int,
    polygons: Polygons | None,
) -> Measures:
    """The answer for a day before anything was on record."""
    none = unrecorded(session, question, stamp, polygons)
    settings = read(WalkSettings)
    return Measures(
        question, supply, method, tuple(bare(row) for row in none.rows), bare(none.total), None,
        None, None, None, settings.disabled_rate, settings.disabled_rate_source, (), stamp,
        none.computed_at,
    )  # fmt: skip

"""Which gaps were drawn before, and belong to a stored run that is still true?"""

from __future__ import annotations

from typing import Any

import shapely
from geoalchemy2.functions import ST_AsBinary
from shapely.geometry.base import BaseGeometry
from sqlalchemy import insert, select, update

from geo.access.radius.gap import Gap, Gaps
from geo.access.radius.question import Question
from geo.access.radius.stored import restored, run_of
from geo.models import Base, CoverageRun, GapArea
from geo.models.base import STORED_SRID
from geo.queries.admin import Reader

_RUN = Base.metadata.tables[CoverageRun.__tablename__]
_GAP = Base.metadata.tables[GapArea.__tablename__]

_COLUMNS = (
    "rank", "area_code", "area_name", "people_60", "people_65", "people_80", "area_m2", "nearest_m",
)  # fmt: skip


def current_gaps(session: Reader, question: Question) -> Gaps | None:
    """The stored gaps of a question, all of them, by people; None where none are true today."""
    run = run_of(session, question)
    if run is None or "gaps" not in run.detail:
        return None
    columns = [_GAP.c[name] for name in _COLUMNS]
    rows = session.execute(
        select(*columns, ST_AsBinary(_GAP.c.geom).label("wkb"))
        .where(_GAP.c.run_id == run.id)
        .order_by(_GAP.c.rank)
    )
    found = tuple(
        Gap(shape=_lone(shapely.from_wkb(bytes(row.wkb))), **{n: getattr(row, n) for n in _COLUMNS})
        for row in rows
    )
    about = run.detail["gaps"]
    return Gaps(
        restored(session, question, run), found, len(found), about["dropped"], about["dropped_m2"]
    )


def store_gaps(session: Reader, run_id: int, made: Gaps) -> None:
    """Keep the gaps of a stored run; `made` holds all of them, by people. The caller commits."""
    rows = [_values(run_id, gap) for gap in made.gaps]
    if rows:
        session.execute(insert(_GAP), rows)
    about = {"gaps": {"dropped": made.dropped, "dropped_m2": made.dropped_m2}}
    session.execute(
        update(_RUN).where(_RUN.c.id == run_id).values(detail=_RUN.c.detail.op("||")(about))
    )


def _values(run_id: int, gap: Gap) -> dict[str, Any]:
    shape = shapely.set_srid(shapely.MultiPolygon([*shapely.get_parts(gap.shape)]), STORED_SRID)
    stored = {"run_id": run_id, "geom": shapely.to_wkb(shape, hex=True, include_srid=True)}
    return stored | {name: getattr(gap, name) for name in _COLUMNS}


def _lone(shape: BaseGeometry) -> BaseGeometry:
    """A polygon that was stored as a multipolygon of one."""
    parts: list[BaseGeometry] = list(shapely.get_parts(shape))
    return parts[0] if len(parts) == 1 else shape

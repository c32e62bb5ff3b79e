"""Which outline is known of a division for a day, and what do outlines of two days share?

An outline is known for the day of its source and later while its version lasts. A version may reach
further back, because neither name nor code changed; its outline is not taken for such a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import text

from geo.queries.admin import BELOW, Reader
from geo.survey.changes.crosswalk.weights import area_weights

_DRAWN = """u.id, u.code, u.name, u.level, u.parent_code, u.source, u.source_date, u.is_synthetic,
    lower(u.validity) AS valid_from, u.geom IS NOT NULL AS has_outline,
    coalesce(u.geom IS NOT NULL AND u.source_date > CAST(:on AS date), false) AS is_later,
    ST_AsBinary(u.geom) AS wkb"""

_OF_CODES = text(
    f"""SELECT {_DRAWN} FROM admin_unit u
    WHERE u.code = ANY(CAST(:codes AS text[])) AND u.validity @> CAST(:on AS date)
    ORDER BY u.code"""
)
_BELOW = text(
    f"""WITH RECURSIVE {BELOW} SELECT {_DRAWN} FROM below b
    JOIN admin_unit u ON u.code = b.code AND u.validity @> CAST(:on AS date)
    WHERE u.level = :level ORDER BY u.code"""
)
_TOUCHING = text(
    f"""SELECT {_DRAWN} FROM admin_unit u
    WHERE u.level = :level AND u.validity @> CAST(:on AS date)
      AND ST_Intersects(u.geom, ST_SetSRID(ST_GeomFromWKB(:wkb), 4490)) ORDER BY u.code"""
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A division of a day with its outline in EPSG:4490, or None where none is known.

    is_later: it has an outline, but of a day after the one asked for, which is not used.
    """

    version: int
    code: str
    name: str
    level: int
    parent_code: str | None
    source: str | None
    source_date: date | None
    is_synthetic: bool
    valid_from: date | None
    is_later: bool
    outline: BaseGeometry | None


def drawn(session: Reader, codes: Iterable[str], on: date) -> list[Drawn]:
    """The divisions of these codes in force on a day, by code."""
    return _read(session.execute(_OF_CODES, {"codes": sorted(set(codes)), "on": on}))


def drawn_below(session: Reader, code: str, level: int, on: date) -> list[Drawn]:
    """The divisions of a level under one on a day, itself included, by stated superiors."""
    return _read(session.execute(_BELOW, {"code": code, "level": level, "on": on}))


def drawn_touching(session: Reader, area: BaseGeometry, level: int, on: date) -> list[Drawn]:
    """The divisions of a level whose outline meets an area (EPSG:4490) on a day."""
    asked = {"wkb": shapely.to_wkb(area), "level": level, "on": on}
    return _read(session.execute(_TOUCHING, asked))


def _read(rows: Iterable[object]) -> list[Drawn]:
    found = []
    for row in rows:
        values = dict(row._mapping)  # type: ignore[attr-defined]
        wkb, has = values.pop("wkb"), values.pop("has_outline")
        version, later = values.pop("id"), values.pop("is_later")
        outline = shapely.from_wkb(bytes(wkb)) if has and not later else None
        found.append(Drawn(version=version, is_later=later, outline=outline, **values))
    return found


def measured_shares(
    session: Reader, code: str, day: date, targets: Sequence[str], on: date
) -> list[float] | None:
    """Shares of a unit's area in the divisions of `targets` on a day, from outlines of both days.

    day: the day of the change; the old outline is that of the day before. None where any of the
    outlines is not known.
    """
    before = drawn(session, [code], date.fromordinal(day.toordinal() - 1))
    after = {one.code: one for one in drawn(session, targets, on)}
    if not before or before[0].outline is None:
        return None
    shapes = [after[code].outline if code in after else None for code in targets]
    if any(shape is None for shape in shapes):
        return None
    weights = area_weights([before[0].outline], [shape for shape in shapes if shape is not None])
    shares = [0.0] * len(targets)
    for j, share in zip(weights.new, weights.share, strict=True):
        shares[int(j)] = float(share)
    return shares

"""On which ground does a report stand: which areas, which radii, which forecasts of people?"""

from __future__ import annotations

from dataclasses import dataclass, replace

from shapely.geometry.base import BaseGeometry
from sqlalchemy import text

from geo.access.figures import Answer, Asked
from geo.access.figures.reached import Basis, basis_of, people_answer
from geo.access.figures.stock import ELDER_KINDS
from geo.access.standards import WrittenRule
from geo.errors import BadInput, both
from geo.queries.admin import BELOW, Reader

HORIZONS = (2030, 2035)
"""The years that the national guide of 2025 plans for."""

CIRCLES = {"day_care": "circle-5-min"}
"""Which walking circle a kind belongs to; all others to the 15-minute one."""
WIDEST = "circle-15-min"

_BELOW_DISTRICT = text(
    f"""WITH RECURSIVE {BELOW} SELECT
    EXISTS (SELECT FROM below b JOIN admin_unit u ON u.code = b.code AND u.level = 4
        AND u.validity @> CAST(:on AS date) AND u.geom IS NOT NULL) AS townships,
    EXISTS (SELECT FROM below b JOIN planning_zone z ON z.parent_code = b.code
        AND z.validity @> CAST(:on AS date)) AS zones"""
)
_COUNTS = text(
    f"""WITH RECURSIVE {BELOW} SELECT DISTINCT c.base_year, c.projection FROM demand_cell c
    WHERE c.basis = :basis AND c.base_year = ANY(CAST(:years AS smallint[]))
      AND (c.admin_code IN (SELECT code FROM below) OR ST_Intersects(c.geom, (
        SELECT u.geom FROM admin_unit u WHERE u.code = :code AND u.validity @> CAST(:on AS date))))
    ORDER BY c.base_year, c.projection"""
)


@dataclass(frozen=True, slots=True)
class Place:
    """An area as it is drawn; shape None where no territory is known. parent: code above it."""

    code: str
    name: str
    parent: str | None
    shape: BaseGeometry | None


def part_of(asked: Asked, **parts: object) -> Asked:
    """A question with some parts changed."""
    return replace(asked, **parts)  # type: ignore[arg-type]


def streets_of(session: Reader, asked: Asked) -> str:
    """The areas that stand for streets: whose territory is known; else the districts."""
    found = session.execute(_BELOW_DISTRICT, {"code": asked.city, "on": asked.on}).one()
    return "township" if found.townships else "zone" if found.zones else "district"


def radii_of(
    rules: tuple[WrittenRule, ...], radius_m: float | None
) -> tuple[dict[str, float], str]:
    """The radius of each kind, and where it comes from."""
    if radius_m is not None:
        return dict.fromkeys(ELDER_KINDS, float(radius_m)), "由编制人统一指定"
    circles = {rule.code: rule for rule in rules if rule.subject == "life_circle"}
    used = {kind: CIRCLES.get(kind, WIDEST) for kind in ELDER_KINDS}
    lacking = sorted({code for code in used.values() if code not in circles})
    if lacking:
        raise BadInput(
            both(
                f"没有生活圈规则 {'、'.join(lacking)}，请用 --radius 指定半径。",
                f"no rule {', '.join(lacking)} is stored; give --radius",
            ),
            parameter="radius",
        )
    cited = ";".join(dict.fromkeys(circles[code].cited() for code in used.values()))
    return {kind: circles[code].value for kind, code in used.items()}, cited


def places_of(basis: Basis, areas: str | None) -> tuple[Place, ...]:
    """The areas of a ground as they are drawn; areas: their sort, where parents are wanted."""
    ground = basis.ground
    if ground is None:
        return ()
    return tuple(
        Place(code, name, code[:6] + "000000" if areas == "township" else None, shape)
        for code, name, shape in zip(
            ground.area_codes, ground.area_names, ground.area_shapes, strict=True
        )
    )


def drawn_places(session: Reader, asked: Asked) -> tuple[tuple[Place, ...], tuple[Place, ...]]:
    """The districts of a question's city and the areas of the question itself, as drawn."""
    made = {
        areas: places_of(basis_of(session, part_of(asked, areas=areas), ("canteen",), 1.0), areas)
        for areas in ("district", asked.areas)
    }
    return made["district"], made[asked.areas]


def forecasts(session: Reader, asked: Asked) -> dict[tuple[int, str], Answer]:
    """The forecasts of the horizon years that are stored."""
    values = {
        "code": asked.city, "on": asked.on, "basis": asked.basis, "years": list(HORIZONS),
    }  # fmt: skip
    found = session.execute(_COUNTS, values).all()
    return {
        (row.base_year, row.projection): people_answer(
            session, part_of(asked, base_year=row.base_year, projection=row.projection),
            basis_of(
                session,
                part_of(asked, base_year=row.base_year, projection=row.projection),
                ("canteen",), 1.0,
            ),
        )
        for row in found
    }  # fmt: skip

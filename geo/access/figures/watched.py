"""How is an indicator of the catalogue answered for a report?"""

from __future__ import annotations

from geo.access.figures import stock
from geo.access.figures.asked import Answer, Asked, Line
from geo.access.indicators import Computation, compute_indicator
from geo.access.indicators.compute import IndicatorValue
from geo.queries.admin import Reader

TABLES = (
    "admin_unit", "planning_zone", "demand_cell", "facility", "standard_rule", "estate",
    "construction_project", "stated_figure", "work_item", "work_event",
)  # fmt: skip
"""What any indicator may rest on."""


def indicator_answer(session: Reader, asked: Asked) -> Answer:
    """The value of an indicator in each area, the whole place last (key "")."""
    stamp = stock.stamp_of(session, TABLES)
    return indicator_lines(asked, computed_for(session, asked), stamp)


def computed_for(session: Reader, asked: Asked) -> Computation:
    """The computation itself. Raises NotAllowed for an internal indicator where the public asks."""
    return compute_indicator(
        session, asked.indicator, city=asked.city, by=asked.areas, on=asked.on,
        published_only=asked.published_only, rounded_to=asked.rounded_to,
    )  # fmt: skip


def indicator_lines(asked: Asked, found: Computation, stamp: int) -> Answer:
    """A computation as an answer."""
    rows = [(row.area_code, row) for row in found.rows if asked.areas != "city"]
    lines = tuple(
        Line(key, row.area_name, _values(row), found.has_synthetic, row.note)
        for key, row in (*rows, ("", found.total))
    )
    sources = ";".join(found.sources)
    said = found.method + (f"来源：{sources}。" if sources else "")
    return Answer(asked, lines, said, (), TABLES, stamp)


def _values(row: IndicatorValue) -> dict[str, float | None]:
    return {
        "value": row.value, "numerator": row.numerator, "denominator": row.denominator,
        "unknown": row.unknown, "meets": None if row.meets is None else float(row.meets),
    }  # fmt: skip

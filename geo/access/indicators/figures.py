"""Which figures do offices state of divisions, where the map cannot count?"""

from __future__ import annotations

import math
import re
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.access.indicators.catalogue import catalogue
from geo.errors import BadInput, both
from geo.loaders.personal import redact
from geo.queries.admin import unit

_STORE = text(
    """INSERT INTO stated_figure (admin_code, figure, value, unit, counted_on, source, source_date)
    VALUES (:code, :figure, :value, :unit, :on, :source, :on)
    ON CONFLICT (admin_code, figure, counted_on)
    DO UPDATE SET value = excluded.value, unit = excluded.unit, source = excluded.source"""
)


def known_figures() -> tuple[str, ...]:
    """The figures that some indicator asks for."""
    return tuple(
        sorted({one.params["figure"] for one in catalogue().values() if "figure" in one.params})
    )


def state_figure(
    session: Session,
    division: str,
    figure: str,
    value: float,
    *,
    unit: str,
    on: date,
    source: str | None,
) -> str:
    """Store what an office states of a division for a day; answers the division's name.

    The same figure of the same day is corrected. The caller commits. Raises NotFound for an unknown
    division, BadInput for a figure that no indicator asks for, or a number below 0.
    """
    if figure not in known_figures():
        known = "、".join(known_figures())
        raise BadInput(
            both(f"没有「{figure[:40]}」这个填报项；可用：{known}。",
                 f"unknown figure {figure[:40]!r}; known: {known}"),
            parameter="figure",
        )  # fmt: skip
    if not (math.isfinite(value) and value >= 0):
        raise BadInput(both("数值须不小于 0。", "a figure is 0 or more"), parameter="value")
    if re.search(r"[\x00-\x1f]", unit) or (source and redact(source) != source):
        raise BadInput(both("单位或来源含有不能保存的内容。", "unit or source cannot be stored"),
                       parameter="source")  # fmt: skip
    found = _unit(session, division, on)
    values = {"code": found[0], "figure": figure, "value": value, "unit": unit, "on": on}
    session.execute(_STORE, {**values, "source": source})
    return found[1]


def _unit(session: Session, division: str, on: date) -> tuple[str, str]:
    found = unit(session, division, on)
    return found.code, found.name

"""Which stored versions may the public see after a delivery, and what is said of the others?

Only a delivery whose secrecy is `public` publishes; nothing is public because an earlier version
was. A delivery that is not public begins a version that is not published, and the public goes on
seeing the last published one (`geo.models.public`). And what was stored as not public does not
become public because a public delivery has a few other columns of the same thing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Column, Connection, DefaultClause, text
from sqlalchemy.orm import Session

from geo.loaders.hanging import Hanging
from geo.loaders.report import Problem
from geo.models import Base

_OWN = {
    "id", "row_version", "code", "admin_code", "geom", "position_quality", "position_note",
    "validity", "validity_note", "source", "source_date", "is_synthetic", "method", "seed",
    "is_published", "delivery_id",
}  # fmt: skip
"""Columns that every version gets anew, or that say nothing a delivery could keep back."""
MOST_TOLD = 20
"""Rows that are told one by one; more are told as a number."""
_STILL_SEEN = (
    "本次交付不是公开的：已存为非公开版本，公众仍看到此前公开的内容 · "
    "this delivery is not public: stored unpublished, the public goes on seeing what it saw"
)
_HELD_BACK = (
    "库中有此项的非公开内容，本次公开交付没有说到，因此仍不公开；请交付完整的一行 · "
    "stored values that are not public and that this delivery does not speak of: not published; "
    "deliver the whole row"
)


def publishes(
    table: str, told: Collection[str], keys: Sequence[str], hanging: Sequence[Hanging] = ()
) -> str:
    """SQL: whether a row that follows `t` with the columns `told` is public (`:public`).

    The columns that the delivery does not speak of come from `t`: they must be public already, in
    `t` itself or in another published version of the thing, or be unknown, or as by default; and
    so must what is `hanging` on `t`.
    """
    columns = Base.metadata.tables[table].columns
    untold = [
        column.name
        for column in columns
        if column.name not in {*told, *keys, *_OWN} and not column.info.get("private")
    ]
    if not untold and not hanging:
        return "CAST(:public AS bool)"
    defaults = {name: said for name in untold if (said := _default(columns[name]))}
    usual = [f"t.{name} = {said}" for name, said in defaults.items()]
    unknown = [f"t.{name}" for name in untold if name not in defaults]
    hung = [(one.of("t", one.untold), one.of("p", one.untold)) for one in hanging]
    silent = " AND ".join([
        *usual, *([f"ROW({', '.join(unknown)}) IS NULL"] if unknown else []),
        *(f"{stored} IS NULL" for stored, _ in hung),
    ])  # fmt: skip
    stored, seen = (
        ", ".join([*(f"{row}.{name}" for name in untold), *(pair[at] for pair in hung)])
        for at, row in enumerate(("t", "p"))
    )
    same_key = " AND ".join(f"p.{key} = t.{key}" for key in keys)
    real = " AND NOT p.is_synthetic" if "is_synthetic" in columns else ""
    return (
        f"(:public AND (t.is_published OR ({silent}) OR EXISTS ("
        f"SELECT FROM {table} p WHERE {same_key} AND p.is_published{real} "
        f"AND ROW({seen}) IS NOT DISTINCT FROM ROW({stored}))))"
    )


def _default(column: Column[Any]) -> str | None:
    """SQL of what a column says where nobody said anything."""
    if not isinstance(column.server_default, DefaultClause):
        return None
    said = column.server_default.arg
    return f"'{said}'" if isinstance(said, str) else str(said)


def told_of_publishing(
    target: Session | Connection, table: str, same: str, *, on: date, is_public: bool,
    versioned: bool = True,
) -> list[Problem]:  # fmt: skip
    """What to say of merged rows that the public does not get to see as delivered.

    `same` is the SQL that tells which row `t` of the table is the one of the staged row `s`.
    """
    in_force = "AND t.validity @> CAST(:on AS date)" if versioned else ""
    rows = target.execute(
        text(f"""
SELECT s.row_number FROM stage s JOIN {table} t ON {same} {in_force}
WHERE s.fate IN ('changed', 'corrected', 'unchanged') AND NOT t.is_published
  AND (:public OR (s.fate = 'changed' AND EXISTS (
       SELECT FROM {table} p WHERE p.id = s.old_id AND p.is_published)))
ORDER BY s.row_number"""),
        {"on": on, "public": is_public} if versioned else {"public": is_public},
    ).scalars()
    message = _HELD_BACK if is_public else _STILL_SEEN
    numbers = list(rows)
    if len(numbers) > MOST_TOLD:
        told = f"{len(numbers)} 行：{message} · {len(numbers)} rows"
        return [Problem(None, None, str(len(numbers)), "not_published", told)]
    return [Problem(number, None, None, "not_published", message) for number in numbers]

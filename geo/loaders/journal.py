"""What did a delivery change? Written by the very statement that changes it, set by set.

A data-changing part of a statement and its main part see one snapshot: the main part still reads
the rows as they were before, so former values and new versions are journalled without a second
look and without a row passing through Python.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import JSONB

from geo.models import Base

ONE_AT_A_TIME = 0x6D7A6661
"""Lock that loadings and undoings take in turn: each compares with what is stored."""


def journalled(
    statement: str, table: str, alias: str, action: str, *, changed: Iterable[str] = (),
    also: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    """The INSERT or UPDATE on `table AS alias`, also writing `delivery_change` of :delivery.

    `statement` comes without RETURNING. `action` is began, ended or corrected; `changed` names the
    columns that an UPDATE sets, whose former values undoing will restore; `also` gives SQL on the
    row `o`, as it was, for what else is kept of it.
    """
    columns = list(changed)
    former = _former(Base.metadata.tables[table], columns) if columns else "NULL"
    if also:
        pairs = ", ".join(f"'{name}', {value}" for name, value in also.items())
        former = f"{former} || jsonb_build_object({pairs})"
    before = f"JOIN {table} o ON o.id = w.id" if columns else ""
    return f"""
WITH written AS ({statement.strip()} RETURNING {alias}.id, {alias}.row_version)
INSERT INTO delivery_change (delivery_id, table_name, row_id, action, former, version_after)
SELECT :delivery, '{table}', w.id, '{action}', {former}, w.row_version FROM written w {before}"""


def _former(table: Table, columns: list[str]) -> str:
    """An object of the old values: JSON as it is, else as text, which is exact for every type."""
    pairs = (
        f"'{name}', o.{name}" + ("" if isinstance(table.c[name].type, JSONB) else "::text")
        for name in columns
    )
    return f"jsonb_build_object({', '.join(pairs)})"


def confirmed(table: str, rows: str) -> str:
    """A statement that journals as seen again, unchanged, the rows of `table` whose ids `rows` has.

    A row that two deliveries say is not lost when the first of them is undone: undoing is refused.
    """
    return f"""
INSERT INTO delivery_change (delivery_id, table_name, row_id, action, version_after)
SELECT :delivery, '{table}', t.id, 'confirmed', t.row_version FROM {table} t
WHERE t.id IN ({rows}) ON CONFLICT DO NOTHING"""

"""How do rows of another table that hang on a version, as prices and ratings do, follow it?

A delivery brings them as lists in a column of the stage. It may speak of some of them only (the
price of one care level): the others go on as they were, as columns do that it has not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from geo.models import Base

OWN = ("id", "row_version")


@dataclass(frozen=True, slots=True)
class Hanging:
    """Rows of `table` that hang on a version by their column `parent`.

    staged: the column of the stage (`s`) that lists the delivered ones, None where the delivery
    does not speak of any. spoken: SQL on such a row `c` (and `s`): whether it speaks of that one.
    """

    table: str
    parent: str
    staged: str | None = None
    spoken: str = "true"

    @property
    def columns(self) -> tuple[str, ...]:
        """What such a row says."""
        found = Base.metadata.tables[self.table].columns
        return tuple(one.name for one in found if one.name not in (*OWN, self.parent))

    @property
    def untold(self) -> str:
        """SQL on `c`: whether the delivery says nothing of it."""
        return f"({self.spoken}) IS NOT TRUE" if self.staged else "true"

    def of(self, version: str, which: str = "true") -> str:
        """SQL: the rows of a version (an alias), as one list in one order; NULL where none."""
        return self._listed(f"{self.table} c WHERE c.{self.parent} = {version}.id AND ({which})")

    def agrees(self) -> str:
        """SQL: what the version `t` has of what is spoken of is what was delivered."""
        delivered = self._listed(f"jsonb_populate_recordset(NULL::{self.table}, s.{self.staged}) c")
        return f"{self.of('t', self.spoken)} IS NOT DISTINCT FROM {delivered}"

    def _listed(self, rows: str) -> str:
        pairs = ", ".join(f"'{name}', c.{name}" for name in self.columns)
        return (
            "(SELECT jsonb_agg(listed.x ORDER BY listed.x) FROM "
            f"(SELECT jsonb_build_object({pairs}) AS x FROM {rows}) AS listed)"
        )


def carry(target: Session | Connection, hanging: Hanging, table: str, same: str) -> None:
    """Copy what hangs on ended versions, and is not spoken of, to those that follow them.

    `parted` has the ended versions; `same` is the SQL that `n` and `t` are of one thing.
    """
    names = ", ".join(hanging.columns)
    listed = ", ".join(f"c.{name}" for name in hanging.columns)
    target.execute(
        text(f"""
INSERT INTO {hanging.table} ({hanging.parent}, {names})
SELECT n.id, {listed} FROM {hanging.table} c JOIN parted p ON p.id = c.{hanging.parent}
JOIN stage s ON s.row_number = p.row_number
JOIN {table} t ON t.id = p.id JOIN {table} n ON {same} AND n.validity = p.begins
WHERE {hanging.untold}""")
    )


def hang(target: Session | Connection, hanging: Hanging, table: str, same: str, on: Any) -> None:
    """Give the new, changed and corrected versions what was delivered to hang on them.

    `same` is the SQL that the version `t` is the one of the staged row `s`.
    """
    if hanging.staged is None:
        return
    target.execute(
        text(
            f"DELETE FROM {hanging.table} c USING stage s WHERE s.fate = 'corrected' "
            f"AND c.{hanging.parent} = s.old_id AND ({hanging.spoken})"
        )
    )
    names = ", ".join(hanging.columns)
    listed = ", ".join(f"c.{name}" for name in hanging.columns)
    target.execute(
        text(f"""
INSERT INTO {hanging.table} ({hanging.parent}, {names})
SELECT t.id, {listed} FROM stage s JOIN {table} t ON {same} AND t.validity @> CAST(:on AS date),
    jsonb_populate_recordset(NULL::{hanging.table}, s.{hanging.staged}) c
WHERE s.fate IN ('new', 'changed', 'corrected') ORDER BY s.row_number"""),
        {"on": on},
    )


def hanging_on(table: str) -> list[Hanging]:
    """Every table whose rows go with the row of `table` that they hang on."""
    return [
        Hanging(child.name, key.parent.name)
        for child in Base.metadata.sorted_tables
        for key in child.foreign_keys
        if key.column.table.name == table and key.ondelete == "CASCADE"
    ]


def hang_again(target: Session | Connection, table: str, delivery: int) -> None:
    """Give the rows that a delivery corrected what hung on them before, from the journal."""
    for one in hanging_on(table):
        corrected = (
            f"j.delivery_id = :id AND j.table_name = '{table}' AND j.action = 'corrected' "
            f"AND jsonb_exists(j.former, '{one.table}')"
        )
        bound = {"id": delivery}
        target.execute(
            text(
                f"DELETE FROM {one.table} c USING delivery_change j "
                f"WHERE {corrected} AND c.{one.parent} = j.row_id"
            ),
            bound,
        )
        names = ", ".join(one.columns)
        listed = ", ".join(f"c.{name}" for name in one.columns)
        target.execute(
            text(
                f"INSERT INTO {one.table} ({one.parent}, {names}) SELECT j.row_id, {listed} "
                "FROM delivery_change j, jsonb_populate_recordset("
                f"NULL::{one.table}, j.former -> '{one.table}') c WHERE {corrected}"
            ),
            bound,
        )

"""How do checked columns, of more rows than are worth an object each, become stored rows?

The last step of kinds that come by the hundred thousand (road edges, raster cells): register,
stage, merge, keep what was refused, write the report; whole or not at all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import text

from geo.loaders.checks import Refusal
from geo.loaders.journal import ONE_AT_A_TIME
from geo.loaders.personal import safe_file_name
from geo.loaders.register import register_delivery, write_report
from geo.loaders.report import MOST_PROBLEMS, Counts, CrsReading, Placement, Problem, Report
from geo.loaders.staging import Target, copy_columns
from geo.loaders.store import keep_refused
from geo.loaders.tables import Table
from geo.loaders.versions import NOT_MERGED, Destination, Merged, find_known, merge_versions
from geo.models import STORED_SRID


@dataclass(frozen=True, slots=True)
class Checked:
    """The rows of a file that found a place, as columns, and what became of the others.

    `columns` holds `row_number`, what `types` names, `extra` (JSON) and `geom` (hexadecimal EWKB);
    `derived` are columns of the stage that SQL fills. `row_of` answers the row of the file that a
    `row_number` stands for, `cells` the public cells of such a row.
    """

    kind: str
    table: Table
    headings: dict[str, str]
    personal: list[str]
    crs: CrsReading
    note: str | None
    stored_type: str
    types: Mapping[str, str]
    columns: dict[str, pa.Array]
    rows_read: int
    row_of: Callable[[int], int]
    cells: Callable[[int], dict[str, str]]
    derived: Mapping[str, str] = field(default_factory=dict)
    merged: int = 0
    review: int = 0
    refused: list[Refusal] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    licence: str | None = None
    notes: list[str] = field(default_factory=list)
    mapping: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stated:
    """What the deliverer states of the whole delivery."""

    path: Path
    on: date
    secrecy: str
    by: str | None
    dry_run: bool
    started: float


After = Callable[[Target, int], list[Problem]]


def store_checked(
    session: Target, checked: Checked, into: Destination, stated: Stated, *,
    is_publishable: bool = True, fill: Callable[[Target, date], None] | None = None,
    after: After | None = None,
) -> Report:  # fmt: skip
    """Bring checked columns into their table inside a savepoint; a dry run takes it back.

    `fill` completes the stage before it is merged, `after` (with the delivery's id) says what else
    is to report. What is not `is_publishable` stays unpublished whatever the delivery's secrecy.
    """
    savepoint = session.begin_nested()
    try:
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
        delivery_id = register_delivery(
            session, checked.table, stated.path, checked.kind, stated.secrecy, checked.crs,
            checked.headings, stated.by,
        )  # fmt: skip
        session.execute(
            text("UPDATE delivery SET licence = :licence WHERE id = :id"),
            {"licence": checked.licence, "id": delivery_id},
        )
        _stage(session, checked)
        if fill:
            fill(session, stated.on)
        find_known(session, into, stated.on)
        merged = merge_versions(
            session, into, delivery_id=delivery_id, on=stated.on, note=checked.note,
            secrecy=stated.secrecy if is_publishable else "internal",
        )  # fmt: skip
        told = after(session, delivery_id) if after else []
        report = _report(checked, merged, stated, told)
        report = replace(report, delivery_id=None if stated.dry_run else delivery_id)
        keep_refused(session, delivery_id, _all_refused(checked, merged))
        write_report(session, delivery_id, report)
        session.execute(text("DROP TABLE pg_temp.stage, pg_temp.known"))
    except BaseException:
        savepoint.rollback()
        raise
    if stated.dry_run:
        savepoint.rollback()
    else:
        savepoint.commit()
    return report


def _stage(session: Target, checked: Checked) -> None:
    filled = {**checked.derived, "old_id": "bigint", "fate": "text"}
    listed = ", ".join(f"{name} {kind}" for name, kind in {**checked.types, **filled}.items())
    session.execute(text("DROP TABLE IF EXISTS pg_temp.stage"))
    session.execute(
        text(
            f"CREATE TEMP TABLE stage (row_number int NOT NULL, {listed}, extra jsonb, "
            f"geom geometry({checked.stored_type}, {STORED_SRID})) ON COMMIT DROP"
        )
    )
    copy_columns(session, "stage", checked.columns)
    session.execute(text("ANALYZE stage"))


def _all_refused(checked: Checked, merged: Merged) -> list[Refusal]:
    """What the checks refused and what the store keeps out, in the order of the file."""
    kept_out = []
    for number, rule in merged.not_merged:
        row = checked.row_of(number)
        kept_out.append(Refusal(Problem(row, None, None, rule, NOT_MERGED[rule]),
                                checked.cells(row)))  # fmt: skip
    return sorted([*checked.refused, *kept_out], key=lambda refusal: refusal.problem.row or 0)


def _report(checked: Checked, merged: Merged, stated: Stated, told: list[Problem]) -> Report:
    table = checked.table
    refused = _all_refused(checked, merged)
    problems = [*(one.problem for one in refused), *told, *checked.problems, *merged.problems]
    counts = Counts(
        checked.rows_read, merged.kept, checked.merged, merged.updated, merged.unchanged,
        len(refused), checked.review,
    )  # fmt: skip
    return Report(
        counts=counts, encoding=table.encoding, encoding_evidence=table.evidence, crs=checked.crs,
        placement=Placement(0, 0, counts.rows_read), columns=checked.headings,
        personal_columns=sorted(checked.personal), problems=problems[:MOST_PROBLEMS],
        problems_left_off=max(0, len(problems) - MOST_PROBLEMS),
        file_name=safe_file_name(stated.path.name), sha256=table.sha256, kind=checked.kind,
        on=stated.on.isoformat(), secrecy=stated.secrecy, dry_run=stated.dry_run,
        seconds=round(time.perf_counter() - stated.started, 3), format=table.format,
        layer=table.layer, notes=[*table.notes, *checked.notes], mapping=checked.mapping,
        options=checked.options,
    )  # fmt: skip

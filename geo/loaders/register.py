"""How is a delivery itself written down, and which file must not be read at all?"""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.compute as pc
from sqlalchemy import text

from geo.errors import BadInput
from geo.loaders.columns import column_of
from geo.loaders.personal import is_persons_name, redact, safe_file_name
from geo.loaders.report import CrsReading, Report
from geo.loaders.secrecy import MAY_MARK, column_is_secret, is_marked, secret, title_is_marked
from geo.loaders.tables import Table
from geo.loaders.versions import Target


def refuse_person(by: str | None) -> None:
    """Who delivers is an office or a role: a person's name or number is no business of the log."""
    if by and (is_persons_name(by.strip()) or redact(by) != by):
        raise BadInput(
            "--by 请写单位或岗位（如 天宁区民政局养老科），不要写个人姓名或号码。\n"
            "--by takes an office or a role, not a person's name or number.",
            parameter="by",
        )


def refuse_marked(table: Table) -> None:
    """Refuse a file that is marked as secret in a title, a sheet's name, a heading or any cell."""
    if (
        title_is_marked([table.layer or "", *table.titles])
        or is_marked(table.columns)
        or any(
            column_is_secret(column, _distinct(table, index))
            for index, column in enumerate(table.columns)
        )
    ):
        raise secret()


def _distinct(table: Table, index: int) -> list[str]:
    """The distinct cells of a column that may be a mark; ordinary names and numbers are not."""
    cells = pc.unique(column_of(table.rows, index))
    return list(cells.filter(pc.match_substring_regex(cells, MAY_MARK)).to_pylist())


def register_delivery(
    target: Target, table: Table, path: Path, kind: str, secrecy: str, crs: CrsReading,
    columns: dict[str, str], by: str | None,
) -> int:  # fmt: skip
    """Write the delivery's own row and answer its id."""
    made_id: int = target.execute(
        text("""
INSERT INTO delivery (kind, file_name, sha256, size_bytes, delivered_by, secrecy, encoding,
                      crs_stated, crs_used, columns)
VALUES (:kind, :file_name, :sha256, :size, :by, :secrecy, :encoding, :stated, :used,
        CAST(:columns AS jsonb)) RETURNING id"""),
        {
            "kind": kind, "file_name": safe_file_name(path.name), "sha256": table.sha256,
            "size": table.size_bytes, "by": (by or "").strip() or None, "secrecy": secrecy,
            "encoding": table.encoding, "stated": crs.declared, "used": crs.used,
            "columns": json.dumps(columns, ensure_ascii=False),
        },
    ).scalar_one()  # fmt: skip
    return made_id


def write_report(target: Target, delivery_id: int, report: Report) -> None:
    """Keep the report with its delivery."""
    target.execute(
        text("UPDATE delivery SET report = CAST(:report AS jsonb) WHERE id = :id"),
        {"report": json.dumps(report.as_json(), ensure_ascii=False), "id": delivery_id},
    )

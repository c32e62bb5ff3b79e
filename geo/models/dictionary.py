"""What does each column mean? Writes `docs/data-dictionary.md` from the models.

Run `python -m geo.models.dictionary` to renew the page; a test compares the two.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import CheckConstraint, Column, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import DeclarativeBase

from geo.models.base import Base
from geo.models.public import PUBLIC_ROWS

PAGE = Path(__file__).parents[2] / "docs" / "data-dictionary.md"
DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]
# What the name says already, in every table.
SHARED = {
    "code": "stable code",
    "name": "name",
    "note": "remarks",
    "document_no": "number of the document",
    "level": "1 province, 2 city, 3 county, 4 township, 5 village",
    "admin_code": "division, 12 digits",
    "geom": "geometry in EPSG:4490 (CGCS2000, longitude latitude)",
    "extra": "columns of the delivery that have no field here and are not personal",
    "citation": "where the statement is found",
    "area_code": "code of the area",
    "area_name": "name of the area",
    "people_60": "people aged 60 and over",
    "people_65": "people aged 65 and over",
    "people_80": "people aged 80 and over",
    "people_total": "people of all ages",
    "covered_60": "of these within reach",
    "covered_65": "of these within reach",
    "covered_80": "of these within reach",
    "basis": "resident 常住 or registered 户籍",
    "base_year": "year of the count",
    "projection": "variant of the projection; none = as counted",
}


def _meaning(column: Column[object]) -> str:
    if column.doc:
        return column.doc
    for key in column.foreign_keys:
        return f"row of `{key.column.table.name}`"
    return SHARED.get(column.name, "")


def _row(column: Column[object]) -> str:
    kind = column.type.compile(DIALECT).lower()
    marks = []
    if column.primary_key:
        marks.append("key")
    if not column.nullable and not column.primary_key:
        marks.append("required")
    if column.info.get("private"):
        marks.append("staff only")
    meaning = _meaning(column).replace("|", "\\|")
    return f"| `{column.name}` | {kind} | {', '.join(marks)} | {meaning} |"


def _rules(table: Table) -> list[str]:
    lines = []
    for rule in sorted(table.constraints, key=lambda one: str(one.name)):
        if isinstance(rule, CheckConstraint):
            lines.append(f"- `{rule.name}`: `{rule.sqltext}`")
        elif isinstance(rule, ExcludeConstraint):
            lines.append(f"- `{rule.name}`: no two versions of one key in force on the same day")
    return lines


def _section(mapped: type[DeclarativeBase]) -> list[str]:
    table = mapped.__table__
    assert isinstance(table, Table)
    readable = "no" if PUBLIC_ROWS.get(table.name, "false") == "false" else "published rows"
    lines = [f"## {table.name}", "", (mapped.__doc__ or "").strip(), ""]
    lines += [f"Public reading: {readable}.", ""]
    lines += ["| column | type | | meaning |", "|---|---|---|---|"]
    lines += [_row(column) for column in table.columns]
    rules = _rules(table)
    return [*lines, "", *rules, *([""] if rules else [])]


def undescribed() -> list[str]:
    """Columns that say nothing about their meaning, as table.column."""
    tables = Base.metadata.sorted_tables
    return [f"{t.name}.{c.name}" for t in tables for c in t.columns if not _meaning(c)]


def dictionary() -> str:
    """The data dictionary as Markdown: a section a table, a row a column."""
    lines = [
        "# Data dictionary",
        "",
        "Made from `geo/models` by `python -m geo.models.dictionary`; a test keeps it true.",
        "NULL means unknown. Geometry is stored in EPSG:4490. Tables live in the schema `atlas`;",
        "what the public may read are views of the same names in the schema `atlas_public`.",
        "",
    ]
    for mapper in sorted(Base.registry.mappers, key=lambda one: one.class_.__tablename__):
        lines += _section(mapper.class_)
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    PAGE.write_text(dictionary(), encoding="utf-8")

"""What became of a delivery: which rows were kept, merged, refused, and on what evidence?"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

MOST_PROBLEMS = 10_000
"""Problems that a report lists; `problems_left_off` counts the rest. Refused rows are all kept."""
REFUSED_SOME = 3
"""Exit code when some rows found no place; a file refused whole is a GeoError and exits with 2."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about one row: what, by which rule, and what to do. Never a personal value.

    `row` counts data rows from 1, without the heading; None speaks of a whole column or the file.
    """

    row: int | None
    column: str | None
    value: str | None
    rule: str
    message: str


@dataclass(frozen=True, slots=True)
class CrsReading:
    """Which CRS was stated and used; each candidate with its score (0 to 1) and its evidence."""

    declared: str | None
    used: str
    candidates: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Placement:
    """Rows inside the division that they state, outside of it, and those that nobody can check."""

    inside: int = 0
    outside: int = 0
    not_checked: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """Where the rows went; the five fates sum to the rows read. `review` rows count in `kept`."""

    rows_read: int
    kept: int = 0
    merged: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    review: int = 0

    def __post_init__(self) -> None:
        fates = self.kept + self.merged + self.updated + self.unchanged + self.refused
        if self.rows_read != fates:
            raise AssertionError(f"{self.rows_read} rows read, but {fates} found a fate")


@dataclass(frozen=True, slots=True)
class Report:
    """The whole story of one loading; `as_json` has the keys of docs/loading.md."""

    counts: Counts
    encoding: str
    encoding_evidence: str
    crs: CrsReading
    placement: Placement
    columns: dict[str, str]
    personal_columns: list[str]
    problems: list[Problem]
    file_name: str
    sha256: str
    kind: str
    on: str
    secrecy: str
    dry_run: bool
    seconds: float
    delivery_id: int | None = None
    repairs: list[dict[str, Any]] = field(default_factory=list)
    problems_left_off: int = 0
    format: str = ""
    layer: str | None = None
    notes: list[str] = field(default_factory=list)
    """What a reader should know of how the file was read: titles skipped, other sheets …"""
    review_list: list[dict[str, Any]] = field(default_factory=list)
    """Kept rows that may be one site with another: row, code, other, other_row, score, reasons."""
    options: dict[str, Any] = field(default_factory=dict)
    """What the deliverer stated of all rows: the kind of facility, a superior, a basis …"""
    mapping: dict[str, Any] = field(default_factory=dict)
    """What a person said of the columns: headings (a digest), given, learnt_from (a delivery)."""

    @property
    def exit_code(self) -> int:
        """0 when every row found a place, 3 when some were refused."""
        return REFUSED_SOME if self.counts.refused else 0

    def as_json(self) -> dict[str, Any]:
        """The report as JSON values, counts at the top level."""
        whole = asdict(self)
        return {**whole.pop("counts"), **whole}

    def dumps(self) -> str:
        """The report as JSON text, readable, Chinese as it is."""
        return json.dumps(self.as_json(), ensure_ascii=False, indent=2)

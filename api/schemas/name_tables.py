"""What is sent to match a table of names, and how does the answer look?"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from api.schemas.answers import Answer
from api.schemas.parameters import Division, Text
from api.schemas.sent import Dated, Sent
from geo.errors import BadInput, both
from geo.gazetteer.matched import Asked, Candidate, MatchedRow
from geo.gazetteer.matched.asked import bad_name
from geo.gazetteer.matched.verdicts import STATES
from geo.gazetteer.matched.written import write_matched

MOST_ROWS = 1_000
"""Larger tables go to `atlas names match`."""


class RowToMatch(Sent):
    """One row: a name, and what narrows it."""

    name: Annotated[str, StringConstraints(max_length=500)] = Field(examples=["天宁寺"])
    division: Text | None = Field(None, description="code or name", examples=["天宁区"])
    feature_class: Literal["A", "H", "L", "P", "R", "S", "T"] | None = None
    lon: float | None = Field(None, ge=-180, le=180, description="longitude, CGCS2000")
    lat: float | None = Field(None, ge=-90, le=90, description="latitude, CGCS2000")
    on: Dated | None = Field(None, description="the day on which the name was used")


class TableToMatch(Sent):
    """Up to 1000 rows; `within` narrows rows that name no division."""

    rows: list[RowToMatch] = Field(min_length=1, max_length=MOST_ROWS)
    within: Division | None = None
    on: Dated | None = Field(None, description="default today")
    output: Literal["json", "csv", "xlsx"] = Field("json", description="a file comes in base64")

    def asked(self) -> list[Asked]:
        """The rows as the match takes them, numbered from 1."""
        return [_asked(number, row) for number, row in enumerate(self.rows, 1)]


def _asked(number: int, row: RowToMatch) -> Asked:
    if (row.lon is None) != (row.lat is None):
        raise BadInput(
            both("经纬度须同时填写。", "longitude and latitude come together"),
            parameter=f"body.rows.{number - 1}.lon",
        )
    return Asked(
        number, row.name, row.division, row.feature_class, row.lon, row.lat, row.on,
        bad_name(row.name),
    )  # fmt: skip


class CandidateTold(Answer):
    """A place that a row may mean, and why."""

    code: str
    name: str
    pinyin: str | None
    feature_class: str
    in_unit_code: str | None
    in_unit_name: str | None
    lon: float | None
    lat: float | None
    position_quality: str
    matched_name: str
    matched_kind: str
    how: str
    how_zh: str
    how_en: str
    use: str
    score: float
    distance_m: float | None
    source: str | None
    is_synthetic: bool


class RowMatched(Answer):
    """What became of a row, in the order in which it was sent."""

    number: int
    name: str
    state: str = Field(description="matched, likely, several, none or unreadable")
    code: str | None = Field(description="the place that is meant, where that is sure or likely")
    open_zh: str = Field(description="what a person still has to decide")
    open_en: str
    candidates: list[CandidateTold]


class TableMatched(Answer):
    """Every row once, the number of rows by state, and the table as a file where asked for."""

    rows: list[RowMatched]
    counts: dict[str, int]
    has_synthetic: bool
    file_base64: str | None = None


_PLACE = (
    "code", "name", "pinyin", "feature_class", "in_unit_code", "in_unit_name", "lon", "lat",
    "position_quality", "source", "is_synthetic",
)  # fmt: skip
_MATCH = (
    "matched_name", "matched_kind", "how", "how_zh", "how_en", "use", "score", "distance_m",
)  # fmt: skip


def table_matched(rows: Sequence[MatchedRow], output: str) -> dict[str, Any]:
    """The answer, with the file in base64 where one is asked for."""
    told = [
        {
            "number": row.asked.number, "name": row.asked.name, "state": row.state,
            "code": row.best.place.code if row.best else None, "open_zh": row.open_zh,
            "open_en": row.open_en, "candidates": [_candidate(one) for one in row.candidates],
        }
        for row in rows
    ]  # fmt: skip
    return {
        "rows": told,
        "counts": {state: sum(row.state == state for row in rows) for state in STATES},
        "has_synthetic": any(one.place.is_synthetic for row in rows for one in row.candidates),
        "file_base64": None if output == "json" else _file(rows, output),
    }


def _candidate(one: Candidate) -> dict[str, Any]:
    place = {name: getattr(one.place, name) for name in _PLACE}
    return place | {name: getattr(one, name) for name in _MATCH}


def _file(rows: Sequence[MatchedRow], output: str) -> str:
    with TemporaryDirectory(prefix="names-") as folder:
        out = Path(folder) / f"matched.{output}"
        write_matched(rows, None, out)
        return base64.b64encode(out.read_bytes()).decode()

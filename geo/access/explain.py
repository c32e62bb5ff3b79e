"""What does a printed figure rest on, and is it still the same? Answers `atlas explain ID`.

A report writes a register of its figures: what was asked for each, the state of the data, the
values. To explain one is to read its question there and to ask it again now.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from geo.access.figures import TOPICS, Answer, Asked, Figure, answer, shortest
from geo.access.figures.asked import LONGEST, SHORTEST, told
from geo.errors import Ambiguous, BadInput, NotFound, both
from geo.queries.admin import Reader

FORMAT = "atlas-figures/1"
_ID = re.compile(r"([A-Z])-?([0-9A-HJKMNP-TV-Z]{4,16})")
TABLES = ("admin_unit", "planning_zone", "demand_cell", "facility", "standard_rule", "estate",
          "construction_project", "candidate_site", "road_edge", "stated_figure")  # fmt: skip
"""Tables whose rows know their delivery; what is made here (scenarios, work) came by none."""

_DELIVERIES = {
    table: text(
        f"""SELECT d.id, d.kind, d.file_name, d.sha256, d.received_at, d.licence,
            count(*) AS rows
        FROM {table} t JOIN delivery d ON d.id = t.delivery_id
        GROUP BY d.id ORDER BY d.id"""
    )
    for table in TABLES
}


@dataclass(frozen=True, slots=True)
class Delivered:
    """A delivery whose rows stand in one of the tables that an answer reads."""

    id: int
    table: str
    kind: str
    file_name: str
    sha256: str
    received_at: datetime
    licence: str | None
    rows: int


@dataclass(frozen=True, slots=True)
class Changed:
    """One value then and now; None is unknown."""

    name: str
    then: float | None
    now: float | None

    @property
    def is_same(self) -> bool:
        """Equal to twelve digits."""
        return told(self.then) == told(self.now)


@dataclass(frozen=True, slots=True)
class Explanation:
    """A figure of a report and what its question answers now.

    values: then and now by name. now None: the line is gone. is_same: no value differs. same_data:
    none of the tables it reads was written since. deliveries: whose rows stand in those tables.
    """

    id: str
    figure: Figure
    report: str
    made_at: str
    values: tuple[Changed, ...]
    now: Answer
    is_gone: bool
    deliveries: tuple[Delivered, ...]
    checked_at: datetime

    @property
    def is_same(self) -> bool:
        """Whether the figure is still what it was."""
        return not self.is_gone and all(value.is_same for value in self.values)

    @property
    def same_data(self) -> bool:
        """Whether the data are the very ones it was computed from."""
        return self.now.stamp == self.figure.stamp


def register_of(
    figures: Sequence[Figure], *, report: str, made_at: datetime, length: int
) -> dict[str, Any]:
    """The register of a report's figures, as it is written beside the report."""
    return {
        "format": FORMAT,
        "report": report,
        "made_at": made_at.astimezone(UTC).isoformat(timespec="seconds"),
        "figures": [
            {
                "id": one.id(length),
                "digest": one.digest,
                "asked": one.asked.to_dict(),
                "key": one.key,
                "name": one.name,
                "values": dict(one.values),
                "stamp": one.stamp,
                "is_synthetic": one.is_synthetic,
            }
            for one in figures
        ],
    }


def read_register(path: Path) -> Mapping[str, Any]:
    """A register from its file. Raises NotFound without the file, BadInput for another file."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise NotFound(
            both(f"读不到编号登记册 {path}。", f"the register {path} cannot be read")
        ) from None
    except ValueError:
        found = None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise BadInput(
            both(f"{path} 不是报告的编号登记册。", f"{path} is no register of a report's figures"),
            parameter="figures",
        )
    return found


def find_figure(
    registers: Iterable[Mapping[str, Any]], said: str
) -> tuple[Figure, Mapping[str, Any]]:
    """The figure of an id, and the register it stands in; the first register that has it.

    said: as printed, or more or fewer characters of it (at least four), in any case. Raises
    BadInput for no id, NotFound where no register has it, Ambiguous where a register has several.
    """
    parts = _ID.fullmatch(said.strip().upper())
    if parts is None or not SHORTEST <= len(parts[2]) <= LONGEST:
        raise BadInput(
            both(
                f"「{said[:30]}」不是编号；编号形如 C-3F2A，印在报告的数字旁或表格末列。",
                f"{said[:30]!r} is no id of a figure; one looks like C-3F2A",
            ),
            parameter="id",
        )
    letter, start = parts[1], parts[2]
    for register in registers:
        fitting = [
            entry
            for entry in register["figures"]
            if entry["id"][0] == letter and entry["digest"].startswith(start)
        ]
        if len({entry["digest"] for entry in fitting}) > 1:
            names = "、".join(entry["id"] for entry in fitting[:5])
            raise Ambiguous(
                both(f"编号 {said} 不止一个：{names}。", f"several figures begin so: {names}")
            )
        if fitting:
            return _figure(letter, fitting[0]), register
    raise NotFound(
        both(
            f"没有编号为 {said} 的数字；请用 --figures 给出报告旁的 .figures.json 文件。",
            f"no register has a figure {said}; name the report's .figures.json with --figures",
        )
    )


def explain(session: Reader, found: Figure, register: Mapping[str, Any]) -> Explanation:
    """Ask a figure's question again, now, and compare. Raises what the question raises."""
    now = answer(session, found.asked)
    line = now.line(found.key)
    values = tuple(
        Changed(name, value, line.values.get(name) if line else None)
        for name, value in found.values.items()
    )
    length = max(shortest([found]), len(_printed(register, found)))
    return Explanation(
        found.id(length), found, str(register["report"]), str(register["made_at"]), values, now,
        line is None, deliveries_behind(session, now.tables), datetime.now(UTC),
    )  # fmt: skip


def deliveries_behind(session: Reader, tables: Iterable[str]) -> tuple[Delivered, ...]:
    """Whose rows stand in some tables, delivery by delivery."""
    return tuple(
        Delivered(
            row.id, table, row.kind, row.file_name, row.sha256, row.received_at, row.licence,
            row.rows,
        )
        for table in tables
        if table in _DELIVERIES
        for row in session.execute(_DELIVERIES[table])
    )  # fmt: skip


def _printed(register: Mapping[str, Any], found: Figure) -> str:
    """The characters of the id that were printed."""
    return next(
        (str(e["id"]).split("-", 1)[1] for e in register["figures"] if e["digest"] == found.digest),
        "",
    )


def _figure(letter: str, entry: Mapping[str, Any]) -> Figure:
    asked = Asked.from_dict(entry["asked"])
    if asked.topic not in TOPICS:
        raise BadInput(
            both(
                f"此编号由更新的版本写成（主题 {asked.topic}），本版本不能复算。",
                f"this figure is of a newer version (topic {asked.topic})",
            )
        )
    return Figure(
        letter, entry["digest"], asked, entry["key"], entry["name"], entry["values"],
        entry["stamp"], entry["is_synthetic"],
    )  # fmt: skip

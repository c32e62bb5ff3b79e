"""How does a table of listed names come in? As a delivery: matched, refused with reason, undone.

The places themselves come by `atlas load place-names`; this adds their lists, states and surveys.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from geo.errors import DeliveryRefused, both
from geo.gazetteer.heritage.files import HEADINGS, UNKNOWN_WORD
from geo.gazetteer.heritage.protection import VALUES
from geo.gazetteer.heritage.words import levels
from geo.gazetteer.search import FAMILIES
from geo.loaders.journal import ONE_AT_A_TIME, journalled
from geo.loaders.personal import redact, safe_file_name
from geo.loaders.reading import read_table
from geo.loaders.register import refuse_marked, refuse_person, write_report
from geo.loaders.report import Counts, CrsReading, Placement, Report
from geo.loaders.secrecy import refuse_secret
from geo.models import Delivery, RefusedRow
from geo.validity import today_in_china

_FAMILY = {zh: code for code, zh in FAMILIES.items()} | {code: code for code in FAMILIES}
_NEEDED = ("名录", "名录种类", "保护级别")


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was not taken, and why."""

    number: int
    column: str
    reason: str
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file: rows read, entries added, records added, rows known and refused."""

    delivery_id: int
    rows: int
    entries: int
    records: int
    unchanged: int
    refused: tuple[Refused, ...]


_FIND = text("""
SELECT DISTINCT p.id, p.code FROM place p LEFT JOIN place_name n ON n.place_id = p.id
WHERE CASE WHEN CAST(:code AS text) IS NOT NULL THEN p.code = :code
      ELSE n.name = :name AND (CAST(:unit AS text) IS NULL OR p.located_in = :unit
                               OR p.unit_code = :unit) END LIMIT 2""")
_ENTRY = journalled(
    """
INSERT INTO heritage_listing AS t (place_id, list_name, family, list_class, list_level, batch,
    listed_year, era, citation)
SELECT :place, :list_name, :family, :list_class, :level, :batch, :year, :era, :citation
WHERE NOT EXISTS (SELECT FROM heritage_listing o WHERE o.place_id = :place
    AND o.list_name = :list_name AND o.list_level = :level)""",
    "heritage_listing", "t", "began",
)  # fmt: skip
_RECORD = journalled(
    """
INSERT INTO heritage_record AS t (place_code, kind, value, on_date, due_on, source, delivery_id)
SELECT :code, :kind, :value, :on, :due, :citation, :delivery
WHERE NOT EXISTS (SELECT FROM heritage_record o WHERE o.place_code = :code AND o.kind = :kind
    AND o.value = :value AND o.on_date = :on
    AND NOT EXISTS (SELECT FROM heritage_withdrawal w WHERE w.record_id = o.id))""",
    "heritage_record", "t", "began",
)  # fmt: skip


def take_in(
    session: Session, path: Path, *, secrecy: str = "unknown", by: str | None = None
) -> Taken:
    """Load a table of listed names as one delivery; `atlas undo` takes it back.

    Headings as in `files.HEADINGS`; a place is found by its code, else by name and division. Only
    a delivery that is public may add to lists, which the public sees at once. The caller commits.
    Raises DeliveryRefused for a file that cannot be read, is secret, not public, or lacks the
    columns 名录, 名录种类, 保护级别.
    """
    refuse_secret(secrecy, path)
    refuse_person(by)
    name = safe_file_name(path.name)
    if secrecy != "public":
        raise DeliveryRefused(
            both(
                f"{name}：名录一经载入即公开，请以 --secrecy public 交付。",
                f"{name}: lists are seen by the public at once: deliver it as public",
            )
        )
    table = read_table(path)
    refuse_marked(table)
    lacking = [one for one in _NEEDED if one not in table.columns]
    if lacking or not {"地名代码", "地名"} & set(table.columns):
        wanted = "、".join([*lacking, *([] if "地名" in table.columns else ["地名"])])
        raise DeliveryRefused(both(f"{name}：缺少列 {wanted}。", f"{name}: it lacks {wanted}"))
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
    delivery = session.execute(
        insert(Delivery).returning(Delivery.id),
        {"kind": "heritage", "file_name": name, "sha256": table.sha256,
         "size_bytes": table.size_bytes, "delivered_by": (by or "").strip() or None,
         "secrecy": secrecy, "encoding": table.encoding},
    ).scalar_one()  # fmt: skip
    done = [0, 0, 0]
    refused: list[Refused] = []
    number = 0
    for row in table.rows:
        number += 1
        cells = {
            heading: cell.strip().removeprefix("'")
            for heading, cell in zip(table.columns, row.cells, strict=True)
            if heading in HEADINGS
        }
        outcome = _take(session, cells, delivery, name)
        if isinstance(outcome, tuple):
            refused.append(Refused(row.number, *outcome, cells))
            continue
        done = [a + b for a, b in zip(done, outcome, strict=True)]
    _keep(session, delivery, refused)
    counts = Counts(number, kept=number - done[2] - len(refused), unchanged=done[2],
                    refused=len(refused))  # fmt: skip
    crs = CrsReading(None, "EPSG:4490", [], "default")
    report = Report(
        counts, table.encoding, table.evidence, crs, Placement(), {}, [], [], name, table.sha256,
        "heritage", today_in_china().isoformat(), secrecy, False, 0.0, delivery,
        format=table.format,
    )  # fmt: skip
    write_report(session, delivery, report)
    return Taken(delivery, number, done[0], done[1], done[2], tuple(refused))


def _take(
    session: Session, cells: Mapping[str, str], delivery: int, name: str
) -> list[int] | tuple[str, str]:
    """Entries, records and known rows (0 or 1) that a row adds; or (column, reason) if refused."""
    said = {heading: cell for heading, cell in cells.items() if cell not in ("", UNKNOWN_WORD)}
    level = {one.zh: code for code, one in levels().items()} | {code: code for code in levels()}
    level |= {one.short_zh: code for code, one in levels().items()} | {"区级": "district"}
    if "名录" not in said:
        return "名录", "没有名录名称 · no list"
    if said.get("名录种类") not in _FAMILY:
        return "名录种类", f"应为 {'、'.join(_FAMILY)} · unknown family"
    if said.get("保护级别") not in level:
        return "保护级别", f"应为 {'、'.join(one.zh for one in levels().values())} · unknown level"
    if any(redact(cell) != cell for cell in said.values()):
        return "地名", "含有个人信息，未保存 · it holds what is personal"
    year = said.get("公布年份")
    if year is not None and not (year.isdigit() and 1900 <= int(year) <= today_in_china().year):
        return "公布年份", "年份不成立 · no such year"
    states = _states(said)
    if isinstance(states, tuple):
        return states
    places = session.execute(
        _FIND,
        {"code": said.get("地名代码"), "name": said.get("地名"),
         "unit": said["所在区划代码"].ljust(12, "0") if "所在区划代码" in said else None},
    ).all()  # fmt: skip
    if len(places) != 1:
        zh = (
            "有多个同名地名，请写地名代码" if places else "地名库中没有，请先用 atlas load 载入地名"
        )
        return "地名代码" if "地名代码" in said else "地名", f"{zh} · {len(places)} places"
    bound: dict[str, Any] = {"delivery": delivery, "citation": said.get("名录来源", name)}
    before = _journalled(session, delivery)
    session.execute(text(_ENTRY), bound | {
        "place": places[0].id, "list_name": said["名录"], "family": _FAMILY[said["名录种类"]],
        "list_class": said.get("名录类别"), "level": level[said["保护级别"]],
        "batch": said.get("批次"), "year": None if year is None else int(year),
        "era": said.get("时代"),
    })  # fmt: skip
    middle = _journalled(session, delivery)
    for kind, value, on, due in states:
        told = {"code": places[0].code, "kind": kind, "value": value, "on": on, "due": due}
        session.execute(text(_RECORD), bound | told)
    after = _journalled(session, delivery)
    return [middle - before, after - middle, int(after == before)]


def _states(
    said: Mapping[str, str],
) -> list[tuple[str, str, date, date | None]] | tuple[str, str]:
    """States of a row with their day; without a day of survey a state has none and is refused."""
    days: dict[str, date] = {}
    for heading in ("调查日期", "下次调查"):
        if heading in said:
            try:
                days[heading] = date.fromisoformat(said[heading][:10])
            except ValueError:
                return heading, "日期写作 2026-01-31 · a day is written 2026-01-31"
    on = days.get("调查日期")
    if on is not None and on > today_in_china():
        return "调查日期", "日期晚于今天 · yet to come"
    due = days.get("下次调查")
    if due is not None and (on is None or due < on):
        return "下次调查", "须有调查日期且不早于它 · it follows a survey"
    made: list[tuple[str, str, date, date | None]] = []
    for heading, kind in (("存续状况", "protection"), ("标志", "sign")):
        if heading in said:
            known = {zh: code for code, (zh, _) in VALUES[kind].items()} | {
                c: c for c in VALUES[kind]
            }
            if said[heading] not in known:
                return heading, f"应为 {'、'.join(zh for zh, _ in VALUES[kind].values())} · unknown"
            if on is None:
                return "调查日期", f"写了{heading}须写调查日期 · a state needs its day"
            made.append((kind, known[said[heading]], on, None))
    if on is not None:
        made.append(("survey", "done", on, due))
    return made


def _journalled(session: Session, delivery: int) -> int:
    query = text("SELECT count(*) FROM delivery_change WHERE delivery_id = :id")
    return int(session.execute(query, {"id": delivery}).scalar_one())


def _keep(session: Session, delivery: int, refused: Sequence[Refused]) -> None:
    """Keep what was refused with its reason, without what is personal."""
    rows = [
        {"delivery_id": delivery, "row_number": one.number, "column_name": one.column,
         "value": redact(one.cells.get(one.column, ""))[:80] or None, "rule": "heritage",
         "message": one.reason,
         "data": {heading: redact(cell) for heading, cell in one.cells.items()}}
        for one in refused
    ]  # fmt: skip
    if rows:
        session.execute(insert(RefusedRow), rows)

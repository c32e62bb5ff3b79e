"""What is each name of a whole list: standard, not standard, former or unknown, by which rules?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from geo.errors import BadInput, GeoError, both
from geo.gazetteer.naming.check import Checked, check_name
from geo.gazetteer.naming.deadlines import Due, duties
from geo.gazetteer.naming.lists import Lists
from geo.gazetteer.naming.namesakes import Existing, is_past
from geo.gazetteer.naming.proposal import Proposal
from geo.gazetteer.naming.rules import RuleBook, rule_book
from geo.gazetteer.naming.scopes import Whereabouts, whereabouts
from geo.gazetteer.naming.stored import like
from geo.progress import Progress, silent
from geo.text import search_key
from geo.validity import today_in_china

VERDICTS = {
    "standard": "标准", "not_standard": "非标准", "former": "曾用", "unknown": "未收录",
}  # fmt: skip
STANDARD_KINDS = frozenset({"standard", "reused_in_place", "reused_moved"})
COLUMNS = {
    "name": ("名称", "地名", "拟命名名称", "标准名称", "name"),
    "kind": ("类别", "地名类别", "kind"),
    "lon": ("经度", "lon", "longitude"),
    "lat": ("纬度", "lat", "latitude"),
    "division": ("区划", "所在区划", "区划代码", "行政区划", "division"),
    "place_code": ("地名代码", "place_code"),
    "land_m2": ("用地面积", "用地面积(平方米)", "land_m2"),
    "floor_m2": ("建筑面积", "建筑面积(平方米)", "floor_m2"),
    "height_m": ("高度", "高度(米)", "height_m"),
    "green_percent": ("绿地率", "绿地率(%)", "green_percent"),
    "approved_on": ("批准日期", "approved_on"),
    "filed_on": ("备案日期", "filed_on"),
    "noticed_on": ("公告日期", "noticed_on"),
    "signed_on": ("设标日期", "标志设置日期", "signed_on"),
}
"""Headings that are understood, by what they hold."""
NUMBERS = ("lon", "lat", "land_m2", "floor_m2", "height_m", "green_percent")
DATES = ("approved_on", "filed_on", "noticed_on", "signed_on")


@dataclass(frozen=True)
class Entry:
    """One row of a list as it came: cells by the keys of `COLUMNS`."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Judged:
    """What is said of one row; `problem` tells why it could not be read, then the rest is empty.

    `standard_names` are the standard forms where the name is stored in another form; `in_list`
    tells which rows of the list itself have the same name or sound.
    """

    number: int
    name: str
    verdict: str | None
    standard_names: tuple[str, ...]
    checked: Checked | None
    duties: tuple[Due, ...]
    in_list: tuple[str, ...]
    problem: str | None


def judge_list(
    session: Session | Connection, entries: Iterable[Entry], *, lists: Lists | None = None,
    on: date | None = None, division: str | None = None, kind: str | None = None,
    progress: Progress = silent,
) -> list[Judged]:  # fmt: skip
    """Answer every row of a list; a row that cannot be read is told and does not stop the others.

    `division` and `kind` stand for rows that give none.
    """
    day, book, own, rows = on or today_in_china(), rule_book(), lists or Lists(), list(entries)
    judged = []
    for done, entry in enumerate(rows, start=1):
        name = entry.cells.get("name", "").strip()
        try:
            proposal = proposal_of(entry.cells, book, division=division, kind=kind)
            checked = check_name(session, proposal, lists=own, on=day)
            verdict, forms = judge_name(session, proposal, day, book)
            days = {one.removesuffix("_on"): read_date(entry.cells, one) for one in DATES}
            around = frozenset(checked.around_codes)
            due = duties(days["approved"], days, today=day, deadlines=book.deadlines, inside=around)
            judged.append(Judged(entry.number, name, verdict, forms, checked, due, (), None))
        except GeoError as problem:
            first = str(problem).splitlines()[0]
            judged.append(Judged(entry.number, name, None, (), None, (), (), first))
        progress(done, len(rows), "names")
    return _with_twins(judged)


def judge_name(
    session: Session | Connection, proposal: Proposal, on: date, book: RuleBook
) -> tuple[str, tuple[str, ...]]:
    """Answer the verdict on a name as it is written, and the standard forms of it.

    Inside the city (or municipality) of the row where that is known, else everywhere.
    """
    key = search_key(proposal.name)
    found = like(session, [(key, "exact")], on, book)
    where = whereabouts(session, proposal, on)
    return verdict_on(found, key, where)


def verdict_on(
    found: Sequence[Existing], key: str, where: Whereabouts
) -> tuple[str, tuple[str, ...]]:
    """Answer a verdict from stored names: standard before not standard before former; pure."""
    city = where.at_level(2, 1)
    here = [
        one for one in found
        if search_key(one.name) == key
        and (city is None or city.code in one.path or one.unit_code in where.codes)
    ]  # fmt: skip
    if not here:
        return "unknown", ()
    if any(one.name_kind in STANDARD_KINDS and not is_past(one) for one in here):
        return "standard", ()
    current = [one for one in here if not is_past(one)]
    forms = tuple(dict.fromkeys(one.place_name for one in current or here))
    return ("not_standard" if current else "former"), tuple(
        form for form in forms if search_key(form) != key
    )


def proposal_of(
    cells: Mapping[str, str], book: RuleBook, *, division: str | None, kind: str | None
) -> Proposal:
    """Read a row. Raises BadInput that names the cell."""
    numbers = {name: read_number(cells, name) for name in NUMBERS}
    if (numbers["lon"] is None) != (numbers["lat"] is None):
        raise _bad("经纬度须同时填写。", "longitude and latitude come together", "lon")
    own = cells.get("division", "").strip() or (None if numbers["lon"] is not None else division)
    return Proposal(
        name=cells.get("name", "").strip(),
        kind=kind_said(cells.get("kind", "").strip() or kind or "", book),
        division=own or division,
        place_code=cells.get("place_code", "").strip() or None,
        **numbers,
    )


def kind_said(said: str, book: RuleBook) -> str:
    """Answer the id of a kind that is given by id, title or one word of the title."""
    for kind in book.kinds.values():
        if said and (said in (kind.id, kind.zh) or said in kind.zh.replace("、", " ").split()):
            return kind.id
    return book.kind(said).id


def read_number(cells: Mapping[str, str], name: str) -> float | None:
    """A number as it is written; empty is unknown. Raises BadInput."""
    said = cells.get(name, "").strip()
    if not said:
        return None
    try:
        value = float(said)
    except ValueError:
        value = float("nan")
    if not -1e12 < value < 1e12:
        raise _bad(f"{COLUMNS[name][0]}不是数字。", f"{name} is no number", name)
    return value


def read_date(cells: Mapping[str, str], name: str) -> date | None:
    """A day as 2026-01-31, 2026/1/31, 20260131 or 2026年1月31日; empty is unknown."""
    said = cells.get(name, "").strip().split(" ")[0].split("T")[0]
    if not said:
        return None
    for mark in "年月/.":
        said = said.replace(mark, "-")
    parts = [p for p in said.replace("日", "").split("-") if p]
    if len(parts) == 1 and len(parts[0]) == 8:
        parts = [parts[0][:4], parts[0][4:6], parts[0][6:]]
    try:
        year, month, day = (int(p) for p in parts)
        return date(year, month, day)
    except ValueError:
        raise _bad(f"{COLUMNS[name][0]}不是日期。", f"{name} is no day", name) from None


def _with_twins(judged: list[Judged]) -> list[Judged]:
    """Add to each row the earlier and later rows of the list with the same name or sound."""
    by_name: dict[tuple[object, ...], list[int]] = {}
    by_sound: dict[tuple[object, ...], list[int]] = {}
    read = [(one, one.checked) for one in judged]
    for at, (_, checked) in enumerate(read):
        if checked is not None:
            group = (checked.proposal.kind, checked.scope.code)
            by_name.setdefault((*group, search_key(checked.proposal.name)), []).append(at)
            for reading in checked.readings:
                by_sound.setdefault((*group, reading), []).append(at)
    told: dict[int, dict[int, str]] = {}
    for twins, what in ((by_sound, "同音"), (by_name, "重名")):
        for places in twins.values():
            for at in places if 1 < len(places) <= 50 else ():
                told.setdefault(at, {}).update({b: what for b in places if b != at})
    return [
        replace(one, in_list=tuple(
            f"与第 {judged[other].number} 行{what}" for other, what in sorted(told[at].items())
        )) if at in told else one
        for at, one in enumerate(judged)
    ]  # fmt: skip


def _bad(zh: str, en: str, parameter: str) -> BadInput:
    return BadInput(both(zh, en), parameter=parameter)

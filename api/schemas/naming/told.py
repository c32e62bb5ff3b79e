"""How do the answers on names, lists of names and documents look?"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

from pydantic import Field

from api.schemas.answers import Answer
from geo.gazetteer.naming import Checked, rule_book
from geo.gazetteer.naming.check import STATEMENT
from geo.gazetteer.naming.listing import DATES, NUMBERS, VERDICTS, Judged
from geo.gazetteer.naming.tables import RowRead, as_csv, as_xlsx, rows_of
from geo.gazetteer.proofreading import Mark, Proofread

Status = Literal["fired", "not_fired", "unchecked", "not_applicable"]


class RuleTold(Answer):
    """A rule and where it is written."""

    id: str
    title_zh: str
    title_en: str
    article: str
    source: str
    status: str = Field(description="in_force, local (of another place) or house (ours)")
    severity: Literal["must_not", "avoid", "review"]


class EvidenceTold(Answer):
    """A stored name that a rule met; a point only where the position is known as one."""

    name: str
    name_kind: str
    name_kind_zh: str
    place_code: str
    place_name: str
    kind: str | None
    in_unit_name: str | None
    lon: float | None
    lat: float | None
    position_quality: str
    distance_m: float | None = Field(description="geodesic, GRS80")
    start_year: int | None
    end_year: int | None
    relation_zh: str
    relation_en: str
    source: str | None
    is_synthetic: bool


class ResultTold(Answer):
    """What one rule says; a restricted personal name is never told."""

    rule: RuleTold
    status: Status
    severity_zh: str
    zh: str
    en: str
    evidence: list[EvidenceTold]


class CheckTold(Answer):
    """Every rule's answer on a proposed name; `statement` says that this is no approval."""

    name: str
    kind: str
    on: date
    specific: str
    generic: str
    readings: list[str]
    reading_is_uncertain: bool
    scope_zh: str
    scope_code: str | None
    around: list[str]
    results: list[ResultTold]
    statement_zh: str
    statement_en: str
    text_status: str = Field(description="how sure the wording of the rules is")
    has_synthetic: bool


class DueTold(Answer):
    """A duty after approval and its last day, counted by the calendar from the day after it."""

    what: Literal["filing", "notice", "sign"]
    step: Literal["filed", "noticed", "signed"]
    article: str
    status: str = Field(description="in_force, or local: a rule of one place")
    state: Literal["done", "done_late", "overdue", "due_soon", "open", "unknown", "contradictory"]
    due_on: date | None
    done_on: date | None
    days_left: int | None
    zh: str
    en: str


class JudgedTold(Answer):
    """One row of a list; `problem` says why it could not be read."""

    number: int
    name: str
    verdict: Literal["standard", "not_standard", "former", "unknown"] | None
    verdict_zh: str | None
    standard_names: list[str]
    check: CheckTold | None
    duties: list[DueTold]
    in_list: list[str]
    problem: str | None


class ListTold(Answer):
    """A list of names, judged."""

    on: date
    numberReturned: int
    rows: list[JudgedTold]
    file_name: str | None
    file_base64: str | None
    statement_zh: str
    statement_en: str
    has_synthetic: bool


class RowReadTold(Answer):
    """A row of a table as `/api/names/check/batch` takes it; `problem`: why it cannot be read."""

    number: int
    name: str
    kind: str | None
    division: str | None
    place_code: str | None
    lon: float | None
    lat: float | None
    land_m2: float | None
    floor_m2: float | None
    height_m: float | None
    green_percent: float | None
    approved_on: date | None
    filed_on: date | None
    noticed_on: date | None
    signed_on: date | None
    problem: str | None


class TableTold(Answer):
    """The rows of a table of names."""

    numberReturned: int
    rows: list[RowReadTold]


class MeantTold(Answer):
    """A place that a name in a text may mean."""

    place_code: str
    standard_name: str | None
    followed_by: list[str]
    in_unit_name: str | None
    name_kind: str
    name_kind_zh: str
    start_year: int | None
    end_year: int | None
    source: str | None
    is_synthetic: bool


class MarkTold(Answer):
    """A name in the text: characters from `start` to before `end`, line and page from 1."""

    start: int
    end: int
    line: int
    page: int | None = Field(description="of a .pdf; else null")
    text: str
    status: Literal["marked", "possible"]
    suggestion: str | None
    zh: str
    en: str
    meant: list[MeantTold]


class ProofreadTold(Answer):
    """The marks of a text; `html` or `file_base64` as was asked for."""

    on: date
    characters: int
    standing: int = Field(description="names that are standard as they are")
    passed: int = Field(description="old names that the text uses rightly, and ordinary words")
    marks: list[MarkTold]
    html: str | None
    file_base64: str | None
    text: str | None = Field(description="the text of a file, which the marks count; else null")
    unread_pages: list[int] = Field(
        description="pages of a .pdf that are pictures, or whose fonts do not tell their characters"
    )
    notice_zh: str
    notice_en: str
    has_synthetic: bool


def check_told(found: Checked) -> dict[str, Any]:
    """A check as it is sent."""
    rules = [
        {
            "rule": {
                "id": one.rule.id, "title_zh": one.rule.zh, "title_en": one.rule.en,
                "article": one.rule.article, "source": one.rule.source,
                "status": one.rule.status, "severity": one.rule.severity,
            },
            "status": one.status, "severity_zh": one.severity_zh, "zh": one.zh, "en": one.en,
            "evidence": [vars(e) for e in one.evidence],
        }
        for one in found.results
    ]  # fmt: skip
    return {
        "name": found.proposal.name, "kind": found.proposal.kind, "on": found.on,
        "specific": found.specific, "generic": found.generic, "readings": list(found.readings),
        "reading_is_uncertain": found.reading_is_uncertain, "scope_zh": found.scope.zh,
        "scope_code": found.scope.code, "around": list(found.around), "results": rules,
        "statement_zh": found.statement_zh, "statement_en": found.statement_en,
        "text_status": found.text_status, "has_synthetic": found.has_synthetic,
    }  # fmt: skip


def list_told(judged: list[Judged], on: date, output: str) -> dict[str, Any]:
    """A judged list as it is sent, with its file where one was asked for."""
    rows = [
        {
            "number": one.number, "name": one.name, "verdict": one.verdict,
            "verdict_zh": None if one.verdict is None else VERDICTS[one.verdict],
            "standard_names": list(one.standard_names),
            "check": None if one.checked is None else check_told(one.checked),
            "duties": [vars(due) for due in one.duties], "in_list": list(one.in_list),
            "problem": one.problem,
        }
        for one in judged
    ]  # fmt: skip
    file = None
    if output != "json":
        kinds = {kind.id: kind.zh for kind in rule_book().kinds.values()}
        file = {"csv": as_csv, "xlsx": as_xlsx}[output](rows_of(judged, kinds, on))
    return {
        "on": on, "numberReturned": len(rows), "rows": rows,
        "file_name": None if file is None else f"地名核查-{on.isoformat()}.{output}",
        "file_base64": None if file is None else base64.b64encode(file).decode(),
        "statement_zh": STATEMENT[0], "statement_en": STATEMENT[1],
        "has_synthetic": any(one.checked.has_synthetic for one in judged if one.checked),
    }  # fmt: skip


def table_told(rows: Sequence[RowRead]) -> dict[str, Any]:
    """The rows of a table as they are sent."""
    empty = dict.fromkeys((*NUMBERS, *DATES))
    told = [
        {"number": one.number, "name": one.name, "kind": one.kind, "division": one.division,
         "place_code": one.place_code, **empty, **one.numbers, **one.days, "problem": one.problem}
        for one in rows
    ]  # fmt: skip
    return {"numberReturned": len(told), "rows": told}


def proofread_told(
    found: Proofread, page: str | None, file: bytes | None, written: str | None = None
) -> dict[str, Any]:
    """The marks of a text as they are sent; `written` is the text of a file."""
    return {
        "on": found.on, "characters": found.characters, "standing": found.standing,
        "passed": found.passed, "marks": [_mark_told(mark) for mark in found.marks],
        "html": page, "file_base64": None if file is None else base64.b64encode(file).decode(),
        "text": written, "unread_pages": list(found.unread_pages),
        "notice_zh": found.notice_zh, "notice_en": found.notice_en,
        "has_synthetic": found.has_synthetic,
    }  # fmt: skip


def _mark_told(mark: Mark) -> dict[str, Any]:
    return {
        **vars(mark), "suggestion": mark.suggestion, "meant": [vars(one) for one in mark.meant]
    }  # fmt: skip

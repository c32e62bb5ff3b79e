"""How do questions and answers about divisions through time look?"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from fastapi import Query
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from api.schemas.answers import Answer, Collection
from api.schemas.parameters import Text, Whole, read_day
from geo.errors import BadInput, both
from geo.queries.succession import Event, Member
from geo.sums import SumCheck
from geo.survey.changes.between import KINDS_ZH, Changed
from geo.survey.changes.crosswalk.answer import BASES_ZH, Crosswalk, Link, Side
from geo.survey.changes.crosswalk.series import Restated, Shared
from geo.survey.changes.law import LAW_KINDS, STATES_ZH, Term, law_kinds_of
from geo.survey.changes.lifeline import ROLES_ZH, LifeLine, Stage
from geo.survey.changes.today import TodaysCode

_FIGURE = re.compile(r"(\d{6}(?:\d{3}){0,2}):(\d{1,15})", re.ASCII)


def _figures(value: str) -> dict[str, int]:
    """Figures written 320402:1001,320404:500."""
    found: dict[str, int] = {}
    for word in value.split(","):
        said = _FIGURE.fullmatch(word)
        if said is None or said[1] in found:
            raise BadInput(
                both("写作 代码:数值，逐项用逗号分隔，不重复。", "written CODE:COUNT, each once")
            )
        found[said[1]] = int(said[2])
    return found


Day = Annotated[date, BeforeValidator(read_day)]
SinceAsked = Annotated[Day, Query(description="起始日期 · the first day", examples=["2010-01-01"])]
UntilAsked = Annotated[
    Day | None, Query(description="目标日期，默认今天 · the second day; default today")
]
UsedOn = Annotated[Day | None, Query(description="代码使用的日期 · a day on which it was used")]
NameMeant = Annotated[
    Text | None, Query(description="代码易主时的名称 · name, where hands changed")
]
LevelAsked = Annotated[
    Whole, Query(ge=1, le=5, description="级别 · 1 province … 3 county … 5 village")
]
Unchanged = Annotated[bool, Query(description="也列出未变的 · unchanged ones too")]
Closed = Annotated[
    bool, Query(description="全域两日相同 · the whole is the same ground on both days")
]
Figures = Annotated[
    Annotated[str, StringConstraints(max_length=4000), AfterValidator(_figures)] | None,
    Query(
        description="旧数 · figures of the first day, whole numbers: CODE:COUNT,CODE:COUNT",
        examples=["320402:1001,320404:500"],
    ),
]


class EventTold(Answer):
    """A change on record; null is unknown. law_kinds: kinds of the law, by record or by word."""

    id: int
    kind: str
    law_kinds: list[str]
    law_kinds_zh: list[str]
    event_year: int
    decided_on: date | None
    effective_on: date | None
    announced_on: date | None
    recoded_on: date | None
    finished_on: date | None
    document_no: str | None
    approver: str | None
    note: str | None
    source: str | None
    predecessors: list[Member]
    successors: list[Member]


class ChangeTold(Answer):
    """What became of one code; null is unknown."""

    code: str
    level: int
    kinds: list[str] = Field(description=" ".join(KINDS_ZH))
    kinds_zh: list[str]
    name_before: str | None
    name_after: str | None
    parent_before: str | None
    parent_after: str | None
    outline_change: float | None = Field(description="gained and lost over before (量算值)")
    came_from: list[Member]
    became: list[Member]
    path: list[str]
    source: str | None
    source_date: date | None
    is_synthetic: bool


class ChangesAnswer(Answer):
    """Everything that changed between two days."""

    since: date
    until: date
    within: str
    level: int
    method: str
    method_en: str
    has_synthetic: bool
    changes: list[ChangeTold]
    events: list[EventTold]


class ChangedFeature(ChangeTold):
    """A feature of the map of changes."""

    part: str = Field(description="unit, gained or lost")


class ChangedMap(Collection[ChangedFeature]):
    """What changed, as a map."""

    since: date
    until: date
    method: str
    geometry_note: str | None = None


class LifeLineAnswer(Answer):
    """All names and codes of a unit through time, oldest first."""

    code: str
    name: str
    on: date
    roles: dict[str, str]
    has_synthetic: bool
    stages: list[Stage]
    events: list[EventTold]
    others: list[Member] = Field(description="different units that bore the same code")


class CodeAnswer(Answer):
    """What an old code is on the day: one answer, or several after a split."""

    code: str
    name: str
    since: date | None
    on: date
    answers: list[TodaysCode]


class CrosswalkAnswer(Answer):
    """Links between the divisions of two days, and restated figures where some were sent."""

    since: date
    until: date
    within: str
    level: int
    by: str
    is_complete: bool = Field(description="every share is known")
    closed: bool
    least_share: float
    drawn_away: float = Field(description="largest share taken for differences of drawing")
    bases: dict[str, str]
    method: str
    method_en: str
    has_synthetic: bool
    old: list[Side]
    new: list[Side]
    links: list[Link]
    figures: list[Shared] | None
    unallocated: Shared | None
    without_figure: list[str] | None
    total: int | None
    check: SumCheck | None
    check_words: str | None


class TermsOfEvent(Answer):
    """A change and its terms."""

    event: EventTold
    terms: list[Term]


class TermsAnswer(Answer):
    """By when the changes of a division had to be carried out."""

    code: str
    on: date
    states: dict[str, str]
    changes: list[TermsOfEvent]


def event_told(event: Event) -> dict[str, Any]:
    """A change with its kinds of the law."""
    kinds = law_kinds_of(event)
    told = {name: getattr(event, name) for name in Event.__slots__}
    return told | {"law_kinds": kinds, "law_kinds_zh": [LAW_KINDS[kind] for kind in kinds]}


def changes_told(found: Changed) -> dict[str, Any]:
    """What changed, without outlines."""
    rows = [
        {name: getattr(row, name) for name in ChangeTold.model_fields if name != "kinds_zh"}
        | {"kinds_zh": [KINDS_ZH[kind] for kind in row.kinds]}
        for row in found.rows
    ]
    return {
        "since": found.since, "until": found.until, "within": found.within, "level": found.level,
        "method": found.method, "method_en": found.method_en, "has_synthetic": found.has_synthetic,
        "changes": rows, "events": [event_told(event) for event in found.events],
    }  # fmt: skip


def life_line_told(line: LifeLine) -> dict[str, Any]:
    """A life line."""
    return {
        "code": line.code, "name": line.name, "on": line.on, "roles": ROLES_ZH,
        "has_synthetic": line.has_synthetic, "stages": line.stages,
        "events": [event_told(event) for event in line.events], "others": line.others,
    }  # fmt: skip


def crosswalk_told(walk: Crosswalk, made: Restated | None) -> dict[str, Any]:
    """A crosswalk, with restated figures where there are any."""
    named = (
        "since", "until", "within", "level", "by", "is_complete", "closed", "least_share",
        "drawn_away", "method", "method_en", "has_synthetic", "old", "new", "links",
    )  # fmt: skip
    told = {name: getattr(walk, name) for name in named} | {"bases": BASES_ZH}
    return told | {
        "figures": made and made.rows, "unallocated": made and made.unallocated,
        "without_figure": made and made.without_figure, "total": made and made.total,
        "check": made and made.check, "check_words": made and made.check.words,
    }  # fmt: skip


def terms_told(code: str, on: date, rows: list[tuple[Event, tuple[Term, ...]]]) -> dict[str, Any]:
    """The terms of each change."""
    changes = [{"event": event_told(event), "terms": terms} for event, terms in rows]
    return {"code": code, "on": on, "states": STATES_ZH, "changes": changes}

"""What may stand in an address of the elder-care page, and how do its answers look?

The page and the API take the same parameters, so that a link of the one is a question to the other.
A form without scripts sends its empty fields too: they count as not given.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal, get_type_hints

from fastapi import Depends, Query
from pydantic import AfterValidator, BeforeValidator, Field, create_model

from api.schemas.answers import Answer
from api.schemas.parameters import TEXT_CAP
from api.schemas.sent import Sent
from api.schemas.written import full_division, plain_text, read_minute, read_number, read_whole
from geo.access.finder import FILTERS, SORTS, WHAT, WRONG, Card, Question, Start
from geo.access.finder.answer import Dropped, Source
from geo.access.finder.comparing import Row
from geo.access.finder.hours import Day
from geo.access.finder.question import FARTHEST_OFFSET, LONGEST_MIN, MOST
from geo.access.finder.reports import LONGEST
from geo.errors import BadInput, both
from geo.models.facility import CARE_LEVELS
from geo.models.kinds import KINDS


def _given(value: object) -> object:
    """An empty field of a form is no value."""
    return None if isinstance(value, str) and not value.strip() else value


def _off(value: object) -> object:
    return False if isinstance(value, str) and not value.strip() else value


def _short(value: object) -> object:
    """The cap stands before every reader of a text."""
    if isinstance(value, str) and len(value) > TEXT_CAP:
        raise BadInput(both(f"最多 {TEXT_CAP} 个字。", f"at most {TEXT_CAP} characters"))
    return value


_Number = Annotated[float, BeforeValidator(read_number)]
_Whole = Annotated[int, BeforeValidator(read_whole)]
# The last of these readers runs first.
_Text = Annotated[
    Annotated[str, AfterValidator(plain_text)] | None,
    BeforeValidator(_given),
    BeforeValidator(_short),
]
_Switch = Annotated[bool, BeforeValidator(_off)]
_WHATS, _SORTS, _REPORTED = tuple(WHAT), tuple(SORTS), tuple(WRONG)
_KINDS = tuple(kind for what in WHAT.values() for kind in what.kinds)

WhatWanted = Annotated[
    Literal[_WHATS],  # type: ignore[valid-type]
    BeforeValidator(lambda value: value or "canteen"),
    Query(description="找什么 · canteen, home, day_care, more"),
]
KindWanted = Annotated[
    Literal[_KINDS] | None,  # type: ignore[valid-type]
    BeforeValidator(_given),
    Query(description="其中一类 · one kind of what is looked for"),
]
StartText = Annotated[
    _Text, Query(description="出发地 · where from, as typed; looked up without lon and lat")
]
FromLon = Annotated[
    Annotated[_Number, Field(ge=-180, le=180)] | None,
    BeforeValidator(_given),
    Query(description="出发地经度 · longitude, degrees, CGCS2000"),
]
FromLat = Annotated[
    Annotated[_Number, Field(ge=-90, le=90)] | None,
    BeforeValidator(_given),
    Query(description="出发地纬度 · latitude, degrees, CGCS2000"),
]
WithinDivision = Annotated[
    Annotated[str, AfterValidator(full_division)] | None,
    BeforeValidator(_given),
    BeforeValidator(_short),
    Query(description="区县或街道代码 · district or street, 6, 9 or 12 digits"),
]
Owned = Annotated[
    Literal["public", "private"] | None,
    BeforeValidator(_given),
    Query(description="公办或民办 · who owns it"),
]
RunBy = Annotated[
    Literal["public", "private_nonprofit", "private_profit"] | None,
    BeforeValidator(_given),
    Query(description="谁来运营 · who runs it"),
]
PriceCap = Annotated[
    Annotated[_Number, Field(ge=0, le=1_000_000)] | None,
    BeforeValidator(_given),
    Query(description="价格上限（元）· yuan: a meal, a month (at care_level) or a day"),
]
CareWanted = Annotated[
    Literal[CARE_LEVELS] | None,  # type: ignore[valid-type]
    BeforeValidator(_given),
    Query(description="照护等级 · care level"),
]
LeastRating = Annotated[
    Annotated[_Whole, Field(ge=1, le=5)] | None,
    BeforeValidator(_given),
    Query(description="等级不低于 · at least this level of GB/T 37276"),
]
MinutesOnFoot = Annotated[
    Annotated[_Number, Field(ge=1, le=LONGEST_MIN)] | None,
    BeforeValidator(_given),
    Query(description="步行分钟 · minutes on foot from the start"),
]
NameWanted = Annotated[_Text, Query(description="名称或地址含有 · text in name or address")]
SortWanted = Annotated[
    Literal[_SORTS] | None,  # type: ignore[valid-type]
    BeforeValidator(_given),
    Query(description="排序 · order; near needs a start"),
]
PartWanted = Annotated[
    Literal["found", "unknown"],
    BeforeValidator(lambda value: value or "found"),
    Query(description="符合的，或未知的 · what fits, or what is not known to fit"),
]
LangWanted = Annotated[
    Literal["zh", "en"],
    BeforeValidator(lambda value: value or "zh"),
    Query(description="文字的语言 · language of the sentences"),
]
AtMoment = Annotated[
    datetime | None,
    BeforeValidator(read_minute),
    BeforeValidator(_given),
    Query(description="时刻（北京时间）· local time; default now", examples=["2026-11-22T11:30"]),
]
PageSize = Annotated[
    Annotated[int, BeforeValidator(read_whole)], Query(ge=1, le=MOST, description="条数 · rows")
]
FromRow = Annotated[
    Annotated[int, BeforeValidator(read_whole)],
    Query(ge=0, le=FARTHEST_OFFSET, description="跳过条数 · how many to skip"),
]
CodesWanted = Annotated[
    Annotated[str, AfterValidator(plain_text)],
    Query(max_length=420, description="2 至 4 个机构编码 · 2 to 4 codes, comma-separated"),
]
FewStarts = Annotated[
    Annotated[int, BeforeValidator(read_whole)], Query(ge=1, le=20, description="条数 · at most")
]


def _flag(zh: str, en: str) -> Any:
    return Query(description=f"{zh} · {en}")


async def _asked(
    what: WhatWanted = "canteen",
    kind: KindWanted = None,
    start: StartText = None,
    lon: FromLon = None,
    lat: FromLat = None,
    rough: Annotated[_Switch, _flag("出发地只知大概", "the position stands for an area")] = False,
    within: WithinDivision = None,
    ownership: Owned = None,
    operation: RunBy = None,
    max_price: PriceCap = None,
    care_level: CareWanted = None,
    rating: LeastRating = None,
    free_beds: Annotated[_Switch, _flag("有空床", "free beds")] = False,
    medical: Annotated[_Switch, _flag("有医疗服务", "medical care")] = False,
    meals: Annotated[_Switch, _flag("有餐食", "meals")] = False,
    barrier_free: Annotated[_Switch, _flag("无障碍", "lift and ramp")] = False,
    lift: Annotated[_Switch, _flag("有电梯", "lift")] = False,
    ramp: Annotated[_Switch, _flag("有坡道", "ramp")] = False,
    fire_ok: Annotated[_Switch, _flag("消防达标", "fire check passed")] = False,
    open_now: Annotated[_Switch, _flag("现在营业", "open now")] = False,
    within_min: MinutesOnFoot = None,
    q: NameWanted = None,
    sort: SortWanted = None,
    part: PartWanted = "found",
    limit: PageSize = 20,
    offset: FromRow = 0,
    at: AtMoment = None,
    lang: LangWanted = "zh",
) -> Question:
    """What is looked for; the conditions are joined by AND."""
    return Question(**locals())


Asked = Annotated[Question, Depends(_asked)]
"""The question that an address of the page or of the API asks."""


async def _asked_from(
    lon: FromLon = None,
    lat: FromLat = None,
    what: WhatWanted = "home",
    care_level: CareWanted = None,
    at: AtMoment = None,
    lang: LangWanted = "zh",
) -> Question:
    """What is told about places that are already chosen."""
    return Question(**locals())


AskedFrom = Annotated[Question, Depends(_asked_from)]


class ReportSent(Sent):
    """Somebody says that an entry is wrong: what, and in a few words how; no sender."""

    code: Annotated[str, Field(min_length=1, max_length=TEXT_CAP), AfterValidator(plain_text)]
    what: Literal[_REPORTED]  # type: ignore[valid-type]
    text: Annotated[str, Field(max_length=LONGEST)] | None = None


class ReportTaken(Answer):
    """The report was taken; its number may be named when one phones the office."""

    status: Literal["received"]
    number: int
    zh: str
    en: str


def _as_model(name: str, source: type, **more: Any) -> Any:
    """A model with the fields of a dataclass, so that the two cannot drift apart."""
    assert is_dataclass(source)
    hints = get_type_hints(source)
    known = {one.name: (hints[one.name], ...) for one in fields(source)}
    return create_model(name, __base__=Answer, __doc__=source.__doc__, **(known | more))


CardTold = _as_model("ElderCareCard", Card, told=(dict[str, str], ...))
DayAnswer = _as_model(
    "ElderCareDay", Day, note_zh=(str | None, ...), note_en=(str | None, ...)
)  # fmt: skip


class StartAnswer(Answer):
    """From where distances are measured, or which places fit what was typed."""

    label: str | None
    lon: float | None
    lat: float | None
    how_zh: str | None
    how_en: str | None
    is_vague: bool
    about_zh: str | None
    about_en: str | None
    not_found: bool
    choices: list[Start]


class FindAnswer(Answer):
    """A page of the list; null is unknown, never 0."""

    question: dict[str, Any]
    sorted_by: str
    measured_by: Literal["walk", "line"] | None
    pace_m_s: float
    start: StartAnswer | None
    day: DayAnswer  # type: ignore[valid-type]
    found: int
    unknown: int
    cards: list[CardTold]  # type: ignore[valid-type]
    unknown_cards: list[CardTold]  # type: ignore[valid-type]
    dropped: list[Dropped]
    next_offset: int | None
    notes: list[tuple[str, str]]
    sources: list[Source]
    has_synthetic: bool
    method_zh: str
    method_en: str
    generated_on: date


class CompareAnswer(Answer):
    """Two to four places side by side."""

    cards: list[CardTold]  # type: ignore[valid-type]
    rows: list[Row]
    questions: list[tuple[str, str]]
    missing: list[str]
    measured_by: Literal["walk", "line"] | None
    has_synthetic: bool


class CardAnswer(Answer):
    """One place."""

    card: CardTold  # type: ignore[valid-type]
    has_synthetic: bool


class StartsAnswer(Answer):
    """The places that what was typed may mean."""

    query: str
    numberReturned: int
    has_synthetic: bool
    starts: list[Start]


InBoth = Annotated[list[str], Field(min_length=2, max_length=2)]
"""Chinese, then English."""


class OptionsAnswer(Answer):
    """What can be asked, in both languages."""

    what: list[dict[str, Any]]
    kinds: list[dict[str, str]]
    filters: dict[str, InBoth]
    sorts: dict[str, InBoth]
    wrong: dict[str, InBoth]


def options() -> dict[str, Any]:
    """What can be asked, as it is sent."""
    return {
        "what": list(WHAT.values()),
        "kinds": [
            {"code": code, "zh": KINDS[code].zh, "en": KINDS[code].en}
            for what in WHAT.values()
            for code in what.kinds
        ],
        "filters": FILTERS,
        "sorts": SORTS,
        "wrong": WRONG,
    }

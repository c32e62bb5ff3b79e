"""How do answers about listed names look, and what is sent to propose, score and keep them?"""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import Path, Query
from pydantic import AfterValidator, Field

from api.schemas.answers import Answer, Collection
from api.schemas.geojson import layer_allowed
from api.schemas.parameters import Division, Text
from api.schemas.sent import Dated, Sent
from geo.errors import BadInput, both
from geo.gazetteer.heritage.nominated import STATE_WORDS, Nomination
from geo.gazetteer.heritage.places import ListedPlace, by_era, counts_of
from geo.gazetteer.heritage.protection import KIND_WORDS, VALUES
from geo.gazetteer.heritage.sheets import Scored, Sheet
from geo.gazetteer.heritage.words import UNKNOWN, classes, eras, levels

LevelWord = Literal["national", "province", "city", "district"]
FamilyWord = Literal["heritage", "red"]
EraWord = Literal[
    "pre-qin", "qin-han", "six", "sui-tang", "song-yuan", "ming-qing", "modern", "present",
    "unknown",
]  # fmt: skip
EraWanted = Annotated[
    EraWord | None,
    Query(description="时代 · an era of the time line; codes and years: /api/heritage/words"),
]
ListClassWanted = Annotated[Text | None, Query(description="名录类别 · class within a list")]
StateWanted = Annotated[
    Literal["nominated", "reviewing", "returned", "published", "withdrawn"] | None,
    Query(description="状态 · state of a nomination"),
]
SheetWanted = Annotated[Text, Query(description="评分表 · code of a score sheet")]
_CODE = re.compile(r"R-[0-9]{4,9}", re.ASCII)


def _nomination_code(value: str) -> str:
    if not _CODE.fullmatch(value):
        raise BadInput(both("提名编号写作 R-0001。", "a nomination's code is written R-0001"))
    return value


NominationCode = Annotated[
    Text, AfterValidator(_nomination_code), Path(description="提名编号 · code of a nomination")
]
SCHEMAS = {
    "HeritageTable": {"title": "HeritageTable", "type": "string", "format": "binary",
                      "description": "名录表 · the directory as a table"},
}  # fmt: skip


class OnListTold(Answer):
    """An entry on a list; a place on lists of two levels is still one place."""

    family: FamilyWord
    list_name: str
    level: LevelWord
    list_class: str | None
    batch: str | None
    year: int | None
    era: str | None = Field(description="in the list's own words")
    citation: str | None


class HeritageProperties(Answer):
    """A place on one or more lists; null is unknown."""

    code: str
    name: str
    pinyin: str | None
    name_kind: str
    others: list[str] = Field(description="its other names")
    feature_class: str
    lists: list[OnListTold]
    era: EraWord
    era_said: str | None
    era_derived: bool = Field(description="the era follows from the first year of a name")
    first_year: int | None = Field(description="0 = 1 BCE")
    story: str | None
    story_source: str | None
    quality: str
    unit_code: str | None
    unit_name: str | None
    district_code: str | None
    protection: str | None
    sign: str | None
    surveyed_on: date | None
    survey_due: date | None
    source: str | None
    attribution: str | None
    is_synthetic: bool
    same: list[str] = Field(description="its other entries in the register; counted once")


class CountsTold(Answer):
    """Numbers of places. Those of levels, families and classes overlap and are never added."""

    places: int = Field(description="each place once")
    by_level: dict[str, int]
    by_family: dict[str, int]
    by_class: dict[str, int]
    by_era: dict[str, int]
    on_several_levels: int
    entries: int


class HeritageList(Collection[HeritageProperties]):
    """Places on lists, the oldest era first. `counts` are of all that fit, beyond the limit too."""

    on: date
    numberMatched: int
    counts: CountsTold
    geometry_note: str | None = Field(None, description="why areas have no outline")


class LevelTold(Answer):
    """A level of lists."""

    code: str
    zh: str
    short_zh: str
    en: str


class ClassTold(Answer):
    """A class of a system; unverified until compared with the published text."""

    system: str
    system_zh: str
    family: str
    code: str
    zh: str
    en: str
    status: Literal["verified", "unverified"]
    source: str
    note: str


class EraTold(Answer):
    """An era of the time line; years are astronomical, null is open."""

    code: str
    zh: str
    en: str
    from_year: int | None
    to_year: int | None


class CriterionTold(Answer):
    """A criterion of a sheet."""

    code: str
    zh: str
    en: str
    most: float
    weight: float


class SheetTold(Answer):
    """A score sheet; an example is not official."""

    code: str
    zh: str
    en: str
    status: Literal["official", "example"]
    families: list[str]
    source: str
    source_en: str
    criteria: list[CriterionTold]


class ValueTold(Answer):
    """A value that a record of its kind may have."""

    code: str
    zh: str
    en: str


class RecordKindTold(Answer):
    """A kind of record; without values it takes a text, such as the new name."""

    code: str
    zh: str
    en: str
    values: list[ValueTold]


class HeritageWords(Answer):
    """What levels, classes, eras, score sheets and kinds of records there are."""

    levels: list[LevelTold]
    classes: list[ClassTold]
    eras: list[EraTold]
    sheets: list[SheetTold]
    records: list[RecordKindTold]


class StepTold(Answer):
    """A step with its role and reasons."""

    step: str
    verdict: str | None
    on_date: date
    role: str
    reasons: str
    recorded_at: datetime


class NominationTold(Answer):
    """A nomination with its history; `next`: the steps that may follow."""

    code: str
    place_code: str
    name: str
    family: FamilyWord
    list_name: str
    list_level: LevelWord
    list_class: str | None
    era: str | None
    batch: str | None
    admin_code: str
    is_synthetic: bool
    state: str
    state_zh: str
    next: list[str]
    steps: list[StepTold]


class NominationList(Answer):
    """Nominations, the newest first."""

    numberReturned: int
    nominations: list[NominationTold]


class MarkedTold(Answer):
    """Marks of a criterion by role; null: nobody gave one."""

    criterion: CriterionTold
    by_role: dict[str, float]
    mean: float | None
    least: float | None
    most: float | None
    deviation: float | None


class ScoredTold(Answer):
    """Sums and spread in weighted points; a sum with a mark missing is null, never 0."""

    sheet: SheetTold
    whole: float
    criteria: list[MarkedTold]
    by_role: dict[str, float | None]
    missing: dict[str, list[str]]
    mean: float | None
    least: float | None
    most: float | None
    deviation: float | None


class NominationSent(Sent):
    """A place proposed for a list; offices and roles, no persons."""

    place: Text = Field(description="code of the place", examples=["red:320400:塘马村"])
    family: FamilyWord = "red"
    list_name: Text
    list_level: LevelWord
    admin_code: Division = Field(examples=["320481"])
    list_class: Text | None = None
    era: Text | None = None
    batch: Text | None = None
    role: Text
    reasons: str = Field(min_length=1, max_length=1000)
    on: Dated | None = None


class HeritageStepSent(Sent):
    """The next step; an opinion has a verdict."""

    step: Literal["opinion", "expert", "published", "returned", "resubmitted", "withdrawn"]
    verdict: Literal["agree", "disagree", "abstain"] | None = None
    role: Text
    reasons: str = Field(min_length=1, max_length=1000)
    on: Dated | None = None


class ScoresSent(Sent):
    """Marks of one role: criterion → points."""

    sheet: Text = "example"
    marks: dict[Text, float] = Field(min_length=1, max_length=100)
    role: Text
    on: Dated | None = None


def places_told(places: list[ListedPlace], day: date, *, limit: int, offset: int) -> dict[str, Any]:
    """The answer: features, and the counts of all of them."""
    shown = places[offset : offset + limit]
    return {
        "type": "FeatureCollection",
        "features": [feature_of(one) for one in shown],
        "numberReturned": len(shown),
        "numberMatched": len(places),
        "has_synthetic": any(one.is_synthetic for one in places),
        "on": day,
        "counts": asdict(counts_of(places)) | {"by_era": by_era(places)},
    }


def feature_of(place: ListedPlace) -> dict[str, Any]:
    """A place as a feature. The outline of a former division is an old boundary."""
    told = asdict(place)
    geometry = told.pop("geometry")
    if place.feature_class == "A" and not layer_allowed(old=True):
        geometry = None
    return {"type": "Feature", "geometry": geometry, "properties": told}


def words_told(found: dict[str, Sheet]) -> dict[str, Any]:
    """The answer about words."""
    return {
        "levels": [asdict(one) for one in levels().values()],
        "classes": [asdict(one) for one in classes()],
        "eras": [
            {name: getattr(one, name) for name in EraTold.model_fields}
            for one in (*eras().values(), UNKNOWN)
        ],
        "sheets": [asdict(one) for one in found.values()],
        "records": [
            _worded(kind, *said)
            | {"values": [_worded(code, *words) for code, words in VALUES.get(kind, {}).items()]}
            for kind, said in KIND_WORDS.items()
        ],
    }


def _worded(code: str, zh: str, en: str) -> dict[str, Any]:
    return {"code": code, "zh": zh, "en": en}


def nomination_told(one: Nomination) -> dict[str, Any]:
    """The answer about one nomination."""
    return asdict(one) | {"state_zh": STATE_WORDS[one.state][0], "next": list(one.next)}


def scored_told(found: Scored) -> dict[str, Any]:
    """The answer about marks."""
    return asdict(found) | {"whole": found.sheet.whole}

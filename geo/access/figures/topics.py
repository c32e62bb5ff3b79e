"""How is each question of a report answered? One function per topic; report and check share it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from geo.access.estates import estates_checked
from geo.access.figures import stock
from geo.access.figures.asked import Answer, Asked, Line, Origin
from geo.access.gaps import gaps_on
from geo.access.publishing import publishable_coverage, publishable_gaps
from geo.access.radius.answer import STATUS_ZH, AreaCoverage, Coverage
from geo.access.radius.answer import answer as coverage_on
from geo.access.radius.gap import Gaps
from geo.access.radius.ground import Ground, read_ground
from geo.access.radius.question import Question, ask, kind_name
from geo.access.radius.record import on_record, unrecorded
from geo.access.radius.seen import as_seen
from geo.access.radius.stored import INPUTS, data_stamp
from geo.access.standards import missing
from geo.queries.admin import Reader

MOST_GAPS = 20
"""Gaps that a report lists for one kind."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One sort of question: the letter of its ids, its name, and what answers it."""

    letter: str
    zh: str
    answer: Callable[[Reader, Asked], Answer]


def answer(session: Reader, asked: Asked) -> Answer:
    """Answer a question from the data as they are now; nothing stored is used."""
    return TOPICS[asked.topic].answer(session, asked)


@dataclass(frozen=True, slots=True)
class Basis:
    """The ground of several questions, read once; None where nothing is on record that day."""

    ground: Ground | None
    question: Question
    stamp: int


def basis_of(session: Reader, asked: Asked, kinds: Iterable[str], longest_m: float) -> Basis:
    """Read the areas, people and facilities of a question for some kinds up to a distance."""
    listed = list(kinds)
    question = ask(
        city=asked.city, areas=asked.areas, kind=listed[0], radius_m=longest_m, on=asked.on,
        basis=asked.basis, base_year=asked.base_year, projection=asked.projection,
        published_only=asked.published_only,
    )  # fmt: skip
    stamp = data_stamp(session)
    with as_seen(session, published_only=asked.published_only):
        recorded = on_record(session, question)
        if recorded is None:
            return Basis(None, question, stamp)
        ground = read_ground(session, recorded, kinds=listed, longest_m=longest_m)
    return Basis(ground, recorded, stamp)


def coverage_answer(session: Reader, asked: Asked, basis: Basis | None = None) -> Answer:
    """People and covered people of each area, total last (key "")."""
    found = _coverage(session, asked, basis)
    return _of_coverage(replace(asked, base_year=found.question.base_year), found, _covered)


def people_answer(session: Reader, asked: Asked, basis: Basis | None = None) -> Answer:
    """People of each area by age, total last (key "")."""
    # Any kind does: the people of an area are counted before anybody asks what reaches them.
    found = _coverage(session, replace(asked, kind="canteen", radius_m=1.0), basis)
    made = _of_coverage(replace(asked, base_year=found.question.base_year), found, _people)
    word = {"resident": "常住", "registered": "户籍"}[asked.basis]
    year = found.question.base_year or "未知"
    of = "" if asked.projection == "none" else f",预测方案 {asked.projection}"
    return replace(
        made,
        method=f"{word}人口,基准年 {year}{of};人口格网以代表点计入所在区域,每人只计一次。"
        + (f"人数取整到 {asked.rounded_to:g}。" if asked.rounded_to else ""),
        origins=tuple(o for o in made.origins if o.what != "facilities"),
        tables=("admin_unit", "planning_zone", "demand_cell"),
    )


def gap_answer(session: Reader, asked: Asked, basis: Basis | None = None) -> Answer:
    """The uncovered stretches with most people; the key is the rank."""
    return gap_lines(asked, gaps_for(session, asked, basis))


def gap_lines(asked: Asked, found: Gaps) -> Answer:
    """Gaps as an answer."""
    question = found.coverage.question
    lines = tuple(
        Line(
            str(gap.rank), gap.area_name,
            {
                "people_60": gap.people_60, "people_80": gap.people_80,
                "area_km2": gap.area_m2 / 1e6, "nearest_m": gap.nearest_m,
            },
            found.coverage.has_synthetic,
        )
        for gap in found.gaps
    )  # fmt: skip
    return Answer(
        replace(asked, base_year=question.base_year),
        lines,
        found.coverage.method + "未覆盖的连片区域按 60 岁以上人数排序;面积为椭球面量算值。",
        _origins(found.coverage),
        INPUTS,
        found.coverage.stamp,
    )


def gaps_for(session: Reader, asked: Asked, basis: Basis | None = None) -> Gaps:
    """The uncovered stretches of a question with their shapes, most people first."""
    read = basis or basis_of(session, asked, [asked.kind], asked.radius_m)
    if read.ground is None:
        return Gaps(unrecorded(session, read.question, read.stamp), (), None, 0, 0.0)
    question = replace(read.question, kind=asked.kind, radius_m=asked.radius_m)
    with as_seen(session, published_only=asked.published_only):
        found = gaps_on(session, read.ground, question, read.stamp)
    return publishable_gaps(found, asked.rounded_to, limit=MOST_GAPS)


def beds_answer(session: Reader, asked: Asked, basis: Basis | None = None) -> Answer:
    """Beds of each area, also per 1 000 people aged 60 and over; total last (key "")."""
    people = people_answer(session, asked, basis)
    found = stock.beds(session, asked)
    lines = []
    for line in people.lines:
        values, elders = found.values(line.key), line.values["people_60"]
        beds = values["beds"]
        values["people_60"] = elders
        values["per_1000"] = None if beds is None or not elders else beds * 1000 / elders
        is_made_up = line.is_synthetic or found.has_synthetic
        lines.append(Line(line.key, line.name, values, is_made_up, line.note))
    return Answer(
        replace(asked, base_year=people.asked.base_year), tuple(lines),
        "在用设施的床位,每处设施只计一次;养老机构与社区设施分列,床位不详的设施另计处数;"
        "每千名老人床位 = 床位 × 1000 ÷ 60 岁以上人数。" + people.method,
        (*people.origins, *found.origins), INPUTS, people.stamp,
    )  # fmt: skip


def must_have_answer(session: Reader, asked: Asked) -> Answer:
    """Per written rule, how many units have what each must have; the key is the rule's code."""
    stamp = stock.stamp_of(session, stock.MUST_HAVE_TABLES)
    with as_seen(session, published_only=asked.published_only):
        found = missing(session, city=asked.city, areas=asked.areas, on=asked.on)
    lines = []
    for rule in found.rules:
        counts = found.counts(rule.code)
        known = sum(counts.values()) - counts.get("unknown", 0)
        values: dict[str, float | None] = {name: counts.get(name, 0) for name in MUST_HAVE}
        values["judged"] = known
        values["rate"] = counts.get("present", 0) / known if known else None
        lines.append(Line(rule.code, rule.title, values, found.has_synthetic, rule.source or ""))
    return Answer(
        asked, tuple(lines),
        "每个单元按规则所列类别的在用设施判断;在建、规划、暂停的另列,不计为已有;"
        "比例 = 已有 ÷ 可判断单元,未知的不计入分母。",
        (), stock.MUST_HAVE_TABLES, stamp,
    )  # fmt: skip


MUST_HAVE = ("present", "under_construction", "planned", "paused", "lacking", "unknown")


def estate_answer(session: Reader, asked: Asked) -> Answer:
    """Per district, how many estates provide what their rule asks for; total last (key "")."""
    stamp = stock.stamp_of(session, stock.ESTATE_TABLES)
    found = estates_checked(session, city=asked.city, on=asked.on)
    lines = tuple(
        Line(
            "" if rate is found.total else rate.area_code, rate.area_name,
            {
                "passed": rate.passed, "failed": rate.failed, "unknown": rate.unknown,
                "not_due": rate.not_due, "judged": rate.judged, "rate": rate.rate,
            },
            rate.has_synthetic,
        )
        for rate in (*found.districts, found.total)
        if rate is found.total or rate.area_code
    )  # fmt: skip
    return Answer(asked, lines, found.method, (), stock.ESTATE_TABLES, stamp)


def _coverage(session: Reader, asked: Asked, basis: Basis | None) -> Coverage:
    """The coverage of a question, as it may be told."""
    read = basis or basis_of(session, asked, [asked.kind], asked.radius_m)
    if read.ground is None:
        return unrecorded(session, read.question, read.stamp)
    question = replace(read.question, kind=asked.kind, radius_m=asked.radius_m)
    found = coverage_on(read.ground, question, read.stamp)
    return publishable_coverage(found, asked.rounded_to)


def _of_coverage(
    asked: Asked, found: Coverage, values: Callable[[AreaCoverage], dict[str, float | None]]
) -> Answer:
    origins = _origins(found)
    synthetic = any(origin.is_synthetic for origin in origins)
    lines = tuple(
        Line(
            row.area_code, row.area_name, values(row), synthetic,
            "" if row.status == "measured" else STATUS_ZH[row.status],
        )
        for row in (*found.rows, found.total)
    )  # fmt: skip
    return Answer(asked, lines, found.method, origins, INPUTS, found.stamp)


def _covered(row: AreaCoverage) -> dict[str, float | None]:
    return {
        "people_60": row.people_60, "covered_60": row.covered_60, "share_60": row.share_60,
        "people_80": row.people_80, "covered_80": row.covered_80, "share_80": row.share_80,
    }  # fmt: skip


def _people(row: AreaCoverage) -> dict[str, float | None]:
    return {
        "people_60": row.people_60, "people_65": row.people_65, "people_80": row.people_80,
        "share_80": row.people_80 / row.people_60 if row.people_80 and row.people_60 else None,
    }  # fmt: skip


def _origins(found: Coverage) -> tuple[Origin, ...]:
    return tuple(
        Origin(s.what, s.source, s.source_date, s.is_synthetic, s.rows) for s in found.sources
    )


TOPICS = {
    "people": Topic("P", "老年人口", people_answer),
    "stock": Topic("F", "设施数量", stock.stock_answer),
    "sites": Topic("F", "区域内设施", stock.sites_answer),
    "beds": Topic("B", "床位", beds_answer),
    "coverage": Topic("C", "服务覆盖", coverage_answer),
    "gap": Topic("G", "服务缺口", gap_answer),
    "must_have": Topic("S", "应有设施", must_have_answer),
    "estates": Topic("E", "配建达标", estate_answer),
    "measures": Topic("L", "布局措施", stock.measures_answer),
}
"""Topic → its letter, its name and what answers it."""


def kind_words(kind: str, radius_m: float) -> str:
    """A kind with its radius, e.g. 老年食堂 1000 米."""
    return f"{kind_name(kind)} {radius_m:g} 米"

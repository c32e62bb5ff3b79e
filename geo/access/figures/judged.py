"""How are beds, written rules and estates answered for a report?"""

from __future__ import annotations

from dataclasses import replace

from geo.access.estates import estates_checked
from geo.access.figures import stock
from geo.access.figures.asked import Answer, Asked, Line
from geo.access.figures.reached import Basis, people_answer
from geo.access.radius.seen import as_seen
from geo.access.radius.stored import INPUTS
from geo.access.standards import missing
from geo.queries.admin import Reader


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
        "在用设施的床位，每处设施只计一次；养老机构与社区设施分列，床位不详的设施另计处数；"
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
        "每个单元按规则所列类别的在用设施判断；在建、规划、暂停的另列，不计为已有；"
        "比例 = 已有 ÷ 可判断单元，未知的不计入分母。",
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

"""Which written rules are kept, and which not yet? Chapter 5."""

from __future__ import annotations

from geo.access.estates import STATUS_WORDS
from geo.access.figures import Answer
from geo.access.standards import STATUS_WORDS as RULE_WORDS
from maps.report.blocks import Block, Column, Heading, Number, Paragraph, Table
from maps.report.words import ID, MARK, REAL, SYNTHETIC, Words, numbers


def standards_chapter(words: Words) -> list[Block]:
    """What each unit must have, where it is lacking; what each estate must provide."""
    data = words.data
    made: list[Block] = [
        Heading(2, "应有设施", "c5-1"),
        _must_have_table(words),
        _lacking_table(words),
        Heading(2, "新建与已建小区配建", "c5-2"),
    ]
    if data.estates is None or data.estate_answer is None:
        made.append(Paragraph("小区配建数据属内部资料，公开口径不列。"))
    elif not data.estates.rows:
        made.append(Paragraph("没有载入小区配建数据：达标率未知。"))
    else:
        made += [_estate_table(words, data.estate_answer), _failed_table(words)]
    return made


def _must_have_table(words: Words) -> Table:
    answer = words.data.must_have
    states = {rule.code: rule.status for rule in words.data.missing.rules}
    names = (
        "present", "under_construction", "planned", "paused", "lacking", "unknown", "judged",
        "rate",
    )  # fmt: skip
    return Table(
        words.titled("应有设施核查（按街道、乡镇或片区计）", answer),
        (Column("规则", 2.7, "left"), Column("已有", 0.55), Column("在建", 0.55),
         Column("规划", 0.55), Column("暂停", 0.55), Column("缺", 0.55), Column("未知", 0.55),
         Column("可判断", 0.65), Column("比例", 0.75), Column("出处", 2.3, "left"), MARK, ID),
        tuple(
            (line.name, *numbers(line, names),
             f"{line.note or '未知'}（{_status(states[line.key])}）",
             words.mark(line), words.id(answer, line.key))
            for line in answer.lines
        ),
        note=answer.method, sheet="应有设施", dense=True, wide=True,
    )  # fmt: skip


def _lacking_table(words: Words) -> Table:
    """By rule and state the units; by name, because each name is a finding that can be checked."""
    found = words.data.missing
    titles = {rule.code: rule.title for rule in found.rules}
    mark = SYNTHETIC if found.has_synthetic else REAL
    units: dict[tuple[str, str], list[str]] = {}
    for row in found.rows:
        if row.status != "present":
            under = "、".join(facility.name for facility in row.facilities)
            named = f"{row.area_name}({under})" if under else row.area_name
            units.setdefault((row.rule_code, row.status_zh), []).append(named)
    rows = tuple(
        (titles[rule], status, Number(len(names)), "、".join(names), mark,
         words.id(words.data.must_have, rule))
        for (rule, status), names in units.items()
    )  # fmt: skip
    return Table(
        words.titled("尚未达到的单元", words.data.must_have),
        (Column("规则", 1.9, "left"), Column("状态", 0.6, "center"), Column("个数", 0.5),
         Column(f"{words.street_word}（括号内为未开业的设施）", 4.2, "left"), MARK, ID),
        rows, sheet="应有未有", dense=True, wide=True,
    )  # fmt: skip


def _estate_table(words: Words, answer: Answer) -> Table:
    names = ("passed", "failed", "unknown", "not_due", "judged", "rate")
    return Table(
        words.titled("小区配建达标（分区县）", answer),
        (Column("区域", 1.3, "left"), Column("达标", 0.8), Column("未达标", 0.8),
         Column("未知", 0.8), Column("未到期", 0.8), Column("可判断", 0.8), Column("达标率", 0.9),
         MARK, ID),
        tuple(
            (line.name, *numbers(line, names),
             words.mark(line), words.id(answer, line.key))
            for line in answer.lines
        ),
        note=answer.method, sheet="小区配建", bold_last=True, keep=True,
    )  # fmt: skip


def _failed_table(words: Words) -> Table:
    report = words.data.estates
    assert report is not None
    return Table(
        f"小区逐一核查（{SYNTHETIC}）" if report.has_synthetic else "小区逐一核查",
        (Column("小区", 1.2, "left"), Column("区县", 0.8, "left"), Column("结论", 0.7, "center"),
         Column("应配（m²）", 0.7), Column("已配（m²）", 0.7), Column("算式与原因", 5, "left"),
         MARK),
        tuple(
            (check.estate.name, check.estate.district_name or "未知", STATUS_WORDS[check.status][0],
             Number(check.required_m2, 0), Number(check.provided_m2, 0), _sum(check.words),
             SYNTHETIC if check.estate.is_synthetic else REAL)
            for check in report.rows
            if check.status in ("fail", "unknown")
        ),
        note="只列未达标与未知的小区；规则的出处见附录 B。", sheet="小区核查", dense=True,
        wide=True,
    )  # fmt: skip


def _sum(words: str) -> str:
    """The arithmetic without the source of its rule, which stands in annex B."""
    return words.replace("（依据", "(依据").partition("(依据")[0]


def _status(status: str) -> str:
    return RULE_WORDS[status][0]

"""What is watched from now on, where does it stand, and what is to be reached? Chapter 9."""

from __future__ import annotations

from geo.access.figures import Line
from geo.access.indicators import Indicator
from geo.access.report_ground import HORIZONS
from geo.access.report_parts import Watched
from geo.access.standards import STATUS_WORDS as RULE_WORDS
from geo.access.standards import WrittenRule
from maps.report.blocks import Block, Cell, Column, Heading, Number, Paragraph, Table
from maps.report.words import ID, MARK, Words

NO_TARGET = "未设定"
PERIODS = {"year": "年", "quarter": "季", "month": "月"}
MEETS = {None: "—", 1.0: "达到", 0.0: "未达到"}


def monitoring_chapter(words: Words) -> list[Block]:
    """The catalogue of indicators: where they stand, their targets, and the same by district."""
    watched = words.data.watched
    answers = [one.answer for one in watched]
    return [
        Paragraph(
            "监测表按指标目录逐项列出现状值和有出处的目标值；没有出处的目标写「未设定」，由本级在批复时"
            "确定。目标标「未核实」或「转述」的，须对照原文后才能引用。建议每年以同样的口径复算一次："
            "atlas indicator 指标编号，或 atlas explain 数字编号。"
        ),
        Heading(2, "监测指标", "c9-1"),
        Table(
            words.titled("监测指标", *answers),
            (Column("指标", 2.5, "left"), Column("单位", 0.75, "center"), Column("现状值", 0.8),
             *(Column(f"{year} 年目标", 0.85) for year in HORIZONS),
             Column("现状比目标", 0.8, "center"), Column("目标依据", 3.1, "left"),
             Column("周期", 0.45, "center"), MARK, ID),
            tuple(_row(words, one) for one in watched),
            note="「现状比目标」按现行目标判断；指标的定义与公式见附录 B。", sheet="监测",
            dense=True, wide=True,
        ),
        Heading(2, "分区县监测值", "c9-2"),
        _by_district(words),
    ]  # fmt: skip


def indicator_number(one: Indicator, line: Line) -> Number:
    """A value as it is shown: a share in percent, beds with one decimal."""
    return Number(line.values["value"], 1, percent=one.unit.startswith("share"))


def unit_word(one: Indicator) -> str:
    """The unit in Chinese."""
    return "%" if one.unit.startswith("share") else "张/千老人"


def _row(words: Words, one: Watched) -> tuple[Cell, ...]:
    line = words.line(one.answer, "")
    value = indicator_number(one.indicator, line)
    rules = [r for r in words.data.targets if r.subject == one.indicator.threshold_subject]
    cited = "；".join(
        f"{r.title}〔{r.source or '未知'}；{RULE_WORDS[r.status][0]}〕" for r in rules
    )
    return (
        one.indicator.title + ("（内部）" if one.indicator.is_internal else ""),
        unit_word(one.indicator), value,
        *(_target(rules, year, value.percent) for year in HORIZONS),
        MEETS[line.values["meets"]], cited or "无出处",
        PERIODS.get(one.indicator.period, one.indicator.period), words.mark(line),
        words.id(one.answer, ""),
    )  # fmt: skip


def _target(rules: list[WrittenRule], year: int, percent: bool) -> Cell:
    """The target of a year; one that names no year holds for each."""
    fitting = [rule for rule in rules if rule.rule.get("year") in (None, year)]
    return Number(fitting[0].value, 0, percent) if fitting else NO_TARGET


def _by_district(words: Words) -> Table:
    """One row an indicator, one column a district; ids stand in the register by line."""
    places = words.data.districts
    shown = [one for one in words.data.watched if one.answer.asked.areas == "district"]
    return Table(
        words.titled("各区县监测值", *(one.answer for one in shown)),
        (Column("指标", 2.6, "left"), *(Column(place.name, 0.8) for place in places),
         Column("全市", 0.8), MARK),
        tuple(
            (
                one.indicator.title,
                *(
                    indicator_number(one.indicator, words.line(one.answer, place.code))
                    for place in places
                ),
                indicator_number(one.indicator, words.line(one.answer, "")),
                words.mark(words.line(one.answer, "")),
            )
            for one in shown
        ),
        note="分子、分母与每个数字的编号见工作簿「监测明细」；未知的写「未知」，不以 0 代替。",
        sheet="监测_区县", dense=True,
    )  # fmt: skip


def indicator_details(words: Words) -> Table:
    """Every value by district with both terms and its id: for the workbook."""
    return Table(
        words.titled("各区县监测明细", *(one.answer for one in words.data.watched)),
        (Column("指标", 2.6, "left"), Column("区域", 1.2, "left"), Column("数值"),
         Column("分子"), Column("分母"), Column("未知项", 0.8), Column("说明", 2, "left"),
         MARK, ID),
        tuple(
            (
                one.indicator.title, line.name, indicator_number(one.indicator, line),
                Number(line.values["numerator"]), Number(line.values["denominator"]),
                Number(line.values["unknown"]), line.note, words.mark(line),
                words.id(one.answer, line.key),
            )
            for one in words.data.watched
            for line in one.answer.lines
        ),
        sheet="监测明细", dense=True,
    )  # fmt: skip

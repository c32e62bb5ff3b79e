"""What is kept, built and rebuilt, for which demand, and where best? Chapters 6, 7 and annex A."""

from __future__ import annotations

from collections.abc import Sequence

from geo.access.figures.stock import MEASURE_RULE, MEASURES, STATES_ZH, Listed
from geo.access.report_ground import HORIZONS
from geo.models.kinds import KINDS
from maps.report.blocks import Block, Column, Heading, Number, Paragraph, Table
from maps.report.planned import scenarios_part, sites_part
from maps.report.words import ID, MARK, REAL, SYNTHETIC, Words, numbers

PLANNED = ("新建", "改建", "扩建", "撤并")


def horizon_chapter(words: Words) -> list[Block]:
    """The people of 2030 and 2035 where a forecast is stored; else that there is none."""
    data = words.data
    made: list[Block] = []
    for year in HORIZONS:
        found = {key: answer for key, answer in data.demand.items() if key[0] == year}
        made.append(Heading(2, f"{year} 年", f"c6-{year}"))
        if not found:
            made.append(
                Paragraph(
                    f"没有载入 {year} 年的人口预测：该年需求未知，本报告不作推算。"
                    "载入带预测方案的人口格网（atlas load demand）后，本节自动给出分区县需求。",
                    "note",
                )
            )
        for (_, variant), answer in found.items():
            called = "基准" if variant == "none" else variant
            made.append(
                Table(
                    words.titled(f"{year} 年老年人口预测（{called}方案）", answer),
                    (Column("区域", 1.3, "left"), Column("60 岁以上"), Column("65 岁以上"),
                     Column("80 岁以上"), MARK, ID),
                    tuple(
                        (line.name, *numbers(line, ("people_60", "people_65", "people_80")),
                         words.mark(line), words.id(answer, line.key))
                        for line in answer.lines
                    ),
                    note=answer.method, sheet=f"需求_{year}_{called}", bold_last=True,
                )
            )  # fmt: skip
    return made


def facility_chapter(words: Words) -> list[Block]:
    """Facilities by measure, what is to be built by when, best sites, scenarios."""
    data = words.data
    made: list[Block] = [
        Heading(2, "按措施分类", "c7-1"),
        Paragraph(MEASURE_RULE),
        _measure_table(words),
        Heading(2, "近期（至 2030 年）与远期（至 2035 年）项目", "c7-2"),
    ]
    planned = [one for one in data.facilities if one.measure in PLANNED]
    if planned:
        made.append(_planned_table(words, planned))
    else:
        made.append(Paragraph("数据中没有新建、改建、扩建或撤并的设施。"))
    made += [Heading(2, "推荐选址", "c7-3"), *sites_part(words)]
    made += [Heading(2, "方案比较", "c7-4"), *scenarios_part(words)]
    return made


def facility_annex(words: Words) -> list[Block]:
    """Every facility that is not closed, those with a plan first."""
    data = words.data
    order = {name: number for number, name in enumerate((*PLANNED, "保留", "未知"))}
    listed = sorted(data.facilities, key=lambda o: (order[o.measure], o.area_code, o.code))
    streets = {place.code: place.name for place in data.streets}
    return [
        Paragraph(
            f"共 {len(listed):,} 处，先列有规划措施的，再按区县和编码排列。床位空缺的写「未知」；"
            "分类计数及其编号见第七章。", "note",
        ),
        Table(
            words.titled("设施清单", data.measures),
            (Column("序号", 0.5), Column("名称", 2.2, "left"), Column("类别", 2.1, "left"),
             Column("区县", 0.8, "left"), Column(words.street_word, 1.5, "left"),
             Column("状态", 0.55, "center"), Column("床位", 0.6), Column("措施", 0.6, "center"),
             MARK),
            tuple(
                (str(number), one.name, _kinds(one), one.area_name,
                 streets.get(data.facilities_by_street.get(one.code, ""), "未知"),
                 STATES_ZH[one.state], Number(one.beds_total), one.measure, _mark(one))
                for number, one in enumerate(listed, start=1)
            ),
            sheet="设施清单", dense=True, wide=True,
        ),
    ]  # fmt: skip


def _measure_table(words: Words) -> Table:
    answer = words.data.measures
    return Table(
        words.titled("设施按措施分类（处）", answer),
        (Column("区域", 1.3, "left"), *(Column(name, 0.8) for name in MEASURES),
         Column("合计", 0.9), MARK, ID),
        tuple(
            (line.name, *numbers(line, (*MEASURES, "sites")), words.mark(line),
             words.id(answer, line.key))
            for line in answer.lines
        ),
        sheet="按措施分类", bold_last=True, keep=True,
    )  # fmt: skip


def _planned_table(words: Words, planned: Sequence[Listed]) -> Table:
    order = {name: number for number, name in enumerate(PLANNED)}
    rows = sorted(planned, key=lambda o: (order[o.measure], o.due_year or 9999, o.code))
    return Table(
        words.titled("新建、改建、扩建项目", words.data.measures),
        (Column("措施", 0.6, "center"), Column("设施", 1.8, "left"), Column("类别", 1.6, "left"),
         Column("区县", 0.8, "left"), Column("期限", 1.0, "center"), Column("床位", 0.6),
         Column("依据", 2.9, "left"), MARK),
        tuple(
            (one.measure, one.name, _kinds(one), one.area_name, _term(one), Number(one.beds_total),
             one.ground, _mark(one))
            for one in rows
        ),
        note="期限取自建设项目的计划完成年；没有的写「未知」。", sheet="规划项目", dense=True,
    )  # fmt: skip


def _kinds(one: Listed) -> str:
    return "、".join(KINDS[kind].zh for kind in one.kinds if kind in KINDS)


def _term(one: Listed) -> str:
    if one.due_year is None:
        return "未知"
    if one.due_year <= HORIZONS[0]:
        return f"近期（{one.due_year}）"
    return f"远期（{one.due_year}）" if one.due_year <= HORIZONS[1] else f"{one.due_year}"


def _mark(one: Listed) -> str:
    return SYNTHETIC if one.is_synthetic else REAL

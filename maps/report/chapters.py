"""What does the plan say, chapter by chapter, in the order of the national guide of 2025?"""

from __future__ import annotations

from collections.abc import Callable

from geo.access.report_data import ReportData
from maps.report.annexes import method, origins
from maps.report.blocks import (
    Block,
    Document,
    Heading,
    Number,
    Paragraph,
    printed,
    printed_table,
    prose,
)
from maps.report.covered import coverage_chapter, gap_chapter
from maps.report.layout import facility_annex, facility_chapter, horizon_chapter
from maps.report.measured import state_chapter
from maps.report.monitoring import indicator_details, monitoring_chapter
from maps.report.standards import standards_chapter
from maps.report.streets import street_chapter
from maps.report.words import NO_APPROVAL, Words


def compose(data: ReportData) -> Document:
    """The whole report as blocks. Raises Unavailable where maps cannot be drawn."""
    words = Words(data)
    approval = f"审图号：{data.approval_number}" if data.approval_number else NO_APPROVAL
    blocks: list[Block] = []
    for number, (title, chapter) in enumerate(CHAPTERS, start=1):
        blocks.append(Heading(1, f"{_chinese(number)}、{title}", f"c{number}", breaks=number > 1))
        blocks += chapter(words)
    for letter, (title, annex) in zip("ABC", ANNEXES, strict=True):
        blocks.append(Heading(1, f"附录{letter}  {title}", f"a{letter}", breaks=True))
        blocks += annex(words)
    return Document(
        title=f"{data.city.name}养老服务设施布局规划",
        subtitle=prose(
            "现状评估与布局建议" + ("（公开口径）" if data.published_only else "（内部稿）")
        ),
        place=data.city.name,
        on=data.on,
        made=data.made_at.date(),
        banner=prose(_banner(data)),
        approval=prose(approval),
        cover_lines=tuple(prose(line) for line in _cover(data, approval)),
        blocks=tuple(printed(block) for block in blocks),
        details=(printed_table(indicator_details(words)),),
    )


def _banner(data: ReportData) -> str:
    return "合成数据 · 仅供演示，不反映真实情况" if data.has_synthetic else ""


def _cover(data: ReportData, approval: str) -> tuple[str, ...]:
    audience = (
        f"公开口径：仅计已公开的设施，人数取整到 {data.rounded_to:g}"
        if data.published_only
        else "内部口径：含未公开的设施，人数不取整，不得直接对外发布"
    )
    return (
        f"设施与区划状态截至：{data.on.isoformat()}",
        "规划期：近期至 2030 年，远期至 2035 年",
        audience,
        f"{approval}；图件示意，不作为划界依据",
    )


def general_chapter(words: Words) -> list[Block]:
    """Aim, scope, terms, and how to read and check the numbers."""
    data = words.data
    people = words.line(data.people["district"], "")
    named = "分析片区" if data.street == "zone" else words.street_word
    made: list[Block] = [words.headline_cards()]
    if data.has_synthetic:
        made.append(
            Paragraph(
                "本报告的输入含合成数据：人口、设施、片区或小区由程序生成，仅供演示，不反映真实情况。"
                "凡用到合成数据的图、表和每一行均标「合成」；据此得出的排序与建议不得作为决策依据。",
                "warning",
            )
        )
    made += [
        Heading(2, "编制范围与基准", "c1-1"),
        Paragraph(
            f"规划范围为{data.city.name}全域，含 {len(data.districts)} 个区县"
            + (f"、{len(data.streets)} 个{named}" if data.street != "district" else "")
            + f"。设施与区划状态截至 {data.on.isoformat()}；"
            f"人口为{words.people_words}，60 岁以上 {Number(people.values['people_60']).text} 人"
            f"[{words.id(data.people['district'], '')}]。"
            + (
                "街道（乡镇）没有可用的边界数据，以分析片区代替；片区为合成，不是行政区划。"
                if data.street == "zone" and words.streets_synthetic
                else "没有街道（乡镇）或片区的边界数据，分街道各表按区县列出。"
                if data.street == "district"
                else ""
            )
        ),
        Heading(2, "编制依据与体例", "c1-2"),
        Paragraph(
            "章节按照民政部、自然资源部 2025 年养老服务设施布局规划指引的要求安排：现状与覆盖评估、"
            "标准核查、2030 年与 2035 年需求、按保留/新建/改建/扩建分类的设施清单、分街道指引、"
            "监测表。"
            "该指引系依转述整理，条文以原件为准。所用标准逐条列出出处和核实状态；"
            "未核实的标为「待核实」，不得当作法定要求引用。"
        ),
        Paragraph(f"服务半径：{words.radius_words}。半径依据：{data.radius_reason}。"),
        Heading(2, "数字的编号与复核", "c1-3"),
        Paragraph(
            "每个数字都有编号，印在数字旁或表格末列，由问题、数据状态和数值算出；同样的数据得到同样的编号。"
            "运行 atlas explain 编号（例如 atlas explain "
            f"{words.id(data.people['district'], '')}）可看到它的输入、规则、数据版本和方法，"
            "并当场复算，说明是否仍然相同。未知的一律写「未知」，不以 0 代替；"
            "面积、距离均为量算值。"
        ),
    ]
    return made


CHAPTERS: tuple[tuple[str, Callable[[Words], list[Block]]], ...] = (
    ("总则", general_chapter),
    ("现状", state_chapter),
    ("服务覆盖评估", coverage_chapter),
    ("服务缺口", gap_chapter),
    ("标准核查", standards_chapter),
    ("规划期需求（2030 年、2035 年）", horizon_chapter),
    ("设施布局", facility_chapter),
    ("分街道（片区）指引", street_chapter),
    ("监测与评估", monitoring_chapter),
)
ANNEXES: tuple[tuple[str, Callable[[Words], list[Block]]], ...] = (
    ("设施清单", facility_annex),
    ("方法", method),
    ("数据来源", origins),
)


def _chinese(number: int) -> str:
    return "一二三四五六七八九十"[number - 1]

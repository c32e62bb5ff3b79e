"""Whom do the facilities reach, by line and on foot, and where do others live? Chapters 3, 4."""

from __future__ import annotations

from collections.abc import Mapping

from geo.access.figures import Answer
from geo.access.radius.question import kind_name
from geo.access.report_data import ReportData
from maps.report.blocks import Block, Cell, Column, Heading, Number, Paragraph, Picture, Table
from maps.report.drawing import SITE, Stretch, draw_map
from maps.report.measured import NAME, spots_of
from maps.report.words import ID, MARK, Words, number, numbers


def coverage_chapter(words: Words) -> list[Block]:
    """Coverage of every kind by district with both terms, by street as shares, and on maps."""
    data = words.data
    kinds = list(data.radii_m)
    made: list[Block] = [
        Paragraph(
            "覆盖率 = 半径内有在用设施的 60 岁以上人数 ÷ 区域内 60 岁以上人数。区域外的设施计入。"
            "直线口径会高估河流、铁路两侧的可达性，是上限；步行口径沿可步行道路计算，半径相同。"
        ),
        _walk_words(words),
        Heading(2, "全市各类设施", "c3-1"),
        _city_coverage(words, kinds),
        Heading(2, "覆盖率分布", "c3-2"),
    ]
    for kind in [kind for kind in ("canteen", "care_complex") if kind in kinds]:
        answer = data.coverage[data.street, kind]
        made.append(_picture(words, kind, answer, "直线"))
        on_foot = data.on_foot.answers.get((data.street, kind))
        if on_foot is not None:
            made.append(_picture(words, kind, on_foot, "步行"))
    made.append(Heading(2, "分区县覆盖", "c3-3"))
    made += [_coverage_table(words, kind) for kind in kinds]
    made.append(Heading(2, f"分{words.street_word}覆盖率", "c3-4"))
    made.append(_street_coverage(words, kinds, data.coverage, "直线"))
    if data.on_foot.answers:
        made.append(_street_coverage(words, kinds, data.on_foot.answers, "步行"))
    return made


def _walk_words(words: Words) -> Paragraph:
    """Whether there are roads to walk on, and who stands beside them."""
    on_foot = words.data.on_foot
    if on_foot.network is None:
        return Paragraph(f"步行口径：{on_foot.problem}以下各表只有直线口径。", "note")
    answer = next(iter(on_foot.answers.values()))
    line = words.line(answer, "")
    far, island = (Number(line.values[name]).text for name in ("too_far_60", "island_60"))
    return Paragraph(
        f"步行口径沿路网「{on_foot.network}」计算；{far} 位老人离任何道路过远，{island} 位老人在与"
        "主路网不相连的道路旁，均不计为覆盖。没有道路进入的区域写「未知」，"
        "步行合计只计有道路的区域，其分母另列。"
    )


def _picture(words: Words, kind: str, answer: Answer, measure: str) -> Picture:
    data = words.data
    named = f"{_kind(data, kind)}{measure}覆盖率"
    return Picture(
        words.titled(f"{named}（分{words.street_word}）", answer),
        draw_map(
            words.frame(answer), districts=data.districts, streets=data.streets,
            shares={line.key: line.values["share_60"] for line in answer.lines},
            share_words=named, spots={kind_name(kind): ("o", SITE, spots_of(data, (kind,)))},
        ),
        f"逐{words.street_word}的分子、分母与编号见第八章。",
    )  # fmt: skip


def gap_chapter(words: Words) -> list[Block]:
    """The uncovered stretches of the main kinds, as maps and lists of the same numbers."""
    data = words.data
    made: list[Block] = [
        Paragraph(
            "缺口是某一区域内未被任何在用设施半径覆盖的连片范围，按其中 60 岁以上人数排序，"
            "图上序号与表中一致。面积与平均最近距离均为量算值。"
        )
    ]
    for number_, (kind, found) in enumerate(data.gaps.items(), start=1):
        answer = data.gap_answers[kind]
        more = "未知" if found.count is None else f"{found.count:,}"
        made += [
            Heading(2, f"{kind_name(kind)}", f"c4-{number_}"),
            Picture(
                words.titled(f"{_kind(data, kind)}服务缺口图", answer),
                draw_map(
                    words.frame(answer), districts=data.districts, streets=data.streets,
                    gaps=[Stretch(str(gap.rank), gap.shape) for gap in found.gaps],
                    gap_words=f"缺口（人数最多的 {len(found.gaps)} 处）",
                    spots={kind_name(kind): ("o", SITE, spots_of(data, (kind,)))},
                ),
                f"共 {more} 处缺口，图与表列出人数最多的 {len(found.gaps)} 处。",
            ),
            _gap_table(words, kind, answer),
        ]  # fmt: skip
    if not data.gaps:
        made.append(Paragraph("没有可计算缺口的设施类别。"))
    return made


def _city_coverage(words: Words, kinds: list[str]) -> Table:
    data = words.data
    walks = bool(data.on_foot.answers)
    rows = []
    for kind in kinds:
        answer = data.coverage["district", kind]
        line = words.line(answer, "")
        rows.append(
            (
                kind_name(kind), Number(data.radii_m[kind]),
                *numbers(line, ("people_60", "covered_60", "share_60", "covered_80", "share_80")),
                words.id(answer, ""), *_walked(words, ("district", kind), ""), words.mark(line),
            )
        )  # fmt: skip
    return Table(
        words.titled("全市各类设施覆盖", *(data.coverage["district", kind] for kind in kinds)),
        (Column("类别", 1.7, "left"), Column("半径（米）", 0.75), Column("60+ 总数", 1.2),
         Column("直线覆盖 60+"), Column("直线覆盖率", 0.8), Column("直线覆盖 80+", 0.9),
         Column("80+ 覆盖率", 0.8), LINE_ID,
         *(WALK if walks else ()), MARK),
        tuple(rows), sheet="覆盖_全市", dense=True,
    )  # fmt: skip


LINE_ID = Column("直线编号", 0.9, "left", small=True)
WALK = (
    Column("步行 60+ 总数", 1.1),
    Column("步行覆盖 60+"),
    Column("步行覆盖率", 0.8),
    Column("步行编号", 0.9, "left", small=True),
)


def _walked(words: Words, of: tuple[str, str], key: str) -> tuple[Cell, ...]:
    """People, covered people, share and id on foot; nothing where there are no walks at all."""
    answer = words.data.on_foot.answers.get(of)
    if answer is None:
        return ()
    line = words.line(answer, key)
    return (*numbers(line, ("people_60", "covered_60", "share_60")), words.id(answer, key))


def _coverage_table(words: Words, kind: str) -> Table:
    data = words.data
    answer = data.coverage["district", kind]
    walks = ("district", kind) in data.on_foot.answers
    names = ("people_60", "covered_60", "share_60", "covered_80", "share_80")
    return Table(
        words.titled(f"{_kind(data, kind)}覆盖（分区县）", answer),
        (NAME, Column("60+ 总数", 1.2), Column("直线覆盖 60+"), Column("直线覆盖率", 0.85),
         Column("直线覆盖 80+"), Column("80+ 覆盖率", 0.85), LINE_ID,
         *(WALK if walks else ()), MARK),
        tuple(
            (line.name, *numbers(line, names), words.id(answer, line.key),
             *_walked(words, ("district", kind), line.key), words.mark(line))
            for line in answer.lines
        ),
        sheet=f"覆盖_{kind_name(kind)}", bold_last=True, dense=True, keep=True,
    )  # fmt: skip


def _street_coverage(
    words: Words, kinds: list[str], found: Mapping[tuple[str, str], Answer], measure: str
) -> Table:
    data = words.data
    answers = [found[data.street, kind] for kind in kinds]
    if not answers:
        return Table("", (), ())
    return Table(
        words.titled(f"各{words.street_word}{measure}覆盖率（60 岁以上）", *answers),
        (Column(words.street_word, 1.7, "left"),
         *(Column(kind_name(kind), 0.8) for kind in kinds), MARK),
        tuple(
            (
                line.name,
                *(number(words.line(answer, line.key), "share_60") for answer in answers),
                words.mark(line),
            )
            for line in answers[0].lines
        ),
        note="分子、分母与每个数字的编号见第八章各表及工作簿「覆盖明细」。",
        sheet=f"覆盖率_街道_{measure}", bold_last=True, dense=True, wide=len(kinds) > 8,
    )  # fmt: skip


def _gap_table(words: Words, kind: str, answer: Answer) -> Table:
    return Table(
        words.titled(f"{_kind(words.data, kind)}服务缺口", answer),
        (Column("序号", 0.5, "center"), Column(f"所在{words.street_word}", 1.8, "left"),
         Column("60+（人）"), Column("80+（人）"), Column("面积（km²，量算值）", 1.2),
         Column("平均最近距离（米，量算值）", 1.4), MARK, ID),
        tuple(
            (line.key, line.name,
             *numbers(line, ("people_60", "people_80", "area_km2", "nearest_m")),
             words.mark(line), words.id(answer, line.key))
            for line in answer.lines
        ),
        note="平均最近距离按 60 岁以上人数加权，含区域外的设施。",
        sheet=f"缺口_{kind_name(kind)}", dense=True,
    )  # fmt: skip


def _kind(data: ReportData, kind: str) -> str:
    return f"{kind_name(kind)} {data.radii_m[kind]:g} 米"

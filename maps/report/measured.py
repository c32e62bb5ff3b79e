"""What is there, whom does it reach, and where do the others live? Chapters 2 to 4."""

from __future__ import annotations

from geo.access.figures import Answer
from geo.access.radius.question import kind_name
from geo.access.report_data import ReportData
from maps.report.blocks import Block, Column, Heading, Number, Paragraph, Picture, Table
from maps.report.drawing import SITE, Spot, Stretch, draw_map
from maps.report.words import ID, MARK, Words, number, numbers

NAME = Column("区域", 1.3, "left")
GROUPS = {
    "养老机构": ("welfare_home", "rural_home", "nursing_home", "senior_apartment"),
    "社区养老服务": (
        "care_complex", "day_care", "service_station", "small_home", "mutual_aid_home",
        "activity_centre", "rehab_rental",
    ),
    "助餐助浴": ("canteen", "bathing"),
}  # fmt: skip
MARKERS = {
    "养老机构": ("s", "#0072B2"), "社区养老服务": ("o", "#009E73"), "助餐助浴": ("^", "#D55E00"),
}  # fmt: skip


def state_chapter(words: Words) -> list[Block]:
    """People, facilities, beds: by district and by street, and where they are."""
    data = words.data
    return [
        Heading(2, "老年人口", "c2-1"),
        _people_table(words, "district", "区县"),
        Heading(2, "设施", "c2-2"),
        _stock_table(words),
        Picture(
            words.titled("养老服务设施分布图", data.stock), draw_map(
                words.frame(data.stock, data.people["district"]),
                districts=data.districts, streets=data.streets,
                spots={name: (*MARKERS[name], _spots(data, kinds))
                       for name, kinds in GROUPS.items()},
            ),
            "在用设施的位置,按养老机构、社区养老服务、助餐助浴三类;逐处名称见附录 A。",
        ),
        Heading(2, "床位", "c2-3"),
        _beds_table(words, "district", "区县"),
        Heading(2, f"分{words.street_word}人口与床位", "c2-4"),
        _street_table(words),
    ]  # fmt: skip


def coverage_chapter(words: Words) -> list[Block]:
    """Coverage of every kind by district with both terms, by street as shares, and on maps."""
    data = words.data
    kinds = list(data.radii_m)
    made: list[Block] = [
        Paragraph(
            "覆盖率 = 半径内有在用设施的 60 岁以上人数 ÷ 区域内 60 岁以上人数。半径为直线距离,"
            "会高估河流、铁路两侧的可达性;步行口径见「方法」。区域外的设施计入。"
        ),
        Heading(2, "全市各类设施", "c3-1"),
        _city_coverage(words, kinds),
        Heading(2, "覆盖率分布", "c3-2"),
    ]
    for kind in [kind for kind in ("canteen", "care_complex") if kind in kinds]:
        answer = data.coverage[data.street, kind]
        made.append(
            Picture(
                words.titled(f"{_kind(data, kind)}覆盖率(分{words.street_word})", answer),
                draw_map(
                    words.frame(answer), districts=data.districts, streets=data.streets,
                    shares={line.key: line.values["share_60"] for line in answer.lines},
                    share_words=f"{_kind(data, kind)}覆盖率",
                    spots={kind_name(kind): ("o", SITE, _spots(data, (kind,)))},
                ),
                f"逐{words.street_word}的分子、分母与编号见第八章。",
            )
        )  # fmt: skip
    made.append(Heading(2, "分区县覆盖", "c3-3"))
    made += [_coverage_table(words, kind) for kind in kinds]
    made.append(Heading(2, f"分{words.street_word}覆盖率", "c3-4"))
    made.append(_street_coverage(words, kinds))
    return made


def gap_chapter(words: Words) -> list[Block]:
    """The uncovered stretches of the main kinds, as maps and lists of the same numbers."""
    data = words.data
    made: list[Block] = [
        Paragraph(
            "缺口是某一区域内未被任何在用设施半径覆盖的连片范围,按其中 60 岁以上人数排序,"
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
                    gap_words=f"缺口(人数最多的 {len(found.gaps)} 处)",
                    spots={kind_name(kind): ("o", SITE, _spots(data, (kind,)))},
                ),
                f"共 {more} 处缺口,图与表列出人数最多的 {len(found.gaps)} 处。",
            ),
            _gap_table(words, kind, answer),
        ]  # fmt: skip
    if not data.gaps:
        made.append(Paragraph("没有可计算缺口的设施类别。"))
    return made


def _people_table(words: Words, areas: str, title: str) -> Table:
    answer = words.data.people[areas]
    names = ("people_60", "people_65", "people_80", "share_80")
    return Table(
        words.titled(f"分{title}老年人口(人)", answer),
        (NAME, Column("60 岁以上"), Column("65 岁以上"), Column("80 岁以上"),
         Column("80+ 占 60+"), MARK, ID),
        tuple(
            (line.name, *numbers(line, names), words.mark(line), words.id(answer, line.key))
            for line in answer.lines
        ),
        note=answer.method, sheet=f"人口_{title}", bold_last=True, keep=True,
    )  # fmt: skip


def _stock_table(words: Words) -> Table:
    data = words.data
    names = [f"open:{place.code}" for place in data.districts]
    return Table(
        words.titled("各类设施数量(处)", data.stock),
        (Column("类别", 2.1, "left"), *(Column(p.name, 0.75) for p in data.districts),
         Column("在用", 0.75), Column("在建", 0.62), Column("规划", 0.62), Column("暂停", 0.62),
         MARK, ID),
        tuple(
            (
                line.name, *numbers(line, names),
                *numbers(line, ("open", "under_construction", "planned", "paused")),
                words.mark(line), words.id(data.stock, line.key),
            )
            for line in data.stock.lines
        ),
        note="区县各列为在用设施。" + data.stock.method, sheet="设施数量",
        bold_last=True, dense=True,
    )  # fmt: skip


def _beds_table(words: Words, areas: str, title: str) -> Table:
    answer = words.data.beds[areas]
    names = (
        "homes", "beds_home", "beds_community", "beds", "nursing", "nursing_share", "per_1000",
        "homes_unknown",
    )  # fmt: skip
    return Table(
        words.titled(f"分{title}床位(张)", answer),
        (NAME, Column("机构(处)", 0.8), Column("机构床位"), Column("社区床位"), Column("合计"),
         Column("护理型"), Column("护理型占比"), Column("每千名老人", 0.9),
         Column("床位不详(处)", 0.9), MARK, ID),
        tuple(
            (line.name, *numbers(line, names), words.mark(line), words.id(answer, line.key))
            for line in answer.lines
        ),
        note=answer.method, sheet=f"床位_{title}", bold_last=True, dense=True, keep=True,
    )  # fmt: skip


def _street_table(words: Words) -> Table:
    data = words.data
    people, beds = data.people[data.street], data.beds[data.street]
    rows = []
    for line in people.lines:
        held = words.line(beds, line.key)
        rows.append(
            (
                line.name, *numbers(line, ("people_60", "people_80", "share_80")),
                words.id(people, line.key), *numbers(held, ("homes", "beds", "per_1000")),
                words.mark(line), words.id(beds, line.key),
            )
        )  # fmt: skip
    return Table(
        words.titled(f"分{words.street_word}老年人口与床位", people, beds),
        (Column(words.street_word, 1.7, "left"), Column("60+(人)"), Column("80+(人)"),
         Column("80+ 占比", 0.9), Column("人口编号", 0.95, "left", small=True),
         Column("机构(处)", 0.8), Column("床位(张)", 0.9), Column("每千名老人", 0.95), MARK,
         Column("床位编号", 0.95, "left", small=True)),
        tuple(rows), sheet="人口床位_街道", bold_last=True, dense=True,
    )  # fmt: skip


def _city_coverage(words: Words, kinds: list[str]) -> Table:
    data = words.data
    rows = []
    for kind in kinds:
        answer = data.coverage["district", kind]
        line = words.line(answer, "")
        rows.append(
            (
                kind_name(kind), Number(data.radii_m[kind]),
                *numbers(line, ("covered_60", "people_60", "share_60", "covered_80", "people_80",
                                "share_80")),
                words.mark(line), words.id(answer, ""),
            )
        )  # fmt: skip
    return Table(
        words.titled("全市各类设施覆盖", *(data.coverage["district", kind] for kind in kinds)),
        (Column("类别", 1.8, "left"), Column("半径(米)", 0.8), Column("覆盖 60+"),
         Column("60+ 总数"), Column("覆盖率", 0.8), Column("覆盖 80+", 0.9),
         Column("80+ 总数", 0.9), Column("覆盖率", 0.8), MARK, ID),
        tuple(rows), sheet="覆盖_全市", dense=True,
    )  # fmt: skip


def _coverage_table(words: Words, kind: str) -> Table:
    data = words.data
    answer = data.coverage["district", kind]
    names = ("covered_60", "people_60", "share_60", "covered_80", "people_80", "share_80")
    return Table(
        words.titled(f"{_kind(data, kind)}覆盖(分区县)", answer),
        (NAME, Column("覆盖 60+"), Column("60+ 总数"), Column("覆盖率", 0.8),
         Column("覆盖 80+"), Column("80+ 总数"), Column("覆盖率", 0.8), MARK, ID),
        tuple(
            (line.name, *numbers(line, names), words.mark(line), words.id(answer, line.key))
            for line in answer.lines
        ),
        sheet=f"覆盖_{kind_name(kind)}", bold_last=True, dense=True, keep=True,
    )  # fmt: skip


def _street_coverage(words: Words, kinds: list[str]) -> Table:
    data = words.data
    answers = [data.coverage[data.street, kind] for kind in kinds]
    return Table(
        words.titled(f"各{words.street_word}覆盖率(60 岁以上)", *answers),
        (Column(words.street_word, 1.9, "left"),
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
        sheet="覆盖率_街道", bold_last=True, dense=True,
    ) if answers else Table("", (), ())  # fmt: skip


def _gap_table(words: Words, kind: str, answer: Answer) -> Table:
    return Table(
        words.titled(f"{_kind(words.data, kind)}服务缺口", answer),
        (Column("序号", 0.5, "center"), Column(f"所在{words.street_word}", 1.8, "left"),
         Column("60+(人)"), Column("80+(人)"), Column("面积(km²,量算值)", 1.2),
         Column("平均最近距离(米,量算值)", 1.4), MARK, ID),
        tuple(
            (line.key, line.name,
             *numbers(line, ("people_60", "people_80", "area_km2", "nearest_m")),
             words.mark(line), words.id(answer, line.key))
            for line in answer.lines
        ),
        note="平均最近距离按 60 岁以上人数加权,含区域外的设施。",
        sheet=f"缺口_{kind_name(kind)}", dense=True,
    )  # fmt: skip


def _kind(data: ReportData, kind: str) -> str:
    return f"{kind_name(kind)} {data.radii_m[kind]:g} 米"


def _spots(data: ReportData, kinds: tuple[str, ...]) -> list[Spot]:
    return [
        Spot(one.lon, one.lat)
        for one in data.facilities
        if one.state == "open" and set(one.kinds).intersection(kinds)
    ]

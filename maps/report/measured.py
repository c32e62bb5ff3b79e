"""Who lives there, and which facilities and beds are there? Chapter 2."""

from __future__ import annotations

from geo.access.report_data import ReportData
from maps.report.blocks import Block, Column, Heading, Picture, Table
from maps.report.drawing import Spot, draw_map
from maps.report.words import ID, MARK, Words, numbers

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
                spots={name: (*MARKERS[name], spots_of(data, kinds))
                       for name, kinds in GROUPS.items()},
            ),
            "在用设施的位置，按养老机构、社区养老服务、助餐助浴三类；逐处名称见附录 A。",
        ),
        Heading(2, "床位", "c2-3"),
        _beds_table(words, "district", "区县"),
        Heading(2, f"分{words.street_word}人口与床位", "c2-4"),
        _street_table(words),
    ]  # fmt: skip


def _people_table(words: Words, areas: str, title: str) -> Table:
    answer = words.data.people[areas]
    names = ("people_60", "people_65", "people_80", "share_80")
    return Table(
        words.titled(f"分{title}老年人口（人）", answer),
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
        words.titled("各类设施数量（处）", data.stock),
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
        words.titled(f"分{title}床位（张）", answer),
        (NAME, Column("机构（处）", 0.8), Column("机构床位"), Column("社区床位"), Column("合计"),
         Column("护理型"), Column("护理型占比"), Column("每千名老人", 0.9),
         Column("床位不详（处）", 0.9), MARK, ID),
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
        (Column(words.street_word, 1.7, "left"), Column("60+（人）", 1.1), Column("80+（人）"),
         Column("80+ 占比", 0.9), Column("人口编号", 0.95, "left", small=True),
         Column("机构（处）", 0.8), Column("床位（张）", 0.9), Column("每千名老人", 0.95), MARK,
         Column("床位编号", 0.95, "left", small=True)),
        tuple(rows), sheet="人口床位_街道", bold_last=True, dense=True,
    )  # fmt: skip


def spots_of(data: ReportData, kinds: tuple[str, ...]) -> list[Spot]:
    """The facilities in use of some kinds, for a map."""
    return [
        Spot(one.lon, one.lat)
        for one in data.facilities
        if one.state == "open" and set(one.kinds).intersection(kinds)
    ]

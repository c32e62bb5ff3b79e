"""What should each street do? One guide sheet a street, in the order of codes."""

from __future__ import annotations

from geo.access.radius.question import kind_name
from geo.access.report_ground import Place
from maps.report.blocks import Block, Card, Cell, Column, Number, Paragraph, Sheet, Table
from maps.report.words import SYNTHETIC, Words, number


def street_chapter(words: Words) -> list[Block]:
    """Every street: people, beds, coverage of every kind with both terms, what is lacking."""
    data = words.data
    made: list[Block] = [
        Paragraph(
            f"每个{words.street_word}一张指引表：人口与床位、各类设施的数量和覆盖（分子、覆盖率、编号）、"
            "按规则应补的设施和最大的缺口。覆盖的分母为该表首行的 60 岁以上人数。"
            "「低于全市」只比较数字，不是评价：人口稀疏处覆盖率天然较低。"
        )
    ]
    for number_, place in enumerate(data.streets, start=1):
        made.append(_sheet(words, place, f"s{number_}"))
    return made


def _sheet(words: Words, place: Place, key: str) -> Sheet:
    data = words.data
    people, beds, sites = data.people[data.street], data.beds[data.street], data.stock_by_street
    elders = words.line(people, place.code)
    held = words.line(beds, place.code)
    stock = words.line(sites, place.code)
    mark = SYNTHETIC if elders.is_synthetic else ""
    rows: list[tuple[Cell, ...]] = []
    below = []
    for kind, radius_m in data.radii_m.items():
        answer = data.coverage[data.street, kind]
        line, whole = words.line(answer, place.code), words.line(answer, "")
        share, city = line.values["share_60"], whole.values["share_60"]
        if share is not None and city is not None and share < city:
            below.append(kind_name(kind))
        rows.append(
            (
                f"{kind_name(kind)} {radius_m:g} 米", number(stock, f"open:{kind}"),
                number(line, "covered_60"), number(line, "share_60"),
                words.id(answer, place.code), *_on_foot(words, kind, place.code),
            )
        )  # fmt: skip
    facts = (
        Card("60 岁以上", number(elders, "people_60"), "人", words.id(people, place.code)),
        Card("80 岁以上", number(elders, "people_80"), "人", words.id(people, place.code)),
        Card("在用设施", number(stock, "open"), "处", words.id(sites, place.code)),
        Card("床位", number(held, "beds"), "张", words.id(beds, place.code)),
        Card("每千名老人床位", Number(held.values["per_1000"], 1), "张",
             words.id(beds, place.code)),
    )  # fmt: skip
    table = Table(
        f"{place.name}各类设施与覆盖" + (f"（{mark}）" if mark else ""),
        (Column("类别与半径", 2.2, "left"), Column("在用（处）", 0.8), Column("覆盖 60+（人）", 1),
         Column("覆盖率", 0.8), Column("编号", 0.9, "left", small=True),
         *((Column("步行覆盖率", 0.8), Column("步行编号", 0.9, "left", small=True))
           if data.on_foot.answers else ())),
        tuple(rows),
    )  # fmt: skip
    return Sheet(
        place.name + (f"（{mark}）" if mark else ""), key, facts, table,
        tuple(_advice(words, place, below)),
    )  # fmt: skip


def _on_foot(words: Words, kind: str, code: str) -> tuple[Cell, ...]:
    """The share on foot with its id; nothing where there are no walks at all."""
    answer = words.data.on_foot.answers.get((words.data.street, kind))
    if answer is None:
        return ()
    return number(words.line(answer, code), "share_60"), words.id(answer, code)


def _advice(words: Words, place: Place, below: list[str]) -> list[str]:
    data = words.data
    titles = {rule.code: rule.title for rule in data.missing.rules}
    lacking = [
        f"{titles[row.rule_code]}:{row.status_zh}"
        for row in data.missing.rows
        if row.area_code == place.code and row.status != "present"
    ]
    made = ["应补：" + ("；".join(lacking) if lacking else "按现有规则没有应补的设施") + "。"]
    gaps = [
        f"{kind_name(kind)}缺口第 {gap.rank} 位（{Number(gap.people_60).text} 人）"
        f"[{words.id(data.gap_answers[kind], str(gap.rank))}]"
        for kind, found in data.gaps.items()
        for gap in found.gaps
        if gap.area_code == place.code
    ]
    if gaps:
        made.append("缺口：" + "；".join(gaps) + "。")
    if below:
        made.append("覆盖率低于全市：" + "、".join(below) + "。")
    return made

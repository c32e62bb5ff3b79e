"""How does a report name things: ids, kinds, areas, sources, frames of its maps?"""

from __future__ import annotations

from collections.abc import Sequence

from geo.access.figures import Answer, Line, shortest
from geo.access.radius.question import kind_name
from geo.access.report_data import ReportData, figure_of
from maps.report.blocks import Card, Cards, Cell, Column, Number
from maps.report.drawing import Frame

SYNTHETIC = "合成"
REAL = "—"
NO_APPROVAL = "未经地图审核，仅限内部演示"

ID = Column("编号", 0.95, "left", small=True)
MARK = Column("数据", 0.55, "center", small=True)


class Words:
    """The data of a report with the words for it."""

    def __init__(self, data: ReportData) -> None:
        self.data = data
        self.length = shortest(data.figures())

    def id(self, answer: Answer, key: str) -> str:
        """The printed id of one line of an answer."""
        return figure_of(answer, self.line(answer, key)).id(self.length)

    def line(self, answer: Answer, key: str) -> Line:
        """A line that must be there; one of unknowns where it is not."""
        return answer.line(key) or Line(key, key, _Unknown(), answer.has_synthetic)

    def mark(self, line: Line) -> str:
        """合成 or a dash."""
        return SYNTHETIC if line.is_synthetic else REAL

    def titled(self, title: str, *answers: Answer) -> str:
        """A title that says so where numbers rest on made-up rows."""
        return f"{title}({SYNTHETIC})" if any(a.has_synthetic for a in answers) else title

    @property
    def people_words(self) -> str:
        """Which people are counted."""
        asked = self.data.people["district"].asked
        word = {"resident": "常住", "registered": "户籍"}[asked.basis]
        return f"{word}人口（基准年 {asked.base_year or '未知'}）"

    @property
    def streets_synthetic(self) -> bool:
        """The zones that stand for streets are made up."""
        answer = self.data.people[self.data.street]
        return any(o.what == "areas" and o.is_synthetic for o in answer.origins)

    @property
    def street_word(self) -> str:
        """街道(乡镇), or what stands for them."""
        return {"township": "街道（乡镇）", "zone": "片区", "district": "区县"}[self.data.street]

    @property
    def radius_words(self) -> str:
        """Every kind with its radius, kinds of one radius together."""
        by: dict[float, list[str]] = {}
        for kind, radius_m in self.data.radii_m.items():
            by.setdefault(radius_m, []).append(kind_name(kind))
        return (
            "；".join(f"{'、'.join(kinds)} {radius:g} 米" for radius, kinds in sorted(by.items()))
            + "（直线）"
        )

    def frame(self, *answers: Answer, banner: str = "合成数据，仅供演示") -> Frame:
        """What a map says about itself; banner: what it says on made-up rows."""
        seen = dict.fromkeys(
            f"{o.source or '未知'}（{o.source_date or '日期未知'}）"
            for a in answers
            for o in a.origins
        )
        number = self.data.approval_number
        return Frame(
            f"来源：{'、'.join(seen)} · 状态日期 {self.data.on} · CGCS2000",
            f"审图号：{number}" if number else NO_APPROVAL,
            banner if any(a.has_synthetic for a in answers) else "",
        )

    def headline_cards(self) -> Cards:
        """The four numbers that a reader looks for first."""
        data = self.data
        people, beds = data.people["district"], data.beds["district"]
        cards = [
            Card("60 岁以上人口", Number(self.line(people, "").values["people_60"]), "人",
                 self.id(people, ""), self.people_words),
            Card("在用养老设施", Number(self.line(data.stock, "").values["open"]), "处",
                 self.id(data.stock, ""), "每处只计一次"),
            Card("每千名老人床位", Number(self.line(beds, "").values["per_1000"], 1), "张",
                 self.id(beds, ""),
                 f"{Number(self.line(beds, '').values['beds']).text} 张在用床位"),
        ]  # fmt: skip
        for kind in ("canteen", "care_complex"):
            answer = data.coverage.get(("district", kind))
            if answer is not None:
                line = self.line(answer, "")
                cards.append(
                    Card(
                        f"{kind_name(kind)}覆盖率", Number(line.values["share_60"], percent=True),
                        "", self.id(answer, ""),
                        f"{data.radii_m[kind]:g} 米内 {Number(line.values['covered_60']).text} 人",
                    )
                )  # fmt: skip
                break
        return Cards(tuple(cards))


class _Unknown(dict[str, float | None]):
    """Values that are all unknown."""

    def __missing__(self, key: str) -> None:
        return None


def numbers(line: Line, names: Sequence[str]) -> tuple[Cell, ...]:
    """Values as cells: what begins with `share` or `rate` is a percentage."""
    return tuple(number(line, name) for name in names)


def number(line: Line, name: str) -> Number:
    """One value as a cell."""
    value = line.values.get(name)
    if "share" in name or name == "rate":
        return Number(value, percent=True)
    return Number(value, {"per_1000": 1, "area_km2": 2}.get(name, 0))

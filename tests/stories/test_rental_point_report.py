"""A city plans rental points for assistive devices (康复辅具租赁点): from a list of candidates to
the report that carries the sites and the scenario, and back from an id in it to the data."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import docx
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from geo.access.explain import explain, find_figure, register_of
from geo.access.figures import Answer, Figure, shortest
from geo.access.report import Planned, gather
from geo.access.report_data import ReportData, figures_of
from geo.access.scenario import additions, keep_scenario
from geo.access.sites import asks, best_sites
from geo.errors import BadInput, NotFound
from geo.loaders.load import load_delivery
from maps.report import Document, compose, write
from maps.report.blocks import Paragraph, Table, shown
from maps.report.explaining import draw_explained
from maps.report.pdf import as_html
from maps.report.planned import INTERNAL, NOT_FOR_CHOICE
from tests.factories import (
    make_cell,
    make_city,
    make_facility,
    make_rule,
    make_unit,
    make_zone,
    multi,
    square,
)

ON = date(2026, 6, 1)
CITY = "320400000000"
KIND = "rehab_rental"
HEADING = ("房源编号", "名称", "类型", "楼层", "用途", "建筑面积", "经度", "纬度", "合成数据")
ROWS = (
    ("K1", "示例闲置用房一", "闲置用房", "1", "商业", "120", "119.930", "31.750", "是"),
    ("K2", "示例闲置用房二", "闲置用房", "1", "商业", "90", "119.970", "31.750", "是"),
    ("K3", "示例闲置用房三", "闲置用房", "1", "商业", "60", "120.050", "31.750", "是"),
    ("X1", "示例地下室", "闲置用房", "地下一层", "商业", "200", "120.051", "31.751", "是"),
)


@dataclass(frozen=True)
class Told:
    """The report of the town and the session that it was asked in."""

    session: Session
    data: ReportData
    document: Document


@pytest.fixture(scope="module")
def told(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """A town with made-up people; the list is loaded, sites found, kept as a scenario, told."""
    path = tmp_path_factory.mktemp("list") / "闲置用房.csv"
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([HEADING, *ROWS])
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(
            connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        ) as session:
            _town(session)
            assert load_delivery(session, "candidates", path, crs="4490", on=ON).counts.kept == 4
            session.execute(text("UPDATE candidate_site SET is_synthetic = true"))
            asked = asks(city=CITY, kind=KIND, on=ON, sites=2, radius_m=1000.0, areas="zone")
            keep_scenario(
                session, city=CITY, name="辅具两点", kind=KIND, on=ON, owner_role="planner",
                changes=additions(best_sites(session, asked).best),
            )  # fmt: skip
            data = gather(session, city=CITY, on=ON, radius_m=1000.0, planned=Planned(sites=2))
            yield Told(session, data, compose(data))
        outer.rollback()


def _town(session: Session) -> None:
    make_city(session)
    make_unit(session, "320402000000", name="甲区", geom=square(119.9, 31.7))
    make_unit(session, "320404000000", name="乙区", geom=square(120.0, 31.7))
    for code, name, parent, lon in (
        ("Z1", "片区一", "320402000000", 119.9), ("Z2", "片区二", "320404000000", 120.0),
    ):  # fmt: skip
        make_zone(session, code, name=name, parent_code=parent, geom=multi(square(lon, 31.7)))
    for lon, people in ((119.93, 300), (119.97, 50), (120.05, 200), (119.95, 80)):
        make_cell(session, (lon, 31.751), people, is_synthetic=True)
    make_facility(session, (119.951, 31.75), code="R0", kinds=[KIND])
    make_facility(session, (119.951, 31.75), code="A")
    make_rule(session, "must_have", {"kinds": [KIND], "unit_types": [], "value": 1}, title="规则")


def _table(document: Document, start: str) -> Table:
    return next(table for table in document.tables if table.title.startswith(start))


def test_the_sites_stand_in_the_report_in_their_order(told: Told) -> None:
    table = _table(told.document, "康复辅具租赁点推荐选址")
    assert [row[1] for row in table.rows] == ["示例闲置用房一", "示例闲置用房三"]
    assert [shown(row[6]) for row in table.rows] == ["300", "200"], "elders gained"
    assert [row[2] for row in table.rows] == ["片区一", "片区二"]
    excluded = _table(told.document, "未采用的候选点")
    assert [row[0] for row in excluded.rows] == ["示例地下室"]
    assert "地下" in shown(excluded.rows[0][2])


def test_made_up_inputs_cannot_be_overlooked(told: Told) -> None:
    label = "合成数据演示，不可作为选址依据"
    table = _table(told.document, "康复辅具租赁点推荐选址")
    assert label in table.title
    assert all("合成" in row for row in table.rows)
    pictures = [b for b in told.document.blocks if "推荐选址图" in getattr(b, "title", "")]
    assert len(pictures) == 1
    assert label in pictures[0].title
    warnings = [b for b in told.document.blocks if isinstance(b, Paragraph) and b.look == "warning"]
    assert sum(label in block.text for block in warnings) == 2, "sites and scenarios"
    assert label in as_html(told.document)
    assert NOT_FOR_CHOICE.replace(",", "，") == label


def test_the_scenario_stands_beside_today(told: Told) -> None:
    overview = _table(told.document, "方案与现状比较")
    assert overview.rows[0][0] == "辅具两点"
    assert [shown(cell) for cell in overview.rows[0][4:9]] == ["80", "12.7%", "580", "92.1%", "500"]
    streets = _table(told.document, "方案「辅具两点」与现状对照（分片区）")
    assert [(row[0], shown(row[6])) for row in streets.rows] == [
        ("片区一", "300"), ("片区二", "200"), ("合计", "500"),
    ]  # fmt: skip


def test_all_formats_carry_them(told: Told) -> None:
    word = docx.Document(io.BytesIO(write(told.document, ".docx")))
    said = {cell.text for table in word.tables for cell in table._cells}
    book = CalamineWorkbook.from_filelike(io.BytesIO(write(told.document, ".xlsx")))
    sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    for words in ("示例闲置用房一", "示例闲置用房三", "辅具两点"):
        assert words in said
        assert any(words in map(str, row) for rows in sheets.values() for row in rows)
        assert words in as_html(told.document), "which the PDF is set from"
    turned = {section.orientation for section in word.sections}
    assert len(turned) == 2, "wide tables are turned"


def test_every_sort_of_figure_is_asked_again(told: Told) -> None:
    figures = told.data.figures()
    register = register_of(
        figures, report="r.docx", made_at=told.data.made_at, length=shortest(figures)
    )
    topics: dict[str, Figure] = {one.asked.topic: one for one in figures}
    assert {"siting", "scenario", "indicator", "coverage", "must_have"} <= set(topics)
    for topic, one in topics.items():
        found, source = find_figure([register], one.id(shortest(figures)))
        again = explain(told.session, found, source)
        assert again.is_same, topic
        assert again.now.method, topic
    site = next(one for one in figures if one.asked.topic == "siting" and one.key == "K1")
    shown_again = explain(told.session, *find_figure([register], site.id(shortest(figures))))
    assert [value.now for value in shown_again.values if value.name == "gained"] == [300.0]
    assert draw_explained(told.session, shown_again).startswith(b"\x89PNG")
    assert any(one.table == "candidate_site" for one in shown_again.deliveries)


def test_a_figure_tells_that_people_have_moved(told: Told) -> None:
    figures = told.data.figures()
    register = register_of(figures, report="r", made_at=told.data.made_at, length=8)
    site = next(one for one in figures if one.asked.topic == "siting" and one.key == "K1")
    found, source = find_figure([register], site.id(8))
    with told.session.begin_nested() as point:
        told.session.execute(text("UPDATE demand_cell SET people_60 = 301 WHERE people_60 = 300"))
        again = explain(told.session, found, source)
        assert not again.is_same
        assert not again.same_data
        point.rollback()
    assert explain(told.session, found, source).is_same


def test_the_public_never_sees_them(told: Told) -> None:
    data = gather(
        told.session, city=CITY, on=ON, radius_m=1000.0, published_only=True, rounded_to=10.0,
        approval_number="测试",
    )  # fmt: skip
    page = as_html(compose(data))
    answers: list[Answer] = list(data.answers())
    assert not {"siting", "scenario"} & {one.asked.topic for one in answers}
    assert not any(one.asked.topic == "siting" for a in answers for one in figures_of(a))
    for words in ("闲置用房", "辅具两点", "示例地下室"):
        assert words not in page
    assert INTERNAL.split(",")[0] in page


def test_what_cannot_be_asked_is_refused(told: Told) -> None:
    with pytest.raises(NotFound, match="辅具两点"):
        gather(told.session, city=CITY, on=ON, radius_m=1000.0,
               planned=Planned(scenarios=["没有的"]))  # fmt: skip
    for wrong in (Planned(sites=0), Planned(site_kinds=["养老机构"])):
        with pytest.raises(BadInput):
            gather(told.session, city=CITY, on=ON, radius_m=1000.0, planned=wrong)


def test_the_pdf_is_set(told: Told) -> None:
    """Of the part about sites and scenarios only: setting pages takes a second each."""
    blocks = told.document.blocks
    keys = [getattr(block, "key", "") for block in blocks]
    part = replace(told.document, blocks=blocks[keys.index("c7-3") : keys.index("c8")])
    made = write(part, ".pdf")
    assert made.startswith(b"%PDF-")
    assert len(made) > 100_000

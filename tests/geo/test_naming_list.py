"""Does a whole list of names come back judged, with its days due, as a harmless table?"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geo.errors import BadInput
from geo.gazetteer.index import refresh_keys
from geo.gazetteer.naming.deadlines import duties
from geo.gazetteer.naming.listing import Judged, judge_list
from geo.gazetteer.naming.rules import rule_book
from geo.gazetteer.naming.tables import HEADINGS, as_csv, as_xlsx, entries_of, rows_of
from geo.loaders.reading import read_table
from geo.text.cells import harmless
from tests.factories import make_city, make_name, make_place, make_unit, square

TODAY = date(2026, 3, 20)
LIST = """名称,类别,区划,批准日期,备案日期,公告日期
长江路,街路巷,320402,2026-03-01,2026-03-10,2026-03-16
扬子江路,street,320402,2026-03-01,,2026-03-20
旧江路,街路巷,320402,,,
新河路,街路巷,320402,2026/3/9,,
常江路,街路巷,320402,2026年3月19日,2026-03-18,
新河路,街路巷,320402,,,
新合路,街路巷,320402,,,
,街路巷,320402,,,
坏路,星球,320402,,,
坏路,街路巷,999999,,,
坏路,街路巷,320402,昨天,,
"=HYPERLINK(""http://x"")路",街路巷,320402,,,
"""


@pytest.fixture(scope="module")
def judged(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Judged]]:
    path = tmp_path_factory.mktemp("list") / "names.csv"
    path.write_text(LIST, encoding="utf-8")
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            make_city(session)
            make_unit(session, geom=square(119.9, 31.7))
            road = make_place(session, "长江路", feature_class="R", located_in="320402000000")
            make_name(session, road, "扬子江路", kind="popular")
            make_name(session, road, "旧江路", kind="former", end_latest=1966)
            refresh_keys(session)
            yield judge_list(session, entries_of(read_table(path)), on=TODAY)
        outer.rollback()


def test_each_name_gets_its_verdict(judged: list[Judged]) -> None:
    assert [one.verdict for one in judged] == [
        "standard", "not_standard", "former", "unknown", "unknown", "unknown", "unknown",
        None, None, None, None, "unknown",
    ]  # fmt: skip
    assert judged[1].standard_names == ("长江路",)
    assert judged[2].standard_names == ("长江路",)
    assert judged[0].standard_names == ()
    problems = [one.problem for one in judged if one.problem]
    assert ["名称须含" in problems[0], "未知类别" in problems[1]] == [True, True]
    assert "999999" in problems[2]
    assert "批准日期" in problems[3]


def test_twins_inside_the_list_are_told(judged: list[Judged]) -> None:
    assert judged[3].in_list == ("与第 6 行重名", "与第 7 行同音")
    assert judged[6].in_list == ("与第 4 行同音", "与第 6 行同音")
    assert judged[0].in_list == ("与第 5 行同音",)


def test_days_due_are_counted(judged: list[Judged]) -> None:
    states = [[due.state for due in judged[row].duties] for row in (0, 1, 3, 4, 5)]
    assert states == [
        ["done", "done"],  # the fifteenth day is in time
        ["overdue", "done_late"],
        ["due_soon", "due_soon"],
        ["contradictory", "open"],
        ["unknown", "unknown"],
    ]
    filing = judged[3].duties[0]
    assert (filing.due_on, filing.days_left) == (date(2026, 3, 24), 4)


@pytest.mark.parametrize(
    ("today", "state", "left"),
    [((2026, 3, 10), "open", 6), ((2026, 3, 11), "due_soon", 5), ((2026, 3, 16), "due_soon", 0),
     ((2026, 3, 17), "overdue", -1)],
)  # fmt: skip
def test_the_warning_begins_in_time(today: tuple[int, int, int], state: str, left: int) -> None:
    days = rule_book().deadlines
    filing, _ = duties(date(2026, 3, 1), {}, today=date(*today), deadlines=days)
    assert (filing.state, filing.days_left) == (state, left)
    assert "第十三条" in filing.article


def test_the_table_goes_out_harmless(judged: list[Judged], tmp_path: Path) -> None:
    kinds = {kind.id: kind.zh for kind in rule_book().kinds.values()}
    rows = rows_of(judged, kinds, TODAY)
    assert all(len(row) == len(HEADINGS) for row in rows)
    written = list(csv.reader(io.StringIO(as_csv(rows).decode("utf-8-sig"))))
    assert written[0] == list(HEADINGS)
    assert written[12][1].startswith("'=HYPERLINK")
    assert all("不是审批意见" in row[-1] for row in written[1:])
    path = tmp_path / "out.xlsx"
    path.write_bytes(as_xlsx(rows))
    sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    assert sheet[12][1] == '=HYPERLINK("http://x")路'
    assert "<f>" not in path.read_bytes().decode("latin-1")
    assert "重名" in written[4][10]
    assert "[same-name]" in written[1][6]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "＝1", "\r=1"])
def test_formulas_are_defused(cell: str) -> None:
    assert harmless(cell).startswith("'")
    assert harmless("长江路") == "长江路"


def test_a_table_without_names_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "none.csv"
    path.write_text("甲,乙\n1,2\n", encoding="utf-8")
    with pytest.raises(BadInput, match="名称列"):
        entries_of(read_table(path))

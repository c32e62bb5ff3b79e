"""Does a table of names come back whole and in order, sure only where one place is meant?"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import orjson
import pytest
import typer
import xlsxwriter
from python_calamine import CalamineWorkbook
from sqlalchemy import event
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from geo.errors import BadInput, DeliveryRefused
from geo.gazetteer import cli, finding_cli
from geo.gazetteer.index import refresh_keys
from geo.gazetteer.matched import Asked, MatchedRow, asked_in, match_rows
from geo.gazetteer.matched.asked import asked
from geo.gazetteer.matched.written import HEADINGS, write_matched
from geo.loaders.reading import read_table
from tests.factories import HOME, make_city, make_name, make_place, make_unit

ON = date(2026, 11, 22)
CITY, TIANNING, WUJIN = "320400000000", "320402000000", "320412000000"


@pytest.fixture
def register(session: Session) -> Session:
    """Two districts with namesakes, an old name and a name of one place only."""
    make_city(session, name="常州市")
    for code, name in ((TIANNING, "天宁区"), (WUJIN, "武进区")):
        make_unit(session, code, name=name)
        make_place(session, name, None, code=f"unit:{code}", unit_code=code, feature_class="A",
                   quality="district")  # fmt: skip
    make_place(session, "新桥村", HOME, code="t:1", located_in=TIANNING, quality="point")
    make_place(session, "新桥村", (119.90, 31.70), code="t:2", located_in=WUJIN, quality="point")
    temple = make_place(session, "天宁寺", HOME, code="t:3", feature_class="S", quality="point",
                        located_in=TIANNING)  # fmt: skip
    make_name(session, temple, "广福寺", kind="former", end_earliest=900, end_latest=960)
    make_place(session, "毗陵驿", HOME, code="t:4", feature_class="S", located_in=TIANNING)
    refresh_keys(session)
    return session


def one(session: Session, name: str, **more: object) -> MatchedRow:
    (found,) = match_rows(session, [Asked(1, name, **more)], on=ON)  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize(
    ("name", "more", "state", "code", "opened"),
    [
        ("天宁寺", {}, "matched", "t:3", ""),
        ("天寧寺", {}, "matched", "t:3", ""),
        ("广福寺", {}, "matched", "t:3", ""),
        ("新桥村", {}, "several", None, "2 处同名"),
        ("新桥村", {"division": "天宁区"}, "matched", "t:1", ""),
        ("新桥村", {"division": "320412"}, "matched", "t:2", ""),
        ("新桥村", {"lon": HOME[0], "lat": HOME[1]}, "matched", "t:1", ""),
        ("新桥村", {"lon": 119.93, "lat": 31.73}, "several", None, "2 处同名"),
        ("天宁寺", {"division": "没有这个区"}, "likely", "t:3", "没有这个区"),
        ("天宁寺", {"division": "武进区"}, "none", None, "名录中没有"),
        ("毗零驿", {}, "likely", "t:4", "毗陵驿"),
        ("武进", {}, "likely", f"unit:{WUJIN}", "专名相同"),
        ("天宁寺", {"feature_class": "P"}, "none", None, "名录中没有"),
        ("龘龘龘", {}, "none", None, "名录中没有"),
        ("", {"problem": "没有名称"}, "unreadable", None, "没有名称"),
    ],
)  # fmt: skip
def test_a_row_is_sure_only_where_one_place_is_meant(
    register: Session, name: str, more: dict[str, object], state: str, code: str | None, opened: str
) -> None:
    row = one(register, name, **more)
    assert (row.state, row.best.place.code if row.best else None) == (state, code), row
    assert opened in row.open_zh if opened else row.open_zh == ""


def test_the_old_name_tells_that_it_is_one(register: Session) -> None:
    best = one(register, "广福寺").best
    assert best is not None
    assert (best.place.name, best.matched_kind) == ("天宁寺", "former")
    assert "曾用名" in best.how_zh


def test_distance_is_geodesic_and_unknown_stays_unknown(register: Session) -> None:
    row = one(register, "天宁寺", lon=HOME[0], lat=HOME[1] + 0.01)
    assert row.best is not None
    assert row.best.distance_m == pytest.approx(1108.8, abs=0.5)
    assert one(register, "天宁寺").candidates[0].distance_m is None


def test_every_row_comes_once_in_order_with_few_statements(register: Session) -> None:
    names = ["天宁寺", "新桥村", "龘龘龘", "广福寺", "毗陵驿"]
    rows = [Asked(number, names[number % 5], division="天宁区") for number in range(1, 12_001)]
    counted: list[str] = []
    bind = register.connection().engine
    event.listen(bind, "before_cursor_execute", lambda *args: counted.append(args[2]))
    found = list(match_rows(register, rows, on=ON))
    assert [row.asked.number for row in found] == list(range(1, 12_001))
    assert {row.state for row in found[:5]} == {"matched", "none"}
    assert len(counted) < 150, "equal names are looked up once a chunk"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"name": "甲", "on": "1930"}, (date(1930, 7, 1), None)),
        ({"name": "甲", "on": "1930年"}, (date(1930, 7, 1), None)),
        ({"name": "甲", "on": "2002-04-03"}, (date(2002, 4, 3), None)),
        ({"name": "甲", "on": "民国"}, (None, "日期")), ({"name": " 。"}, (None, "没有名称")),
        ({"name": "甲", "lon": "119,9", "lat": "31"}, (None, "经纬度")),
        ({"name": "甲", "lon": "119.9"}, (None, "经纬度")),
        ({"name": "甲", "lon": "1e400", "lat": "31"}, (None, "经纬度")),
        ({"name": "甲" * 101}, (None, "超过")),
    ],
)  # fmt: skip
def test_what_a_row_says_is_read_or_told(
    said: dict[str, str], expected: tuple[date | None, str | None]
) -> None:
    row = asked(1, said)
    day, problem = expected
    assert row.on == day
    assert (problem is None and row.problem is None) or (problem or "?") in (row.problem or "")


# --- files ------------------------------------------------------------------------------


def sheet_of(path: Path) -> list[list[object]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()


def test_a_workbook_goes_in_and_out(register: Session, tmp_path: Path) -> None:
    source = tmp_path / "in.xlsx"
    with xlsxwriter.Workbook(str(source)) as book:
        sheet = book.add_worksheet("名单")
        for at, cells in enumerate(
            [["地名", "所在区划", "备注"], ["天宁寺", "天宁区", "=1+1"], ["新桥村", "", "@乙"],
             ["", "", "空"]]
        ):  # fmt: skip
            for column, cell in enumerate(cells):
                sheet.write_string(at, column, cell)
        sheet.set_row(2, None, None, {"hidden": True})
        hidden = book.add_worksheet("隐藏表")
        hidden.write_string(0, 0, "名称")
        hidden.hide()
    table = read_table(source)
    rows = match_rows(register, asked_in(table), on=ON)
    counts = write_matched(rows, table, tmp_path / "out.xlsx", table.notes)
    assert counts == {"matched": 1, "likely": 0, "several": 1, "none": 0, "unreadable": 1}
    told = sheet_of(tmp_path / "out.xlsx")
    assert told[0] == ["地名", "所在区划", "备注", *HEADINGS]
    assert told[1][:7] == ["天宁寺", "天宁区", "'=1+1", 1, "已匹配", "t:3", "天宁寺"]
    assert told[2][2:5] == ["'@乙", 2, "有多个同等候选"]
    assert "t:1" in str(told[2][3 + HEADINGS.index("候选")])
    assert told[2][3 + HEADINGS.index("地名代码")] == ""
    assert any("隐藏" in note for note in table.notes)
    book = CalamineWorkbook.from_path(str(tmp_path / "out.xlsx"))
    assert any("隐藏" in str(line) for line in book.get_sheet_by_name("说明").to_python())


def test_lines_that_are_no_rows_are_written_too(register: Session, tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    good = "天宁寺,天宁区\n" * 40
    source.write_text(f"名称,区划\n{good}坏,行,多\n广福寺,\n", encoding="utf-8")
    table = read_table(source)
    rows = match_rows(register, asked_in(table), on=ON)
    write_matched(rows, table, tmp_path / "out.csv")
    told = list(csv.DictReader((tmp_path / "out.csv").open(encoding="utf-8-sig")))
    assert [r["行号"] for r in told] == [str(number) for number in range(1, 43)]
    assert [r["匹配结果"] for r in told[39:]] == ["已匹配", "该行无法读取", "已匹配"]
    assert told[40]["待定事项"]
    assert told[0]["标准名称"] == "天宁寺"


def test_points_of_geojson_narrow_the_match(register: Session, tmp_path: Path) -> None:
    feature = {"type": "Feature", "properties": {"name": "新桥村"},
               "geometry": {"type": "Point", "coordinates": [119.9, 31.7]}}  # fmt: skip
    source = tmp_path / "in.geojson"
    source.write_bytes(orjson.dumps({"type": "FeatureCollection", "features": [feature]}))
    table = read_table(source)
    (row,) = match_rows(register, asked_in(table), on=ON)
    assert row.best is not None
    assert (row.best.place.code, row.best.distance_m) == ("t:2", 0.0)


# --- command ------------------------------------------------------------------------------


@pytest.fixture
def run(register: Session, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    @contextmanager
    def opened(what: str = "") -> Iterator[Session]:
        yield register

    monkeypatch.setattr(finding_cli, "open_session", opened)
    monkeypatch.setenv("COLUMNS", "200")
    return CliRunner()


def app() -> typer.Typer:
    made = typer.Typer()
    cli.register(made)
    return made


def test_the_command_matches_a_table(run: CliRunner, tmp_path: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("单位,驻地区县\n天宁寺,天宁区\n龘龘,\n", encoding="utf-8")
    missing = run.invoke(app(), ["names", "match", str(source), "--out", str(out)])
    assert isinstance(missing.exception, BadInput)
    assert not out.exists()
    sent = ["names", "match", str(source), "--column", "单位", "--column", "division=驻地区县"]
    done = run.invoke(app(), [*sent, "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "已匹配 1" in done.output
    assert "未找到 1" in done.output
    over = run.invoke(app(), [*sent, "--out", str(source)])
    assert isinstance(over.exception, BadInput)
    odd = run.invoke(app(), [*sent, "--out", str(tmp_path / "out.txt")])
    assert isinstance(odd.exception, BadInput)
    bad = run.invoke(app(), ["names", "match", str(tmp_path / "no.csv"), "--out", str(out)])
    assert isinstance(bad.exception, DeliveryRefused | BadInput)


def test_the_command_reads_an_address(run: CliRunner) -> None:
    done = run.invoke(app(), ["names", "address", "常州市天宁区天宁寺12号旁"])
    assert done.exit_code == 0, done.output
    assert "t:3" in done.output
    assert "12号" in done.output
    assert "rest：旁" in done.output
    nothing = run.invoke(app(), ["names", "address", "，"])
    assert isinstance(nothing.exception, BadInput)

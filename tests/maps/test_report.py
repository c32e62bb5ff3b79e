"""Do Word, Excel and PDF say the same, say what they rest on, and survive hostile names?"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path

import docx
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from geo.access.indicators import catalogue
from geo.access.report import gather
from geo.errors import BadInput
from maps.report import compose, write
from maps.report.blocks import (
    Document,
    Heading,
    Number,
    Paragraph,
    Table,
    clean,
    prose,
    shown,
    stretches,
)
from maps.report.formats import check_format
from maps.report.names import value_name
from maps.report.pdf import as_html
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

DAY = date(2026, 9, 1)
HOSTILE = '=HYPERLINK("http://x.invalid","<b>&\x0b点我</b>")'
DDE = "@SUM(1+1)*cmd|' /C calc'!A0"


@pytest.fixture(scope="module")
def town(engine: Engine) -> Iterator[Session]:
    """A small town with hostile names, partly synthetic; taken back at the end."""
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(
            connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        ) as session:
            _fill(session)
            yield session
        outer.rollback()


@pytest.fixture(scope="module")
def document(town: Session) -> Document:
    """The report of the town."""
    return compose(gather(town, city="320400", on=DAY, radius_m=500))


def _fill(session: Session) -> None:
    make_city(session)
    make_unit(session, "320402000000", name=HOSTILE, geom=square(119.9, 31.7))
    make_unit(session, "320404000000", name="+乙区", geom=square(120.0, 31.7))
    make_zone(session, "Z1", name=DDE, parent_code="320402000000", geom=multi(square(119.9, 31.7)))
    make_zone(
        session, "Z2", name="片区二", parent_code="320404000000", geom=multi(square(120.0, 31.7))
    )
    make_cell(session, (119.95, 31.75), 1234)
    make_cell(session, (120.05, 31.75), 60, is_synthetic=True)
    make_facility(session, (119.951, 31.75), name=HOSTILE, code="A", beds_total=12)
    make_facility(session, (120.05, 31.75), name=DDE, code="B", kinds=["nursing_home"])
    make_rule(
        session, code="x", subject="must_have", title=DDE,
        rule={"kinds": ["canteen"], "unit_types": [], "value": 1}, source=HOSTILE,
    )  # fmt: skip


def _html_tables(document: Document) -> list[list[str]]:
    page = as_html(document)
    return [
        [unescape(cell) for cell in re.findall(r"<td[^>]*>([^<]*)</td>", table)]
        for table in re.findall(r"<tbody>(.*?)</tbody>", page, re.DOTALL)
    ]


def test_the_three_formats_carry_the_same_cells(document: Document) -> None:
    tables = [block for block in document.blocks if isinstance(block, Table) and block.rows]
    wanted = [[shown(cell) for row in table.rows for cell in row] for table in tables]
    printed = _html_tables(document)
    assert [table for table in wanted if table not in printed] == []

    word = docx.Document(io.BytesIO(write(document, ".docx")))
    said = [
        ["".join(t.text or "" for t in tc.iter(docx.oxml.ns.qn("w:t"))) for tc in rows]
        for rows in (
            [tc for tr in table._tbl.tr_lst[1:] for tc in tr.tc_lst] for table in word.tables
        )
    ]
    assert [table for table in wanted if table not in said] == []

    book = CalamineWorkbook.from_filelike(io.BytesIO(write(document, ".xlsx")))
    sheets = {
        str(rows[0][0]): rows
        for name in book.sheet_names
        if len(rows := book.get_sheet_by_name(name).to_python(skip_empty_area=False)) > 3
    }
    for table in tables:
        rows = sheets[clean(table.title)][3:]
        for row, found in zip(table.rows, rows, strict=False):
            for cell, value in zip(row, found, strict=False):
                if isinstance(cell, Number) and cell.value is not None:
                    assert value == pytest.approx(cell.value, rel=1e-12)
                else:
                    assert value == shown(cell)


def test_nothing_in_a_workbook_is_a_formula_or_a_link_outside(document: Document) -> None:
    with zipfile.ZipFile(io.BytesIO(write(document, ".xlsx"))) as parts:
        for name in parts.namelist():
            raw = parts.read(name)
            if name.startswith("xl/worksheets/"):
                assert b"<f>" not in raw
                assert b"<f " not in raw
            if name.endswith(".rels"):
                assert b"External" not in raw


def test_hostile_names_stay_text_in_html_and_word(document: Document) -> None:
    page = as_html(document)
    assert "<b>&" not in page
    assert "&lt;b&gt;&amp;点我&lt;/b&gt;" in page
    word = docx.Document(io.BytesIO(write(document, ".docx")))
    assert any(clean(HOSTILE) in cell.text for t in word.tables for cell in t._cells)


def test_the_pdf_is_set_and_fetches_nothing(document: Document) -> None:
    made = write(document, ".pdf")
    assert made.startswith(b"%PDF-")
    assert len(made) > 50_000


def test_each_page_says_synthetic_and_unapproved(document: Document) -> None:
    page = as_html(document)
    assert "合成数据" in document.banner
    assert document.approval == "未经地图审核，仅限内部演示"
    for part in (document.banner, document.approval, "示意，不作为划界依据", "量算值"):
        assert part in page
    ranked = [t for t in document.tables if "缺口" in t.title]
    assert ranked
    assert all("合成" in t.title and all("合成" in row for row in t.rows) for t in ranked)


def test_every_row_of_figures_ends_with_an_id(document: Document) -> None:
    for table in document.tables:
        at = [n for n, column in enumerate(table.columns) if "编号" in column.name]
        for row in table.rows:
            for n in at:
                assert re.fullmatch(r"[A-Z]-[0-9A-HJKMNP-TV-Z]{4,16}", shown(row[n]))


def test_the_chapters_follow_the_guide(document: Document) -> None:
    titles = [heading.text for heading in document.headings if heading.level == 1]
    order = [
        "总则",
        "现状",
        "覆盖",
        "缺口",
        "标准",
        "需求",
        "布局",
        "指引",
        "监测",
        "清单",
        "方法",
        "来源",
    ]
    assert len(titles) == len(order)
    assert all(word in title for word, title in zip(order, titles, strict=True))


def test_what_is_not_there_is_said(document: Document) -> None:
    page = as_html(document)
    for words in (
        "没有载入 2030 年的人口预测",
        "没有载入 2035 年的人口预测",
        "没有选址结果",
        "本市没有保存方案",
    ):
        assert words in page


def test_wide_marks_only_where_chinese_stands() -> None:
    assert prose("人数(60+),共 1,234 人;见附录") == "人数（60+），共 1,234 人；见附录"
    assert prose("GB 50180-2018, art. 3 (a)") == "GB 50180-2018, art. 3 (a)"


def test_other_endings_are_refused() -> None:
    with pytest.raises(BadInput, match=r"\.docx"):
        check_format(Path("a.odt"))


def test_the_commands_write_and_explain(
    town: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from contextlib import contextmanager

    import maps.report.cli as commands
    from api.cli import app

    @contextmanager
    def opened(what: str = "atlas"):
        yield town

    monkeypatch.setattr(commands, "open_session", opened)
    monkeypatch.setenv("ATLAS_HOME", str(tmp_path / "home"))
    out = tmp_path / "r.xlsx"
    asked = ["report", "320400", "--out", str(out), "--on", "2026-09-01", "--radius", "500"]
    made = CliRunner().invoke(app, asked)
    assert made.exit_code == 0, made.output
    register = json.loads(out.with_name("r.xlsx.figures.json").read_text())
    entry = next(e for e in register["figures"] if e["asked"]["topic"] == "coverage")
    picture = tmp_path / "m.png"
    told = CliRunner().invoke(app, ["explain", entry["id"], "--map", str(picture)])
    assert told.exit_code == 0, told.output
    assert "仍然相同" in told.output
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_no_public_report_without_an_approval_number(tmp_path: Path) -> None:
    from api.cli import app

    asked = ["report", "320400", "--out", str(tmp_path / "r.xlsx"), "--public"]
    made = CliRunner().invoke(app, asked)
    assert made.exit_code != 0
    assert not list(tmp_path.iterdir())
    said = made.output + str(made.exception)
    assert "审图号" in said


def test_wide_tables_turn_with_their_headings() -> None:
    wide = Table("宽", (), (), wide=True)
    blocks = (
        Heading(1, "章", "c1"), Paragraph("话"), Table("窄", (), ()), Heading(2, "节", "c1-1"),
        wide, Table("后", (), ()), Heading(2, "节二", "c1-2"), Paragraph("话"), wide, wide,
    )  # fmt: skip
    made = [(is_wide, len(group)) for is_wide, group in stretches(blocks)]
    assert made == [(False, 3), (True, 2), (False, 1), (True, 4)]


def test_the_contents_lead_to_pages(document: Document) -> None:
    """Each heading's bookmark is there, once, and its entry asks for its page."""
    with zipfile.ZipFile(io.BytesIO(write(document, ".docx"))) as parts:
        body = parts.read("word/document.xml").decode()
        fonts = parts.read("word/fontTable.xml").decode()
    for heading in document.headings:
        assert body.count(f'w:name="_{heading.key}"') == 1
        assert f"PAGEREF _{heading.key} " in body
    for font in ("宋体", "黑体", "仿宋"):
        assert f'w:name="{font}"' in fonts
        assert "Noto S" in fonts


def test_a_workbook_says_units_and_repeats_its_heads(document: Document) -> None:
    with zipfile.ZipFile(io.BytesIO(write(document, ".xlsx"))) as parts:
        book = parts.read("xl/workbook.xml").decode()
        sheets = [parts.read(n).decode() for n in parts.namelist() if "worksheets/sheet" in n]
    tables = len([t for t in document.blocks if isinstance(t, Table)])
    assert book.count("_xlnm.Print_Titles") >= tables
    assert sum('state="frozen"' in sheet for sheet in sheets) >= tables
    assert all('fitToPage="1"' in sheet for sheet in sheets)


def test_indicators_stand_with_their_targets(document: Document) -> None:
    table = next(t for t in document.tables if t.title.startswith("监测指标"))
    assert len(table.rows) == len(catalogue())
    heads = [column.name for column in table.columns]
    assert {"2030 年目标", "2035 年目标", "现状值"} <= set(heads)


@pytest.mark.parametrize("name", ["order", "gained", "served", "numerator", "meets", "bound"])
def test_no_value_is_explained_by_its_english_key(name: str) -> None:
    assert value_name(name) != name

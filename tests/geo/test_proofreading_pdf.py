"""Is the text of a PDF read page by page with its lines joined, and is a hostile one refused?"""

from __future__ import annotations

import io
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from sqlalchemy.orm import Session

from geo.errors import BadInput
from geo.gazetteer.index import refresh_keys
from geo.gazetteer.proofreading import proofread
from geo.gazetteer.proofreading.documents import marked_html, marked_word, unread
from geo.gazetteer.proofreading.lexicon import fold
from geo.gazetteer.proofreading.opened import open_document
from geo.gazetteer.proofreading.paragraphs import join_pages
from geo.gazetteer.proofreading.pdf import is_pdf
from geo.gazetteer.proofreading.radicals import plain
from geo.loaders.reading.confined import confined
from tests.factories import make_city, make_name, make_place
from tests.papers import SILENT_FONT, bomb, locked, nest, paper, ring

BROKEN = "项目位于城区北部沿河地带，拟增设公共服务站点若干处，旧"
REST = "江路一侧的站点由街道负责日常维护。"
GOOD = paper([[BROKEN, REST], ["在扬子江路办理。"]])
PICTURE = "/XObject<</I<</Subtype/Image>>>>"


@pytest.fixture
def road(session: Session) -> Session:
    make_city(session, name="常州市")
    place = make_place(session, "长江路", feature_class="R", located_in="320400000000")
    make_name(session, place, "旧江路", kind="former", end_latest=1966)
    make_name(session, place, "扬子江路", kind="popular")
    refresh_keys(session)
    return session


def test_a_name_over_two_lines_is_found_and_each_page_told(road: Session) -> None:
    opened = open_document(GOOD)
    assert opened.text == f"{BROKEN}{REST}\n在扬子江路办理。"
    found = proofread(road, opened.text, pages=opened.pages)
    assert [(mark.text, mark.page) for mark in found.marks] == [("旧江路", 1), ("扬子江路", 2)]
    page = marked_html(opened.text, found)
    assert "<td>第 2 页</td>" in page
    made = docx.Document(io.BytesIO(marked_word(opened.as_word(), found)))
    assert [one.text.split("：")[0] for one in made.comments] == ["第 1 页", "第 2 页"]


def test_pages_that_nobody_read_are_told(road: Session) -> None:
    opened = open_document(paper([["在扬子江路办理。"], []], resources=PICTURE))
    found = proofread(road, opened.text, pages=opened.pages)
    assert (found.unread_pages, len(found.marks)) == ((2,), 1)
    assert "第 2 页没有文字层" in unread(found)
    assert "第 2 页没有文字层" in marked_html(opened.text, found)
    with_empty_page = open_document(paper([["在扬子江路办理。"], []])).pages
    assert with_empty_page is not None
    assert with_empty_page.unread == ()


def test_a_pdf_without_a_password_to_open_is_read() -> None:
    assert "旧江路" in open_document(locked(GOOD, "")).text


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "damaged": (lambda: b"%PDF-1.7\n" + bytes(range(256)) * 200, "已损坏"),
    "head": (lambda: b"%PDF-1.4", "已损坏"),
    "cut": (lambda: GOOD[: len(GOOD) // 2], "已损坏"),
    "cut table": (lambda: GOOD[:-60], "已损坏"),
    "ring": (ring, "已损坏"),
    "password": (lambda: locked(GOOD, "x"), "密码"),
    "scan": (lambda: paper([[]], resources=PICTURE), "没有文字层（如扫描件）；请先做文字识别"),
    "empty": (lambda: paper([[]]), "没有文字层"),
    "nest": (nest, "没有文字层"),
    "silent font": (lambda: paper([[BROKEN]], SILENT_FONT), "没有字符对照表"),
    "many pages": (lambda: paper([[]] * 10_000), "超过 300 页"),
    "bomb": (bomb, "内存"),
    "long": (lambda: paper([["路" * 60_000]] * 9), "超过 500000 字"),
    "large": (lambda: b"%PDF-1.7\n" + bytes(50_000_000), "超过 50 MB"),
    "jpg": (lambda: b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(500), "这是图片"),
    "doc": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "旧版 Office"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_read_is_refused_with_a_way_out(kind: str) -> None:
    make, words = REFUSED[kind]
    with pytest.raises(BadInput) as refused:
        open_document(make())
    zh, en = str(refused.value).split("\n")
    assert words in zh
    assert en.isascii()
    assert refused.value.parameter == "file"


def test_content_decides() -> None:
    assert is_pdf(b"\xef\xbb\xbf\n%PDF-1.4")
    assert not is_pdf("说明：%PDF-1.4".encode())
    assert open_document("说明：%PDF-1.4 是文件头。".encode()).text.startswith("说明")


FULL = "按照有关规定，做好地名标志设置工作，在全市范围内统一使用"
ROW = "序号 路名 所在区 年份 现名 依据文号 备注说明"
ENGLISH = "the office of the old city of the north"
LINES = [
    (["关于站点的通知", "各单位："], "关于站点的通知\n各单位："),  # headings are short
    ([FULL, "标准地名。"], f"{FULL}标准地名。"),
    ([f"{FULL}。", "武进县"], f"{FULL}。\n武进县"),
    ([FULL, "（二）推进"], f"{FULL}\n（二）推进"),
    ([FULL, "2.5 公里"], f"{FULL}2.5 公里"),
    ([FULL, "3.建设"], f"{FULL}\n3.建设"),
    (["长江路", "和平路"], "长江路\n和平路"),
    ([ROW, "1 旧江路 北城区 无"], f"{ROW}\n1 旧江路 北城区 无"),
    ([f"{ENGLISH} of Chang-", "zhou only"], f"{ENGLISH} of Changzhou only"),
    ([ENGLISH, "and of others"], f"{ENGLISH} and of others"),
    (["武 进 县 民 政 局", "江 北 乡"], "武进县民政局\n江北乡"),
    (["旧\ue000路"], "旧□路"),
]


@pytest.mark.parametrize(("lines", "text"), LINES)
def test_only_what_the_width_has_broken_is_joined(lines: list[str], text: str) -> None:
    assert join_pages(["\n".join(lines)]).text == text


def test_headers_and_page_numbers_do_not_part_a_paragraph() -> None:
    pages = [
        f"武进县文件\n第一段。\n{BROKEN}\n— 1 —",
        f"武进县文件\n{REST}\n第三段。\n— 2 —",
        "",
        "武进县文件\n末段。\n第 4 页 共 4 页",
    ]
    joined = join_pages(pages)
    assert joined.text == f"武进县文件\n第一段。\n{BROKEN}{REST}\n第三段。\n末段。"
    begins = [joined.text[at:][:3] for at in joined.starts]
    assert begins == ["武进县", REST[:3], "\n末段", "末段。"]


def test_signs_of_radicals_are_read_as_the_characters_that_they_show() -> None:
    assert plain("⻓江路、⺠⽣⼯程、oﬃce，Ａ：") == "长江路、民生工程、office，Ａ："
    assert fold("旧⻓⼭路") == "旧长山路"  # as text copied from a PDF has it


def run(program: Path, memory: int) -> int:
    with confined(program, memory=memory, seconds=1) as child:
        child.communicate()
    return child.returncode


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
def test_a_confined_program_may_take_only_its_share(tmp_path: Path) -> None:
    program = tmp_path / "p.py"
    program.write_text("print('x')")
    assert run(program, 2**30) == 0
    program.write_text("while True: pass")
    assert run(program, 2**30) in (-signal.SIGXCPU, -signal.SIGKILL)
    program.write_text("bytes(2**31)")
    assert run(program, 2**30) == 1

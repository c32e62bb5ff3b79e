"""Are old names in a document marked with the standard form, and ordinary words left alone?"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date

import docx
import pytest
from sqlalchemy import Engine
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from geo.errors import BadInput
from geo.gazetteer.index import refresh_keys
from geo.gazetteer.proofreading import Proofread, proofread
from geo.gazetteer.proofreading.documents import (
    is_word,
    marked_html,
    marked_word,
    read_word,
    text_of,
    word_of,
)
from geo.gazetteer.proofreading.lexicon import Form, Lexicon, fold
from geo.gazetteer.proofreading.proofread import find_names
from tests.factories import make_city, make_event, make_name, make_place, make_unit, square

ON = date(2026, 11, 1)
CITY = "320400000000"


@pytest.fixture(scope="module")
def town(engine: Engine) -> Iterator[Session]:
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            make_city(session, name="常州市")
            make_unit(session, "320412000000", name="武进区", geom=square(119.9, 31.7))
            place = make_place(session, "常州市", None, feature_class="A", unit_code=CITY)
            make_name(session, place, "常州", kind="short")
            for old in ("毗陵", "晋陵", "和平", "建设"):
                make_name(session, place, old, kind="former", citation="地名录")
            wujin = make_place(session, "武进区", None, feature_class="A",
                               unit_code="320412000000")  # fmt: skip
            make_name(session, wujin, "武进", kind="short")
            make_name(session, wujin, "武进县", kind="former", start_earliest=-200, end_latest=1995)
            make_name(session, wujin, "武进市", kind="former", start_earliest=1995, end_latest=2002)
            gone = make_place(session, "戚墅堰区", None, feature_class="A",
                              unit_code="320405000000")  # fmt: skip
            session.flush()
            make_name(session, gone, "戚墅堰区", kind="former", end_latest=2015)
            session.execute(_DELETE_STANDARD, {"place": gone.id})
            make_event(session, [("320405000000", "戚墅堰区")], [("320412000000", "武进区")])
            entry = make_place(session, "毗陵", None)  # on a list, known by its old name alone
            session.execute(sql("UPDATE place_name SET kind = 'former' WHERE place_id = :place"),
                            {"place": entry.id})  # fmt: skip
            road = make_place(session, "劳动路", feature_class="R", located_in="320412000000")
            make_name(session, road, "中山门大街", kind="popular")
            make_place(session, "晋陵中路", feature_class="R", located_in="320412000000")
            away = make_place(session, "他州市", feature_class="A", located_in="510100000000")
            make_name(session, away, "东门镇", kind="former")
            refresh_keys(session)
            yield session
        outer.rollback()


_DELETE_STANDARD = sql("DELETE FROM place_name WHERE place_id = :place AND kind = 'standard'")

MUST = [
    ("项目位于武进县北部。", "武进县", "武进区"),
    ("報告由武進縣民政局起草。", "武進縣", "武进区"),
    ("武进市、常州市各报一份。", "武进市", "武进区"),
    ("2020年武进县完成改造。", "武进县", "武进区"),  # a year in which it was no longer called so
    ("沿中山门大街向东。", "中山门大街", "劳动路"),
    ("企业地处毗陵，交通便利。", "毗陵", "常州市"),
    ("毗陵境内河流众多。", "毗陵", "常州市"),
]
MUST_NOT = [
    "常州市武进区民政局。",  # standard names
    "常州和武进都是简称。",
    "1985年武进县有乡镇六十个。",  # in use then
    "武进县（今武进区）人杰地灵。",
    "原武进县境内的敬老院。",
    "常州，古称毗陵，又名晋陵。",
    "2002年撤销武进市，设立武进区。",
    "武进市撤市设区。",
    "见《武进县志》卷三。",
    "武进县志记载甚详。",
    "晋陵中路道路改造。",  # a longer standard name
    "毗陵驿码头修缮。",  # part of another name
    "坚持和平发展，抓好建设工作。",  # ordinary words
    "位于和平时期的建设成就。",
    "本部门工作小结：养老服务稳步推进。",
]


@pytest.mark.parametrize(("written", "name", "form"), MUST)
def test_an_old_name_is_marked(town: Session, written: str, name: str, form: str) -> None:
    found = proofread(town, written, on=ON)
    (mark,) = found.marks
    assert (mark.text, mark.status, mark.suggestion) == (name, "marked", form)
    assert written[mark.start : mark.end] == name


@pytest.mark.parametrize("written", MUST_NOT)
def test_history_and_ordinary_words_are_left_alone(town: Session, written: str) -> None:
    assert proofread(town, written, on=ON).marks == ()


def test_a_doubtful_name_is_asked_about(town: Session) -> None:
    (mark,) = proofread(town, "毗陵、江阴两地往来。", on=ON).marks
    assert mark.status == "possible"


def test_what_followed_a_place_that_is_gone_is_told(town: Session) -> None:
    (mark,) = proofread(town, "请戚墅堰区报送材料。", on=ON).marks
    (meant,) = mark.meant
    assert (meant.standard_name, meant.followed_by, meant.end_year) == (None, ("武进区",), 2015)


def test_names_elsewhere_can_be_left_out(town: Session) -> None:
    written = "第一行\n在武进县和东门镇开会"
    assert [m.text for m in proofread(town, written, on=ON).marks] == ["武进县", "东门镇"]
    (mark,) = proofread(town, written, on=ON, within=CITY).marks
    assert (mark.text, mark.line) == ("武进县", 2)


def test_a_text_that_is_too_long_is_refused_without_telling_it(town: Session) -> None:
    with pytest.raises(BadInput) as refused:
        proofread(town, "密" * 500_001, on=ON)
    assert "密" not in str(refused.value)


def sample() -> bytes:
    document = docx.Document()
    paragraph = document.add_paragraph("请武")
    paragraph.add_run("进县").bold = True
    paragraph.add_run("民政局办理。")
    document.add_table(1, 1).cell(0, 0).text = "地点\t武进市"
    document.sections[0].header.paragraphs[0].text = "武进县文件"
    raw = io.BytesIO()
    document.save(raw)
    return raw.getvalue()


def test_a_word_document_comes_back_marked(town: Session) -> None:
    data = sample()
    assert is_word(data)
    word = read_word(data)
    found = proofread(town, word.text, on=ON)
    assert [mark.text for mark in found.marks] == ["武进县", "武进市", "武进县"]
    made = docx.Document(io.BytesIO(marked_word(word, found)))
    runs = [run for run in made.paragraphs[0].runs if run.font.highlight_color is not None]
    assert [run.text for run in runs] == ["武", "进县"]  # one name over two runs
    assert runs[1].bold
    assert made.paragraphs[0].text == "请武进县民政局办理。"
    assert made.tables[0].cell(0, 0).text == "地点\t武进市"
    assert made.sections[0].header.paragraphs[0].runs[0].font.highlight_color is not None
    remarks = [comment.text for comment in made.comments]
    assert len(remarks) == 2
    assert all("标准名称：武进区" in one for one in remarks)


def test_plain_text_goes_out_as_word_and_as_a_page(town: Session) -> None:
    written = text_of("<b>在武进县</b>\r\n第二行".encode("gb18030"))
    found = proofread(town, written, on=ON)
    made = docx.Document(io.BytesIO(marked_word(word_of(written), found)))
    assert [p.text for p in made.paragraphs] == ["<b>在武进县</b>", "第二行"]
    page = marked_html(written, found)
    assert "&lt;b&gt;在<mark" in page
    assert "<b>" not in page
    assert "标准名称：武进区" in page


def test_hostile_documents_are_refused() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 101_000_000)
    for data in (b"PK\x03\x04 no zip", bomb.getvalue(), sample()[:2000]):
        with pytest.raises(BadInput) as refused:
            read_word(data)
        assert refused.value.parameter == "file"


def lexicon(*names: tuple[str, str]) -> Lexicon:
    return Lexicon.of([], [Form(i, i, n, k, None, None) for i, (n, k) in enumerate(names)])


def test_the_longest_name_wins() -> None:
    known = lexicon(("武进", "former"), ("武进县", "former"), ("武进县城", "former"))
    assert list(known.matches("在武进县城和武进")) == [(1, 5), (6, 8)]
    assert fold("武進縣Ａ") == "武进县a"


def test_cost_grows_with_the_text_alone() -> None:
    """Ten times the text costs no more than fifteen times, with many names in the lexicon."""
    from time import thread_time  # what else runs on the machine does not count

    known = lexicon(*((chr(0x4E00 + i % 5000) + chr(0x4E00 + i % 4999) + "村", "former")
                      for i in range(50_000)))  # fmt: skip
    short = "常州市民政局关于做好养老服务工作的通知，" * 500
    took = []
    for written in (short, short * 10):
        started = thread_time()
        find_names(written, known)
        took.append(thread_time() - started)
    assert took[1] < 15 * took[0] + 0.5


def test_a_result_shows_no_text_beyond_its_marks(town: Session) -> None:
    found = proofread(town, "机密事项甲，在武进县办理。", on=ON)
    assert isinstance(found, Proofread)
    assert "机密事项" not in repr(found)

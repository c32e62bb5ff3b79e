"""Does a reading that somebody confirmed win, find the name, and can it be taken back?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
import typer
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from geo.errors import BadInput, NotFound
from geo.gazetteer import cli, readings_cli
from geo.gazetteer.index import refresh_keys
from geo.gazetteer.readings import (
    decisions,
    record_reading,
    spelling_of,
    uncertain_readings,
    undo_reading,
)
from geo.gazetteer.search import search
from geo.gazetteer.stored_readings import superiors
from geo.models.placename import PlaceName
from tests.factories import make_city, make_place, make_unit

ON = date(2026, 11, 22)
ROLE, SOURCE = "地名管理岗", "《测试地名录》第 1 页"


@pytest.fixture
def places(session: Session) -> Session:
    """Two villages of a name with a doubtful character, one of them in a division of its own."""
    make_city(session, "110000000000", level=1, parent_code=None)
    make_unit(session, "110105000000", parent_code="110000000000")
    make_place(session, "东塘堡村", code="t:1", feature_class="P", located_in="110105000000")
    make_place(session, "东塘堡村", code="t:2", feature_class="P", located_in="320402000000")
    refresh_keys(session)
    return session


def reading(session: Session, code: str) -> tuple[str | None, str | None]:
    row = (
        session.query(PlaceName.pinyin, PlaceName.reading_status)
        .filter(text("place_id = (SELECT id FROM place WHERE code = :code)"))
        .params(code=code)
        .one()
    )
    return row.pinyin, row.reading_status


def test_a_confirmed_reading_wins_and_is_searched(places: Session) -> None:
    assert reading(places, "t:1") == ("Dōngtángbǎocūn", "uncertain")
    assert [one.name for one in uncertain_readings(places)] == ["东塘堡村"]
    done = record_reading(places, "东塘堡", "Dōngtángpù", role=ROLE, source=SOURCE)
    assert done == 2
    assert reading(places, "t:1") == ("Dōngtángpùcūn", "reviewed")
    assert uncertain_readings(places) == []
    (one,) = decisions(places, "东塘堡")
    assert (one.role, one.source, one.status) == (ROLE, SOURCE, "verified")
    first = search(places, "dongtangpucun", on=ON)[0]
    assert (first.code in ("t:1", "t:2"), first.how) == (True, "pinyin")


def test_a_reading_of_one_division_holds_there_only(places: Session) -> None:
    assert superiors(places, "110105000000") == ("110105000000", "110000000000")
    record_reading(places, "东塘堡", "Dōngtángpù", role=ROLE, source=SOURCE, within="110000000000")
    assert reading(places, "t:1") == ("Dōngtángpùcūn", "reviewed")
    assert reading(places, "t:2") == ("Dōngtángbǎocūn", "uncertain")
    told = spelling_of(places, "东塘堡村", feature_class="P", within="110105000000")
    assert told.text == "Dōngtángpùcūn"


def test_decisions_are_kept_and_taken_back_one_by_one(places: Session) -> None:
    record_reading(places, "东塘堡", "Dōngtángpù", role=ROLE, source=SOURCE)
    record_reading(places, "东塘堡", "Dōngtángbǔ", role=ROLE, source="另一依据")
    assert reading(places, "t:2")[0] == "Dōngtángbǔcūn"
    undo_reading(places, "东塘堡", role=ROLE)
    assert reading(places, "t:2") == ("Dōngtángpùcūn", "reviewed")
    undo_reading(places, "东塘堡", role=ROLE)
    assert reading(places, "t:2") == ("Dōngtángbǎocūn", "uncertain")
    with pytest.raises(NotFound):
        undo_reading(places, "东塘堡", role=ROLE)
    kept = [(one.pinyin, one.status) for one in decisions(places, "东塘堡")]
    assert kept == [
        (None, "withdrawn"), ("dōngtángpù", "verified"), ("dōngtángbǔ", "verified"),
        ("dōngtángpù", "verified"),
    ]  # fmt: skip
    with pytest.raises(DBAPIError, match="stays"), places.begin_nested():
        places.execute(text("DELETE FROM name_reading"))


def test_an_unverified_one_is_taken_and_stays_on_the_list(places: Session) -> None:
    record_reading(places, "东塘堡", "Dōngtángpù", role=ROLE, source=SOURCE, verified=False)
    assert reading(places, "t:1") == ("Dōngtángpùcūn", "uncertain")
    (one,) = uncertain_readings(places)
    assert (one.pinyin, one.in_table, one.times) == ("Dōngtángpùcūn", True, 2)


@pytest.mark.parametrize(
    ("name", "spelled", "role", "source", "parameter"),
    [
        ("东塘堡", "Dōngtáng", ROLE, SOURCE, "reading"),
        ("东塘堡", "Dongtangbao", ROLE, SOURCE, "reading"),
        ("东塘堡", "'; DROP", ROLE, SOURCE, "reading"),
        ("东 塘", "Dōngtáng", ROLE, SOURCE, "name"), ("", "Dōng", ROLE, SOURCE, "name"),
        ("东塘堡", "Dōngtángpù", " ", SOURCE, "role"), ("东塘堡", "Dōngtángpù", ROLE, "", "source"),
        ("东塘堡", "Dōngtángpù", "张三丰", SOURCE, "by"),
    ],
)  # fmt: skip
def test_what_is_no_reading_is_refused(
    places: Session, name: str, spelled: str, role: str, source: str, parameter: str
) -> None:
    with pytest.raises(BadInput) as caught:
        record_reading(places, name, spelled, role=role, source=source)
    assert caught.value.parameter == parameter
    assert decisions(places, name) == []


# --- command ------------------------------------------------------------------------------


@pytest.fixture
def run(places: Session, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    @contextmanager
    def opened(what: str = "") -> Iterator[Session]:
        yield places

    monkeypatch.setattr(readings_cli, "open_session", opened)
    monkeypatch.setenv("COLUMNS", "200")
    return CliRunner()


def test_the_command_tells_the_rules_and_records(run: CliRunner) -> None:
    app = typer.Typer()
    cli.register(app)
    shown = run.invoke(app, ["names", "pinyin", "东四十二条", "--class", "R"])
    assert shown.exit_code == 0, shown.output
    assert "Dōngsì 12 Tiáo" in shown.output
    assert "rule 7" in shown.output
    local = run.invoke(app, ["names", "pinyin", "十里铺", "--within", "110105"]).output
    assert "Shílǐpù" in local
    assert "无人核定" in local
    sent = ["names", "pinyin", "东塘堡", "--reading", "Dōngtángpù"]
    refused = run.invoke(app, sent)
    assert isinstance(refused.exception, BadInput)
    done = run.invoke(
        app, [*sent, "--role", ROLE, "--source", SOURCE, "--source-date", "2026-01-31"]
    )
    assert done.exit_code == 0, done.output
    assert "2 个名称已重新注音" in done.output
    assert "2026-01-31" in done.output
    back = run.invoke(app, ["names", "pinyin", "东塘堡", "--undo", "--role", ROLE])
    assert "withdrawn" in back.output, back.output
    listed = run.invoke(app, ["names", "pinyin"]).output
    assert "东塘堡村" in listed

"""Do the commands print whole numbers and names as they are, and say what is unknown?"""

from __future__ import annotations

from contextlib import contextmanager

import pytest
import typer
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from geo.access import cli as access
from geo.access.cli import asking
from geo.errors import BadInput, GeoError, NotFound
from geo.queries import cli as queries
from tests.factories import (
    make_cell,
    make_city,
    make_event,
    make_facility,
    make_rule,
    make_unit,
    square,
)

ODD = "[/]甲"


@pytest.fixture
def run(session: Session, monkeypatch: pytest.MonkeyPatch):
    """Call a command on the test's own session, as on a terminal of 80 columns."""

    @contextmanager
    def opened(what: str = ""):
        yield session

    monkeypatch.setattr(asking, "open_session", opened)
    monkeypatch.setattr(queries, "open_session", opened)
    app = typer.Typer()
    access.register(app)
    queries.register(app)

    def call(*words: str) -> str:
        result = CliRunner().invoke(app, list(words), env={"COLUMNS": "80"})
        if isinstance(result.exception, GeoError):
            raise result.exception
        assert result.exception is None, result.output
        return result.output

    make_city(session)
    make_unit(session, "320402000000", name=ODD, geom=square(119.9, 31.7))
    make_unit(session, "320404000000", name="乙区", geom=None)
    make_unit(
        session, "320402001000", name="丙街道", level=4, parent_code="320402000000", geom=None
    )
    make_cell(session, (119.95, 31.75), 1234567, is_synthetic=True)
    make_rule(session, "must_have", {"kinds": ["care_complex"], "value": 1}, title=ODD)
    make_facility(session, (119.93, 31.75), name=ODD)
    return call


def test_coverage(run) -> None:
    said = run("coverage", "--kind", "老年食堂")
    assert ODD in said
    assert "1,234,567" in said
    assert "无边界，未知" in said
    assert "含合成数据" in said


def test_gaps(run) -> None:
    said = run("gaps", "--limit", "1")
    assert "1,234,567" in said
    assert ODD in said


def test_missing(run) -> None:
    said = run("missing")
    assert "丙街道" in said
    assert "未知" in said
    assert "已有 0 / 1" in said


def test_nearest(run) -> None:
    said = run("nearest", "119.93", "31.75", "--kind", "老年食堂")
    assert ODD in said
    assert "未知" in said


def test_unit(run) -> None:
    assert ODD in run("unit", "320402")
    assert "无图形" in run("unit", "320404")
    assert "320402000000" in run("unit", "--at", "119.95", "31.75")


def test_a_unit_is_found_by_name_and_told_with_its_facts(run, session: Session) -> None:
    make_event(session, [], [("320404000000", "乙区")], kind="设立", event_year=2002)
    said = run("unit", "乙区")
    assert "320404000000" in said
    assert "县级(区)" in said
    assert "起始不详，至今" in said
    assert "来源 test（日期未知）" in said
    assert "2002 设立: 无 → 乙区 文号未知" in said
    assert "沿革：无记录" in run("unit", "丙街道")


def test_a_unit_without_words_says_what_it_needs(run) -> None:
    with pytest.raises(BadInput) as refused:
        run("unit")
    assert str(refused.value).startswith("请给出区划的名称或代码")
    assert "--at LON LAT" in str(refused.value)


def test_empty_answers_say_so(run) -> None:
    assert "没有找到开放的殡仪馆" in run("nearest", "119.93", "31.75", "--kind", "殡仪馆")
    assert "不在任何已载入区划的图形之内" in run("unit", "--at", "100", "20")
    with pytest.raises(NotFound, match="没有名为「丁区」的区划"):
        run("unit", "丁区")


def test_swapped_coordinates_are_told(run) -> None:
    with pytest.raises(BadInput, match=r"似乎写反了：先经度、后纬度，即 119.93 31.75"):
        run("nearest", "31.75", "119.93")

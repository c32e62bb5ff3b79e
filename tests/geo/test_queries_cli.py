"""Do the commands print whole numbers and names as they are, and say what is unknown?"""

from __future__ import annotations

from contextlib import contextmanager

import pytest
import typer
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from geo.access import cli as access
from geo.queries import cli as queries
from tests.factories import make_cell, make_city, make_facility, make_rule, make_unit, square

ODD = "[/]甲"


@pytest.fixture
def run(session: Session, monkeypatch: pytest.MonkeyPatch):
    """Call a command on the test's own session, as on a terminal of 80 columns."""

    @contextmanager
    def opened(what: str = ""):
        yield session

    monkeypatch.setattr(access, "open_session", opened)
    monkeypatch.setattr(queries, "open_session", opened)
    app = typer.Typer()
    access.register(app)
    queries.register(app)

    def call(*words: str) -> str:
        result = CliRunner().invoke(app, list(words), env={"COLUMNS": "80"})
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
    assert "无边界,未知" in said
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

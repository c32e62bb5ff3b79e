"""Does a database of the first release reach today's schema with what it holds, seen as before?"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, text

from geo.db import make_engine
from geo.db.embedded import Embedded
from geo.db.preparation import make_database
from geo.migrations import alembic_config, migrate
from tests.machine import database_at

POINT = "ST_SetSRID(ST_Point(119.97, 31.78), 4490)"
VERSIONS = f"""
INSERT INTO facility (code, name, kinds, geom, phone, validity, is_published) VALUES
('a', '甲养老院', '{{home}}', {POINT}, '0519-11111111', '[2020-01-01,2022-01-01)', true),
('a', '甲养老院', '{{home}}', {POINT}, '0519-99999999', '[2022-01-01,2024-01-01)', false),
('a', '甲养老院', '{{home}}', {POINT}, '0519-55555555', '[2024-01-01,)', true),
('b', '乙养老院', '{{home}}', {POINT}, NULL, '[2020-01-01,2021-01-01)', true),
('b', '乙养老院', '{{home}}', {POINT}, NULL, '[2021-01-01,)', false);
INSERT INTO admin_unit (code, name, level, geometry_note, validity, is_published) VALUES
('320402000000', '天宁区', 3, '未交付图形', '[2015-01-01,)', true)"""
SEEN = text(
    "SELECT code, phone FROM atlas_public.facility WHERE validity @> CAST(:on AS date) "
    "ORDER BY code"
)


@pytest.fixture
def first(cluster: Embedded) -> Iterator[Engine]:
    """The owner's engine on a database of the first release, which holds versions."""
    name = f"first_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    make_database(cluster.socket, name)
    url = database_at(cluster.socket, name).owner_url
    command.upgrade(alembic_config(url), "0001")
    engine = make_engine(url)
    with engine.begin() as connection:
        for statement in VERSIONS.split(";"):
            connection.execute(text(statement))
    yield engine
    engine.dispose()


def test_the_first_release_is_brought_up_with_its_rows(first: Engine, tmp_path: Path) -> None:
    days = [date(year, 6, 1) for year in (2019, 2020, 2021, 2022, 2023, 2024, 2026)]
    with first.connect() as connection:
        before = [connection.execute(SEEN, {"on": day}).all() for day in days]
        stored = connection.execute(text("SELECT count(*), sum(id) FROM facility")).one()
    assert before[3] == [("a", "0519-11111111"), ("b", None)]
    migrate(first.url.render_as_string(hide_password=False))
    with first.connect() as connection:
        assert [connection.execute(SEEN, {"on": day}).all() for day in days] == before
        assert connection.execute(text("SELECT count(*), sum(id) FROM facility")).one() == stored
        units = "SELECT name FROM atlas_public.admin_unit WHERE validity @> DATE '2026-06-01'"
        assert connection.scalars(text(units)).all() == ["天宁区"]

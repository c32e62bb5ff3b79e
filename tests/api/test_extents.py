"""Is the extent of a city as new as the last commit, and measured only when an outline changed?"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from api.extents import Extent, extent_of
from api.reads import Doors
from geo.db.embedded import Embedded
from geo.queries.admin import unit
from tests.machine import worker_database

ON = date(2026, 11, 1)
CITY = "320400000000"
UNIT = """INSERT INTO admin_unit (code, name, level, parent_code, geom, geometry_note, is_published)
VALUES (:code, :name, :level, :parent, ST_Multi(ST_MakeEnvelope(CAST(:west AS float8), 31,
        CAST(:west AS float8) + 1, 32, 4490)),
        '无', true)"""


@pytest.fixture(scope="module")
def doors(home: Path, cluster: Embedded) -> Iterator[Doors]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    made = Doors.of(worker_database(home, cluster.socket, f"extents_{worker}"))
    write(made, UNIT, code=CITY, name="某市", level=2, parent="320000000000", west=None)
    yield made
    made.close()


def write(doors: Doors, statement: str, **values: object) -> None:
    with doors.owner_engine.begin() as owner:
        owner.execute(text(statement), values)


def seen(doors: Doors) -> Extent:
    with doors.public() as reader:
        return extent_of(doors, reader, unit(reader, CITY, ON), ON)


def test_an_extent_is_measured_again_when_an_outline_changed_and_only_then(doors: Doors) -> None:
    assert seen(doors).bounds is None
    write(doors, UNIT, code="320402000000", name="甲区", level=3, parent=CITY, west=119)
    first = seen(doors)
    assert first.bounds == (119.0, 31.0, 120.0, 32.0)
    write(doors, "INSERT INTO facility (code, name, kinds, geom, is_published) VALUES"
          " ('x', 'x', '{canteen}', ST_SetSRID(ST_Point(119.5, 31.5), 4490), true)")  # fmt: skip
    assert seen(doors) is first
    write(doors, UNIT, code="320404000000", name="乙区", level=3, parent=CITY, west=120)
    assert seen(doors).bounds == (119.0, 31.0, 121.0, 32.0)
    write(doors, "UPDATE admin_unit SET is_published = false WHERE code = '320404000000'")
    assert seen(doors).bounds == first.bounds
    assert seen(doors).read != first.read

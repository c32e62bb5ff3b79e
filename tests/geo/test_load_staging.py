"""Do prepared columns arrive in a table as they are, whatever characters they hold?"""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.loaders.staging import copy_columns, json_objects, points_as_ewkb

storable = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=6)
cells = st.one_of(st.none(), storable, st.sampled_from(['"', "\\", "\n", "\r", "\\N", "\t", ""]))


@settings(
    deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(cells, st.one_of(st.none(), st.lists(storable, max_size=3))),
        min_size=1, max_size=6,
    )
)  # fmt: skip
def test_texts_and_lists_come_through(
    session: Session, rows: list[tuple[str | None, list[str] | None]]
) -> None:
    session.execute(text("CREATE TEMP TABLE arrived (at int, told text, listed text[])"))
    columns = {
        "at": pa.array(range(len(rows))),
        "told": pa.array([row[0] for row in rows], pa.string()),
        "listed": pa.array([row[1] for row in rows], pa.list_(pa.string())),
    }
    copy_columns(session, "arrived", columns)
    found = session.execute(text("SELECT told, listed FROM arrived ORDER BY at")).all()
    session.execute(text("DROP TABLE arrived"))
    assert [tuple(row) for row in found] == rows


@settings(deadline=None)
@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=6))
def test_json_objects_hold_what_is_known(rows: list[tuple[str | None, str | None]]) -> None:
    columns = {
        '列"一': pa.array([row[0] for row in rows], pa.string()),
        "b": pa.array([row[1] for row in rows], pa.string()),
    }
    made = json_objects(columns)
    assert made is not None
    wanted = [
        {name: value for name, value in zip(columns, row, strict=True) if value is not None}
        for row in rows
    ]
    assert [json.loads(cell or "{}") for cell in made.to_pylist()] == wanted
    assert json_objects({}) is None


def test_points_keep_every_digit(session: Session) -> None:
    lon, lat = np.array([119.98000000000002, -0.1]), np.array([31.7, 1e-7])
    made = points_as_ewkb(lon, lat, 4490)
    for at in range(2):
        x, y, srid = session.execute(
            text("SELECT ST_X(g), ST_Y(g), ST_SRID(g) FROM (SELECT CAST(:g AS geometry) AS g) p"),
            {"g": made[at].as_py()},
        ).one()
        assert (x, y, srid) == (lon[at], lat[at], 4490)


def test_an_empty_table_is_no_problem(session: Session) -> None:
    session.execute(text("CREATE TEMP TABLE arrived (told text)"))
    copy_columns(session, "arrived", {"told": pa.array([], pa.string())})
    assert session.execute(text("SELECT count(*) FROM arrived")).scalar() == 0
    with pytest.raises(Exception, match="nowhere"):
        copy_columns(session, "nowhere", {"told": pa.array(["x"])})

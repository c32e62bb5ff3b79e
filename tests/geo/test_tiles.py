"""Is a kept tile ever out of date, and does a tile hold all that it should?"""

from __future__ import annotations

import os
import random
import re
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import morecantile
import numpy as np
import pyogrio
import pytest
import shapely
from sqlalchemy import Connection, Engine, text

from geo.db import Database, make_engine, read_engine
from geo.db.embedded import Embedded
from geo.errors import NotFound
from geo.queries.collections import COLLECTIONS
from geo.queries.items import Question
from geo.queries.matrices import MATRIX_SETS, definition
from geo.queries.moments import on_day
from geo.queries.tile_log import last_seen
from geo.queries.tile_sql import SHOWN, whole_tile
from geo.queries.tiles import Asked, Tile, TileCache, tile
from tests.machine import worker_database

DAY = date(2026, 11, 1)
HERE, THERE = (119.95, 31.77), (119.96, 31.78)
FAR = (121.5, 31.2)
INSERT = """INSERT INTO facility (code, name, kinds, geom, is_published, source)
    VALUES (:code, :code, '{canteen}', ST_SetSRID(ST_Point(:lon, :lat), 4490), :seen, 'test')"""


@pytest.fixture(scope="module")
def database(home: Path, cluster: Embedded) -> Database:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return worker_database(home, cluster.socket, f"tiles_{worker}")


@pytest.fixture(scope="module")
def writers(database: Database) -> Iterator[Engine]:
    made = make_engine(database.owner_url)
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def readers(database: Database) -> Iterator[Engine]:
    made = read_engine(database)
    yield made
    made.dispose()


@pytest.fixture
def reader(readers: Engine, writers: Engine) -> Iterator[Connection]:
    """A public connection on empty tables."""
    with writers.begin() as owner:
        owner.execute(text("TRUNCATE facility, admin_unit, boundary_line, place CASCADE"))
    with readers.connect() as connection:
        yield connection


def ask(
    name: str = "facilities", z: int = 10, at: tuple[float, float] = HERE, **given: Any
) -> Asked:
    where = morecantile.tms.get("WebMercatorQuad").tile(*at, z)
    given = {"matrix_set": MATRIX_SETS["WebMercatorQuad"], **given}
    question = Question(COLLECTIONS[name], on_day(DAY))
    return Asked(question, z=z, row=where.y, col=where.x, **given)


def add(owner: Connection, code: str, at: tuple[float, float] = HERE, seen: bool = True) -> None:
    owner.execute(text(INSERT), {"code": code, "lon": at[0], "lat": at[1], "seen": seen})


def draw(owner: Connection, code: str, at: tuple[float, float] = HERE) -> None:
    """A line: its table has no stamp, so that writers of it overlap."""
    owner.execute(text("""INSERT INTO boundary_line (code, level, left_code, right_code, basis,
            geom, is_published)
        VALUES (:code, 3, '320402000000', '320404000000', 'derived', ST_Multi(ST_MakeLine(
            ST_SetSRID(ST_Point(:lon, :lat), 4490),
            ST_SetSRID(ST_Point(:lon + 0.01, :lat), 4490))), true)"""),
        {"code": code, "lon": at[0], "lat": at[1]})  # fmt: skip


def rows_of(made: Tile, tmp_path: Path) -> Any:
    """The features of a tile as GDAL reads them."""
    if not made.body:
        return []
    file = tmp_path / "0.mvt"
    file.write_bytes(made.body)
    return pyogrio.read_dataframe(file)


# --- the log -----------------------------------------------------------------


@pytest.mark.parametrize("first", ["one", "two"])
def test_two_overlapping_writers_in_either_order(
    writers: Engine, reader: Connection, tmp_path: Path, first: str
) -> None:
    cache, asked = TileCache(), ask("lines")
    assert tile(reader, asked, cache).body == b""
    one, two = writers.connect(), writers.connect()
    draw(one, "one")
    draw(two, "two", THERE)
    assert tile(reader, asked, cache).body == b""
    before, after = (one, two) if first == "one" else (two, one)
    before.commit()
    half = tile(reader, asked, cache)
    assert list(rows_of(half, tmp_path)["code"]) == [first]
    after.commit()
    whole = tile(reader, asked, cache)
    assert set(rows_of(whole, tmp_path)["code"]) == {"one", "two"}
    assert len({half.etag, whole.etag}) == 2
    one.close()
    two.close()


def test_numbers_follow_the_commits_and_not_the_writes(writers: Engine, reader: Connection) -> None:
    one, two = writers.connect(), writers.connect()
    draw(one, "early")
    draw(two, "late")
    begun = last_seen(reader).seq
    two.commit()
    between = last_seen(reader).seq
    one.commit()
    assert begun < between < last_seen(reader).seq
    one.close()
    two.close()


def test_writers_do_not_wait_for_each_other(writers: Engine, reader: Connection) -> None:
    """Only their commits queue."""
    with writers.connect() as one, writers.connect() as two:
        two.execute(text("SET LOCAL lock_timeout = '2s'"))
        draw(one, "a")
        draw(two, "b")
        two.commit()
        one.rollback()


def test_many_writers_leave_no_tile_behind(
    writers: Engine, readers: Engine, reader: Connection
) -> None:
    """Whatever the readers kept while four writers moved points: at rest, it is what is stored."""
    with writers.begin() as owner:
        for number in range(40):
            draw(owner, f"p{number}")
    cache, asked, done = TileCache(), ask("lines", z=14), threading.Event()

    def move(seed: int) -> None:
        chance = random.Random(seed)
        statement = text("UPDATE boundary_line SET geom = ST_Translate(geom,"
                         " :lon - ST_XMin(geom), :lat - ST_YMin(geom))"
                         " WHERE code = :code")  # fmt: skip
        with writers.connect() as owner:
            for _ in range(25):
                for _ in range(2):
                    lon, lat = chance.choice((HERE, THERE, FAR))
                    code = f"p{chance.randrange(seed * 10, seed * 10 + 10)}"
                    owner.execute(statement, {"lon": lon, "lat": lat, "code": code})
                owner.commit() if chance.random() < 0.8 else owner.rollback()

    def read() -> None:
        with readers.connect() as connection:
            while not done.is_set():
                tile(connection, asked, cache)

    threads = [threading.Thread(target=move, args=(seed,)) for seed in range(4)]
    looking = [threading.Thread(target=read) for _ in range(2)]
    for thread in (*threads, *looking):
        thread.start()
    for thread in threads:
        thread.join()
    kept = tile(reader, asked, cache)
    done.set()
    for thread in looking:
        thread.join()
    assert kept.body == tile(reader, asked, TileCache()).body


def test_a_tile_is_kept_until_something_in_it_changes(writers: Engine, reader: Connection) -> None:
    with writers.begin() as owner:
        add(owner, "here")
    cache, asked = TileCache(), ask()
    first = tile(reader, asked, cache)
    with writers.begin() as owner:
        add(owner, "far", FAR)
        add(owner, "hidden", THERE, seen=False)
    later = tile(reader, asked, cache)
    assert later.body is first.body, "nothing of it changed, so it was not rendered again"
    assert later.seen.seq > first.seen.seq
    changes = (
        "UPDATE facility SET name = 'other' WHERE code = 'here'",
        "UPDATE facility SET is_published = true WHERE code = 'hidden'",
        "UPDATE facility SET geom = ST_Translate(geom, 0.001, 0) WHERE code = 'here'",
        "UPDATE facility SET is_published = false WHERE code = 'hidden'",
        "DELETE FROM facility WHERE code = 'here'",
    )
    seen = {first.body}
    for change in changes:
        with writers.begin() as owner:
            owner.execute(text(change))
        seen.add(tile(reader, asked, cache).body)
    assert len(seen) == 1 + len(changes)
    with writers.begin() as owner:
        add(owner, "here")
        owner.execute(text("TRUNCATE facility CASCADE"))
    assert tile(reader, asked, cache).body == b""


def test_a_change_that_was_taken_back_is_no_change(writers: Engine, reader: Connection) -> None:
    before = last_seen(reader)
    with writers.begin() as owner:
        inner = owner.begin_nested()
        add(owner, "never")
        inner.rollback()
        owner.execute(text("UPDATE facility SET name = 'x' WHERE code = 'nobody'"))
    assert last_seen(reader) == before
    with writers.begin() as owner:
        inner = owner.begin_nested()
        add(owner, "never")
        inner.rollback()
        add(owner, "stays")
    assert last_seen(reader).seq > before.seq


def test_a_pruned_log_answers_no(writers: Engine, reader: Connection) -> None:
    cache, asked = TileCache(), ask()
    first = tile(reader, asked, cache)
    with writers.begin() as owner:
        add(owner, "here")
    with writers.begin() as owner:
        owner.execute(text("DELETE FROM change_commit WHERE seq < (SELECT max(seq) FROM"
                           " change_commit)"))  # fmt: skip
        owner.execute(text("DELETE FROM change_box"))
    assert tile(reader, asked, cache).body != first.body


def test_the_log_is_pruned_as_it_grows(writers: Engine, reader: Connection) -> None:
    with writers.begin() as owner:
        owner.execute(text("SELECT setval('change_seq', (last_value / 256 + 40) * 256 - 1)"
                           " FROM change_seq"))  # fmt: skip
    with writers.begin() as owner:
        add(owner, "here")
        old = owner.scalar(text("SELECT count(*) FROM change_commit WHERE seq IS NOT NULL"))
    assert old > 1
    with writers.begin() as owner:
        assert owner.scalar(text("SELECT count(*) FROM change_commit")) == 1


def test_a_place_moves_with_its_best_position(writers: Engine, reader: Connection) -> None:
    """Another position becomes the best: the tile of the first one must lose the place."""
    with writers.begin() as owner:
        owner.execute(text("INSERT INTO place (id, code, feature_class, is_published)"
                           " VALUES (1, 'P', 'village', true)"))  # fmt: skip
        owner.execute(text("INSERT INTO place_name (place_id, name, kind) VALUES"
                           " (1, '甲村', 'standard')"))  # fmt: skip
        for lon, quality in ((HERE[0], "point"), (FAR[0], "approximate")):
            owner.execute(text("INSERT INTO place_position (place_id, geom, quality) VALUES"
                               " (1, ST_SetSRID(ST_Point(:lon, 31.77), 4490), :quality)"),
                          {"lon": lon, "quality": quality})  # fmt: skip
    cache, asked = TileCache(), ask("place-names")
    assert tile(reader, asked, cache).shown == 1
    with writers.begin() as owner:
        owner.execute(text("UPDATE place_position SET quality = 'surveyed'"
                           " WHERE quality = 'approximate'"))  # fmt: skip
    assert tile(reader, asked, cache).shown == 0
    assert tile(reader, ask("place-names", at=(FAR[0], 31.77)), cache).shown == 1
    with writers.begin() as owner:
        owner.execute(text("DELETE FROM place"))
    assert tile(reader, ask("place-names", at=(FAR[0], 31.77)), cache).shown == 0


def test_many_rows_share_boxes(writers: Engine, reader: Connection) -> None:
    with writers.begin() as owner:
        owner.execute(text("""INSERT INTO facility (code, name, kinds, geom, is_published)
            SELECT 'm' || i, 'm', '{canteen}', ST_SetSRID(ST_Point(119 + i / 10000.0, 31), 4490),
                   true FROM generate_series(1, 6000) i"""))  # fmt: skip
    last = last_seen(reader).seq
    boxes = reader.execute(
        text(
            "SELECT b.west, b.east FROM change_box b JOIN change_commit c"
            " ON c.id = b.commit_id WHERE c.seq = :seq"
        ),
        {"seq": last},
    )
    ((west, east),) = boxes
    assert (west, east) == pytest.approx((119.0001, 119.6))


# --- what is in a tile -------------------------------------------------------


def test_gdal_reads_every_point_where_it_stands(
    writers: Engine, reader: Connection, tmp_path: Path
) -> None:
    with writers.begin() as owner:
        add(owner, "b", THERE)
        add(owner, "a", HERE)
    asked = ask(z=12)
    rows = rows_of(tile(reader, asked, TileCache()), tmp_path)
    assert list(rows["code"]) == ["b", "a"], "in the order of their ids"
    assert list(rows["kinds"]) == ["canteen"] * 2
    assert not any(rows["is_synthetic"])
    box = asked.matrix_set.bounds(asked.z, asked.row, asked.col)
    # GDAL tells a tile without an address from its name in cells of the tile, y upwards or not.
    left, side = box.west, box.east - box.west
    at = [shapely.transform(point, lambda xy: xy) for point in rows.geometry]
    scale = 4096 if max(point.x for point in at) <= 4160 else side
    lon = [asked.matrix_set.degrees(type(box)(left + point.x / scale * side, 0, 0, 0)).west
           for point in at]  # fmt: skip
    assert lon == pytest.approx([THERE[0], HERE[0]], abs=2e-5)


def test_a_tile_beyond_its_most_says_how_much_it_shows(
    writers: Engine, reader: Connection, tmp_path: Path
) -> None:
    with writers.begin() as owner:
        owner.execute(
            text("""INSERT INTO facility (code, name, kinds, geom, is_published)
            SELECT 'm' || i, 'm', '{canteen}', ST_SetSRID(ST_Point(119.8 + (i % 50) / 200.0,
                   31.6 + (i / 50) / 200.0), 4490), true FROM generate_series(1, 2000) i""")
        )
    asked = ask(z=8)
    whole = tile(reader, asked, TileCache())
    assert (whole.shown, whole.matched, whole.is_thinned) == (2000, 2000, False)
    thin = tile(reader, asked, TileCache(), most=400)
    assert thin.is_thinned
    assert thin.matched == 2000
    assert 0 < thin.shown <= 400
    rows = rows_of(thin, tmp_path)
    assert len(rows) == thin.shown
    assert set(rows["tile_shown"]) == {thin.shown}
    assert set(rows["tile_matched"]) == {2000}
    numbers = [int(code[1:]) for code in rows["code"]]
    assert numbers == sorted(numbers)
    assert thin.body == tile(reader, asked, TileCache(), most=400).body


def test_an_area_too_small_to_draw_leaves_a_mark(writers: Engine, reader: Connection) -> None:
    with writers.begin() as owner:
        for number in range(30):
            owner.execute(text("""INSERT INTO admin_unit (code, name, level, geom, is_published)
                VALUES (:code, 'x', 5, ST_Multi(ST_Buffer(ST_SetSRID(ST_Point(:lon, 31.7), 4490),
                        0.0005)), true)"""),
                {"code": f"{number:012d}", "lon": 119.5 + number / 30})  # fmt: skip
    made = tile(reader, ask("units", z=3), TileCache())
    assert (made.shown, made.matched) == (30, 30)


def test_only_what_touches_the_tile_is_in_it(writers: Engine, reader: Connection) -> None:
    """The box of a ring round the tile holds it, the ring does not touch it."""
    asked = ask("units", z=12)
    near = asked.matrix_set.degrees(asked.matrix_set.bounds(12, asked.row, asked.col))
    hole = shapely.box(near.west, near.south, near.east, near.north).buffer(
        0.05, cap_style="square"
    )
    ring = shapely.MultiPolygon([hole.buffer(0.1).difference(hole)])
    with writers.begin() as owner:
        owner.execute(text("""INSERT INTO admin_unit (code, name, level, geom, is_published)
            VALUES ('000000000001', 'x', 3, ST_GeomFromText(:wkt, 4490), true)"""),
            {"wkt": ring.wkt})  # fmt: skip
    assert tile(reader, asked, TileCache()).matched == 0
    assert tile(reader, ask("units", z=8), TileCache()).matched == 1


@pytest.mark.parametrize("matrix_set", MATRIX_SETS)
@pytest.mark.parametrize("name", COLLECTIONS)
def test_every_collection_has_tiles_in_every_set(
    reader: Connection, name: str, matrix_set: str
) -> None:
    asked = ask(name, matrix_set=MATRIX_SETS[matrix_set])
    assert set(SHOWN[name]) <= set(COLLECTIONS[name].by_name)
    assert tile(reader, asked, TileCache()).body == b""
    assert tile(reader, asked, TileCache(), most=0).body == b""


# --- the cache, the sets -----------------------------------------------------


def test_the_cache_holds_no_more_bytes_than_it_may(reader: Connection) -> None:
    seen = last_seen(reader)
    cache = TileCache(most_bytes=10_000)
    for number in range(50):
        cache.put((number,), Tile(b"x" * 1400, '"e"', 1, 1, seen))
    assert len(cache) == 5
    assert cache.get((0,)) is None
    assert cache.get((49,)) is not None
    cache.put((99,), Tile(b"x" * 20_000, '"e"', 1, 1, seen))
    assert cache.get((99,)) is None
    assert len(cache) == 5


@pytest.mark.parametrize("id", MATRIX_SETS)
def test_bounds_are_those_of_the_definition(id: str) -> None:
    told, own = definition(id), MATRIX_SETS[id]
    stated = morecantile.TileMatrixSet(**{**told, "crs": f"EPSG:{own.srid}"})
    assert told["crs"].endswith(f"/EPSG/0/{own.srid}")
    for z, row, col in ((0, 0, 0), (4, 6, 13), (11, 830, 1700)):
        box, theirs = own.bounds(z, row, col), stated.xy_bounds(morecantile.Tile(col, row, z))
        assert (box.west, box.south, box.east, box.north) == pytest.approx(tuple(theirs))
        degrees, expected = own.degrees(box), stated.bounds(morecantile.Tile(col, row, z))
        found = (degrees.west, degrees.south, degrees.east, degrees.north)
        assert np.allclose(found, tuple(expected), atol=1e-9)


@pytest.mark.parametrize(("z", "row", "col"), [(23, 0, 0), (1, 2, 0), (1, 0, 2), (-1, 0, 0)])
def test_a_tile_outside_the_set_is_not_found(z: int, row: int, col: int) -> None:
    with pytest.raises(NotFound):
        MATRIX_SETS["WebMercatorQuad"].bounds(z, row, col)


def test_a_tile_is_found_by_an_index_and_the_planner_knows_its_size(
    writers: Engine, reader: Connection
) -> None:
    with writers.begin() as owner:
        owner.execute(
            text("""INSERT INTO facility (code, name, kinds, geom, is_published)
            SELECT 'm' || i, 'm', '{canteen}', ST_SetSRID(ST_Point(110 + (i % 100) / 10.0,
                   25 + (i / 100) / 10.0), 4490), true FROM generate_series(1, 5000) i""")
        )
        owner.execute(text("ANALYZE facility"))
    plan = plan_of(reader, ask(z=12))
    assert "Seq Scan on facility" not in plan
    assert "Index Scan" in plan
    whole = plan_of(reader, ask(z=2))
    (rows,) = re.findall(r"Limit .* rows=(\d+)", whole)
    assert int(rows) > 4_000, "of most of the table, and not of a small share of it"


def plan_of(reader: Connection, asked: Asked) -> str:
    """How PostgreSQL would render the tile."""
    box = asked.matrix_set.bounds(asked.z, asked.row, asked.col)
    near = asked.matrix_set.degrees(box)
    conditions, values = asked.question.conditions()
    values |= {
        "west": near.west, "south": near.south, "east": near.east, "north": near.north,
        "left": box.west, "bottom": box.south, "right": box.east, "top": box.north,
        "most": 50_000,
    }  # fmt: skip
    statement = whole_tile("facilities", "WebMercatorQuad", conditions)
    return "\n".join(reader.exec_driver_sql(f"EXPLAIN {statement}", values).scalars())

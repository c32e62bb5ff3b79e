"""How much memory and time does a file of a million features take, and how long does ogr2ogr?

Run `.venv/bin/python benchmarks/exports.py [rows] [word …]`: by default 1 000 000 seeded points
with attributes in a private database of their own, written in every format of `f`. Each format is
written by a process of its own, whose peak memory is its own too. FlatGeobuf is written in turn
with `ogr2ogr` from the same rows and columns of the same table (Debian's gdal-bin), where that is
installed; `--times N` rounds of both, the medians compared.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import text

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.tiles import home
from geo.db.embedded import embedded
from geo.db.engine import make_engine
from geo.migrations import migrate
from geo.queries.collections import FACILITIES
from geo.queries.formats import FORMATS, Wanted, stream, whole_file
from geo.queries.formats.asked import told
from geo.queries.formats.batches import fields
from geo.queries.items import Question
from geo.queries.items.statements import written
from geo.queries.moments import on_day

DAY = date(2026, 11, 1)
ROWS = """
INSERT INTO facility (code, name, kinds, state, address, admin_code, phone, beds_total,
                      beds_nursing, beds_free, ownership, has_lift, geom, is_published,
                      is_synthetic, source, source_date)
SELECT 'S-' || i, '示例设施' || i, ARRAY[CASE WHEN i % 2 = 0 THEN 'canteen' ELSE 'home' END],
       'open', '示例路' || i % 1000 || '号', '320402000000', NULL, 10 + i % 300, i % 10, i % 7,
       'public',
       i % 3 = 0, ST_SetSRID(ST_Point(113 + 20 * random(), 24 + 15 * random()), 4490), true, true,
       'benchmark', DATE '2026-11-01'
FROM generate_series(CAST(:first AS int), CAST(:last AS int)) i"""
BARE_INDEXES = (
    "ix_facility_geom_geog",
    "ix_facility_kinds",
    "ix_facility_shown",
    "ix_facility_shown_geog",
)
"""Slow to fill and of no use here: dropped first, so that the benchmark begins sooner."""


def fill(url: str, rows: int) -> None:
    """Make the rows, some at a time."""
    engine = make_engine(url)
    with engine.begin() as owner:
        owner.execute(text("ALTER TABLE facility DROP CONSTRAINT ex_facility_validity"))
        for index in BARE_INDEXES:
            owner.execute(text(f"DROP INDEX {index}"))
        owner.execute(text("SELECT setseed(0.4490)"))
        for first in range(1, rows + 1, 100_000):
            owner.execute(text(ROWS), {"first": first, "last": min(first + 99_999, rows)})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as owner:
        owner.execute(text("VACUUM ANALYZE facility"))
    engine.dispose()


def write(url: str, word: str) -> dict[str, Any]:
    """Write a format in this process; its seconds, peak memory and bytes."""
    form = FORMATS[word]
    wanted = Wanted(Question(FACILITIES, on_day(DAY)))
    engine = make_engine(url, role="public", autocommit=True)
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        at_rest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        began = time.perf_counter()
        size = 0
        if form.text is not None:
            for piece in stream(connection, wanted, form):
                size += len(piece)
        else:
            with whole_file(connection, wanted, form) as made:
                size = made.seek(0, 2)
        seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "peak_mb": peak, "at_rest_mb": at_rest, "mb": size / 1e6}


def by_ogr2ogr(url: str, folder: Path) -> float:
    """Seconds that ogr2ogr takes for the same rows and columns."""
    wanted = Wanted(Question(FACILITIES, on_day(DAY)))
    columns = ", ".join(f'{sql} AS "{name}"' for name, _, sql in fields(wanted))
    rows, values = wanted.rows()
    engine = make_engine(url, role="public")
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        import psycopg

        query = psycopg.ClientCursor(driver).mogrify(
            written(f"SELECT {columns}, t.geom {rows}"), values
        )
        parts = driver.info.get_parameters()
    target = folder / "peer.fgb"
    target.unlink(missing_ok=True)
    where = f"PG:host={parts['host']} port={parts.get('port', '5432')} dbname={parts['dbname']}"
    began = time.perf_counter()
    subprocess.run(
        ["ogr2ogr", "-f", "FlatGeobuf", str(target),
         f"{where} user={parts['user']} active_schema=atlas_public schemas=atlas_public,public",
         "-sql", query, "-nln", "facilities", "-nlt", "POINT", "-a_srs", "EPSG:4490"],
        check=True,
    )  # fmt: skip
    return time.perf_counter() - began


def in_child(url: str, word: str) -> dict[str, Any]:
    """What a process of its own says of a format."""
    done = subprocess.run(
        [sys.executable, __file__, "--write", url, word], capture_output=True, text=True
    )
    if done.returncode:
        return {"failure": done.stderr.strip().splitlines()[-1]}
    made: dict[str, Any] = json.loads(done.stdout)
    return made


def compare(url: str, times: int) -> None:
    """Print how long FlatGeobuf takes here and by ogr2ogr, in turn."""
    if shutil.which("ogr2ogr") is None:
        print("no ogr2ogr here: not compared")
        return
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as scratch:
        for _ in range(times):
            made = in_child(url, "fgb")
            ours.append(made["seconds"])
            print(f"fgb: {made}", flush=True)
            theirs.append(by_ogr2ogr(url, Path(scratch)))
    a, b = median(ours), median(theirs)
    print(f"FlatGeobuf: ours {a:.1f} s, ogr2ogr {b:.1f} s: ogr2ogr/ours {b / a:.2f}", flush=True)


def main() -> None:
    """Make the rows, write every format, print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", type=int, nargs="?", default=1_000_000)
    parser.add_argument("words", nargs="*", default=[])
    parser.add_argument("--times", type=int, default=1)
    given = parser.parse_args()
    with home() as folder, embedded(folder, what="benchmarks/exports.py") as running:
        owner, public = running.database.owner_url, running.database.public_url
        migrate(owner)
        fill(owner, given.rows)
        with make_engine(public, role="public").connect() as connection:
            driver: Any = connection.connection.driver_connection
            print(f"rows: {told(driver, Wanted(Question(FACILITIES, on_day(DAY)))).rows}")
        compare(public, given.times)
        print("| f | seconds | peak MiB | of it at rest | MB |\n|---|---:|---:|---:|---:|")
        for word in given.words or FORMATS:
            said = in_child(public, word)
            if "failure" in said:
                print(f"| {word} | {said['failure']} |", flush=True)
                continue
            print(
                f"| {word} | {said['seconds']:.1f} | {said['peak_mb']:.0f} |"
                f" {said['at_rest_mb']:.0f} | {said['mb']:.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--write"]:
        print(json.dumps(write(*sys.argv[2:4])))
    else:
        main()

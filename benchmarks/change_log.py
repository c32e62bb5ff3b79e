"""How much longer do writes take because of the log of changed places?

Run `.venv/bin/python benchmarks/change_log.py [rows] [--times N]`: by default 50 000 seeded
facilities are inserted, moved and deleted in a private database of their own, with the log's
triggers and without them in turn; 300 divisions of 2 000 vertices too. Medians and ratios.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from statistics import median

from sqlalchemy import Engine, text

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.tiles import AREAS, POINTS, home
from geo.db.embedded import embedded
from geo.db.engine import make_engine
from geo.migrations import migrate

STEPS = {
    "facility": (
        POINTS, "UPDATE facility SET geom = ST_Translate(geom, 0.001, 0)", "DELETE FROM facility",
    ),
    "admin_unit": (
        AREAS, "UPDATE admin_unit SET geom = ST_Translate(geom, 0.001, 0)",
        "DELETE FROM admin_unit",
    ),
}  # fmt: skip
EVENTS = ("insert", "update", "delete")


def run(engine: Engine, table: str, rows: int, *, with_log: bool) -> list[float]:
    """Seconds of insert, update and delete, each in a transaction of its own."""
    state = "ENABLE" if with_log else "DISABLE"
    with engine.begin() as owner:
        for event in EVENTS:
            owner.execute(text(f"ALTER TABLE {table} {state} TRIGGER log_{event}"))
    spent = []
    for statement in STEPS[table]:
        began = time.perf_counter()
        with engine.begin() as owner:
            owner.execute(text(statement), {"n": rows} if ":n" in statement else {})
        spent.append(time.perf_counter() - began)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as owner:
        owner.execute(text(f"VACUUM {table}"))
    return spent


def main() -> None:
    """Make the database, run in turn, print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", type=int, nargs="?", default=50_000)
    parser.add_argument("--times", type=int, default=3)
    given = parser.parse_args()
    with home() as folder, embedded(folder, what="benchmarks/change_log.py") as running:
        migrate(running.database.owner_url)
        engine = make_engine(running.database.owner_url)
        print("| table | write | without s | with s | ratio |\n|---|---|---:|---:|---:|")
        for table in STEPS:
            seen: dict[bool, list[list[float]]] = {False: [], True: []}
            for _ in range(given.times):
                for with_log in (False, True):
                    seen[with_log].append(run(engine, table, given.rows, with_log=with_log))
            for number, event in enumerate(EVENTS):
                without, logged = (
                    median(one[number] for one in seen[with_log]) for with_log in (False, True)
                )
                print(f"| {table} | {event} | {without:.2f} | {logged:.2f} |"
                      f" {logged / without:.2f} |")  # fmt: skip
        engine.dispose()


if __name__ == "__main__":
    main()

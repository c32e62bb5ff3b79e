"""How long does it take to match a table of names, row by row, as the table grows?

Run `.venv/bin/python benchmarks/name_tables.py [rows …] [--names N]`: tables of 1000, 10000 and
100000 rows against 100000 made-up names beside the two cities of `data/`, in a private database
that is thrown away. Of the rows, most bear a name as it is stored, half of them with the township
around it; a part is traditional, in pinyin, has one wrong character or is in no register.

Shown are seconds, microseconds a row, the ratio to the row of the smallest table, and what became
of the rows: every one must come back once and in its order. A search for each row, one after the
other, is measured on some of them for comparison.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from opencc import OpenCC
from sqlalchemy import text
from sqlalchemy.orm import Session

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.made_names import store_names
from geo.db import make_engine
from geo.db.embedded import embedded
from geo.gazetteer.index import refresh_keys
from geo.gazetteer.matched import Asked, match_rows
from geo.gazetteer.matched.asked import asked_in
from geo.gazetteer.matched.written import write_matched
from geo.gazetteer.search import search
from geo.loaders.city import load_city
from geo.loaders.reading import read_table
from geo.migrations import migrate

SEED = 20_261_122
DAY = date(2026, 11, 1)
COMPARED = 200
Stored = list[tuple[str, str, str]]


def made_rows(stored: Stored, rows: int, seed: int) -> Iterator[tuple[str, str]]:
    """(name, division) of each row: 70 % as stored, 10 % traditional, 5 % pinyin, 10 % with one
    wrong character, 5 % in no register."""
    some = random.Random(seed)
    traditional = OpenCC("s2t")
    for number in range(rows):
        name, pinyin, unit = some.choice(stored)
        division = unit if some.random() < 0.5 else ""
        chance = some.random()
        if chance < 0.10:
            name = traditional.convert(name)
        elif chance < 0.15:
            name = pinyin
        elif chance < 0.25:
            at = some.randrange(len(name))
            name = name[:at] + some.choice(stored)[0][0] + name[at + 1 :]
        elif chance < 0.30:
            name = f"龘{number:06d}"
        yield name, division


def measure(session: Session, stored: Stored, rows: int, folder: Path) -> float:
    """Match a table of so many rows from file to file; answer seconds a row."""
    source, out = folder / f"in-{rows}.csv", folder / f"out-{rows}.csv"
    with source.open("w", encoding="utf-8") as file:
        file.write("名称,区划\n")
        file.writelines(f"{name},{unit}\n" for name, unit in made_rows(stored, rows, SEED))
    started = time.perf_counter()
    table = read_table(source)
    counts = write_matched(match_rows(session, asked_in(table), on=DAY), table, out)
    took = time.perf_counter() - started
    numbers = [line.split(",")[2] for line in out.read_text("utf-8-sig").splitlines()[1:]]
    assert numbers == [str(number) for number in range(1, rows + 1)], "a row is lost or moved"
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = ", ".join(f"{state} {100 * count / rows:.1f} %" for state, count in counts.items())
    print(f"{rows:>8} rows  {took:8.1f} s  {1e6 * took / rows:8.0f} µs a row  "
          f"{memory:6.0f} MB  {told}", flush=True)  # fmt: skip
    return took / rows


def one_by_one(session: Session, stored: Stored) -> tuple[float, float]:
    """Seconds a row of a search for each row, and of the table of the same rows."""
    rows = list(made_rows(stored, COMPARED, SEED + 1))
    started = time.perf_counter()
    for name, unit in rows:
        search(session, name, on=DAY, within=unit or None, limit=5)
    singly = (time.perf_counter() - started) / COMPARED
    asked = [Asked(n, name, unit or None) for n, (name, unit) in enumerate(rows, 1)]
    started = time.perf_counter()
    states = Counter(row.state for row in match_rows(session, asked, on=DAY))
    assert states.total() == COMPARED
    return singly, (time.perf_counter() - started) / COMPARED


def run(session: Session, sizes: list[int], names: int, folder: Path) -> None:
    """Make the names, match a table of each size and print the figures."""
    for city in ("320400", "500000"):
        load_city(session, city)
    session.commit()
    made = store_names(session, names, SEED)
    refresh_keys(session)
    session.commit()
    session.execute(text("ANALYZE"))
    found = session.execute(
        text(
            "SELECT n.name, n.pinyin, p.located_in FROM place_name n"
            " JOIN place p ON p.id = n.place_id WHERE p.code LIKE 'made:%' ORDER BY n.id"
        )
    )
    stored = [(row[0], row[1], row[2]) for row in found]
    print(f"{made} names; {len(stored)} to ask for")
    a_row = [measure(session, stored, rows, folder) for rows in sizes]
    ratios = ", ".join(f"{one / a_row[0]:.2f}" for one in a_row)
    print(f"time a row against the smallest table: {ratios}")
    singly, together = one_by_one(session, stored)
    print(f"{COMPARED} rows: a search for each takes {singly / together:.1f} × the table")


def main() -> None:
    """Measure each size in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", type=int, default=[1_000, 10_000, 100_000])
    parser.add_argument("--names", type=int, default=100_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="minzheng-names-") as folder:
        Path(folder).chmod(0o755)
        with embedded(Path(folder), what="name-tables", durable=False) as running:
            migrate(running.database.owner_url)
            engine = make_engine(running.database.owner_url)
            with Session(engine) as session:
                run(session, asked.rows, asked.names, Path(folder))
            engine.dispose()


if __name__ == "__main__":
    main()

"""How long does it take to find a name among 1 400 000, beside a bare look-up by exact key?

Run `.venv/bin/python benchmarks/names.py [names …] [--asked N]`: by default stores of 10000, 100000
and 1400000 names, each in a private database of its own that is thrown away, beside the two cities
of `data/`. The names are synthetic: specific and generic parts of the two cities' real names,
seeded, spread over their townships as villages, roads, waters and sites are.

Every question goes over HTTP to `serve`, in turn with a bare look-up by exact key through the same
application; shown are the 50th and 95th percentile and their ratio to that of the bare one. Then
the same wrong and partial names by `ILIKE '%…%'` and by pg_trgm, in SQL on the same store.
"""

from __future__ import annotations

import argparse
import json
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from statistics import quantiles
from typing import Any

import httpx2 as httpx
import psycopg
import uvicorn
from fastapi import APIRouter, Depends
from sqlalchemy import text
from sqlalchemy.orm import Session

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from api.app import create_app
from api.deps import DoorsHere, checked
from api.schemas.geojson import Json
from benchmarks.made_names import store_names
from geo.db import Database, make_engine
from geo.db.embedded import embedded
from geo.gazetteer.index import refresh_keys
from geo.loaders.city import load_city
from geo.migrations import migrate
from geo.text import pinyin_key, search_key
from geo.text.likeness import taken_for

SIZES = (10_000, 100_000, 1_400_000)
SEED = 20_261_122
WARM = 30
SQL_ASKED = 60
DAY = "2026-11-01"
Question = dict[str, tuple[str, dict[str, str]]]
GOALS = {"exact": 3, "prefix": 3, "pinyin": 3, "wrong": 6}
_BARE = text(
    """
    SELECT p.code, n.name FROM name_key k
    JOIN place_name n ON n.id = k.name_id JOIN place p ON p.id = n.place_id
    WHERE k.key = :key AND k.kind = 'exact' ORDER BY k.rank LIMIT 10
    """
)


def serve(owner_url: str, public_url: str, port: int) -> None:
    """Serve the application with the bare look-up added to it; what the parent measures."""
    router = APIRouter(dependencies=[Depends(checked)], default_response_class=Json)

    @router.get("/bare")
    def bare(doors: DoorsHere, key: str) -> Json:
        """The places of an exact key: one index, three tables, ten rows."""
        with doors.public() as connection:
            rows = connection.execute(_BARE, {"key": key}).all()
        return Json([{"code": row.code, "name": row.name} for row in rows])

    app = create_app(Database(owner_url, public_url, embedded=True), city_code="320400000000")
    app.include_router(router)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


@contextmanager
def served(database: Database) -> Iterator[httpx.Client]:
    """A client of a server of its own process."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    urls = [str(database.owner_url), str(database.public_url)]
    running = subprocess.Popen([sys.executable, __file__, "--serve", *urls, str(port)])
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            for _ in range(600):
                try:
                    client.get("/api/health")
                    break
                except httpx.TransportError:
                    time.sleep(0.1)
            yield client
    finally:
        running.terminate()
        running.wait()


def questions(
    names: list[tuple[str, str]], asked: int
) -> list[dict[str, tuple[str, dict[str, str]]]]:
    """For each of some names (name, pinyin) what is asked: kind → (address, parameters)."""
    some = random.Random(SEED)
    alike = taken_for()
    characters = sorted({c for name, _ in names[:5000] for c in name})
    found = []
    for name, pinyin in some.choices(names, k=asked):
        at = some.randrange(len(name))
        likes = sorted(alike.get(name[at], ()))
        instead = some.choice(likes if likes and some.random() < 0.5 else characters)
        wrong = name[:at] + instead + name[at + 1 :]
        spelled = pinyin_key(pinyin)
        begun = name[: some.randint(1, len(name) - 1)]
        spelling = spelled[: some.randint(2, max(3, len(spelled) - 2))]
        found.append(
            {
                "bare": ("/bare", {"key": search_key(name)}),
                "exact": ("/api/places", {"q": name}),
                "prefix": ("/api/names/suggest", {"q": begun}),
                "prefix, letters": ("/api/names/suggest", {"q": spelling}),
                "pinyin": ("/api/places", {"q": spelled}),
                "wrong": ("/api/places", {"q": wrong}),
                "part": ("/api/places", {"q": name[1:] if len(name) > 2 else name}),
            }
        )
    return found


def measure(client: httpx.Client, asked: list[Question]) -> dict[str, list[float]]:
    """Milliseconds of each kind of question, asked in turn."""
    took: dict[str, list[float]] = {kind: [] for kind in asked[0]}
    for number, question in enumerate(asked):
        for kind, (address, parameters) in question.items():
            on = {} if kind == "bare" else {"on": DAY}
            began = time.perf_counter()
            answer = client.get(address, params={**parameters, **on})
            seconds = time.perf_counter() - began
            assert answer.status_code == 200, answer.text
            if number >= WARM:
                took[kind].append(seconds * 1000)
    return took


def percentiles(values: list[float]) -> tuple[float, float]:
    """The 50th and the 95th percentile."""
    cuts = quantiles(values, n=20)
    return cuts[9], cuts[18]


def beside_sql(url: str, asked: list[Question]) -> dict[str, float]:
    """Median milliseconds of ILIKE and pg_trgm in SQL, and the share of wrong names trgm finds."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("SET search_path = atlas, public")
        words = {kind: [one[kind][1]["q"] for one in asked] for kind in ("part", "wrong")}
        told = {
            "ILIKE part": _median(connection, _ILIKE, [f"%{q}%" for q in words["part"][:15]]),
        }
        began = time.perf_counter()
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public")
        connection.execute("CREATE INDEX by_trgm ON place_name USING gin (name gin_trgm_ops)")
        connection.execute("ANALYZE place_name")
        told["trgm index s"] = time.perf_counter() - began
        told["trgm index MB"] = _mb(connection, "by_trgm")
        parts = [f"%{q}%" for q in words["part"][:SQL_ASKED]]
        told["trgm part"] = _median(connection, _ILIKE, parts)
        told["trgm wrong"] = _median(connection, _TRGM, words["wrong"][:SQL_ASKED])
        right = 0
        for one in asked[:SQL_ASKED]:
            rows = connection.execute(_TRGM, (one["wrong"][1]["q"],) * 2).fetchall()
            right += one["exact"][1]["q"] in [name for _, name in rows]
        told["trgm wrong: meant name in ten"] = right / SQL_ASKED
        return told


_ILIKE = "SELECT id, name FROM place_name WHERE name ILIKE %s LIMIT 10"
_TRGM = (
    "SELECT id, name FROM place_name WHERE name %% %s ORDER BY similarity(name, %s) DESC LIMIT 10"
)


def _median(connection: psycopg.Connection[Any], statement: str, values: list[str]) -> float:
    took = []
    for value in values:
        began = time.perf_counter()
        connection.execute(statement, (value,) * statement.count("%s")).fetchall()
        took.append((time.perf_counter() - began) * 1000)
    return percentiles(took)[0]


def _mb(connection: psycopg.Connection[Any], relation: str) -> float:
    row = connection.execute("SELECT pg_relation_size(%s::regclass)", (relation,)).fetchone()
    assert row is not None
    return float(row[0]) / 1e6


def sql_medians(database: Database, asked: list[Question]) -> dict[str, float]:
    """Median milliseconds of our own search without HTTP, for the same wrong and partial names."""
    from geo.gazetteer.search import search

    told = {}
    with make_engine(database.owner_url).connect() as connection:
        for kind in ("part", "wrong"):
            took, right = [], 0
            for one in asked[:SQL_ASKED]:
                began = time.perf_counter()
                hits = search(connection, one[kind][1]["q"], on=date.fromisoformat(DAY))
                took.append((time.perf_counter() - began) * 1000)
                right += one["exact"][1]["q"] in [hit.matched_name for hit in hits]
            told[kind] = percentiles(took)[0]
            told[f"{kind}: meant name in ten"] = right / SQL_ASKED
    return told


def run(size: int, asked: int, *, sql: bool) -> None:
    """Make a store of about `size` names, measure it and print the figures."""
    with tempfile.TemporaryDirectory(prefix="minzheng-names-") as folder:
        Path(folder).chmod(0o755)
        with embedded(Path(folder), what="names", durable=False) as running:
            database = running.database
            migrate(database.owner_url)
            engine = make_engine(database.owner_url)
            with Session(engine) as session:
                for city in ("320400", "500000"):
                    load_city(session, city)
                session.commit()
                stored = _timed(lambda: store_names(session, size, SEED))
                session.commit()
                indexed = _timed(lambda: refresh_keys(session))
                session.commit()
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))
                shown = _shown(connection)
            print(
                f"\n{size:,} names: stored in {stored:.0f} s, indexed in {indexed:.0f} s; {shown}"
            )
            names = _sample(engine)
            wanted = questions(names, asked + WARM)
            with served(database) as client:
                took = measure(client, wanted)
            _print(took)
            if sql:
                print(json.dumps({"ours": sql_medians(database, wanted)}))
                print(json.dumps(beside_sql(str(database.owner_url), wanted)))
            engine.dispose()


def _timed(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def _shown(connection: Any) -> str:
    row = connection.execute(
        text(
            """SELECT (SELECT count(*) FROM place_name) AS names,
            (SELECT reltuples::bigint FROM pg_class WHERE oid = 'name_key'::regclass) AS keys,
            pg_relation_size('name_key') / 1e6 AS heap,
            pg_indexes_size('name_key') / 1e6 AS indexes"""
        )
    ).one()
    return (
        f"{row.names:,} names, {row.keys:,} keys ({row.keys / row.names:.1f} a name), "
        f"table {row.heap:,.0f} MB, indexes {row.indexes:,.0f} MB"
    )


def _sample(engine: Any) -> list[tuple[str, str]]:
    """Names to ask for: of every kind that is stored, as often as it is."""
    with engine.connect() as connection:
        rows = connection.execute(
            text(
                """SELECT n.name, n.pinyin FROM place_name n
                WHERE n.id % greatest(1, (SELECT max(id) FROM place_name) / 20000) = 0
                  AND n.language = 'zh' AND n.pinyin IS NOT NULL AND length(n.name) >= 2
                ORDER BY n.id"""
            )
        )
        return [(row.name, row.pinyin) for row in rows]


def _print(took: dict[str, list[float]]) -> None:
    bare = percentiles(took["bare"])
    print(f"{'':16} {'p50 ms':>8} {'p95 ms':>8} {'p50 ratio':>10} {'p95 ratio':>10}  goal")
    for kind, values in took.items():
        half, most = percentiles(values)
        goal = next((f"≤ {g}" for name, g in GOALS.items() if kind.startswith(name)), "")
        ratios = f"{half / bare[0]:10.2f} {most / bare[1]:10.2f}"
        print(f"{kind:16} {half:8.2f} {most:8.2f} {ratios}  {goal}")


def main() -> None:
    """Read the command line."""
    if sys.argv[1:2] == ["--serve"]:
        serve(sys.argv[2], sys.argv[3], int(sys.argv[4]))
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", type=int, default=list(SIZES))
    parser.add_argument("--asked", type=int, default=400)
    parser.add_argument("--no-sql", action="store_true", help="leave ILIKE and pg_trgm out")
    given = parser.parse_args()
    for size in given.names:
        run(size, given.asked, sql=not given.no_sql)


if __name__ == "__main__":
    main()

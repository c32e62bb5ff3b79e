"""How long does it take to import places with dated names, and are they found afterwards?

Run `.venv/bin/python benchmarks/dated_names.py [places …] [--kind lpf|table]`: files of 300, 3000
and 21000 made-up places with three or four names each, all of them dated, so 1 000, 10 000 and
70 000 names, in a private database that is thrown away. `lpf` is a file of Linked Places
(`atlas names import`), `table` a CSV with former names and aliases in columns (`atlas load --kind
place-names`).

Shown are processor seconds of this process and of its PostgreSQL backend, microseconds a name, the
peak memory of the process, the time of the same file once more (nothing may change), and how many
of some names asked for are found first. Each size is imported by a process of its own.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from geo.db import make_engine
from geo.db.embedded import embedded
from geo.gazetteer.exchange.addresses import Addresses
from geo.gazetteer.exchange.files import import_places
from geo.gazetteer.index import refresh_keys
from geo.gazetteer.search import search
from geo.loaders.report import Report
from geo.loaders.things import SPECS, load_things
from geo.migrations import migrate

SEED = 20_261_122
DAY = date(2026, 11, 1)
_FIRST = "晋毗武延陵兰平常青白云石龙凤清永安德兴宁嘉金玉高长西东南北新古梅竹松柏桃李杨柳荷莲"
_CLASSES = {"P": ("村", "里", "镇"), "R": ("路", "街", "巷"), "H": ("河", "浜"), "T": ("山",)}
_SOURCE = {"label": "合成名录 · a made-up list", "@id": "https://example.invalid/made-up"}


def _place(some: random.Random, number: int) -> dict[str, Any]:
    """A made-up place: what it is called now and was called before, and where it lies."""
    kind = some.choices(list(_CLASSES), (70, 18, 8, 4))[0]

    def called() -> str:
        return "".join(some.choices(_FIRST, k=some.choice((2, 2, 3)))) + some.choice(_CLASSES[kind])

    start = some.randrange(-200, 1900)
    cuts = sorted(some.sample(range(start + 1, 1990), some.choice((2, 2, 3))))
    spans = list(zip([start, *cuts], [*cuts, None], strict=True))
    return {
        "number": number, "class": kind, "names": [(called(), *span) for span in spans],
        "lon": round(some.uniform(105.3, 110.2), 5), "lat": round(some.uniform(28.2, 32.2), 5),
    }  # fmt: skip


def _year(year: int) -> str:
    return f"{'-' if year < 0 else ''}{abs(year):04d}"


def _feature(place: dict[str, Any]) -> dict[str, Any]:
    """The place as Linked Places writes it, with a text and a link."""
    names = [
        {"toponym": name, "lang": "zh", "citations": [_SOURCE],
         "when": {"timespans": [{"start": {"earliest": _year(start), "latest": _year(start + 1)},
                                 **({"end": {"in": _year(end)}} if end else {})}]}}
        for name, start, end in place["names"]
    ]  # fmt: skip
    return {
        "@id": f"https://example.invalid/places/{place['number']}", "type": "Feature",
        "properties": {"title": place["names"][-1][0], "ccodes": ["CN"],
                       "fclasses": [place["class"]]},
        "names": names,
        "geometry": {"type": "Point", "coordinates": [place["lon"], place["lat"]],
                     "certainty": "less-certain"},
        "links": [{"type": "closeMatch",
                   "identifier": f"https://example.invalid/other/{place['number']}"}],
        "descriptions": [{"value": f"合成记录第 {place['number']} 条 · made up", "lang": "zh"}],
    }  # fmt: skip


def write_lpf(path: Path, places: int, seed: int) -> None:
    """A file of Linked Places of so many made-up places."""
    some = random.Random(seed)
    features = [_feature(_place(some, number)) for number in range(places)]
    whole = {
        "type": "FeatureCollection", "title": "合成 · made up, synthetic",
        "@context": "https://linkedplaces.org/v1.3/linkedplaces-context.jsonld",
        "features": features,
    }  # fmt: skip
    path.write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")


def write_table(path: Path, places: int, seed: int) -> None:
    """A table of so many made-up places: standard name, former names, aliases, years, position."""
    some = random.Random(seed)
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("地名代码", "标准名称", "曾用名", "别名", "启用年份", "经度", "纬度"))
        for number in range(places):
            place = _place(some, number)
            *former, (now, start, _) = place["names"]
            rows.writerow((f"made-{number:07d}", now, "、".join(one[0] for one in former[1:]),
                           former[0][0], start, place["lon"], place["lat"]))  # fmt: skip


def _processor_s(session: Session) -> float:
    """Seconds of processor time of this process and of the backend that it talks to."""
    own = sum(os.times()[:2])
    pid = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return own + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _lpf(session: Session, path: Path) -> Report:
    return import_places(session, path, addresses=Addresses(), secrecy="public")


def _table(session: Session, path: Path) -> Report:
    made = load_things(
        session, SPECS["place-names"], path, crs="EPSG:4490", on=DAY, secrecy="public"
    )
    refresh_keys(session)
    return made


WAYS: dict[str, tuple[Callable[[Path, int, int], None], Callable[[Session, Path], Report]]] = {
    "lpf": (write_lpf, _lpf),
    "table": (write_table, _table),
}


def measure(url: str, path: Path, kind: str) -> dict[str, Any]:
    """Import a file twice, search for some of its names, and take all back."""
    engine = make_engine(url)
    said: dict[str, Any] = {}
    with Session(engine) as session:
        for when in ("first", "again"):
            before, began = _processor_s(session), time.perf_counter()
            counts = WAYS[kind][1](session, path).counts
            said[when] = _processor_s(session) - before
            said[f"{when}_wall"] = time.perf_counter() - began
            said[f"{when}_counts"] = (counts.kept, counts.updated, counts.unchanged, counts.refused)
        names = session.execute(text("SELECT count(*) FROM place_name")).scalar_one()
        said["names"] = names
        said["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        some = text("SELECT name FROM place_name ORDER BY hashtext(id::text) LIMIT 100")
        asked = list(session.execute(some).scalars())
        said["found"] = sum(
            bool(hits) and hits[0].matched_name == name
            for name in asked
            if (hits := search(session, name, on=DAY, limit=5)) is not None
        )
        session.rollback()
    engine.dispose()
    return said


def main() -> None:
    """Write each file, import it in a process of its own and print a row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("places", nargs="*", type=int, default=[300, 3_000, 21_000])
    parser.add_argument("--kind", choices=WAYS, default="lpf")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="minzheng-dated-") as folder:
        Path(folder).chmod(0o755)
        with embedded(Path(folder), what="dated-names", durable=False) as running:
            url = running.database.owner_url
            migrate(url)
            print("| places | names | CPU s | µs a name | again CPU s | peak MB | found first |\n"
                  "|---:|---:|---:|---:|---:|---:|---:|", flush=True)  # fmt: skip
            for places in asked.places:
                path = Path(folder) / f"made-{places}.{'json' if asked.kind == 'lpf' else 'csv'}"
                WAYS[asked.kind][0](path, places, SEED)
                done = subprocess.run(
                    [sys.executable, __file__, "--measure", url, str(path), asked.kind],
                    capture_output=True, text=True,
                )  # fmt: skip
                if done.returncode:
                    sys.exit(done.stderr)
                said = json.loads(done.stdout)
                assert said["again_counts"] == [0, 0, places, 0], said
                print(f"| {places} | {said['names']} | {said['first']:.1f} |"
                      f" {1e6 * said['first'] / said['names']:.0f} | {said['again']:.1f} |"
                      f" {said['peak_mb']:.0f} | {said['found']} of 100 |", flush=True)  # fmt: skip


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        url, path, kind = sys.argv[2:5]
        print(json.dumps(measure(url, Path(path), kind)))
    else:
        main()

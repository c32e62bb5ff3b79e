"""How long does loading a delivery take beside a bare COPY of the same rows, and does it stay linear?

Run `.venv/bin/python benchmarks/load.py [rows …]` (default 10000 100000 1000000). Each size is a
seeded CSV of facilities in GCJ-02, loaded with conversion, checks and matching into an empty table
of a private database; then the very rows that were stored are copied, as COPY writes them, into a
table of the same columns, constraints and indexes. Printed per size: seconds of both, their ratio,
the seconds of loading the same file again, the peak memory of the loading process, and at the end
the exponent with which the time grows (1 is linear).
"""

from __future__ import annotations

import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from geo.crs import wgs84_to_gcj02
from geo.db.embedded import embedded
from geo.loaders.load import load_delivery
from geo.migrations import migrate

SIZES = (10_000, 100_000, 1_000_000)
DAY = date(2026, 1, 1)
_FIRST = "安康福寿乐和宁泰祥瑞春晖夕阳红松鹤金秋银龄颐养天怡温馨幸爱心仁德"
_KINDS = (("养老院", "养老院"), ("敬老院", "敬老院"), ("社区老年食堂", "老年食堂"),
          ("日间照料中心", "日间照料中心"), ("养老服务站", "养老服务站"))  # fmt: skip
_DISTRICTS = ("天宁区", "钟楼区", "新北区", "武进区", "经开区", "金坛区")
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def write_csv(path: Path, rows: int) -> None:
    """A list of facilities that nobody runs: seeded, with a few defects of every kind."""
    rng = np.random.default_rng(20_221)
    lon, lat = wgs84_to_gcj02(rng.uniform(116.5, 121.5, rows), rng.uniform(31.0, 34.5, rows))
    words, kinds = rng.integers(0, len(_FIRST), (rows, 3)), rng.integers(0, len(_KINDS), rows)
    numbers, defects = rng.integers(1, 999, (rows, 4)), rng.random((rows, 3))
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("区,名称,类型,地址,经度,纬度,床位,护理型床位,电话,统一社会信用代码,备案日期,备注\n")
        for at in range(rows):
            a, b, c, d = (int(n) for n in numbers[at])
            suffix, kind = _KINDS[kinds[at]]
            name = "".join(_FIRST[i] for i in words[at]) + f"第{a}{suffix}"
            x = "" if defects[at, 0] < 0.001 else f"{lon[at]:.6f}"
            code = _credit_code(at) if defects[at, 1] > 0.3 else ""
            beds = "约五十" if defects[at, 2] < 0.002 else str(b)
            file.write(
                f"{_DISTRICTS[a % 6]},{name},{kind},和平路{c}号{d}幢,{x},{lat[at]:.6f},{beds},{b // 2},"
                f"0519-8{at % 10_000_000:07d},{code},20{10 + a % 15}-{1 + b % 12:02d}-{1 + c % 28:02d},"
                f"{'' if d % 3 else '民办'}\n"
            )


def _credit_code(number: int) -> str:
    head = f"52320400MJ{number:07d}"
    total = sum(_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(head))
    return head + _ALPHABET[-total % 31]


def load_once(url: str, path: Path) -> dict[str, Any]:
    """Load in this process and answer the counts, the seconds and this process's peak memory."""
    engine = create_engine(url)
    began = time.perf_counter()
    with Session(engine) as session:
        report = load_delivery(session, "facilities", path, crs="gcj02", on=DAY)
        session.commit()
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    counts = {name: report.as_json()[name] for name in
              ("rows_read", "kept", "merged", "updated", "unchanged", "refused", "review")}  # fmt: skip
    return {"seconds": seconds, "peak_mb": peak, **counts}


def _in_child(url: str, path: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, __file__, "--load", url, str(path)], capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def bare_copy_s(url: str, dump: Path) -> float:
    """Seconds of a COPY of all stored facilities into an empty table of the same build."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute("DROP TABLE IF EXISTS bare")
        connection.execute("CREATE TABLE bare (LIKE facility INCLUDING ALL)")
        with dump.open("wb") as file, connection.cursor().copy("COPY facility TO STDOUT") as out:
            for block in out:
                file.write(block)
        connection.commit()
        began = time.perf_counter()
        with dump.open("rb") as file, connection.cursor().copy("COPY bare FROM STDIN") as into:
            while block := file.read(1 << 20):
                into.write(block)
        connection.commit()
        seconds = time.perf_counter() - began
        connection.execute("DROP TABLE bare")
    return seconds


def main(sizes: list[int]) -> None:
    rows: list[tuple[int, float]] = []
    with tempfile.TemporaryDirectory(prefix="minzheng-atlas-benchmark-") as folder:
        Path(folder).chmod(0o755)
        with embedded(Path(folder) / "home", what="benchmarks/load.py") as running:
            url = running.database.owner_url
            migrate(url)
            print(f"{'rows':>9}{'load s':>9}{'COPY s':>9}{'ratio':>7}{'again s':>9}{'peak MB':>9}")
            for size in sizes:
                path = Path(folder) / "facilities.csv"
                write_csv(path, size)
                first, again = _in_child(url, path), None
                bare = bare_copy_s(url, Path(folder) / "dump")
                again = _in_child(url, path)
                print(
                    f"{size:>9}{first['seconds']:>9.1f}{bare:>9.1f}{first['seconds'] / bare:>7.2f}"
                    f"{again['seconds']:>9.1f}{max(first['peak_mb'], again['peak_mb']):>9.0f}  "
                    + " ".join(f"{k}={v}" for k, v in first.items() if isinstance(v, int)),
                    flush=True,
                )
                rows.append((size, first["seconds"]))
                with psycopg.connect(url.replace("+psycopg", "")) as connection:
                    connection.execute("TRUNCATE facility, delivery CASCADE")
    for (few, short), (many, long) in pairwise(rows):
        print(f"{few} → {many}: time grows with exponent {math.log(long / short, many / few):.2f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--load"]:
        print(json.dumps(load_once(sys.argv[2], Path(sys.argv[3]))))
    else:
        main([int(word) for word in sys.argv[1:]] or list(SIZES))

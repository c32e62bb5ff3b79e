"""Which part of the source packages belongs to one city? Writes it as four small files.

`data/` holds the extracts of Changzhou and Chongqing; other cities are extracted on demand into the
home folder, in the same form, and loaded by the same code. The same packages give the same bytes.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import shapely
from pypinyin import Style, pinyin
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geo.errors import NotFound
from geo.loaders.city.boundaries import Sources, boundary_features, read_sources
from geo.loaders.city.changes import read_changes
from geo.loaders.city.history import kin_of
from geo.loaders.packages import Packages, read_divisions, stream_places
from geo.progress import Progress, silent

Json = dict[str, Any]

GEONAMES = "GeoNames (geonames.org), CC BY 4.0"
_MARK = re.compile(r"[（(](?P<mark>[^）)]*(?P<verb>撤销|撤分)[^）)]*)[）)]$")
_HAN = re.compile(r"[\u3400-\u9fff]+")


def extract_files(code: str) -> dict[str, str]:
    """The four files of a city's extract, by subject, relative to the folder that holds them."""
    return {
        "boundaries": f"boundaries/{code}.geojson",
        "changes": f"boundaries/changes-{code}.json",
        "townships": f"boundaries/townships-{code}.json",
        "places": f"placenames/geonames-{code}.csv",
    }


def extract_city(
    packages: Packages, code: str, folder: Path, progress: Progress = silent
) -> list[Path]:
    """Write the extract of a prefecture-level city or municipality (6-digit code) below `folder`.

    Raises NotFound when the packages hold no polygon of it.
    """
    progress(0, 4, "读取全国数据包 · reading the source packages")
    sources = read_sources(packages)
    city = sources.cities.get(code) or sources.provinces.get(code)
    if city is None:
        raise NotFound(f"边界数据包中没有代码 {code} 的图形 · no polygon of {code} in the package")
    territory = shape(city["geometry"])
    progress(1, 4, "提取边界 · extracting boundaries")
    features = boundary_features(sources, code, city, territory)
    progress(2, 4, "提取区划变更 · extracting changes")
    units = [(f["properties"]["code"], f["properties"]["name"]) for f in features]
    kept = kin_of(read_changes(sources.events), units, code).numbers
    kept |= _uncoded_events(sources.events, city["properties"]["name"])
    members = [f["properties"]["code"] for f in features if f["properties"]["role"] == "district"]
    progress(3, 4, "提取地名 · extracting place names")
    names = extract_files(code)
    texts = {
        names["boundaries"]: _lines("FeatureCollection", code, "features", features),
        names["changes"]: _lines(
            "changes", code, "events", [e for e in sources.events if e["n"] in kept]
        ),
        names["townships"]: _lines(
            "townships", code, "townships", _townships(sources, features, members or [code])
        ),
        names["places"]: _places(packages, territory, features),
    }
    for name, text in texts.items():
        _write(folder / name, text)
    progress(4, 4, "提取完成 · extracted")
    return [folder / name for name in texts]


def extract_divisions(packages: Packages, folder: Path) -> Path:
    """Write the nation's list of divisions down to counties as a table (codes and names only)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["code", "name", "level", "parent"])
    for unit in sorted(read_divisions(packages).values(), key=lambda unit: unit.code):
        writer.writerow([unit.code, unit.name, unit.level, unit.parent or ""])
    path = folder / "boundaries/divisions.csv"
    _write(path, out.getvalue())
    return path


def _uncoded_events(events: list[Json], city: str) -> set[int]:
    """Events that name their units in words only: those that speak of the city."""
    return {
        event["n"]
        for event in events
        if city in (event.get("detail") or "")
        and not any((event.get(side) or {}).get("code") for side in ("old", "new"))
    }


def _townships(sources: Sources, features: list[Json], counties: Iterable[str]) -> list[Json]:
    """Townships with the mark 「撤销」 taken off the name and kept as a fact."""
    units = []
    for county in counties:
        for code, written in sorted(sources.townships.get(county, {}).items()):
            marked = _MARK.search(written)
            unit: Json = {"code": code, "name": written, "parent": county, "abolished": False}
            if marked:
                unit |= {"name": written[: marked.start()], "abolished": True, "written": written}
                year = re.search(r"\d{4}", marked["mark"])
                if year:
                    unit["abolished_year"] = int(year.group())
            units.append(unit)
    _note_listed_twice(units, features)
    return units


def _note_listed_twice(units: list[Json], features: list[Json]) -> None:
    """Say so where a new county without polygon and a county that gave land list one name."""
    districts = [f for f in features if f["properties"]["role"] == "district"]
    names = {f["properties"]["code"]: f["properties"]["name"] for f in districts}
    new = {f["properties"]["code"] for f in districts if f["geometry"] is None}
    noted = {f["properties"]["code"] for f in districts if "note" in f["properties"]} - new
    for one in units:
        for other in units:
            if one["name"] == other["name"] and one["parent"] in new and other["parent"] in noted:
                for here, there in ((one, other), (other, one)):
                    here["note"] = (
                        f"资料中也列在{names[there['parent']]}（{there['code']}），未说明是否同一单位"
                        f" · also listed under {there['code'][:6]}; the source does not say why"
                    )


def _places(packages: Packages, territory: BaseGeometry, features: list[Json]) -> str:
    """GeoNames places inside the territory as a table, each with its district."""
    districts = [
        (f["properties"]["code"], shape(f["geometry"]))
        for f in features
        if f["properties"]["role"] == "district" and f["geometry"]
    ]
    shapely.prepare([territory, *(area for _, area in districts)])
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ["geonames_id", "name_zh", "name_en", "alternates", "kind", "district", "lon", "lat",
         "crs", "attribution"]
    )  # fmt: skip
    rows = []
    west, south, east, north = territory.bounds
    for place in stream_places(packages):
        lon, lat = place["longitude"], place["latitude"]
        if not (west <= lon <= east and south <= lat <= north):
            continue
        point = shapely.Point(lon, lat)
        if territory.covers(point):
            district = next((code for code, area in districts if area.covers(point)), "")
            alternates = sorted({name.strip() for name in place["alternatenames"] if name.strip()})
            rows.append(
                [place["geonameid"], chinese_name(place["name"], alternates), place["name"],
                 "|".join(alternates), "populated place", district, lon, lat, "EPSG:4326", GEONAMES]
            )  # fmt: skip
    writer.writerows(sorted(rows))
    return out.getvalue()


def chinese_name(latin: str, alternates: Iterable[str]) -> str:
    """The shortest Chinese spelling that reads like the Latin name, else the shortest; '' if none.

    Several spellings stand side by side in GeoNames; some name the district around the place.
    """
    chinese = sorted((n for n in alternates if _HAN.fullmatch(n)), key=lambda n: (len(n), n))
    wanted = re.sub(r"[^a-z]", "", latin.lower().replace("ü", "v"))
    for name in chinese:
        readings = pinyin(name, style=Style.NORMAL, heteronym=True, v_to_u=False)
        if len(name) <= 6 and wanted in map("".join, itertools.product(*readings)):
            return name
    return chinese[0] if chinese else ""


def _lines(kind: str, city: str, key: str, items: list[Json]) -> str:
    """Compact JSON with one item a line, so that a change shows as a changed line."""
    head = json.dumps({"type": kind, "city": city}, ensure_ascii=False, separators=(",", ":"))
    body = ",\n".join(json.dumps(item, ensure_ascii=False, separators=(",", ":")) for item in items)
    return f'{head[:-1]},"{key}":[\n{body}\n]}}\n'


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.part")
    partial.write_text(text, encoding="utf-8", newline="\n")
    os.replace(partial, path)

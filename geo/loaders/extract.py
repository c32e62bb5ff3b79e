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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from pypinyin import Style, pinyin
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geo.errors import NotFound
from geo.loaders.history import MUNICIPALITIES, kin_of, read_changes
from geo.loaders.packages import (
    Division,
    Packages,
    read_change_events,
    read_divisions,
    read_polygons,
    read_townships,
    stream_places,
)
from geo.progress import Progress, silent

Json = dict[str, Any]

LISTED_ON = "2026-09-11"
"""Day on which the source package fetched the official list of divisions."""
SHARED_BORDER_DEGREES = 1e-6
"""Neighbours share more of a border than a touching corner (about 0.1 m)."""
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


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything that the packages say, read once."""

    divisions: dict[str, Division]
    counties: dict[str, Json]
    cities: dict[str, Json]
    provinces: dict[str, Json]
    townships: dict[str, dict[str, str]]
    events: list[Json]


def read_sources(packages: Packages) -> Sources:
    """Read all but the populated places, which are streamed."""
    return Sources(
        read_divisions(packages),
        read_polygons(packages, 3),
        read_polygons(packages, 2),
        read_polygons(packages, 1),
        read_townships(packages),
        [{"n": n, **event} for n, event in enumerate(read_change_events(packages))],
    )


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
    features = _boundaries(sources, code, city, territory)
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


def _boundaries(sources: Sources, code: str, city: Json, territory: BaseGeometry) -> list[Json]:
    """Province, city, districts, neighbouring counties, and the neighbours' superiors."""
    province = f"{code[:2]}0000"
    features = []
    if code != province:
        features.append(_feature(sources, province, "province", sources.provinces[province]))
    features.append(_feature(sources, code, "city", city))
    shapes = {key: shape(county["geometry"]) for key, county in sources.counties.items()}
    shapely.prepare(territory)
    delivered = {
        key for key, area in shapes.items() if territory.contains(area.representative_point())
    } - {code}
    features += _districts(sources, code, delivered)
    own = [shapes[key] for key in delivered] or [territory]
    features += _neighbours(sources, shapes, delivered | {code}, own)
    return features


def _districts(sources: Sources, code: str, delivered: set[str]) -> list[Json]:
    """The city's counties of both sources; one unit where only its code differs."""
    listed = {u.code: u for u in sources.divisions.values() if u.parent == code and u.level == 3}
    drawn = {sources.counties[key]["properties"]["name"]: key for key in delivered}
    features = []
    for key in sorted({*listed, *delivered}):
        if key in listed and key in delivered:
            features.append(_feature(sources, key, "district", sources.counties[key]))
        elif key in listed:
            other = drawn.get(listed[key].name)
            if other is not None and other not in listed:
                county = sources.counties[other]
                features.append(_feature(sources, key, "district", county, _code_note(other)))
            else:
                note = _disagreement(sources, key, listed=True)
                features.append(_feature(sources, key, "district", None, note))
        elif sources.counties[key]["properties"]["name"] not in {u.name for u in listed.values()}:
            note = _disagreement(sources, key, listed=False)
            features.append(_feature(sources, key, "district", sources.counties[key], note))
    return [_with_transfer(sources, feature, {*listed, *delivered}) for feature in features]


def _with_transfer(sources: Sources, feature: Json, city: set[str]) -> Json:
    """Say so where a newer event gives the unit land that its polygon does not have yet."""
    name = feature["properties"]["name"]
    for event in sources.events:
        sides = [((event.get(side) or {}).get("code") or "")[:6] for side in ("old", "new")]
        says_so = event["year"] > 2020 and f"划归{name}" in (event.get("note") or "")
        if says_so and city.intersection(sides) and "note" not in feature["properties"]:
            number = f",{event['doc_no']}" if event.get("doc_no") else ""
            feature["properties"]["note"] = (
                f"图形可能早于变更:{event['year']}年有区域划归{name}{number}"
                f" · the polygon may predate a transfer of {event['year']} to this unit"
            )
    return feature


def _code_note(code: str) -> str:
    return f"边界数据包中代码为 {code} · code {code} in the boundary package"


def _listed_code(sources: Sources, drawn: str) -> str:
    """The official code of a drawn county: its own, or that of the same name in its prefecture."""
    if drawn not in sources.divisions:
        name = sources.counties[drawn]["properties"]["name"]
        for unit in sources.divisions.values():
            if unit.name == name and unit.level == 3 and unit.code[:4] == drawn[:4]:
                return unit.code
    return drawn


def _disagreement(sources: Sources, code: str, *, listed: bool) -> str:
    """Say which source has the unit and what the change events tell about it."""
    if listed:
        note = (
            f"两个来源不一致:官方清单({LISTED_ON})有此单位,边界数据包没有其图形"
            f" · sources disagree: on the official list, no polygon in the boundary package"
        )
    else:
        note = (
            f"两个来源不一致:边界数据包有此单位,官方清单({LISTED_ON})没有,图形保留"
            f" · sources disagree: in the boundary package, not on the official list; kept"
        )
    for event in sources.events:
        sides = [(event.get(side) or {}) for side in ("old", "new")]
        if event["year"] > 2020 and any((side.get("code") or "")[:6] == code for side in sides):
            old, new = (side.get("name") or "–" for side in sides)
            number = f",{event['doc_no']}" if event.get("doc_no") else ""
            note += f"。变更资料:{event['year']}年 {event['type']} {old}→{new}{number}"
    return note


def _uncoded_events(events: list[Json], city: str) -> set[int]:
    """Events that name their units in words only: those that speak of the city."""
    return {
        event["n"]
        for event in events
        if city in (event.get("detail") or "")
        and not any((event.get(side) or {}).get("code") for side in ("old", "new"))
    }


def _neighbours(
    sources: Sources, shapes: dict[str, BaseGeometry], own_codes: set[str], own: list[BaseGeometry]
) -> list[Json]:
    """Counties that share a border with the city's, then their superiors without geometry."""
    keys = [key for key in shapes if key not in own_codes]
    tree = shapely.STRtree([shapes[key] for key in keys])
    found = set()
    for area in own:
        for index in tree.query(area, predicate="intersects"):
            shared = shapely.intersection(area.boundary, shapes[keys[index]].boundary)
            if shared.length > SHARED_BORDER_DEGREES:
                found.add(keys[index])
    features = []
    above: set[str] = set()
    for key in sorted(found):
        county = sources.counties[key]
        listed = _listed_code(sources, key)
        note = None if listed == key else _code_note(key)
        features.append(_feature(sources, listed, "neighbour", county, note))
        parent = features[-1]["properties"]["parent"]
        while parent is not None and parent not in above:
            above.add(parent)
            parent = sources.divisions[parent].parent
    known = {f"{next(iter(own_codes))[:2]}0000", *own_codes}
    return features + [
        _feature(sources, key, "context", None, "仅作上级单位,未装入图形 · context, not drawn")
        for key in sorted(above - known)
    ]


def _feature(
    sources: Sources, code: str, role: str, drawn: Json | None, note: str | None = None
) -> Json:
    unit = sources.divisions.get(code)
    name = unit.name if unit else drawn["properties"]["name"] if drawn else ""
    levels = {"province": 1, "city": 2, "district": 3, "neighbour": 3, "context": 2}
    level = unit.level if unit else levels[role]
    parent = unit.parent if unit else _parent_by_code(sources, code)
    properties: Json = {"code": code, "name": name, "level": level, "parent": parent, "role": role}
    if unit is None and note is None:
        note = _disagreement(sources, code, listed=False)
    if note:
        properties["note"] = note
    geometry = drawn["geometry"] if drawn else None
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _parent_by_code(sources: Sources, code: str) -> str | None:
    """The superior that the code suggests, for units that the official list lacks."""
    above = f"{code[:2]}0000" if code[:2] in MUNICIPALITIES else f"{code[:4]}00"
    return above if above in sources.divisions and above != code else None


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
                        f"资料中也列在{names[there['parent']]}({there['code']}),未说明是否同一单位"
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

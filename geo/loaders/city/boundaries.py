"""Which polygons belong to a city, and where do the sources disagree about them?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geo.loaders.city.changes import MUNICIPALITIES
from geo.loaders.packages import (
    Division,
    Packages,
    read_change_events,
    read_divisions,
    read_polygons,
    read_townships,
)

Json = dict[str, Any]

OUTER_EDGE = (
    "边界含全国外缘（国界或海岸线），公开地图须用经审核的标准地图"
    " · has a frontier or coast: a public map needs an approved base map"
)
OUTER_EDGE_DEGREES = 0.001
"""A stretch of border longer than this (about 100 m) that faces no other county."""
LISTED_ON = "2026-09-11"
"""Day on which the source package fetched the official list of divisions."""
SHARED_BORDER_DEGREES = 1e-6
"""Neighbours share more of a border than a touching corner (about 0.1 m)."""


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


def boundary_features(
    sources: Sources, code: str, city: Json, territory: BaseGeometry
) -> list[Json]:
    """Province, city, districts, neighbouring counties, and the neighbours' superiors."""
    province = f"{code[:2]}0000"
    features = []
    if code != province:
        features.append(_feature(sources, province, "province", sources.provinces[province]))
    features.append(whole := _feature(sources, code, "city", city))
    shapes = {key: shape(county["geometry"]) for key, county in sources.counties.items()}
    shapely.prepare(territory)
    delivered = {
        key for key, area in shapes.items() if territory.contains(area.representative_point())
    } - {code}
    features += _districts(sources, code, delivered)
    own = [shapes[key] for key in delivered] or [territory]
    neighbours = _neighbours(sources, shapes, delivered | {code}, own)
    if _has_outer_edge(territory, neighbours):
        whole["properties"]["note"] = OUTER_EDGE
    return features + neighbours


def _has_outer_edge(territory: BaseGeometry, neighbours: list[Json]) -> bool:
    """Does any of the border face no other county: a frontier or a coast?"""
    around = [shape(f["geometry"]) for f in neighbours if f["geometry"]]
    beside = shapely.buffer(shapely.union_all(around), OUTER_EDGE_DEGREES)
    outer = shapely.get_parts(territory)
    rings = shapely.union_all([shapely.get_exterior_ring(part) for part in outer])
    return bool(shapely.difference(rings, beside).length > OUTER_EDGE_DEGREES)


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
            number = f"，{event['doc_no']}" if event.get("doc_no") else ""
            feature["properties"]["note"] = (
                f"图形可能早于变更：{event['year']}年有区域划归{name}{number}"
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
            f"两个来源不一致：官方清单（{LISTED_ON}）有此单位，边界数据包没有其图形"
            f" · sources disagree: on the official list, no polygon in the boundary package"
        )
    else:
        note = (
            f"两个来源不一致：边界数据包有此单位，官方清单（{LISTED_ON}）没有，图形保留"
            f" · sources disagree: in the boundary package, not on the official list; kept"
        )
    for event in sources.events:
        sides = [(event.get(side) or {}) for side in ("old", "new")]
        if event["year"] > 2020 and any((side.get("code") or "")[:6] == code for side in sides):
            old, new = (side.get("name") or "–" for side in sides)
            number = f"，{event['doc_no']}" if event.get("doc_no") else ""
            note += f"。变更资料：{event['year']}年 {event['type']} {old}→{new}{number}"
    return note


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
        _feature(sources, key, "context", None, "仅作上级单位，未装入图形 · context, not drawn")
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

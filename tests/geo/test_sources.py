"""Is every file of `data/` accounted for, reproducible, and geometrically what it claims to be?"""

from __future__ import annotations

import csv
import hashlib
import itertools
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import shapely
from pyproj import Geod
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geo.errors import BadInput
from geo.loaders.city.boundaries import _has_outer_edge
from geo.loaders.city.extract import chinese_name, extract_city, extract_divisions
from geo.loaders.packages import DATA, LOCK, find_packages
from geo.loaders.rules import STATUSES, read_rules, rule_files
from geo.models.kinds import KINDS

FOLDERS = ("boundaries", "placenames", "standards")
CITIES = {"320400": 6, "500000": 38}
GEOD = Geod(ellps="GRS80")


def features_of(city: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(
        (DATA / f"boundaries/{city}.geojson").read_text(encoding="utf-8")
    )["features"]
    return found


def shapes_of(city: str, role: str) -> dict[str, BaseGeometry]:
    return {
        feature["properties"]["code"]: shape(feature["geometry"])
        for feature in features_of(city)
        if feature["properties"]["role"] == role and feature["geometry"]
    }


def area_m2(area: BaseGeometry) -> float:
    return abs(GEOD.geometry_area_perimeter(area)[0])


def table(name: str) -> list[dict[str, str]]:
    with (DATA / "placenames" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_has_its_entry_and_every_entry_its_file(folder: str) -> None:
    entries = tomllib.loads((DATA / folder / "SOURCES.toml").read_text(encoding="utf-8"))["file"]
    files = {p.name: p for p in (DATA / folder).iterdir() if p.name != "SOURCES.toml"}
    assert files.keys() == entries.keys()
    for name, path in files.items():
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert entries[name]["sha256"] == digest, f"{folder}/{name} differs from SOURCES.toml"
        for key in ("title", "origin", "original_source", "licence", "date", "made"):
            assert entries[name].get(key), f"{folder}/{name} lacks {key}"
        if path.suffix == ".geojson" or "lon" in path.read_text(encoding="utf-8")[:200].split(","):
            assert entries[name].get("crs"), f"{folder}/{name} has coordinates but no CRS"


def test_data_folder_holds_nothing_else() -> None:
    known = {*FOLDERS, "packages.lock", "extract.py", "__pycache__"}
    assert {path.name for path in DATA.iterdir()} <= known


def test_data_stays_small() -> None:
    assert sum(path.stat().st_size for path in DATA.rglob("*.*")) < 3_000_000


def test_lock_pins_by_checksum_and_names_no_index() -> None:
    lines = [line for line in LOCK.read_text().splitlines() if not line.startswith("#")]
    assert len(lines) == 3
    for line in lines:
        assert re.fullmatch(r"[a-z-]+==[\d.]+ --hash=sha256:[0-9a-f]{64}", line)


@pytest.mark.parametrize("city", CITIES)
def test_extracting_again_gives_the_same_bytes(city: str, tmp_path: Path) -> None:
    packages = find_packages()
    if packages is None:
        pytest.skip("the source packages are not installed; loading another city fetches them")
    made = [*extract_city(packages, city, tmp_path), extract_divisions(packages, tmp_path)]
    assert len(made) == 5
    for path in made:
        kept = DATA / path.relative_to(tmp_path)
        assert path.read_bytes() == kept.read_bytes(), path.name


@pytest.mark.parametrize(("city", "count"), CITIES.items())
def test_districts_are_valid_and_fill_their_city_without_overlap_or_gap(
    city: str, count: int
) -> None:
    districts = shapes_of(city, "district")
    territory = shapes_of(city, "city")[city]
    assert len(districts) == count
    assert territory.is_valid
    assert all(area.is_valid for area in districts.values())
    for (one, a), (other, b) in itertools.combinations(districts.items(), 2):
        assert area_m2(a.intersection(b)) == 0, f"{one} and {other} overlap"
    union = shapely.union_all(list(districts.values()))
    assert union.geom_type == "Polygon", "the districts do not hang together"
    assert len(union.interiors) == 0, "a gap lies between the districts"
    assert area_m2(union.difference(territory)) == 0, "a district reaches beyond its city"
    # The package's own polygon of Changzhou holds 1.4 ha of 高淳区 more than its districts.
    assert area_m2(territory.difference(union)) < 20_000


@pytest.mark.parametrize("city", CITIES)
def test_neighbours_share_a_border_and_no_ground_with_the_city(city: str) -> None:
    territory = shapely.union_all(list(shapes_of(city, "district").values()))
    neighbours = shapes_of(city, "neighbour")
    assert neighbours
    for code, area in neighbours.items():
        assert area.is_valid, code
        shared = shapely.intersection(area.boundary, territory.boundary)
        assert GEOD.geometry_length(shared) > 1, code
        assert area_m2(area.intersection(territory)) == 0, code


@pytest.mark.parametrize(("facing", "has_edge"), [("all sides", False), ("three sides", True)])
def test_a_border_that_faces_no_county_is_a_frontier_or_coast(facing: str, has_edge: bool) -> None:
    around = shapely.box(-1, -1, 2, 2).difference(shapely.box(0, 0, 1, 1))
    if facing == "three sides":
        around = around.difference(shapely.box(1, -1, 2, 2))
    neighbour = {"geometry": shapely.geometry.mapping(around)}
    assert _has_outer_edge(shapely.box(0, 0, 1, 1), [neighbour, {"geometry": None}]) is has_edge


def test_no_map_of_the_nation_is_shipped() -> None:
    drawn = [
        feature["properties"]
        for city in CITIES
        for feature in features_of(city)
        if feature["geometry"] and feature["properties"]["level"] == 1
    ]
    assert {unit["code"] for unit in drawn} == {"320000", "500000"}


def test_coordinates_are_not_shifted_to_gcj02() -> None:
    # Changzhou's point in GeoNames (WGS-84); in GCJ-02 it would lie 500 m further east-south-east.
    [changzhou] = [r for r in table("geonames-320400.csv") if r["geonames_id"] == "1815456"]
    point = shapely.Point(float(changzhou["lon"]), float(changzhou["lat"]))
    assert shapes_of("320400", "district")[changzhou["district"]].contains(point)
    west = [r for r in table("geonames-320400.csv") if r["district"]]
    assert len(west) >= 55


def test_disagreeing_sources_are_kept_and_said() -> None:
    notes = {
        feature["properties"]["code"]: feature["properties"]["note"]
        for feature in features_of("500000")
        if feature["properties"]["role"] == "district" and "note" in feature["properties"]
    }
    assert notes.keys() == {"500105", "500112", "500157", "500109"}
    assert all("渝府发〔2025〕15号" in note for note in notes.values())
    townships = json.loads((DATA / "boundaries/townships-500000.json").read_text("utf-8"))
    twice = [unit for unit in townships["townships"] if "也列在" in unit.get("note", "")]
    assert {unit["parent"] for unit in twice} == {"500109", "500157"}


@pytest.mark.parametrize("city", CITIES)
def test_marks_are_no_part_of_a_township_name(city: str) -> None:
    content = json.loads((DATA / f"boundaries/townships-{city}.json").read_text("utf-8"))
    units = content["townships"]
    assert len({unit["code"] for unit in units}) == len(units)
    for unit in units:
        assert re.fullmatch(r"[\u3400-\u9fff]+", unit["name"]), unit
        assert "撤" not in unit["name"]
        assert unit["code"].startswith(unit["parent"])
    abolished = {unit["name"] for unit in units if unit["abolished"]}
    assert abolished == {"320400": {"春江镇"}, "500000": {"巷口镇"}}[city]


@pytest.mark.parametrize("city", CITIES)
def test_places_lie_in_the_city_and_carry_their_attribution(city: str) -> None:
    districts = shapes_of(city, "district")
    rows = table(f"geonames-{city}.csv")
    assert len({row["geonames_id"] for row in rows}) == len(rows) > 50
    for row in rows:
        point = shapely.Point(float(row["lon"]), float(row["lat"]))
        assert districts[row["district"]].covers(point), row
        assert row["crs"] == "EPSG:4326"
        assert "CC BY 4.0" in row["attribution"]
        assert row["name_en"]


@pytest.mark.parametrize(
    ("latin", "alternates", "chinese"),
    [
        ("Changdai", ["马桥", "马桥镇", "长垈"], "长垈"),
        ("Jingjiang", ["靖城", "靖江", "靖城镇"], "靖江"),
        ("Lücheng", ["吕城镇", "吕城"], "吕城"),
        ("Chong’ansi", ["崇安区", "崇安寺", "崇安寺街道"], "崇安寺"),
        ("Nowhere", ["Nowhere"], ""),
    ],
)
def test_the_chinese_name_is_the_one_that_reads_like_the_latin_one(
    latin: str, alternates: list[str], chinese: str
) -> None:
    assert chinese_name(latin, alternates) == chinese


def test_lists_of_changzhou_are_complete() -> None:
    heritage = table("heritage-320400.csv")
    classes = [row["list_class"] for row in heritage]
    assert [classes.count(c) for c in ("古城地名", "古镇地名", "古村落地名")] == [7, 7, 1]
    red = table("red-names-320400.csv")
    assert len(red) == 8
    for row in heritage + red:
        assert row["position_quality"] in ("city", "district", "township")
        assert row["position_source"]
        assert row["status"] == "second_hand"
        code = row["unit_code"]
        digits = {"city": 6, "district": 6, "township": 12}[row["position_quality"]]
        assert len(code) == digits, row["name"]


def test_readings_have_one_row_a_name_and_say_how_sure_they_are() -> None:
    rows = table("readings.csv")
    assert len({row["name"] for row in rows}) == len(rows)
    assert {row["status"] for row in rows} <= {"unverified", "reviewed"}
    assert all(row["source"] for row in rows if row["status"] == "reviewed")


def test_category_codes_are_unique_and_nested() -> None:
    rows = table("categories.csv")
    codes = {row["code"] for row in rows}
    assert len(codes) == len(rows)
    assert {row["status"] for row in rows} == {"S", "?"}
    assert all(row["code5"] == row["code"].ljust(5, "0") for row in rows)


@pytest.mark.parametrize("path", rule_files(), ids=lambda path: path.stem)
def test_rules_name_their_source_and_status(path: Path) -> None:
    rules = read_rules(path)
    assert len({rule["code"] for rule in rules}) == len(rules) > 3
    for rule in rules:
        assert rule["status"] in STATUSES
        assert set(rule["rule"].get("kinds", [])) <= KINDS.keys(), rule["code"]
        assert rule["rule"]["unit"]


def test_a_rule_without_source_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text('[[rule]]\nid="x"\nsubject="s"\ntitle="t"\nstatus="unverified"\n', "utf-8")
    with pytest.raises(BadInput, match="lacks source"):
        read_rules(path)

"""Does the gazetteer say what a place was called, with no more certainty than its dates allow?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import orjson
import pytest
from pyproj import Geod
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import BadInput, NotFound
from geo.gazetteer.heritage import listings, listings_geojson
from geo.gazetteer.history import NEAR, called_in, card, names_near
from geo.loaders.city import load_city
from geo.models.admin import AdminUnit
from geo.models.placename import HeritageListing, Place, PlaceName, PlacePosition
from geo.validity import valid_between

ON = date(2026, 11, 1)
CITY, DISTRICT = "320400000000", "320412000000"


def place(
    session: Session,
    code: str,
    names: Sequence[dict[str, Any]],
    *,
    point: tuple[float, float] | None = None,
    quality: str = "approximate",
    unit: str | None = None,
    **values: Any,
) -> Place:
    """Store a place with its names and one position."""
    made = Place(
        code=code, feature_class=values.pop("feature_class", "P"), is_published=True,
        source="测试", source_date=values.pop("source_date", None), **values,
    )  # fmt: skip
    session.add(made)
    session.flush()
    session.add_all(PlaceName(place_id=made.id, **{"kind": "standard", **n}) for n in names)
    geom = None if point is None else f"SRID=4490;POINT({point[0]} {point[1]})"
    session.add(PlacePosition(place_id=made.id, geom=geom, quality=quality, unit_code=unit))
    session.flush()
    return made


def unit(session: Session, code: str, name: str, level: int, **values: Any) -> None:
    """Store one version of a division without geometry."""
    session.add(
        AdminUnit(code=code, name=name, level=level, geometry_note="none here",
                  is_published=True, **values)
    )  # fmt: skip
    session.flush()


def years(**values: int | None) -> dict[str, int | None]:
    """The four years of a dated name."""
    return {
        "start_earliest": values.get("start"), "start_latest": values.get("start"),
        "end_earliest": values.get("end"), "end_latest": values.get("end"),
    }  # fmt: skip


# --- called in year Y -----------------------------------------------------------


def test_known_years_are_certain_and_exclude_others(session: Session) -> None:
    place(
        session, "t:1",
        [
            {"name": "甲县", "kind": "former", **years(start=1912, end=1987)},
            {"name": "甲市", **years(start=1987)},
        ],
        source_date=date(2026, 9, 11),
    )  # fmt: skip
    in_1950 = called_in(session, "t:1", 1950)
    assert [(n.name, n.verdict) for n in in_1950] == [("甲县", "certain")]
    in_2000 = called_in(session, "t:1", 2000)
    assert [(n.name, n.verdict) for n in in_2000] == [("甲市", "certain")]
    assert called_in(session, "t:1", 1900) == []
    # both in the year of the change
    assert {n.name for n in called_in(session, "t:1", 1987)} == {"甲县", "甲市"}


def test_unknown_years_are_possible_never_certain(session: Session) -> None:
    place(session, "t:2", [{"name": "晋陵", "kind": "former"}, {"name": "常州市"}])
    for year in (-220, 300, 1950, 2026):
        verdicts = {n.name: n.verdict for n in called_in(session, "t:2", year)}
        assert verdicts == {"晋陵": "possible", "常州市": "possible"}
    told = {n.name: n.why_zh for n in called_in(session, "t:2", 300)}
    assert told["晋陵"] == "起止年代未知"


def test_half_known_years_are_possible(session: Session) -> None:
    place(session, "t:3", [{"name": "乙", "kind": "former", **years(start=1900)}])
    assert [n.verdict for n in called_in(session, "t:3", 1950)] == ["possible"]
    assert called_in(session, "t:3", 1899) == []


def test_of_possible_names_one_that_ended_later_comes_first(session: Session) -> None:
    county = {"name": "丁县", "kind": "former", **years(end=1995)}
    place(session, "t:5", [{"name": "丁", "kind": "short"}, county])
    assert [n.name for n in called_in(session, "t:5", 1990)] == ["丁县", "丁"]
    assert [n.name for n in called_in(session, "t:5", 2000)] == ["丁"]


def test_a_doubted_name_is_possible_even_with_years(session: Session) -> None:
    dated = {"name": "丙", "kind": "former", "certainty": "less-certain"}
    place(session, "t:4", [{**dated, **years(start=1900, end=1950)}])
    assert [n.verdict for n in called_in(session, "t:4", 1920)] == ["possible"]


def test_a_range_of_years_is_certain_only_inside(session: Session) -> None:
    ranged = {"name": "丁", "kind": "former", "start_earliest": 280, "start_latest": 300,
              "end_earliest": 580, "end_latest": 600}  # fmt: skip
    place(session, "t:5", [ranged])
    verdicts = {y: [n.verdict for n in called_in(session, "t:5", y)] for y in (279, 290, 400, 590)}
    assert verdicts == {279: [], 290: ["possible"], 400: ["certain"], 590: ["possible"]}
    assert called_in(session, "t:5", 601) == []


def test_a_source_that_saw_the_name_makes_its_year_certain(session: Session) -> None:
    place(session, "t:6", [{"name": "戊村"}], source_date=date(2022, 5, 1))
    verdicts = {y: called_in(session, "t:6", y)[0].verdict for y in (2021, 2022, 2023)}
    assert verdicts == {2021: "possible", 2022: "certain", 2023: "possible"}


def test_dated_states_of_a_division_count(session: Session) -> None:
    seen = {"source_date": date(2026, 9, 11), "source": "测试"}
    unit(session, DISTRICT, "武进县", 3, validity=valid_between(date(1950, 1, 1), date(1995, 6, 8)),
         **seen)  # fmt: skip
    unit(session, DISTRICT, "武进市", 3, validity=valid_between(date(1995, 6, 8), date(2002, 1, 1)),
         **seen)  # fmt: skip
    unit(session, DISTRICT, "武进区", 3, validity=valid_between(date(2002, 1, 1), None), **seen)
    place(session, "t:7", [{"name": "武进区"}], unit_code=DISTRICT, feature_class="A")
    for year, name in ((1960, "武进县"), (1999, "武进市"), (2010, "武进区"), (2026, "武进区")):
        first = called_in(session, "t:7", year)[0]
        assert (first.name, first.verdict) == (name, "certain"), year


def test_questions_about_years_are_checked(session: Session) -> None:
    with pytest.raises(NotFound):
        called_in(session, "nothing", 1950)
    place(session, "t:8", [{"name": "己"}])
    with pytest.raises(BadInput):
        called_in(session, "t:8", 99999)


# --- near a point ------------------------------------------------------------


def test_nearest_names_with_true_distances(session: Session) -> None:
    spots = {"东": (119.98, 31.80), "西": (119.95, 31.80), "远": (120.40, 31.50)}
    for name, point in spots.items():
        place(session, f"n:{name}", [{"name": name}], point=point)
    found = names_near(session, 119.97, 31.80, limit=10)
    assert [n.name for n in found] == ["东", "西", "远"]
    for near in found:
        lon, lat = spots[near.name]
        metres = Geod(ellps="GRS80").inv(119.97, 31.80, lon, lat)[2]
        assert near.distance_m == pytest.approx(metres, abs=0.01)
    assert [n.name for n in names_near(session, 119.97, 31.80, limit=1)] == ["东"]


def test_a_place_known_only_to_its_district_is_not_near(session: Session) -> None:
    place(session, "n:1", [{"name": "某旧址"}], point=(119.97, 31.80), quality="district")
    place(session, "n:2", [{"name": "某村"}], point=(119.99, 31.80), quality="approximate")
    assert [n.name for n in names_near(session, 119.97, 31.80)] == ["某村"]


def test_near_in_a_year(session: Session) -> None:
    place(
        session, "n:3",
        [{"name": "老街", "kind": "former", **years(start=1800, end=1950)},
         {"name": "新街", **years(start=1950)}],
        point=(119.97, 31.80), source_date=date(2026, 1, 1),
    )  # fmt: skip
    place(session, "n:4", [{"name": "开发区", **years(start=1992)}], point=(119.97, 31.80))
    found = names_near(session, 119.97, 31.80, year=1900)
    assert [(n.in_year.name, n.in_year.verdict) for n in found if n.in_year] == [
        ("老街", "certain")
    ]
    assert found[0].name == "新街"  # today's


def test_near_checks_its_question(session: Session) -> None:
    for lon, lat in ((181, 31), (119, 91), (float("nan"), 31)):
        with pytest.raises(BadInput):
            names_near(session, lon, lat)
    with pytest.raises(BadInput):
        names_near(session, 119, 31, limit=0)
    with pytest.raises(BadInput):
        names_near(session, 119, 31, year=10_000)
    assert names_near(session, 119, 31) == []


def test_near_uses_the_index_also_for_the_public(fresh_session: Session, as_public: Any) -> None:
    fresh_session.execute(
        text(
            """WITH p AS (INSERT INTO place (code, feature_class, is_published)
                          SELECT 'g:' || i, 'P', true FROM generate_series(1, 5000) i
                          RETURNING id)
            INSERT INTO place_position (place_id, quality, geom)
            SELECT id, 'point', ST_SetSRID(ST_Point(119 + random(), 31 + random()), 4490) FROM p"""
        )
    )
    fresh_session.execute(text("ANALYZE place, place_position"))
    values = {"lon": 119.9, "lat": 31.8, "year": None, "many": 60}
    explain = text(f"EXPLAIN {NEAR.text}")
    owners = "\n".join(fresh_session.execute(explain, values).scalars())
    with as_public(fresh_session):
        publics = "\n".join(fresh_session.execute(explain, values).scalars())
    for plan in (owners, publics):
        assert "Seq Scan" not in plan, plan
        assert "ix_place_position_geom_geog" in plan, plan


# --- card --------------------------------------------------------------------


def test_the_card_has_everything_with_sources(session: Session, as_public: Any) -> None:
    unit(session, CITY, "常州市", 2)
    made = place(
        session, "c:1",
        [{"name": "毗陵", "kind": "former", "citation": "某志"}, {"name": "常州"}],
        quality="city", unit=CITY, located_in=CITY, origin="某义", attribution="某许可",
    )  # fmt: skip
    session.add(
        HeritageListing(place_id=made.id, list_name="名单", family="heritage",
                        list_level="province", listed_year=2022, citation="某文")
    )  # fmt: skip
    session.flush()
    with as_public(session):
        shown = card(session, "c:1", on=ON)
    assert shown.name == "常州"
    assert [n.name for n in shown.names] == ["常州", "毗陵"]
    assert shown.in_unit_name == "常州市"
    assert shown.listings[0].listed_year == 2022
    assert shown.positions[0].geometry is None
    assert set(shown.sources) == {"测试", "某许可", "某志", "某文"}
    orjson.dumps(shown)  # as the API sends it
    with pytest.raises(NotFound):
        card(session, "c:none")
    with pytest.raises(NotFound):
        card(session, "c:\x00")


def test_an_unpublished_place_is_unknown_to_the_public(session: Session, as_public: Any) -> None:
    made = place(session, "c:2", [{"name": "内部"}], point=(119.9, 31.8))
    made.is_published = False
    with as_public(session):
        with pytest.raises(NotFound):
            card(session, "c:2")
        assert names_near(session, 119.9, 31.8) == []


# --- lists -------------------------------------------------------------------


@pytest.fixture
def listed(session: Session) -> Session:
    """Two heritage names and one red name; two of them known only to a district."""
    unit(session, CITY, "常州市", 2)
    unit(session, DISTRICT, "武进区", 3, parent_code=CITY)
    rows: list[tuple[str, str, str, str, tuple[float, float] | None]] = [
        ("淹城", "heritage", "古村落地名", "district", (119.9, 31.7)),
        ("孟河", "heritage", "古镇地名", "approximate", (119.8, 31.9)),
        ("某旧址", "red", "", "district", None),
    ]
    for name, family, list_class, quality, point in rows:
        made = place(session, f"l:{name}", [{"name": name}], point=point, quality=quality,
                     unit=DISTRICT, located_in=DISTRICT)  # fmt: skip
        session.add(
            HeritageListing(place_id=made.id, list_name="名单", family=family,
                            list_class=list_class or None, list_level="province")
        )  # fmt: skip
    session.flush()
    return session


def test_lists_by_family_class_and_division(listed: Session) -> None:
    assert {e.name for e in listings(listed, family="heritage")} == {"淹城", "孟河"}
    assert [e.name for e in listings(listed, family="red")] == ["某旧址"]
    assert [e.name for e in listings(listed, list_class="古镇地名")] == ["孟河"]
    assert len(listings(listed, within="320400", level="province", on=ON)) == 3
    assert listings(listed, level="national") == []
    with pytest.raises(BadInput):
        listings(listed, family="blue")
    with pytest.raises(BadInput):
        listings(listed, level="world")
    with pytest.raises(NotFound):
        listings(listed, within="110000")


def test_geojson_never_makes_a_point_of_a_district(listed: Session, as_public: Any) -> None:
    with as_public(listed):
        answer = orjson.loads(listings_geojson(listed, family="heritage", on=ON))
    assert answer["type"] == "FeatureCollection"
    assert "crs" not in answer
    assert answer["numberReturned"] == 2
    features = {f["properties"]["name"]: f for f in answer["features"]}
    area = features["淹城"]
    assert area["geometry"] is None
    assert area["properties"]["position_quality"] == "district"
    assert area["properties"]["position_unit"] == DISTRICT
    assert area["properties"]["position_unit_name"] == "武进区"
    assert features["孟河"]["geometry"] == {"type": "Point", "coordinates": [119.8, 31.9]}


def test_the_lists_and_old_names_of_changzhou(session: Session) -> None:
    load_city(session, "320400")
    heritage, red = (listings(session, family=f, on=ON) for f in ("heritage", "red"))
    assert len(heritage) == 15
    assert len(red) == 8
    assert {"常州", "晋陵", "淹城", "孟河"} <= {entry.name for entry in heritage}
    for entry in heritage + red:
        assert entry.citation
        assert entry.geometry is None or entry.position_quality in ("point", "approximate")
    names = {n.name: n.verdict for n in called_in(session, f"unit:{CITY}", 600)}
    assert (names["晋陵"], names["毗陵"]) == ("certain", "possible")
    today = called_in(session, f"unit:{CITY}", 2026)
    assert (today[0].name, today[0].verdict) == ("常州市", "certain")
    whole = card(session, f"unit:{CITY}", on=ON)
    assert whole.division is not None
    assert whole.division.versions
    orjson.dumps(whole)


@pytest.mark.parametrize(
    ("year", "certain", "possible"),
    [
        (-547, set(), {"武进"}), (-400, set(), {"延陵"}), (300, set(), {"毗陵", "延陵"}),
        (500, {"晋陵"}, {"毗陵"}), (610, {"毗陵", "晋陵"}, {"延陵"}), (650, {"晋陵"}, {"武进"}),
        (750, {"晋陵", "武进"}, {"毗陵"}), (1200, {"晋陵", "武进"}, {"毗陵"}),
        (1400, set(), {"晋陵", "武进", "毗陵"}),
    ],
)  # fmt: skip
def test_changzhou_by_year_from_the_histories(
    session: Session, year: int, certain: set[str], possible: set[str]
) -> None:
    """The dated rows of data/: 晋陵 413 to 1356, 武进 686 to 1356, 毗陵 607 to 620 …"""
    load_city(session, "320400")
    found = {n.name: n for n in called_in(session, "unit:320400000000", year)}
    old = {"延陵", "毗陵", "晋陵", "武进"}
    assert {name for name, n in found.items() if n.verdict == "certain"} & old == certain
    assert possible <= {name for name, n in found.items() if n.verdict == "possible"}
    assert all(found[name].citation for name in certain | (possible & old))

"""Does every address answer on a real city: Changzhou, with its demonstration data?"""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date
from typing import Any, TypeVar

import pytest
from fastapi.testclient import TestClient
from pydantic import BaseModel
from pyproj import Geod

from api.reads import COUNTING_AT_ONCE
from api.schemas.answers import Facilities, FacilitiesNear
from api.schemas.coverage import CoverageAnswer, GapsAnswer, MissingAnswer
from api.schemas.divisions import Neighbours, Sources, Units, Zones
from api.schemas.place_names import HeritagePlaces, NamesNear, PlaceCard, PlaceHits
from geo.models.kinds import GROUPS, KINDS

HERE = {"lon": 119.97, "lat": 31.78}
DISTRICTS = {"天宁区", "钟楼区", "新北区", "武进区", "金坛区", "溧阳市"}
GEOD = Geod(ellps="GRS80")

Model = TypeVar("Model", bound=BaseModel)


def asked(client: TestClient, model: type[Model], address: str, **query: Any) -> Model:
    """The answer, read through the model that documents it: a field too many or too few fails."""
    answer = client.get(address, params=query)
    assert answer.status_code == 200, answer.text
    assert '"crs"' not in answer.text[:2000], "GeoJSON knows no crs member (RFC 7946)"
    if '"FeatureCollection"' in answer.text[:200]:
        assert answer.headers["content-type"] == "application/geo+json"
    return model.model_validate_json(answer.content)


def test_facilities_by_kind_state_and_page(client: TestClient) -> None:
    everything = asked(client, Facilities, "/api/facilities", limit=10_000)
    assert everything.numberReturned == len(everything.features) > 300
    assert everything.has_synthetic
    assert all(one.properties.state == "open" for one in everything.features)
    assert all(one.properties.phone is None for one in everything.features)
    homes = asked(client, Facilities, "/api/facilities", kind="elder_home", state="open,planned")
    kinds = {code for code, kind in KINDS.items() if kind.group == "elder_home"}
    assert all(kinds.intersection(one.properties.kinds) for one in homes.features)
    first = asked(client, Facilities, "/api/facilities", limit=10)
    second = asked(client, Facilities, "/api/facilities", limit=10, offset=10)
    codes = [one.properties.code for one in everything.features]
    paged = [one.properties.code for one in (*first.features, *second.features)]
    assert paged == codes[:20]


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ({"care_level": "full"}, lambda p: "full" in p.care_levels),
        ({"max_price": 2500, "kind": "elder_home"}, lambda p: min(x.low for x in p.prices) <= 2500),
        ({"with_free_beds": "true"}, lambda p: p.beds_free > 0),
        ({"with_medical": "true"}, lambda p: p.medical_link),
        ({"barrier_free": "true"}, lambda p: p.has_lift and p.has_ramp),
        ({"fire_state": "passed"}, lambda p: p.fire_state == "passed"),
        ({"ownership": "public"}, lambda p: p.ownership == "public"),
        ({"q": "养老院"}, lambda p: "养老院" in p.name + (p.address or "")),
        ({"within": "320402"}, lambda p: p.admin_code.startswith("320402")),
    ],
)
def test_each_filter_keeps_what_it_says(
    client: TestClient, query: dict[str, Any], holds: Any
) -> None:
    found = asked(client, Facilities, "/api/facilities", limit=10_000, **query)
    everything = asked(client, Facilities, "/api/facilities", limit=10_000)
    assert 0 < found.numberReturned < everything.numberReturned
    assert all(holds(one.properties) for one in found.features)


def test_a_box_and_opening_hours(client: TestClient) -> None:
    box = asked(client, Facilities, "/api/facilities", bbox="119.9,31.7,120.0,31.8")
    assert box.features
    for one in box.features:
        assert one.geometry is not None
        lon, lat = one.geometry.coordinates
        assert 119.9 <= lon <= 120.0
        assert 31.7 <= lat <= 31.8
    noon = asked(client, Facilities, "/api/facilities", kind="canteen", open_at="2026-01-28T11:30")
    night = asked(client, Facilities, "/api/facilities", kind="canteen", open_at="2026-01-28T03:00")
    assert noon.numberReturned > night.numberReturned


@pytest.mark.parametrize("kind", [*KINDS, *GROUPS])
def test_the_nearest_of_every_kind_is_findable_and_truly_measured(
    client: TestClient, kind: str
) -> None:
    found = asked(client, FacilitiesNear, "/api/facilities/nearest", kind=kind, limit=5, **HERE)
    assert found.features
    distances = []
    for rank, one in enumerate(found.features, start=1):
        assert one.properties.rank == rank
        assert one.geometry is not None
        true_m = GEOD.inv(HERE["lon"], HERE["lat"], *one.geometry.coordinates)[2]
        assert one.properties.distance_m == pytest.approx(true_m, abs=0.03)
        distances.append(one.properties.distance_m)
    assert distances == sorted(distances)


def test_within_a_radius(client: TestClient) -> None:
    near = asked(client, FacilitiesNear, "/api/facilities/within-radius", radius_m=1500, **HERE)
    far = asked(client, FacilitiesNear, "/api/facilities/within-radius", radius_m=3000, **HERE)
    assert 0 < near.numberReturned < far.numberReturned
    assert all(one.properties.distance_m <= 1500 for one in near.features)


def test_one_facility(client: TestClient) -> None:
    listed = asked(client, Facilities, "/api/facilities", kind="nursing_home", limit=1).features[0]
    card = asked(client, Facilities, f"/api/facilities/{listed.properties.code}")
    assert [one.properties for one in card.features] == [listed.properties]
    assert listed.properties.is_synthetic
    assert client.get("/api/facilities/nobody").status_code == 404


def test_divisions_of_the_city(client: TestClient) -> None:
    districts = asked(client, Units, "/api/units", parent="320400", level=3)
    assert {one.properties.name for one in districts.features} == DISTRICTS
    assert all(one.geometry is not None for one in districts.features)
    same = asked(client, Units, "/api/units/320400/children")
    assert {one.properties.code for one in same.features} >= {
        one.properties.code for one in districts.features
    }
    townships = asked(client, Units, "/api/units", within="320400", level=4)
    assert len(townships.features) > 40
    for one in townships.features:
        assert one.geometry is None, "no open outlines of the real townships exist"
        assert one.properties.geometry_note
    (city,) = asked(client, Units, "/api/units/320400").features
    assert city.properties.name == "常州市"


def test_the_division_at_a_point_and_its_neighbours(client: TestClient) -> None:
    here = asked(client, Units, "/api/units/at", **HERE)
    names = [one.properties.name for one in here.features]
    assert "常州市" in names
    assert DISTRICTS.intersection(names)
    around = asked(client, Neighbours, "/api/units/320402/neighbours")
    by_code = {one.code[:6]: one for one in around.neighbours}
    assert "320404" in by_code
    assert by_code["320404"].shared_border_m > 1000
    assert by_code["320404"].measure == "量算值"


def test_the_past_of_a_division(client: TestClient) -> None:
    answer = client.get("/api/units/320412/history")
    assert answer.status_code == 200
    told = answer.json()
    assert told["code"] == "320412000000"
    assert told["versions"]
    assert told["events"]
    then = asked(client, Units, "/api/units", parent="320400", on="1995-06-01")
    now = asked(client, Units, "/api/units", parent="320400")
    assert {one.properties.name for one in then.features} != {
        one.properties.name for one in now.features
    }


def test_zones_are_invented_and_say_so(client: TestClient) -> None:
    zones = asked(client, Zones, "/api/zones", within="320400")
    assert zones.features
    assert zones.has_synthetic
    assert all(one.properties.is_synthetic for one in zones.features)
    assert all(one.properties.name.startswith("示例片区") for one in zones.features)


@pytest.mark.parametrize(
    "q", ["常州", "常州市", "changzhou", "Chángzhōu", "毗陵", "晋陵", "常洲市"]
)
def test_the_city_is_found_by_any_of_its_names(client: TestClient, q: str) -> None:
    found = asked(client, PlaceHits, "/api/places", q=q, limit=5)
    assert found.query == q
    assert any(one.properties.name.startswith("常州") for one in found.features), q
    assert found.features[0].properties.how_zh


def test_the_names_around_a_point(client: TestClient) -> None:
    near = asked(client, NamesNear, "/api/places/near", limit=5, **HERE)
    distances = [one.properties.distance_m for one in near.features]
    assert distances == sorted(distances)
    assert len(distances) == 5
    past = asked(client, NamesNear, "/api/places/near", year=1930, **HERE)
    assert all(one.properties.in_year for one in past.features)


def test_listed_names_are_no_exact_points_where_that_is_not_known(client: TestClient) -> None:
    listed = asked(client, HeritagePlaces, "/api/places/heritage")
    red = asked(client, HeritagePlaces, "/api/places/heritage", family="red")
    assert 0 < red.numberReturned < listed.numberReturned
    assert "张太雷旧居" in "".join(one.properties.name for one in red.features)
    for one in listed.features:
        exact = one.properties.position_quality in ("surveyed", "point", "approximate")
        assert exact == (one.geometry is not None)


def test_one_place_with_what_it_was_called(client: TestClient) -> None:
    code = asked(client, PlaceHits, "/api/places", q="常州市").features[0].properties.code
    card = asked(client, PlaceCard, f"/api/places/{code}", year=1930)
    assert card.place.sources
    assert card.called is not None
    assert asked(client, PlaceCard, f"/api/places/{code}").called is None


@pytest.mark.parametrize("areas", ["district", "zone"])
def test_coverage_adds_up(client: TestClient, areas: str) -> None:
    told = asked(
        client, CoverageAnswer, "/api/access/coverage", areas=areas, kind="canteen", radius_m=500
    )
    assert told.features
    assert told.has_synthetic
    assert told.summary.city == "320400000000"
    rows = [one.properties for one in told.features]
    shown = sum(row.people_60 or 0 for row in rows)
    whole = told.summary.total.people_60
    assert whole is not None
    withheld = sum(1 for row in rows if row.people_60 is None)
    assert abs(whole - shown) <= 5 * (len(rows) + 1 - withheld) + 10 * withheld, "rounding only"
    assert told.summary.published_only
    assert told.summary.rounded_to == 10
    for row in rows:
        if row.covered_60 is not None and row.people_60:
            assert row.share_60 == pytest.approx(row.covered_60 / row.people_60)
    if areas == "district":
        assert {row.area_name for row in rows} == DISTRICTS
        wider = asked(client, CoverageAnswer, "/api/access/coverage", kind="canteen", radius_m=1000)
        assert (wider.summary.total.covered_60 or 0) > (told.summary.total.covered_60 or 0)


def test_townships_without_an_outline_are_unknown_not_zero(client: TestClient) -> None:
    told = asked(client, CoverageAnswer, "/api/access/coverage", areas="township", kind="canteen")
    assert told.features
    for one in told.features:
        assert one.geometry is None
        assert one.properties.status == "no_geometry"
        assert one.properties.people_60 is None


def test_small_counts_are_withheld(client: TestClient) -> None:
    for kind in ("canteen", "elder_home", "bathing"):
        told = asked(
            client, CoverageAnswer, "/api/access/coverage", areas="zone", kind=kind, radius_m=300
        )
        for one in told.features:
            p = one.properties
            for count in (p.people_60, p.people_65, p.people_80, p.covered_60, p.covered_80):
                assert count is None or count % 10 == 0
            for whole, part in ((p.people_60, p.covered_60), (p.people_80, p.covered_80)):
                assert whole is None or whole == 0 or whole >= 10
                assert part is None or part == 0 or part >= 10
                if whole is not None and part is not None:
                    assert whole - part == 0 or whole - part >= 10


def test_gaps_hold_those_who_are_not_covered(client: TestClient) -> None:
    question: dict[str, Any] = {"kind": "day_care", "radius_m": 1000}
    told = asked(client, GapsAnswer, "/api/access/gaps", limit=1000, **question)
    covered = asked(client, CoverageAnswer, "/api/access/coverage", **question)
    ranks = [one.properties.rank for one in told.features]
    assert ranks == list(range(1, len(ranks) + 1))
    for area in covered.features:
        p = area.properties
        parts = [g.properties for g in told.features if g.properties.area_code == p.area_code]
        if p.people_60 is None or p.covered_60 is None or told.summary.gap_count > 1000:
            continue
        shown = [part.people_60 for part in parts if part.people_60 is not None]
        withheld = len(parts) - len(shown)
        rounding = 5 * (len(shown) + 2)
        left = p.people_60 - p.covered_60 - sum(shown)
        assert -rounding <= left <= rounding + 9 * withheld
        assert left % 10 == 0
    few = asked(client, GapsAnswer, "/api/access/gaps", limit=3, **question)
    assert [one.properties for one in few.features] == [one.properties for one in told.features[:3]]


def test_heavy_counts_wait_their_turn_and_light_questions_do_not(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns = client.app.state.doors.turns  # type: ignore[attr-defined]
    monkeypatch.setattr("api.reads.COUNTING_PATIENCE_S", 0.01)
    with ExitStack() as taken:
        for _ in range(COUNTING_AT_ONCE):
            taken.enter_context(turns.held("busy", patience_s=1))
        answer = client.get("/api/access/coverage", params={"kind": "canteen"})
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        assert client.get("/api/units/320400").status_code == 200
    assert client.get("/api/access/coverage", params={"kind": "canteen"}).status_code == 200


def test_what_must_be_there(client: TestClient) -> None:
    zones = asked(client, MissingAnswer, "/api/access/missing", areas="zone")
    assert zones.rows
    assert zones.has_synthetic
    townships = asked(client, MissingAnswer, "/api/access/missing")
    assert {row.status for row in townships.rows} <= {
        "lacking", "planned", "under_construction", "paused", "unknown", "present",
    }  # fmt: skip
    assert {row.rule_code for row in zones.rows} == {rule.code for rule in zones.rules}


def test_sources_name_their_licences(client: TestClient) -> None:
    told = asked(client, Sources, "/api/sources")
    assert told.sources
    assert all(entry.licence for entry in told.sources)
    assert any("CC BY 4.0" in (entry.licence or "") for entry in told.sources)
    assert all(len(entry.sha256) == 64 for entry in told.sources)


def test_an_earlier_day_is_another_answer(client: TestClient) -> None:
    before = asked(client, Facilities, "/api/facilities", on="1990-01-01")
    today = asked(client, Facilities, "/api/facilities", on=date.today().isoformat())  # noqa: DTZ011
    assert before.numberReturned < today.numberReturned

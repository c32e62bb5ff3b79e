"""Does public mode keep areas back while they have no approval number?"""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

AREAS = (
    "/api/units/320400",
    "/api/units?level=3",
    "/api/zones?within=320400",
    "/api/access/coverage?kind=canteen&radius_m=500",
    "/api/access/gaps?kind=canteen&radius_m=500",
)
PAST = "/api/units/320402?on=2001-01-01"


def outlines(client: TestClient, address: str) -> list[str]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return [one["geometry"]["type"] for one in answer.json()["features"] if one["geometry"]]


@pytest.mark.parametrize("address", [*AREAS, PAST])
def test_without_a_number_areas_leave_without_outlines_in_public_mode(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    assert outlines(client, address), "inside, they are there"
    monkeypatch.setenv("ATLAS_PUBLIC_MODE", "true")
    assert outlines(client, address) == []
    told = client.get(address).json()
    assert "审图号" in told["geometry_note"]
    named = told["features"][0]["properties"]
    assert named.get("name") or named.get("area_name")


def test_a_number_opens_today_but_not_the_past(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_PUBLIC_MODE", "true")
    monkeypatch.setenv("ATLAS_MAP_APPROVAL_NUMBER", "example")
    assert all(outlines(client, address) for address in AREAS)
    assert outlines(client, PAST) == []
    monkeypatch.setenv("ATLAS_OLD_MAP_APPROVAL_NUMBER", "example of old boundaries")
    assert outlines(client, PAST)


def test_points_are_answered_in_public_mode(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_PUBLIC_MODE", "true")
    assert outlines(client, "/api/facilities?kind=canteen&limit=3") == ["Point"] * 3


def test_a_list_is_not_known_before_it_was_made(client: TestClient) -> None:
    address = "/api/places/heritage?within=320400"
    assert client.get(f"{address}&on=1999-01-01").json()["features"] == []
    listed = client.get(f"{address}&on=2021-12-31").json()["features"]
    assert {one["properties"]["family"] for one in listed} == {"red"}
    assert len(client.get(address).json()["features"]) == 23

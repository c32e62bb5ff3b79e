"""Does the search over HTTP tell why, keep to polygons, and suggest while a name is typed?"""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.problems import PROBLEM
from api.schemas.place_names import PlaceHits, SuggestedNames

TIANNING = [[[119.9, 31.7], [120.1, 31.7], [120.1, 31.85], [119.9, 31.85], [119.9, 31.7]]]


def hits(client: TestClient, **asked: Any) -> PlaceHits:
    answer = client.get("/api/places", params=asked)
    assert answer.status_code == 200, answer.text
    return PlaceHits.model_validate_json(answer.content)


def test_each_hit_says_why(client: TestClient) -> None:
    first = hits(client, q="毗陵").features[0].properties
    assert (first.name, first.matched_name, first.matched_kind) == ("常州市", "毗陵", "former")
    assert first.how_zh == "曾用名「毗陵」名称相同"
    assert first.how_en == "former name “毗陵”: same name"
    assert (first.use, first.distance_m) == ("in_use", None)
    wrong = hits(client, q="漂阳").features[0].properties
    assert (wrong.name, wrong.how, wrong.how_zh) == ("溧阳市", "look_alike", "简称「溧阳」一字形近")


def test_near_and_box(client: TestClient) -> None:
    near = hits(client, q="常州", near="119.97,31.78").features[0].properties
    assert near.name == "常州市"
    assert near.distance_m == 0.0
    inside = hits(client, q="武进", bbox="119.0,31.0,119.1,31.1")
    assert inside.features == []


def test_a_polygon_is_sent(client: TestClient) -> None:
    polygon = {"type": "Polygon", "coordinates": TIANNING}
    answer = client.post("/api/places/search", json={"q": "天宁", "area": polygon, "limit": 5})
    assert answer.status_code == 200, answer.text
    found = PlaceHits.model_validate_json(answer.content)
    assert found.features[0].properties.name == "天宁区"
    far = {"type": "Polygon", "coordinates": [[[1, 1], [2, 1], [2, 2], [1, 1]]]}
    none = client.post("/api/places/search", json={"q": "天宁", "area": far})
    assert none.json()["features"] == []


@pytest.mark.parametrize(
    ("sent", "parameter"),
    [
        ({"q": ""}, "q"),
        ({"q": "常州", "limit": 0}, "limit"),
        ({"q": "常州", "near": [400, 1]}, "near"),
        ({"q": "常州", "area": {"type": "Point", "coordinates": [1, 1]}}, "area"),
        (
            {
                "q": "常州",
                "area": {
                    "type": "Polygon",
                    "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]],
                },
            },
            "area",
        ),
        ({"q": "常州", "what": 1}, "what"),
    ],
)
def test_what_cannot_be_asked_is_named(
    client: TestClient, sent: dict[str, Any], parameter: str
) -> None:
    answer = client.post("/api/places/search", json=sent)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == PROBLEM
    assert parameter in str(answer.json().get("parameter"))


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("毗", "常州市"),
        ("wuj", "武进区"),
        ("武进", "武进区"),
        ("cz", "常州市"),
        ("Wujin Dis", "武进区"),
    ],
)
def test_names_are_suggested_while_typing(client: TestClient, typed: str, name: str) -> None:
    answer = client.get("/api/names/suggest", params={"q": typed, "lang": "en"})
    assert answer.status_code == 200, answer.text
    told = SuggestedNames.model_validate_json(answer.content)
    assert name in [item.name for item in told.items]
    assert all(item.reason == item.how_en for item in told.items)
    assert len({item.place_id for item in told.items}) == len(told.items)

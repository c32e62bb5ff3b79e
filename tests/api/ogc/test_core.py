"""Do the doors pass the abstract tests of OGC API Features Part 1 (OGC 17-069r4, annex A)?

The names of the tests follow those of the annex; each checks what the test there asks for.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.ogc.door import ADDRESSES
from geo.queries.collections import COLLECTIONS

PROBLEM = "application/problem+json"
GEOJSON = "application/geo+json"
NAMES = [*COLLECTIONS]
POINTS = "/ogc/collections/facilities/items"
CLASSES = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/"


def ok(client: TestClient, address: str, **headers: str) -> Any:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, (address, answer.text[:300])
    return answer.json()


def refused(client: TestClient, address: str, status: int = 400) -> dict[str, Any]:
    answer = client.get(address)
    assert answer.status_code == status, (address, answer.status_code, answer.text[:200])
    assert answer.headers["content-type"] == PROBLEM
    told: dict[str, Any] = answer.json()
    return told


def rels(body: dict[str, Any], rel: str) -> list[dict[str, Any]]:
    return [link for link in body["links"] if link["rel"] == rel]


# --- A.2.2 landing page, API definition, conformance -------------------------


@pytest.mark.parametrize("address", ["/ogc", "/ogc/"])
def test_root_op_and_success(client: TestClient, address: str) -> None:
    body = ok(client, address)
    assert body["title"]
    for rel in ("service-desc", "conformance", "data", "self", "alternate"):
        assert rels(body, rel), rel
    assert rels(body, "service-desc") or rels(body, "service-doc")


@pytest.mark.parametrize("rel", ["service-desc", "service-doc", "conformance", "data"])
def test_links_of_the_landing_page_lead_somewhere(client: TestClient, rel: str) -> None:
    for link in rels(ok(client, "/ogc/"), rel):
        answer = client.get(link["href"])
        assert answer.status_code == 200
        assert answer.headers["content-type"].split(";")[0] == link["type"].split(";")[0]


def test_api_definition_is_openapi_30_and_tells_every_address(client: TestClient) -> None:
    answer = client.get("/ogc/api")
    assert answer.headers["content-type"] == "application/vnd.oai.openapi+json;version=3.0"
    document = answer.json()
    assert document["openapi"].startswith("3.0.")
    told = {
        (re.sub(r"\{\w+\}", "*", path).strip("/"), method.upper())
        for path, methods in document["paths"].items()
        for method in methods
    }
    own = {
        ("/".join(part or "*" for part in address.parts), method)
        for address in ADDRESSES
        for method in address.methods
    }
    assert told == own
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], (path, method)
            for parameter in operation["parameters"]:
                if "$ref" in parameter:
                    name = parameter["$ref"].rpartition("/")[2]
                    parameter = document["components"]["parameters"][name]
                assert parameter["name"], (path, method)
            for status, response in operation["responses"].items():
                assert status[0] in "2345"
                assert response["description"]


def test_no_reference_of_the_document_leads_nowhere(client: TestClient) -> None:
    document = ok(client, "/ogc/api")
    for reference in re.findall(r'"\$ref": ?"#/([^"]+)"', client.get("/ogc/api").text):
        node: Any = document
        for part in reference.split("/"):
            node = node[part]


def test_conformance_op_and_success(client: TestClient) -> None:
    classes = ok(client, "/ogc/conformance")["conformsTo"]
    assert {f"{CLASSES}{one}" for one in ("core", "oas30", "html", "geojson")} <= set(classes)
    assert len(classes) == len(set(classes))


# --- A.2.4, A.2.5 collections and collection ---------------------------------


def test_fc_md_op_and_success(client: TestClient) -> None:
    body = ok(client, "/ogc/collections")
    assert [one["id"] for one in body["collections"]] == [*NAMES, "catalogue"]
    assert rels(body, "self")
    assert rels(body, "alternate")


@pytest.mark.parametrize("name", NAMES)
def test_fc_md_items_links_and_extent(client: TestClient, name: str) -> None:
    listed = next(one for one in ok(client, "/ogc/collections")["collections"] if one["id"] == name)
    body = ok(client, f"/ogc/collections/{name}")
    told = ("id", "title", "description", "extent", "itemType", "storageCrs")
    assert {key: body[key] for key in told} == {key: listed[key] for key in told}
    items = rels(body, "items")
    assert {GEOJSON, "text/html"} <= {link["type"] for link in items}
    assert all(link["type"] for link in body["links"])
    if name == "heritage-names":  # in this city they are known to lie in a division, no more
        assert "spatial" not in body["extent"]
    else:
        west, south, east, north = body["extent"]["spatial"]["bbox"][0]
        assert -180 <= west < east <= 180
        assert -90 <= south < north <= 90
    ((since, until),) = body["extent"]["temporal"]["interval"]
    for moment in (since, until):
        assert moment is None or re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", moment)


@pytest.mark.parametrize("name", [one for one in NAMES if one != "heritage-names"])
def test_the_extent_holds_every_feature(client: TestClient, name: str) -> None:
    box = ok(client, f"/ogc/collections/{name}")["extent"]["spatial"]["bbox"][0]
    whole = ok(client, f"/ogc/collections/{name}/items?limit=10000&datetime=../..")
    with_shape = [one for one in whole["features"] if one["geometry"]]
    slack = [box[0] - 1e-6, box[1] - 1e-6, box[2] + 1e-6, box[3] + 1e-6]
    inside = ok(
        client,
        f"/ogc/collections/{name}/items?limit=1&datetime=../..&bbox=" + ",".join(map(repr, slack)),
    )
    assert inside["numberMatched"] == len(with_shape) > 0


@pytest.mark.parametrize("path", ["x", "facility", "facilities/x", "facilities/items/x/y"])
def test_unknown_addresses_are_404(client: TestClient, path: str) -> None:
    refused(client, f"/ogc/collections/{path}", 404)


# --- A.2.6 … features, response ----------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_fc_op_and_response(client: TestClient, name: str) -> None:
    answer = client.get(f"/ogc/collections/{name}/items")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == GEOJSON
    body = answer.json()
    assert body["type"] == "FeatureCollection"
    assert body["numberReturned"] == len(body["features"]) <= 10
    assert body["numberMatched"] >= body["numberReturned"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", body["timeStamp"])
    for rel in ("self", "alternate", "collection"):
        assert rels(body, rel)
    assert all(link["type"] for link in body["links"])
    for feature in body["features"]:
        assert feature["type"] == "Feature"
        assert isinstance(feature["id"], str)
        declared = COLLECTIONS[name].properties
        assert set(feature["properties"]) == {one.name for one in declared if one.in_lists}
        assert "crs" not in feature


@pytest.mark.parametrize("name", NAMES)
def test_f_op_and_success(client: TestClient, name: str) -> None:
    listed = ok(client, f"/ogc/collections/{name}/items?limit=3")["features"]
    for one in listed:
        body = ok(client, f"/ogc/collections/{name}/items/{one['id']}")
        more = {each.name for each in COLLECTIONS[name].properties if not each.in_lists}
        assert body["properties"].keys() - one["properties"].keys() == more
        for each in more:
            del body["properties"][each]
        assert {key: body[key] for key in one} == one
        for rel in ("self", "alternate", "collection"):
            assert rels(body, rel)


@pytest.mark.parametrize("id", ["nope", "0", "-1", "9" * 30, "%00", "a@2020-01-01", "a@b", "x'--"])
@pytest.mark.parametrize("name", ["facilities", "place-names"])
def test_an_unknown_feature_is_404(client: TestClient, name: str, id: str) -> None:
    refused(client, f"/ogc/collections/{name}/items/{id}", 404)


# --- limit -------------------------------------------------------------------


@pytest.mark.parametrize("limit", [1, 2, 7, 100])
def test_rc_limit_response(client: TestClient, limit: int) -> None:
    body = ok(client, f"{POINTS}?limit={limit}")
    assert body["numberReturned"] == limit == len(body["features"])
    assert rels(body, "next")


def test_a_limit_beyond_the_most_is_no_error(client: TestClient) -> None:
    body = ok(client, f"{POINTS}?limit=1000000")
    assert body["numberReturned"] == body["numberMatched"]
    assert not rels(body, "next")


@pytest.mark.parametrize("limit", ["0", "-1", "1.5", "", "ten", "1e3", "１", "0x1", " 1"])
def test_a_wrong_limit_is_400(client: TestClient, limit: str) -> None:
    assert refused(client, f"{POINTS}?limit={limit}")["parameter"] == "limit"


# --- bbox --------------------------------------------------------------------


def test_fc_bbox_response(client: TestClient) -> None:
    whole = ok(client, f"{POINTS}?limit=10000")["features"]
    west, south, east, north = box = (119.9, 31.7, 120.0, 31.8)
    expected = {
        one["id"]
        for one in whole
        if west <= one["geometry"]["coordinates"][0] <= east
        and south <= one["geometry"]["coordinates"][1] <= north
    }
    found = ok(client, f"{POINTS}?limit=10000&bbox={','.join(map(str, box))}")
    assert {one["id"] for one in found["features"]} == expected
    assert 0 < len(expected) < len(whole)
    high = f"{west},{south},-10,{east},{north},8000"
    assert ok(client, f"{POINTS}?limit=1&bbox={high}")["numberMatched"] == len(expected)


@pytest.mark.parametrize("box", ["119.7,31,121,33", "170,-50,-170,50", "119.9,31.7,119.9,31.7"])
def test_boxes_on_both_sides_of_the_antimeridian(client: TestClient, box: str) -> None:
    body = ok(client, f"{POINTS}?bbox={box}")
    assert (body["numberMatched"] > 0) == box.startswith("119.7")


def test_a_box_across_the_antimeridian_goes_the_long_way_round(client: TestClient) -> None:
    whole = ok(client, f"{POINTS}?limit=1")["numberMatched"]
    assert ok(client, f"{POINTS}?bbox=100,-90,-170,90&limit=1")["numberMatched"] == whole
    assert ok(client, f"{POINTS}?bbox=130,-90,110,90&limit=1")["numberMatched"] == 0


@pytest.mark.parametrize(
    "box",
    ["", "1", "1,2,3", "1,2,3,4,5", "1,2,3,4,5,6,7", "a,b,c,d", "nan,1,2,3", "1,2,inf,4",
     "1,50,2,40", "1,2,3,4,", "-181,0,0,1", "0,-91,1,0", "0,0,1,1e999", "1 2 3 4", "0,0,1,\0",
     "0,0,5,1,1,2"],
)  # fmt: skip
def test_a_wrong_box_is_400(client: TestClient, box: str) -> None:
    assert refused(client, f"{POINTS}?bbox={box}".replace("\0", "%00"))["parameter"] == "bbox"


# --- datetime ----------------------------------------------------------------


def test_fc_time_response(client: TestClient) -> None:
    at = "/ogc/collections/units/items?limit=10000&skipGeometry=true&datetime="
    today = {one["id"] for one in ok(client, at.partition("&datetime")[0])["features"]}
    assert today == {one["id"] for one in ok(client, f"{at}2026-11-01")["features"]}
    old = {one["id"] for one in ok(client, f"{at}2001-01-01")["features"]}
    assert old != today
    versions = ok(client, f"{at}../..")["features"]
    assert len({one["id"] for one in versions}) == len(versions), "ids are unique in an interval"
    codes = [one["properties"]["code"] for one in versions]
    assert len(set(codes)) < len(codes), "a code has several versions"
    for one in versions[:3]:
        found = ok(client, f"/ogc/collections/units/items/{one['id']}")
        assert found["properties"] == one["properties"]


@pytest.mark.parametrize(
    ("first", "second"),
    [("2015-05-01", "2015-05-01T12:00:00Z"), ("2015-05-01/..", "2015-05-01/"),
     ("../2015-05-01", "/2015-05-01"), ("2015-05-01", "2015-05-01T00:00:00+08:00"),
     ("2015-05-02", "2015-05-01T16:00:00Z"), ("2015-05-01", "2015-05-01T15:59:59.999Z")],
)  # fmt: skip
def test_moments_are_days_in_china(client: TestClient, first: str, second: str) -> None:
    at = "/ogc/collections/units/items?limit=10000&skipGeometry=true&datetime="
    one, other = (ok(client, at + said.replace("+", "%2B")) for said in (first, second))
    assert one["features"] == other["features"]


def test_an_interval_is_closed(client: TestClient) -> None:
    at = "/ogc/collections/units/items?limit=10000&skipGeometry=true&datetime="
    ended = next(
        one["properties"]
        for one in ok(client, f"{at}../..")["features"]
        if one["properties"]["valid_until"]
    )
    end = ended["valid_until"]

    def holds(when: str) -> bool:
        return any(one["properties"] == ended for one in ok(client, at + when)["features"])

    from datetime import date, timedelta

    last = (date.fromisoformat(end) - timedelta(days=1)).isoformat()
    assert holds(f"{last}/{end}")
    assert holds(f"{last}/{last}")
    assert not holds(f"{end}/..")


@pytest.mark.parametrize(
    "when",
    ["", "yesterday", "2020", "2020-13-01", "2020-02-30", "2020-01-01T00:00:00",
     "2020-01-01T25:00:00Z", "2021-01-01/2020-01-01", "2020-01-01/2021-01-01/2022-01-01",
     "infinity", "2020-01-01/x", "２０２０-01-01", "0000-01-01", "10000-01-01",
     "../", "2020-01-01Z"],
)  # fmt: skip
def test_a_wrong_moment_is_400(client: TestClient, when: str) -> None:
    if when == "../":
        ok(client, f"{POINTS}?datetime={when}&limit=1")
        return
    assert refused(client, f"{POINTS}?datetime={when}")["parameter"] == "datetime"


# --- parameters, formats, methods --------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["/ogc/", "/ogc/conformance", "/ogc/collections", "/ogc/api", "/ogc/collections/units",
     "/ogc/collections/units/items", "/ogc/collections/units/queryables", "/ogc/catalogue",
     "/ogc/collections/units/items/320400000000", "/ogc/catalogue/items"],
)  # fmt: skip
def test_query_param_unknown_and_twice(client: TestClient, address: str) -> None:
    told = refused(client, f"{address}?my_parameter=1")
    assert told["parameter"] == "my_parameter"
    assert refused(client, f"{address}?f=json&f=json")["parameter"] == "f"
    assert refused(client, f"{address}?f=xml")["parameter"] == "f"
    assert refused(client, f"{address}?%ff=1")["status"] == 400
    page = client.get(f"{address}?f=html")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "<script" not in page.text
    assert client.get(address, headers={"Accept": "text/html"}).text[:15] == "<!doctype html>"
    assert client.get(address, headers={"Accept": "image/png"}).status_code == 406
    assert client.get(address, headers={"Accept": "image/png, */*;q=0.1"}).status_code == 200


@pytest.mark.parametrize("address", ["/ogc/collections", POINTS, "/ogc/"])
def test_methods(client: TestClient, address: str) -> None:
    head = client.head(address)
    assert head.status_code == 200
    assert head.content == b""
    options = client.options(address)
    assert options.status_code == 204
    assert {"GET", "HEAD", "OPTIONS"} <= set(options.headers["allow"].split(", "))
    wrong = client.request("TRACE", address)
    assert wrong.status_code == 405
    assert wrong.headers["allow"] == options.headers["allow"]


@pytest.mark.parametrize(
    ("accept", "media"),
    [("", GEOJSON), ("*/*", GEOJSON), ("application/json", GEOJSON),
     ("application/geo+json", GEOJSON), ("text/html", "text/html; charset=utf-8"),
     ("text/html;q=0.2, application/geo+json", GEOJSON),
     ("application/geo+json;q=0, text/*", "text/html; charset=utf-8")],
)  # fmt: skip
def test_accept(client: TestClient, accept: str, media: str) -> None:
    answer = client.get(f"{POINTS}?limit=1", headers={"Accept": accept})
    assert answer.headers["content-type"] == media
    assert "Accept" in answer.headers["vary"]


# --- properties, skipGeometry, property filters, sortby ----------------------


def test_properties_and_skip_geometry(client: TestClient) -> None:
    body = ok(client, f"{POINTS}?properties=name,beds_total&skipGeometry=true&limit=2")
    for one in body["features"]:
        assert set(one["properties"]) == {"name", "beds_total", "is_synthetic"}
        assert one["geometry"] is None
    assert refused(client, f"{POINTS}?properties=nope")["parameter"] == "properties"
    assert refused(client, f"{POINTS}?skipGeometry=maybe")["parameter"] == "skipGeometry"


@pytest.mark.parametrize(
    ("name", "value"),
    [("state", "open"), ("admin_code", "320402000000"), ("kinds", "canteen"),
     ("is_synthetic", "true"), ("beds_total", "100"), ("valid_from", "2020-01-01"),
     ("floor_area_m2", "1000.5")],
)  # fmt: skip
def test_rc_numbers_and_property_filters(client: TestClient, name: str, value: str) -> None:
    whole = ok(client, f"{POINTS}?limit=10000&skipGeometry=true")["features"]

    def fits(one: dict[str, Any]) -> bool:
        own = one["properties"][name]
        if isinstance(own, list):
            return value in own
        return own is not None and str(own).lower() == value

    body = ok(client, f"{POINTS}?limit=10000&skipGeometry=true&{name}={value}")
    assert [one["id"] for one in body["features"]] == [one["id"] for one in whole if fits(one)]
    assert body["numberMatched"] == body["numberReturned"]


@pytest.mark.parametrize(
    ("name", "value"), [("beds_total", "many"), ("is_synthetic", "1"), ("valid_from", "soon")]
)
def test_a_wrong_property_value_is_400(client: TestClient, name: str, value: str) -> None:
    assert refused(client, f"{POINTS}?{name}={value}")["parameter"] == name


@pytest.mark.parametrize("words", ["nope", "kinds", "name,name", "", "a;b", "name,", "-", "hours"])
def test_a_wrong_order_is_400(client: TestClient, words: str) -> None:
    assert refused(client, f"{POINTS}?sortby={words}")["parameter"] == "sortby"


def test_the_tag_of_a_feature_is_another_once_its_map_is_approved(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a proxy kept with 未经地图审核 is not answered as the same with a number."""
    address = "/ogc/collections/units/items/320400000000"
    before = client.get(address).headers["etag"]
    assert client.get(address, headers={"If-None-Match": before}).status_code == 304
    monkeypatch.setenv("ATLAS_MAP_APPROVAL_NUMBER", "示例号")
    again = client.get(address, headers={"If-None-Match": before})
    assert again.status_code == 200
    assert again.headers["etag"] != before
    assert "示例号" in again.text

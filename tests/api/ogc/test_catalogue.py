"""Does the catalogue say licence, source, date and 审图号, and do map layers wait for theirs?"""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from geo.queries.collections import COLLECTIONS

LAYERS = ["units", "lines", "zones"]
OTHERS = [name for name in COLLECTIONS if name not in LAYERS]


def test_every_collection_has_a_record(client: TestClient) -> None:
    home = client.get("/ogc/catalogue").json()
    assert home["itemType"] == "record"
    (items,) = [link["href"] for link in home["links"] if link["rel"] == "items"]
    told = client.get(items).json()
    assert [one["id"] for one in told["features"]] == [*COLLECTIONS]
    for one in told["features"]:
        facts = one["properties"]
        assert facts["license"]
        assert facts["sources"]
        assert all(source["source"] for source in facts["sources"])
        assert facts["mapApproval"] == (
            "未经地图审核，仅限内部演示" if one["id"] in LAYERS else "不需要 · none needed"
        )
        alone = client.get(f"/ogc/catalogue/items/{one['id']}").json()
        assert alone["properties"] == facts
        assert alone["geometry"] == one["geometry"]
    facilities = told["features"][2]["properties"]
    assert facilities["hasSynthetic"] is True
    assert facilities["license"] == "CC0-1.0"
    assert all(source["synthetic"] for source in facilities["sources"])
    assert client.get("/ogc/catalogue/items/nope").status_code == 404
    assert "CC0-1.0" in client.get("/ogc/catalogue/items?f=html").text
    page = client.get("/ogc/collections/facilities?f=html").text
    assert "含合成数据" in page
    assert "GeoPackage" in page


@pytest.mark.parametrize("name", LAYERS)
def test_a_map_layer_waits_for_its_number_in_public_mode(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    at = f"/ogc/collections/{name}"
    told = client.get(f"{at}/items?limit=1").json()
    assert told["mapApproval"] == "未经地图审核，仅限内部演示"
    assert told["note"] == "示意，不作为划界依据"
    id = told["features"][0]["id"]
    monkeypatch.setenv("ATLAS_PUBLIC_MODE", "true")
    listed = [one["id"] for one in client.get("/ogc/collections").json()["collections"]]
    assert listed == [*OTHERS, "catalogue"]
    addresses = (at, f"{at}/items", f"{at}/items/{id}", f"{at}/queryables",
                 f"/ogc/catalogue/items/{name}", f"{at}/items?filter=TRUE")  # fmt: skip
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 403, address
        assert "审图号" in answer.json()["detail"]
    monkeypatch.setenv("ATLAS_MAP_APPROVAL_NUMBER", "example")
    for address in addresses:
        assert client.get(address).status_code == 200, address
    assert client.get(f"{at}/items?limit=1").json()["mapApproval"] == "example"
    for when in ("2001-01-01", "../..", "2001-01-01/2030-01-01"):
        assert client.get(f"{at}/items?datetime={when}").status_code == 403, (
            "old ones have their own"
        )
    monkeypatch.setenv("ATLAS_OLD_MAP_APPROVAL_NUMBER", "example of old ones")
    assert client.get(f"{at}/items?datetime=../..").status_code == 200


@pytest.mark.parametrize("name", OTHERS)
def test_other_collections_need_no_number(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("ATLAS_PUBLIC_MODE", "true")
    assert client.get(f"/ogc/collections/{name}/items").status_code == 200


def test_links_are_those_of_the_stated_address(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for host in ("evil.example/<script>", "a b", "x'\"", ""):
        answer = client.get("/ogc/", headers={"Host": host})
        assert "<script" not in answer.text
        assert "evil" not in answer.text
    monkeypatch.setenv("ATLAS_PUBLIC_URL", "https://dm.example.cn/atlas/")
    links = client.get("/ogc/collections/facilities/items?limit=1").json()["links"]
    assert all(one["href"].startswith("https://dm.example.cn/atlas/ogc/") for one in links)


@pytest.mark.parametrize(
    "address",
    ["/ogc/", "/ogc/conformance", "/ogc/api", "/ogc/collections", "/ogc/collections/facilities",
     "/ogc/collections/facilities/queryables", "/ogc/collections/facilities/items",
     "/ogc/collections/facilities/items/DEMO-320400-welfare_home-001", "/ogc/catalogue",
     "/ogc/catalogue/items"],
)  # fmt: skip
def test_pages_hold_no_script_and_escape_what_is_asked(client: TestClient, address: str) -> None:
    page = client.get(f"{address}?f=html")
    assert page.status_code == 200
    assert "<script" not in page.text
    assert "script-src" not in page.headers["content-security-policy"]
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    shown = client.get(
        "/ogc/collections/facilities/items",
        params={"f": "html", "name": '"><script>alert(1)</script>'},
    )
    assert shown.status_code == 200
    assert "<script" not in shown.text


def test_records_are_searched_where_clients_look(client: TestClient) -> None:
    """Words, box, days and pages, also below /ogc/collections; wrong ones are named."""
    for at in ("/ogc/catalogue", "/ogc/collections/catalogue"):
        assert client.get(at).json()["itemType"] == "record"
        found = client.get(f"{at}/items", params={"q": "地名 red"}).json()
        assert [one["id"] for one in found["features"]] == ["heritage-names"]
        assert client.get(f"{at}/items/units").json()["id"] == "units"
        for name, value in (
            ("limit", "0"), ("offset", "-1"), ("bbox", "1,2"), ("datetime", "x"), ("words", "x")
        ):  # fmt: skip
            answer = client.get(f"{at}/items", params={name: value})
            assert (answer.status_code, answer.json()["parameter"]) == (400, name)
    assert client.post("/ogc/collections/catalogue/items", json={}).status_code == 405
    assert client.get("/ogc/collections/catalogue/queryables").status_code == 404

"""Do tiles leave as OGC API Tiles says, tagged by their bytes, to those who may see them?"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import morecantile
import pyogrio
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from api.app import create_app
from api.ogc.tiles import MVT
from api.security import issue
from geo.db import Database, make_engine, session_factory
from geo.db.embedded import Embedded
from geo.queries.collections import COLLECTIONS
from geo.queries.matrices import MATRIX_SETS
from tests.factories import make_facility, make_line, make_unit, square
from tests.machine import worker_database

HERE = (119.95, 31.77)
WEB = morecantile.tms.get("WebMercatorQuad").tile(*HERE, 10)


def at(name: str, more: str = "", z: int = 10, tiles: str = "WebMercatorQuad") -> str:
    where = morecantile.tms.get("WebMercatorQuad").tile(*HERE, z)
    return f"/ogc/collections/{name}/tiles/{tiles}/{z}/{where.y}/{where.x}{more}"


@pytest.fixture(scope="module")
def database(home: Path, cluster: Embedded) -> Database:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return worker_database(home, cluster.socket, f"tile_doors_{worker}")


@pytest.fixture(scope="module")
def owner(database: Database) -> Iterator[Engine]:
    made = make_engine(database.owner_url)
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def tokens(database: Database) -> dict[str, str]:
    """A division with a canteen in it and one beyond, a canteen that is not published, a line."""
    with session_factory(database).begin() as session:
        make_unit(session, "320402000000", geom=square(119.9, 31.7))
        make_unit(session, "320404000000", geom=square(120.0, 31.7))
        make_facility(session, HERE, code="A", admin_code="320402000000")
        make_facility(session, (119.96, 31.775), code="B", admin_code="320404000000")
        make_facility(session, (119.97, 31.775), code="hidden", is_published=False,
                      admin_code="320402000000")  # fmt: skip
        make_line(session, "320402000000", "320404000000")
        made = {
            name: issue(session, label=name, role=role, division_code=code, days=1).secret
            for name, role, code in (
                ("planner", "planner", None), ("names_officer", "names_officer", None),
                ("district", "planner", "320402000000"),
            )
        }  # fmt: skip
    return {name: f"Bearer {secret}" for name, secret in made.items()}


@pytest.fixture(scope="module")
def client(database: Database, tokens: dict[str, str]) -> Iterator[TestClient]:
    with TestClient(create_app(database), raise_server_exceptions=False) as opened:
        yield opened


def codes(answer: Any, tmp_path: Path) -> set[str]:
    """The codes in a tile, as GDAL reads it."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == MVT
    file = tmp_path / "0.mvt"
    file.write_bytes(answer.content)
    return set(pyogrio.read_dataframe(file)["code"])


def test_a_tile_is_tagged_by_its_bytes(client: TestClient, tmp_path: Path) -> None:
    first = client.get(at("facilities"))
    assert codes(first, tmp_path) == {"A", "B"}
    assert first.headers["etag"] == f'"{hashlib.sha256(first.content).hexdigest()[:32]}"'
    assert first.headers["cache-control"] == "public, no-cache"
    assert "Authorization" in first.headers["vary"]
    assert "atlas-thinned" not in first.headers
    for said in (first.headers["etag"], f'"x", W/{first.headers["etag"]}', "*"):
        again = client.get(at("facilities"), headers={"If-None-Match": said})
        assert again.status_code == 304
        assert again.content == b""
        assert again.headers["etag"] == first.headers["etag"]
    assert client.get(at("facilities"), headers={"If-None-Match": '"x"'}).status_code == 200
    head = client.head(at("facilities"))
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == first.headers["etag"]


def test_never_not_modified_after_a_commit(
    client: TestClient, owner: Engine, tmp_path: Path
) -> None:
    tag = client.get(at("facilities")).headers["etag"]
    with owner.connect() as writer:
        writer.execute(text("UPDATE facility SET name = 'neu' WHERE code = 'A'"))
        before = client.get(at("facilities"), headers={"If-None-Match": tag})
        assert before.status_code == 304, "nothing is committed yet"
        writer.commit()
    after = client.get(at("facilities"), headers={"If-None-Match": tag})
    assert after.status_code == 200
    assert after.headers["etag"] != tag
    with owner.begin() as writer:
        writer.execute(text("UPDATE facility SET name = '示例' WHERE code = 'A'"))


def test_an_empty_tile_has_no_content(client: TestClient) -> None:
    answer = client.get("/ogc/collections/facilities/tiles/WebMercatorQuad/5/0/0")
    assert (answer.status_code, answer.content) == (204, b"")


def test_each_sees_its_own_tiles(
    client: TestClient, tokens: dict[str, str], tmp_path: Path
) -> None:
    """In whatever order they ask: what one may see is not kept for another."""
    expected = {
        "": {"A", "B"}, "planner": {"A", "B", "hidden"}, "names_officer": {"A", "B"},
        "district": {"A", "hidden"},
    }  # fmt: skip
    for names in (list(expected), list(expected)[::-1]):
        for name in names:
            headers = {"Authorization": tokens[name]} if name else {}
            answer = client.get(at("facilities"), headers=headers)
            assert codes(answer, tmp_path) == expected[name], name
            private = "private, no-cache" if name else "public, no-cache"
            assert answer.headers["cache-control"] == private
    assert client.get(at("facilities"), headers={"Authorization": "Bearer x"}).status_code == 401


def test_a_day_shows_what_was_then(client: TestClient, owner: Engine, tmp_path: Path) -> None:
    with owner.begin() as writer:
        writer.execute(text("UPDATE facility SET validity = '[2020-01-01,)' WHERE code = 'B'"))
    assert codes(client.get(at("facilities", "?datetime=2019-06-01")), tmp_path) == {"A"}
    assert codes(client.get(at("facilities", "?datetime=2019-06-01/..")), tmp_path) == {"A", "B"}
    with owner.begin() as writer:
        writer.execute(text("UPDATE facility SET validity = '[,)' WHERE code = 'B'"))
    assert codes(client.get(at("facilities", "?datetime=2019-06-01")), tmp_path) == {"A", "B"}


def test_public_mode_shows_no_unapproved_layer(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    past = "?datetime=2001-01-01"
    assert client.get(at("units")).status_code == 200
    monkeypatch.setenv("ATLAS_PUBLIC_MODE", "true")
    for name in ("units", "lines"):
        for address in (at(name), f"/ogc/collections/{name}/tiles",
                        f"/ogc/collections/{name}/tiles/WebMercatorQuad?f=tilejson"):  # fmt: skip
            refused = client.get(address)
            assert refused.status_code == 403, address
            assert "审图号" in refused.json()["detail"]
    assert client.get(at("facilities")).status_code == 200
    monkeypatch.setenv("ATLAS_MAP_APPROVAL_NUMBER", "example")
    assert client.get(at("units")).status_code == 200
    assert client.get(at("units", past)).status_code == 403, "old boundaries need their own"
    monkeypatch.setenv("ATLAS_OLD_MAP_APPROVAL_NUMBER", "example of old")
    assert client.get(at("units", past)).status_code == 200
    told = client.get("/ogc/collections/units/tiles/WebMercatorQuad?f=tilejson").json()
    assert "example" in told["attribution"]
    assert "示意" in told["attribution"]


def test_a_thinned_tile_says_so(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, owner: Engine, tmp_path: Path
) -> None:
    with owner.begin() as writer:
        writer.execute(
            text("""INSERT INTO facility (code, name, kinds, geom, is_published)
            SELECT 'm' || i, 'm', '{canteen}', ST_SetSRID(ST_Point(121 + (i % 20) / 200.0,
                   32.0 + (i / 20) / 200.0), 4490), true FROM generate_series(1, 400) i""")
        )
    monkeypatch.setenv("ATLAS_TILE_FEATURES", "100")
    address = "/ogc/collections/facilities/tiles/WebMercatorQuad/5/12/26"
    answer = client.get(address)
    shown, matched = map(int, answer.headers["atlas-thinned"].split("/"))
    assert len(codes(answer, tmp_path)) == shown <= 100 < matched
    monkeypatch.delenv("ATLAS_TILE_FEATURES")


@pytest.mark.parametrize(
    ("address", "status", "parameter"),
    [
        (at("facilities", "?datetime=yesterday"), 400, "datetime"),
        (at("facilities", "?bbox=1,2,3,4"), 400, "bbox"),
        (at("facilities", "?f=png"), 400, "f"),
        ("/ogc/collections/facilities/tiles/WebMercatorQuad/x/1/1", 400, "tileMatrix"),
        ("/ogc/collections/facilities/tiles/WebMercatorQuad/1/-1/1", 400, "tileRow"),
        ("/ogc/collections/facilities/tiles/WebMercatorQuad/1/1/2", 404, None),
        ("/ogc/collections/facilities/tiles/WebMercatorQuad/99/1/1", 404, None),
        ("/ogc/collections/facilities/tiles/Nowhere/1/1/1", 404, None),
        ("/ogc/collections/nothing/tiles/WebMercatorQuad/1/1/1", 404, None),
        ("/ogc/collections/nothing/tiles", 404, None),
        ("/ogc/collections/facilities/tiles/Nowhere", 404, None),
        ("/ogc/tileMatrixSets/Nowhere", 404, None),
        ("/ogc/tileMatrixSets?x=1", 400, "x"),
    ],
)
def test_what_cannot_be_answered_is_a_problem(
    client: TestClient, address: str, status: int, parameter: str | None
) -> None:
    answer = client.get(address)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json().get("parameter") == parameter


def test_no_other_format_and_method(client: TestClient) -> None:
    assert client.get(at("facilities"), headers={"Accept": "image/png"}).status_code == 406
    assert client.get(at("facilities"), headers={"Accept": MVT}).status_code == 200
    refused = client.post(at("facilities"))
    assert refused.status_code == 405
    assert "GET" in refused.headers["allow"]


@pytest.mark.parametrize("name", COLLECTIONS)
def test_each_collection_leads_to_its_tiles(client: TestClient, name: str) -> None:
    links = client.get(f"/ogc/collections/{name}").json()["links"]
    (href,) = [one["href"] for one in links if one["rel"].endswith("/tilesets-vector")]
    listed = client.get(href).json()["tilesets"]
    assert [one["tileMatrixSetId"] for one in listed] == list(MATRIX_SETS)
    for one in listed:
        by_rel = {link["rel"].rpartition("/")[2]: link["href"] for link in one["links"]}
        whole = client.get(by_rel["self"]).json()
        assert whole["dataType"] == "vector"
        assert whole["layers"][0]["id"] == name
        scheme = client.get(by_rel["tiling-scheme"]).json()
        assert scheme["id"] == one["tileMatrixSetId"]
        assert scheme["crs"] == one["crs"]
        assert whole["layers"][0]["maxTileMatrix"] == scheme["tileMatrices"][-1]["id"]
        filled = by_rel["item"].format(tileMatrix=3, tileRow=2, tileCol=6)
        assert client.get(filled).status_code in (200, 204)
        told = client.get(by_rel["describedby"]).json()
        assert told["tilejson"] == "3.0.0"
        assert client.get(told["tiles"][0].format(z=3, y=2, x=6)).status_code in (200, 204)
        assert told["vector_layers"][0]["fields"]["is_synthetic"] == "Boolean"


def test_a_day_goes_on_to_the_tiles(client: TestClient) -> None:
    told = client.get("/ogc/collections/facilities/tiles/WebMercatorQuad?f=tilejson"
                      "&datetime=2019-06-01").json()  # fmt: skip
    assert told["tiles"][0].endswith("/{z}/{y}/{x}?datetime=2019-06-01")


def test_pages_for_people(client: TestClient) -> None:
    for address in ("/ogc/tileMatrixSets", "/ogc/tileMatrixSets/CGCS2000Quad",
                    "/ogc/collections/facilities/tiles",
                    "/ogc/collections/facilities/tiles/CGCS2000Quad"):  # fmt: skip
        answer = client.get(f"{address}?f=html")
        assert answer.status_code == 200, address
        assert answer.headers["content-type"].startswith("text/html")


def test_the_document_and_the_classes_name_the_tiles(client: TestClient) -> None:
    paths = client.get("/ogc/api").json()["paths"]
    path = "/collections/{collectionId}/tiles/{tileMatrixSetId}"
    operation = paths[f"{path}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"]["get"]
    named = {one.get("name", one.get("$ref", "").rpartition("/")[2])
             for one in operation["parameters"]}  # fmt: skip
    assert named == {
        "collectionId", "tileMatrixSetId", "tileMatrix", "tileRow", "tileCol", "datetime", "f",
    }  # fmt: skip
    assert {"200", "204", "304", "403", "404"} <= set(operation["responses"])
    classes = client.get("/ogc/conformance").json()["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt" in classes
    assert len(classes) == len(set(classes))

"""Does the service speak the Reconciliation Service API 0.2, and do identifiers answer in forms?

Written from the specification: manifest, query batches by GET and form POST, suggest, preview, data
extension, cross-origin reading.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import httpx2 as httpx
import pytest
from fastapi.testclient import TestClient

from api.problems import PROBLEM
from geo.gazetteer.exchange import lpf_in
from geo.gazetteer.reconcile import BATCH

CITY = "unit:320400000000"


def ask(client: TestClient, queries: Mapping[str, Any], **more: str) -> dict[str, Any]:
    """A batch sent as OpenRefine does: a form with `queries`."""
    sent = {"queries": json.dumps(queries, ensure_ascii=False), **more}
    answer = client.post("/reconcile", data=sent)
    assert answer.status_code == 200, answer.text
    assert answer.headers["access-control-allow-origin"] == "*"
    found: dict[str, Any] = answer.json()
    check_results(found)
    assert set(found) == set(queries)
    return found


def check_results(batch: Mapping[str, Any]) -> None:
    """What the schema of a result batch asks for, and what the text says beside it."""
    for one in batch.values():
        scores = [c["score"] for c in one["result"]]
        assert scores == sorted(scores, reverse=True)
        for candidate in one["result"]:
            assert isinstance(candidate["id"], str)
            assert candidate["id"]
            assert isinstance(candidate["name"], str)
            assert 0 <= candidate["score"] <= 100
            assert isinstance(candidate["match"], bool)
            assert all(set(kind) == {"id", "name"} for kind in candidate["type"])
            features = candidate["features"]
            assert len({feature["id"] for feature in features}) == len(features)
            assert all(isinstance(feature["value"], bool | int | float) for feature in features)


# --- manifest --------------------------------------------------------------------------


def test_the_manifest(client: TestClient) -> None:
    answer = client.get("/reconcile")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["access-control-allow-origin"] == "*"
    told = answer.json()
    assert "0.2" in told["versions"]
    for name in ("name", "identifierSpace", "schemaSpace"):
        assert isinstance(told[name], str)
    assert told["identifierSpace"].endswith("/id/")
    assert "{{id}}" in told["view"]["url"]
    assert "{{id}}" in told["preview"]["url"]
    assert all(isinstance(told["preview"][side], int) for side in ("width", "height"))
    assert {kind["id"] for kind in told["defaultTypes"]} >= {"place", "A", "P", "R"}
    assert told["batchSize"] == BATCH
    for service in (*told["suggest"].values(), told["extend"]["propose_properties"]):
        assert client.get(service["service_url"] + service["service_path"]).status_code == 200
    assert set(told["suggest"]) == {"entity", "property", "type"}


def test_another_origin_may_ask(client: TestClient) -> None:
    for address in ("/reconcile", "/reconcile/suggest/entity"):
        answer = client.options(address, headers={"Origin": "https://openrefine.example"})
        assert answer.status_code == 204
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "POST" in answer.headers["access-control-allow-methods"]


# --- queries ---------------------------------------------------------------------------


def test_a_batch_by_form_and_by_address(client: TestClient) -> None:
    queries = {
        "q0": {"query": "常州市", "type": "A", "limit": 3, "type_strict": "should"},
        "q1": {"query": "毗陵"}, "q2": {"query": "changzhou"}, "q3": {"query": "没有这个地方啊"},
        "q4": {"query": CITY}, "q5": {"query": "!!!"},
    }  # fmt: skip
    found = ask(client, queries)
    top = found["q0"]["result"][0]
    assert (top["id"], top["name"], top["match"]) == (CITY, "常州市", True)
    assert found["q1"]["result"], "an old name finds its place"
    assert CITY in {c["id"] for c in found["q2"]["result"]}
    assert found["q3"]["result"] == [] or not found["q3"]["result"][0]["match"]
    assert (found["q4"]["result"][0]["id"], found["q4"]["result"][0]["score"]) == (CITY, 100.0)
    assert found["q5"]["result"] == []
    by_get = client.get("/reconcile", params={"queries": json.dumps(queries)})
    assert by_get.json() == found


def test_limit_types_and_properties(client: TestClient) -> None:
    found = ask(client, {
        "one": {"query": "常州", "limit": 1},
        "roads": {"query": "常州市", "type": ["R"]},
        "any": {"query": "常州市", "type": [{"id": "place"}]},
        "here": {"query": "常州市", "properties": [{"pid": "category", "v": "xx"}]},
        "inside": {"query": "天宁区", "properties": [
            {"pid": "division", "v": [{"id": CITY, "name": "常州市"}, "常州"]}]},
        "bare": {"properties": [{"pid": "name", "v": "天宁区"}]},
        "else": {"query": "天宁区", "properties": [{"pid": "zzz", "v": 1}]},
    })  # fmt: skip
    assert len(found["one"]["result"]) == 1
    assert all(c["type"][0]["id"] == "R" for c in found["roads"]["result"])
    assert found["any"]["result"][0]["id"] == CITY
    assert not found["here"]["result"][0]["match"], "a property that does not agree"
    inside = found["inside"]["result"][0]
    assert (inside["name"], inside["match"]) == ("天宁区", True)
    assert found["bare"]["result"][0]["name"] == "天宁区"
    assert found["else"]["result"][0]["name"] == "天宁区"


def test_jsonp_takes_a_function_name_only(client: TestClient) -> None:
    answer = client.get("/reconcile", params={"callback": "jQuery123_45.cb", "_": "1"})
    assert answer.headers["content-type"].startswith("application/javascript")
    body = re.fullmatch(r"/\*\*/jQuery123_45\.cb\((.*)\);", answer.text, re.DOTALL)
    assert body is not None
    assert json.loads(body[1])["versions"]
    for wrong in ("", "alert(1)", "a;b", "<script>", "a b", "1a", "a" * 200, "a.b.", "a\n"):
        refused = client.get("/reconcile", params={"callback": wrong})
        assert (refused.status_code, refused.json()["parameter"]) == (400, "callback"), wrong


WRONG = [
    "", "{", "[]", "1", "null", '"a"', '{"q0": 1}', '{"q0": {}}', '{"q0": {"query": 1}}',
    '{"q0": {"query": "a", "limit": 0}}', '{"q0": {"query": "a", "limit": "x"}}',
    '{"q0": {"query": "a", "limit": NaN}}', '{"q0": {"query": "a", "type": 7}}',
    '{"q0": {"query": "a", "type_strict": "most"}}', '{"q0": {"query": "a", "properties": {}}}',
    '{"q0": {"query": "a", "properties": [{"v": 1}]}}', '{"q0": {"properties": []}}', "[" * 5000,
]  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_batch_is_refused_and_named(client: TestClient, wrong: str) -> None:
    for answer in (
        client.post("/reconcile", data={"queries": wrong, "extend": ""}),
        client.get("/reconcile", params={"queries": wrong}),
    ):
        if wrong == "" and answer.status_code == 200:
            continue  # an empty form field counts as none: the manifest
        assert answer.status_code == 400, answer.text
        assert answer.headers["content-type"] == PROBLEM
        assert answer.headers["access-control-allow-origin"] == "*"


def test_a_batch_has_a_largest_size(client: TestClient) -> None:
    many = json.dumps({f"q{n}": {"query": "常州"} for n in range(BATCH + 1)})
    assert client.post("/reconcile", data={"queries": many}).status_code == 413
    long = json.dumps({"q0": {"query": "常" * 300_000}})
    assert client.post("/reconcile", data={"queries": long}).status_code in (400, 413)


def test_hostile_queries_are_only_text(client: TestClient) -> None:
    hostile = ["'; DROP TABLE place; --", "%", "\\", "\u0000", "\u2028", "<script>", "常\n州", "𠮷",
               "a" * 5_000, "(" * 200]  # fmt: skip
    queries = {f"q{n}": {"query": text} for n, text in enumerate(hostile)}
    ask(client, queries)
    for text in hostile:
        answer = client.get("/reconcile/suggest/entity", params={"prefix": text[:500]})
        assert answer.status_code == 200


# --- suggest, preview, extend -----------------------------------------------------------


def test_suggest(client: TestClient) -> None:
    def suggested(what: str, prefix: str, cursor: int = 0) -> list[dict[str, Any]]:
        asked = {"prefix": prefix, "cursor": str(cursor)}
        return list(client.get(f"/reconcile/suggest/{what}", params=asked).json()["result"])

    found = suggested("entity", "常州")
    assert found[0]["name"] == "常州市"
    assert {"id", "name", "description", "notable"} <= set(found[0])
    assert suggested("entity", CITY)[0]["id"] == CITY
    assert suggested("entity", "") == []
    assert suggested("entity", "常州", 1)[:1] == found[1:2]
    assert [kind["id"] for kind in suggested("type", "道路")] == ["R"]
    assert "former_name" in {p["id"] for p in suggested("property", "曾用")}
    assert client.get("/reconcile/suggest/nothing").status_code == 404
    assert client.get("/reconcile/suggest/entity?cursor=-1").status_code == 400


def test_properties_are_proposed(client: TestClient) -> None:
    told = client.get("/reconcile/properties", params={"type": "A", "limit": 2}).json()
    assert (told["type"], told["limit"], len(told["properties"])) == ("A", 2, 2)


def test_extend(client: TestClient) -> None:
    wanted = {
        "ids": [CITY, "unit:320402000000", "no such"],
        "properties": [{"id": "former_name"}, {"id": "division"}, {"id": "lon"}, {"id": "pinyin"},
                       {"id": "called_in", "settings": {"year": 1930}}],
    }  # fmt: skip
    answer = client.post("/reconcile", data={"extend": json.dumps(wanted)})
    told = answer.json()
    assert answer.headers["access-control-allow-origin"] == "*"
    assert [one["id"] for one in told["meta"]] == [one["id"] for one in wanted["properties"]]
    assert list(told["rows"]) == wanted["ids"]
    assert all(value == [] for value in told["rows"]["no such"].values())
    assert {"str": "毗陵"} in told["rows"][CITY]["former_name"]
    assert told["rows"]["unit:320402000000"]["division"] == [{"id": CITY, "name": "常州市"}]
    assert 119 < told["rows"][CITY]["lon"][0]["float"] < 121
    assert told["rows"][CITY]["called_in"]
    for row in told["rows"].values():
        for value in (v for values in row.values() for v in values):
            assert set(value) in ({"str"}, {"float"}, {"int"}, {"id", "name"})
    by_get = client.get("/reconcile", params={"extend": json.dumps(wanted)})
    assert by_get.json() == told
    for wrong in ("{}", '{"ids": 1, "properties": []}', '{"ids": [], "properties": [{"id": "x"}]}',
                  '{"ids": ["\\u0000"], "properties": []}x'):  # fmt: skip
        assert client.post("/reconcile", data={"extend": wrong}).status_code == 400


def test_the_preview_may_be_framed_and_runs_nothing(client: TestClient) -> None:
    answer = client.get("/reconcile/preview", params={"id": CITY})
    assert answer.headers["content-type"].startswith("text/html")
    assert "x-frame-options" not in answer.headers
    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors *" in policy
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert "<script" not in answer.text
    assert "常州市" in answer.text
    assert client.get("/reconcile/preview", params={"id": "zzz"}).status_code == 404
    assert client.get("/api/kinds").headers["x-frame-options"] == "DENY"


# --- identifiers ------------------------------------------------------------------------


def identified(client: TestClient, accept: str | None, **params: str) -> httpx.Response:
    headers = {} if accept is None else {"Accept": accept}
    return client.get(f"/id/{CITY}", headers=headers, params=params)


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("*/*", "text/html"), ("application/geo+json", "application/geo+json"),
        ("application/json", "application/geo+json"),
        ("application/ld+json", "application/ld+json"),
        ("text/html;q=0.2, application/ld+json;q=0.9", "application/ld+json"),
        ("image/png, */*;q=0.1", "text/html"),
    ],
)  # fmt: skip
def test_an_identifier_answers_in_the_form_asked_for(
    client: TestClient, accept: str, kind: str
) -> None:
    answer = identified(client, accept)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith(kind)
    assert answer.headers["vary"] == "Accept"
    assert answer.headers["content-location"].startswith(f"/id/{CITY}?format=")


def test_forms_that_are_not_there_are_refused(client: TestClient) -> None:
    for accept in ("image/png", "text/html;q=0"):
        assert identified(client, accept).status_code == 406
    assert identified(client, None, format="pdf").status_code == 400
    assert client.get("/id/zzz", headers={"Accept": "application/json"}).status_code == 404
    assert client.get("/id/%00", headers={"Accept": "application/json"}).status_code == 400


def test_linked_places_of_an_identifier_are_valid(client: TestClient) -> None:
    told = identified(client, None, format="lpf").json()
    (one,) = told["features"]
    lpf_in.check(one)
    assert one["@id"].endswith(f"/id/{CITY}")
    assert one["properties"]["ccodes"] == ["CN"]
    assert "毗陵" in {name["toponym"] for name in one["names"]}


def test_the_page_of_an_identifier(client: TestClient) -> None:
    page = identified(client, "text/html").text
    assert '<html lang="zh-CN">' in page
    assert "<h1>常州市</h1>" in page
    assert "毗陵" in page
    assert "未经地图审核，仅限内部演示" in page
    assert "引用" in page
    assert "@media print" in page
    assert "<script" not in page
    english = identified(client, "text/html", lang="en").text
    assert '<html lang="en">' in english
    assert "Names and years" in english

"""Does the OpenAPI document tell all: addresses, refusals, a schema for every answer?"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.problems import PROBLEM

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
CONTRACT = {
    "/api/health", "/api/health/ready", "/api/metrics", "/api/audit", "/api/version", "/api/kinds",
    "/api/facilities",
    "/api/facilities/nearest", "/api/facilities/within-radius", "/api/facilities/{code}",
    "/api/access/coverage", "/api/access/gaps", "/api/access/missing", "/api/units",
    "/api/units/at", "/api/units/{code}", "/api/units/{code}/children",
    "/api/units/{code}/neighbours", "/api/units/{code}/history", "/api/zones", "/api/places",
    "/api/places/search", "/api/names/suggest",
    "/api/places/near", "/api/places/heritage", "/api/places/{code}", "/api/sources",
    "/api/deliveries", "/api/deliveries/{delivery}", "/api/deliveries/{delivery}/refused.xlsx",
    "/api/access/indicators", "/api/access/indicators/{code}",
    "/api/access/planning/indicators/{code}", "/api/access/planning/indicators/{code}/league",
    "/api/access/planning/estates", "/api/access/planning/standards",
    "/api/access/planning/projects", "/api/access/planning/fire", "/api/access/planning/work-items",
    "/api/access/planning/hazards",
    "/api/access/planning/projects/monthly", "/api/access/planning/fire/map",
    "/api/access/planning/work-items/{item}", "/api/access/planning/work-items/{item}/steps",
    "/api/access/siting", "/api/access/siting/candidates", "/api/access/siting/groups",
    "/api/access/siting/phases",
    "/api/access/scenarios", "/api/access/scenarios/{scenario_id}",
    "/api/access/measures", "/api/access/series", "/api/access/canteens", "/api/access/isochrone",
    "/api/access/export/{name}",
    "/api/survey/lines", "/api/survey/lines/{code}", "/api/survey/trijunctions",
    "/api/survey/register", "/api/survey/register/markers", "/api/survey/quality",
    *(f"/api/survey/{what}.{ending}" for what in ("lines", "register")
      for ending in ("gpkg", "gpx", "kml", "xlsx", "dxf")),
    "/api/survey/course/{code}", "/api/survey/course/{code}/check",
    "/api/survey/markers", "/api/survey/markers/number", "/api/survey/markers/check",
    "/api/survey/markers/{number}", "/api/survey/markers/{number}/observations",
    "/api/survey/markers/{number}/events", "/api/survey/deviations",
    "/api/survey/inspections", "/api/survey/inspections/due", "/api/survey/inspections/changes",
    "/api/survey/inspections/{campaign_no}",
    *(f"/api/survey/inspections/{{campaign_no}}/{what}" for what in (
        "walked", "log", "pack.zip", "report.docx", "register.xlsx", "files", "steps",
        "confirmations", "undo", "work",
    )),
    "/api/walks", "/api/walks/{code}", "/api/walks/{code}.gpx", "/api/walks/{code}.kml",
    "/api/walks/{code}/pictures/{position}.jpg", "/api/walks/{code}/publish",
    "/api/walks/{code}/withdraw",
    "/api/survey/changes", "/api/survey/changes/map", "/api/survey/lifeline/{code}",
    "/api/survey/codes/{code}", "/api/survey/terms/{code}", "/api/survey/crosswalk",
    "/api/survey/planned", "/api/survey/planned/{planned_id}",
    "/api/survey/planned/{planned_id}/map", "/api/survey/planned/{planned_id}/effects",
    "/api/deliveries/{delivery}/undo", "/api/deliveries/jobs/{job}", "/api/templates/{kind}.xlsx",
    "/api/heritage", "/api/heritage/words", "/api/heritage/directory.csv",
    "/api/heritage/directory.xlsx", "/api/heritage/nominations",
    "/api/heritage/nominations/{code}", "/api/heritage/nominations/{code}/steps",
    "/api/heritage/nominations/{code}/scores", "/api/heritage/{code}/records",
    "/api/heritage/{code}/withdrawals",
    "/api/heritage/protection",
    "/api/names/check", "/api/names/check/batch", "/api/names/check/table", "/api/names/proofread",
    "/api/names/rules", "/api/names/approvals", "/api/names/approvals/{number}",
    "/api/names/approvals/{number}/steps",
    "/api/names/{code}/life", "/api/names/near", "/api/names/address",
    "/api/names/match", "/id/{code}",
    *(f"/api/elder-care/{what}" for what in (
        "find", "compare", "facilities/{code}", "starts", "options", "reports",
    )),
}  # fmt: skip

OPEN_TO_ALL = {"/api/elder-care/reports", "/api/places/search"}
"""What anybody may send, without a token: a report, limited in rate and size and free of persons,
and a question whose polygon is too long for an address."""


@pytest.fixture(scope="module")
def document(away: TestClient) -> dict[str, Any]:
    answer = away.get("/api/openapi.json")
    assert answer.status_code == 200
    return dict(answer.json())


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_every_address_is_there(document: dict[str, Any]) -> None:
    assert set(document["paths"]) == CONTRACT


def test_every_refusal_is_documented_as_a_problem(document: dict[str, Any]) -> None:
    shared = document["components"]["responses"]
    for path, method, operation in operations(document):
        responses = operation["responses"]
        assert "422" not in responses, path
        needed = {"200", "400", "406", "429", "500"}
        if not path.startswith(("/api/health", "/api/version", "/api/kinds")):
            needed.add("503")
        if "{" in path:
            needed.add("404")
        if operation.get("security"):
            needed |= {"401", "403"}
        if operation.get("requestBody"):
            needed |= {"413", "415"} | (set() if path in OPEN_TO_ALL else {"401", "403"})
        is_open = method == "get" or path in OPEN_TO_ALL
        assert operation.get("security") or is_open, "whoever writes needs a token"
        assert needed <= set(responses), (path, method)
        for status, response in responses.items():
            if status not in ("200", "202"):
                response = shared[response["$ref"].removeprefix("#/components/responses/")]
                assert set(response["content"]) == {PROBLEM}, (path, status)
            assert response["description"]


def test_every_answer_has_a_schema_and_every_question_words(document: dict[str, Any]) -> None:
    for path, _, operation in operations(document):
        contents = operation["responses"]["200"]["content"]
        assert contents
        assert all("$ref" in content["schema"] for content in contents.values()), path
        assert operation["summary"]
        assert operation["description"]
        for parameter in operation.get("parameters", []):
            assert parameter["description"], (path, parameter["name"])


def test_no_reference_leads_nowhere(document: dict[str, Any]) -> None:
    known = {f"#/components/{of}/{name}" for of in ("schemas", "responses")
             for name in document["components"][of]}  # fmt: skip

    def references(node: Any) -> set[str]:
        if isinstance(node, dict):
            own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
            return own.union(*(references(value) for value in node.values()))
        return (
            set().union(*(references(value) for value in node)) if isinstance(node, list) else set()
        )

    assert references(document) <= known


def test_the_written_page_names_every_address(document: dict[str, Any]) -> None:
    missing = [path for path in document["paths"] if f"`{path}`" not in PAGE]
    assert not missing


def test_every_written_example_works(client: TestClient) -> None:
    examples = re.findall(r"^\| `/api/[^|]*\|[^|]*\| `([^`]+)` \|$", PAGE, flags=re.M)
    assert len(examples) >= 22
    for address in examples:
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.text[:300])


def test_the_documentation_page_asks_nobody_else(away: TestClient) -> None:
    page = away.get("/docs")
    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    nonce = policy.split("'nonce-")[1].split("'")[0]
    assert f'<script nonce="{nonce}">' in page.text
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert away.get("/docs").headers["content-security-policy"] != policy, "a nonce is used once"
    for file in ("swagger-ui.css", "swagger-ui-bundle.js"):
        address = f"/static/vendor/swagger-ui-dist/{file}"
        assert address in page.text
        assert away.get(address).status_code == 200

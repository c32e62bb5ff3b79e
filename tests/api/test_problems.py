"""Is every failure told plainly, with the right status, and without a word too much?"""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any

import anyio
import pytest
from fastapi import FastAPI, Path
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from api.app import create_app
from api.envelope import Envelope
from api.logs import PlainLines
from api.problems import PROBLEM, TITLES, install
from api.schemas.problem import Problem
from api.witness import metrics
from geo.db import Database
from geo.errors import Ambiguous, DatabaseProblem, GeoError, NotAllowed, NotFound, Unavailable

NOWHERE = "postgresql://atlas@/atlas?host=/nonexistent"


def read_problem(answer: Any) -> Problem:
    """The answer as a problem document, which must hold nothing else."""
    assert answer.headers["content-type"] == PROBLEM
    told = Problem.model_validate_json(answer.content)
    assert told.status == answer.status_code
    assert told.title == TITLES[told.status][1]
    return told


class Failing:
    """A service whose routes fail as asked."""

    def __init__(self, error: Exception) -> None:
        app = FastAPI()
        app.add_middleware(Envelope)
        install(app)

        @app.get("/api/fails")
        def fails() -> None:
            raise error

        self.client = TestClient(app, raise_server_exceptions=False)

    def answer(self) -> Any:
        return self.client.get("/api/fails")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound("没有"), 404),
        (Ambiguous("甲,乙"), 400),
        (NotAllowed("不可"), 403),
        (Unavailable("离线"), 503),
        (DatabaseProblem("停了"), 503),
    ],
)
def test_each_domain_error_has_its_status_and_keeps_its_words(error: GeoError, status: int) -> None:
    told = read_problem(Failing(error).answer())
    assert (told.status, told.detail) == (status, str(error))


class _Stopped(Exception):
    sqlstate = "57P01"


class _Slow(Exception):
    sqlstate = "57014"


class _Wrong(Exception):
    sqlstate = "42601"


@pytest.mark.parametrize("cause", [_Stopped(), _Slow(), Exception("connection refused")])
def test_a_database_that_is_away_or_slow_gives_503_and_a_time_to_wait(cause: Exception) -> None:
    answer = Failing(OperationalError("SELECT secret FROM t", {}, cause)).answer()
    told = read_problem(answer)
    assert told.status == 503
    assert int(answer.headers["retry-after"]) > 0
    assert "SELECT" not in answer.text
    assert read_problem(Failing(PoolTimeout()).answer()).status == 503


@pytest.mark.parametrize(
    "error",
    [OperationalError("SELECT secret", {}, _Wrong()), RuntimeError("secret"), GeoError("x")],
)
def test_a_fault_of_ours_tells_nothing_but_the_request_id(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    answer = Failing(error).answer()
    told = read_problem(answer)
    assert told.status == 500
    assert "secret" not in answer.text
    assert told.request_id == answer.headers["x-request-id"]
    assert "Traceback" in caplog.text, "the log must hold what the caller does not see"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_request_past_its_deadline_gets_503() -> None:
    app = FastAPI()
    app.add_middleware(Envelope, deadline_s=0.05)

    @app.get("/api/slow")
    async def slow() -> None:
        await anyio.sleep(5)

    told = read_problem(TestClient(app).get("/api/slow"))
    assert told.status == 503


@pytest.mark.parametrize("address", ["/api/nope", "/api/kinds//", "/nope", "/static/nope.js"])
def test_an_unknown_address_is_a_problem_too(away: TestClient, address: str) -> None:
    told = read_problem(away.get(address))
    assert (told.status, told.instance) == (404, address)


def test_a_slash_at_the_end_counts_for_nothing_and_redirects_nobody(away: TestClient) -> None:
    for address in ("/api/kinds", "/docs", "/ogc/conformance"):
        answer = away.get(f"{address}/", follow_redirects=False)
        assert (answer.status_code, len(answer.content)) == (200, len(away.get(address).content))


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_packed_body_is_not_unpacked(away: TestClient, method: str) -> None:
    packed = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    answer = away.request(method, "/ogc/collections/facilities/items", content=b"x", headers=packed)
    assert read_problem(answer).status == 415
    assert answer.headers["accept-encoding"] == "identity"
    plain = {**packed, "Content-Encoding": "identity"}
    other = away.request(method, "/api/names/check", content=b"{}", headers=plain)
    assert other.status_code in (401, 405)


def test_strangers_methods_and_lines_are_not_taken_over(
    away: TestClient,
) -> None:
    assert away.request("SHOUT", "/api/kinds").status_code == 405
    assert b"SHOUT" not in metrics(dict)[0]
    asked = "GET /a\n2026 INFO b\x1b[2J\u202e 常州"
    line = PlainLines().format(logging.LogRecord("x", logging.INFO, "", 0, asked, (), None))
    assert "\n" not in line
    assert "\x1b" not in line
    assert line.endswith("GET /a\\u000a2026 INFO b\\u001b[2J\\u202e 常州")


def test_nobody_waits_while_the_document_is_made_or_a_wrong_method_is_answered() -> None:
    app = create_app(Database(NOWHERE, NOWHERE), city_code="320400000000")
    begun, may_end = threading.Event(), threading.Event()

    def slow() -> dict[str, Any]:
        begun.set()
        may_end.wait(10)
        return {"paths": {}}

    app.openapi = slow  # type: ignore[method-assign]
    with TestClient(app) as client, ThreadPoolExecutor() as beside:
        asked = beside.submit(client.get, "/api/openapi.json")
        assert begun.wait(10)
        assert client.get("/api/health").status_code == 200
        assert client.post("/api/kinds").headers["allow"] == "GET, HEAD"
        may_end.set()
        assert asked.result(10).json() == {"paths": {}}


def test_a_browser_gets_a_page_whose_text_cannot_run(away: TestClient) -> None:
    answer = away.get("/<script>alert(1)</script>", headers={"Accept": "text/html,*/*"})
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "<script" not in answer.text
    assert "&lt;script" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert read_problem(away.get("/api/nope", headers={"Accept": "text/html"})).status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_a_wrong_method_is_told_the_right_ones(away: TestClient, method: str) -> None:
    answer = away.request(method, "/api/facilities")
    assert read_problem(answer).status == 405
    assert answer.headers["allow"] == "GET, HEAD"
    assert away.request(method, "/elder-care").headers["allow"] == "GET, HEAD"


def test_an_address_with_two_methods_names_both(away: TestClient) -> None:
    answer = away.delete("/api/access/coverage")
    assert read_problem(answer).status == 405
    assert answer.headers["allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize("address", ["/api/kinds", "/docs", "/static/js/page.js"])
def test_head_says_what_get_would_send(away: TestClient, address: str) -> None:
    got, asked = away.get(address), away.head(address)
    assert got.status_code == asked.status_code == 200
    assert asked.content == b""
    ignored = {"x-request-id", "content-security-policy"}
    assert {k: v for k, v in asked.headers.items() if k not in ignored} == {
        k: v for k, v in got.headers.items() if k not in ignored
    }


@pytest.mark.parametrize("accept", ["text/csv", "application/json;q=0", "image/*, text/html"])
def test_a_format_that_is_not_offered_is_406(away: TestClient, accept: str) -> None:
    assert read_problem(away.get("/api/kinds", headers={"Accept": accept})).status == 406


@pytest.mark.parametrize(
    "accept",
    ["*/*", "application/json", "text/html, */*;q=0.1", "application/geo+json, application/json"],
)
def test_a_format_that_is_offered_is_sent(away: TestClient, accept: str) -> None:
    assert away.get("/api/kinds", headers={"Accept": accept}).status_code == 200


def test_every_answer_carries_the_security_headers(away: TestClient) -> None:
    for address in ("/api/kinds", "/api/nope", "/api/kinds?x=1", "/docs", "/api/facilities"):
        headers = away.get(address).headers
        assert headers["x-content-type-options"] == "nosniff", address
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "access-control-allow-origin" not in headers, "CORS is closed by default"


def test_no_other_site_may_read_the_answers(away: TestClient) -> None:
    headers = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"}
    assert away.options("/api/kinds", headers=headers).status_code == 405
    assert "access-control-allow-origin" not in away.get("/api/kinds", headers=headers).headers


def test_a_request_id_is_kept_when_harmless_and_made_otherwise(away: TestClient) -> None:
    def told(given: str) -> str:
        return str(away.get("/api/health", headers={"X-Request-ID": given}).headers["x-request-id"])

    assert told("gate-7.42") == "gate-7.42"
    assert told("x" * 65) != "x" * 65
    assert told("a b<script>") != "a b<script>"
    assert told("") != ""


def test_alive_without_a_database_but_not_ready(away: TestClient) -> None:
    assert away.get("/api/health").json() == {"status": "ok"}
    assert away.get("/api/health/ready").status_code == 503


def test_swapped_coordinates_are_told(away: TestClient) -> None:
    swapped = {"lon": "31.78", "lat": "119.97"}
    told = read_problem(away.get("/api/facilities/nearest", params=swapped))
    assert told.detail.startswith("参数 lat：须不大于 90")
    assert "经纬度似乎写反了：先经度、后纬度，即 119.97 31.78。\n" in told.detail
    boxed = read_problem(away.get("/api/facilities", params={"bbox": "31,119,32,120"}))
    assert "经纬度似乎写反了" in boxed.detail
    far = read_problem(away.get("/api/facilities/nearest", params={"lon": "200", "lat": "31"}))
    assert "写反" not in far.detail


@pytest.mark.parametrize(
    ("name", "value"),
    [("kind", "zzz"), ("state", "gone"), ("on", "2026-02-30"), ("limit", "x"), ("bbox", "1"),
     ("max_price", "-1"), ("with_medical", "perhaps"), ("care_level", "some"), ("within", "123")],
)  # fmt: skip
def test_a_refusal_is_chinese_first_and_english_second(
    away: TestClient, name: str, value: str
) -> None:
    told = read_problem(away.get("/api/facilities", params={name: value}))
    zh, _, en = told.detail.partition("\n")
    assert zh.startswith(f"参数 {name}：")
    assert zh.endswith("。")
    assert en.startswith(f"parameter '{name}': ")


def test_a_rule_that_holds_braces_is_told_as_it_is() -> None:
    app = FastAPI()
    install(app)

    @app.get("/api/{code}")
    def read(code: Annotated[str, Path(pattern="^[0-9]{6}$")]) -> None: ...

    told = read_problem(TestClient(app).get("/api/abc"))
    assert told.status == 400
    assert "[0-9]{6}" in told.detail

"""Does nonsense, meant or not, ever get more out of the service than a plain refusal?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from api.problems import PROBLEM
from tests.api.test_parameters import GOOD, OPERATIONS

HOSTILE = [
    "'", '"', "\\", "%", "_", "%%", "' OR '1'='1", "'; DROP TABLE facility; --", "1; SELECT 1",
    "') UNION SELECT token_hash FROM api_token --", "'||(SELECT version())||'", "$$", "${7*7}",
    "{{7*7}}", "%(on)s", ":on", "{0}", "%s", "pg_sleep(9)", "'; SELECT pg_sleep(9); --",
    "<script>alert(1)</script>", "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>", "\u202e", "\ufeff", "\ud7ff", "𠮷", "é" * 50, "(" * 100, "..",
    "../../etc/passwd", "null", "NaN",
]  # fmt: skip


def _text_questions() -> Iterator[tuple[str, dict[str, str], str]]:
    """Every address with a free-text parameter, and every address that ends in a code."""
    for path, operation in OPERATIONS:
        names = {p["name"] for p in operation.get("parameters", []) if p["in"] == "query"}
        needed = {
            p["name"]: GOOD[p["name"]]
            for p in operation.get("parameters", [])
            if p["in"] == "query" and p.get("required")
        }
        for name in sorted(names & {"q", "within"}):
            yield path, needed, name
        if "{code}" in path:
            yield path, needed, "{code}"


QUESTIONS = list(_text_questions())
FORMS = {path: set(told["responses"]["200"]["content"]) for path, told in OPERATIONS}
"""Address → the media types that the OpenAPI document names for its answer."""


@pytest.mark.parametrize(("path", "needed", "name"), QUESTIONS)
def test_hostile_text_is_only_text(
    client: TestClient, path: str, needed: dict[str, str], name: str
) -> None:
    for hostile in HOSTILE:
        if name == "{code}":
            answer = client.get(path.replace("{code}", hostile.replace("/", "%2F")))
        else:
            address = path.replace("{code}", "320402")
            answer = client.get(address, params={**needed, name: hostile})
        assert answer.status_code in (200, 400, 404), (hostile, answer.text)
        assert answer.headers["content-type"].split(";")[0] in (PROBLEM, *FORMS[path])
        assert answer.headers["x-content-type-options"] == "nosniff"
        if answer.status_code == 200 and name == "q" and path == "/api/facilities":
            assert answer.json()["features"] == [] or hostile in ("_",), hostile


def test_nothing_was_harmed(client: TestClient, city_engine: Engine) -> None:
    """The tables that the strings above name are still there and still full."""
    with city_engine.connect() as connection:
        count = connection.execute(text("SELECT count(*) FROM facility")).scalar_one()
    assert count > 300
    assert client.get("/api/facilities", params={"limit": 1}).json()["numberReturned"] == 1


def test_no_function_can_be_called_through_a_parameter(
    client: TestClient, city_engine: Engine
) -> None:
    """A call of pg_advisory_lock would leave its lock on the pooled connection."""
    call = "pg_advisory_lock(778899)"
    held = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 778899")
    for address in ("/api/facilities", "/api/places"):
        for text_sent in (f"'; SELECT {call}; --", f"'||{call}||'", call):
            assert client.get(address, params={"q": text_sent}).status_code == 200
    with city_engine.connect() as connection:
        assert connection.execute(held).scalar_one() == 0
        connection.execute(text(f"SELECT {call}"))
        assert connection.execute(held).scalar_one() == 1, "the canary sings when it is called"


VALUES = st.one_of(
    st.text(max_size=120),
    st.floats().map(str),
    st.integers().map(str),
    st.sampled_from(
        ["320400", "canteen", "open", "true", "2026-01-31", "119.9,31.7,120,31.8", "常州"]
    ),
    st.dates().map(str),
)


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_whatever_is_asked_nothing_breaks(client: TestClient, data: st.DataObject) -> None:
    path, operation = data.draw(st.sampled_from(OPERATIONS))
    names = [p["name"] for p in operation.get("parameters", []) if p["in"] == "query"]
    query: dict[str, Any] = {}
    if names:
        for name in data.draw(st.lists(st.sampled_from(names), unique=True, max_size=4)):
            query[name] = data.draw(VALUES)
        for name in ("lon", "lat", "radius_m", "kind", "q"):
            if name in names and name not in query and data.draw(st.booleans()):
                query[name] = GOOD[name]
    code = data.draw(st.sampled_from(["320400", "320402", "nobody", "000000"]))
    answer = client.get(path.replace("{code}", code), params=query)
    documented = {int(status) for status in operation["responses"]}
    assert answer.status_code < 500, (query, answer.text)
    assert answer.status_code in documented, (query, answer.text)

"""Is every nonsense in every parameter refused with 400 and the parameter's name?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.problems import PROBLEM
from tests.api.attacked import DOCUMENTS

INJECTIONS = ["1 OR 1=1", "'; DROP TABLE facility; --", "1); SELECT pg_sleep(9); --", "\\", "%"]
SCRIPTS = ["<script>alert(1)</script>", "javascript:alert(1)"]
NUMBERS = ["", " ", "abc", "nan", "NaN", "inf", "-Infinity", "0x10", "1e999", "1,5", "１２", "\0"]
CODES = ["", "0", "12345", "3204000", "3204020000000", "32040a", "３２０４００", "\0"]
WORDS = ["", "zzz", "OPEN", "open,", ",", "\0", "open paused"]

# What each parameter refuses, besides injections and scripts (text parameters take those as text).
NONSENSE: dict[str, list[str]] = {
    "lon": [*NUMBERS, "180.0001", "-181"],
    "lat": [*NUMBERS, "90.0001", "-91"],
    "radius_m": [*NUMBERS, "0", "0.99", "-1", "50000.1"],
    "limit": [*NUMBERS, "0", "-1", "1.5", "1_0", "10001", "99999999999999999999"],
    "offset": [*NUMBERS, "-1", "1.5", "1000001"],
    "max_price": [*NUMBERS, "-0.01", "1000001"],
    "year": [*NUMBERS, "-4001", "2201", "1911.5"],
    "level": [*NUMBERS, "0", "6"],
    "on": ["", "yesterday", "86400", "2026-1-1", "2026-02-30", "2026-13-01", "0000-01-01",
           "10000-01-01", "2026-01-01T00:00", "２０２６-01-01", "\0", "infinity"],
    "open_at": ["", "now", "86400", "2026-01-31", "2026-01-31T25:00", "2026-01-31T09:30Z", "\0"],
    "bbox": ["", "1,2,3", "1,2,3,4,5", "a,b,c,d", "nan,1,2,3", "120,31,119,32", "119,32,120,31",
             "119,31,181,32", "119,31,120,91", "1,2,3,", "\0"],
    "kind": [*WORDS, "canteen,zzz", "x" * 700],
    "state": [*WORDS, "open,gone"],
    "care_level": WORDS,
    "fire_state": WORDS,
    "ownership": WORDS,
    "family": WORDS,
    "near": [
        *(v for v in NUMBERS if v != "1,5"), "119.97", "119.97,31.78,3", "31.78,119.97", "a,b",
        "119.97;31.78",
    ],
    "feature_class": [*WORDS, "a", "A,P"],
    "category": ["", " ", "abc", "216001", "２１６", "21%", "\0"],
    "list_level": [*WORDS, "省"],
    "era": [*WORDS, "唐"],
    "list_class": ["", "   ", "\0", "a\nb", "类" * 101],
    "in_use": ["", "maybe", "2", "\0"],
    "lang": [*WORDS, "fr"],
    "areas": [*WORDS, "district,zone"],
    "order": WORDS,
    "with_free_beds": ["", "maybe", "2", "\0"],
    "with_medical": ["", "maybe", "2", "\0"],
    "barrier_free": ["", "maybe", "2", "\0"],
    "across_border": ["", "maybe", "2", "\0"],
    "parent": CODES,
    "city": CODES,
    "within": CODES,
    "q": ["", "   ", "\0", "a\nb", "常" * 101],
    "measure": [*WORDS, "line,walk"],
    "pace": WORDS,
    "fallback": WORDS,
    "basis": [*WORDS, "resident,registered"],
    "supply": WORDS,
    "floating": [*WORDS, "4sfca"],
    "minutes": [*(v for v in NUMBERS if v != "1,5"), "0", "-1", "121", "5,,10", "5;10"],
    "network": ["", "   ", "\0", "a\nb", "路" * 101],
    "facility": ["", "   ", "\0", "a\nb", "码" * 101],
    "years": [*WORDS, "20", "2026-2020", "1900-2026", "2026-1-1", "2026-13-01", "２０２０"],
    "month": ["", "2026", "2026-13", "2026-1", "2026-01-01", "june", "２０２６-01", "\0"],
}  # fmt: skip
NONSENSE |= {
    "since": NONSENSE["on"],
    "format": [*WORDS, "pdf", "HTML"],
    "until": NONSENSE["on"],
    "unchanged": ["", "maybe", "2", "\0"],
    "closed": ["", "maybe", "2", "\0"],
    "rough": ["", "maybe", "2", "\0"],
    "line": ["", "   ", "\0", "a\nb", "线" * 101],
    "number": ["", "   ", "\0", "a\nb", "号" * 101],
    "name": ["", "   ", "\0", "a\nb", "名" * 101],
    "figures": ["", "320402", "320402:", "320402:-1", "320402:1.5", "3204:1", "320402:1,",
                "320402:1,320402:2", "320402:1e3", "３２０４０２:1", "320402:1," * 600],
}  # fmt: skip
NONSENSE |= {
    "what": WORDS,
    "operation": WORDS,
    "sort": WORDS,
    "part": WORDS,
    "lang": WORDS,
    "at": NONSENSE["open_at"],
    "start": ["   \0", "\0", "a\nb", "街" * 101],
    "rating": [*NUMBERS, "0", "6", "1.5"],
    "within_min": [*NUMBERS, "0", "61"],
    "codes": ["", "   ", "\0", "A", "A,A,", "A,B,C,D,E"],
    **{
        name: ["maybe", "2", "\0"]
        for name in ("free_beds", "medical", "meals", "lift", "ramp", "fire_ok", "open_now")
    },
}
TAKES_TEXT = {
    "name", "q", "list_class", "network", "facility", "line", "number", "start", "codes",
}  # fmt: skip
GOOD = {
    "lon": "119.97", "lat": "31.78", "radius_m": "500", "kind": "canteen", "q": "常州",
    "facility": "F-1", "years": "2020", "since": "2010-01-01",
    "number": "3741001Q", "codes": "A,B",
}  # fmt: skip
PATHS = {"code": "320402"}


def _operations() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every GET of the OpenAPI document that asks for no token."""
    for path, methods in DOCUMENTS["api/openapi.json"]["paths"].items():
        wanted = ((path, o) for method, o in methods.items() if method == "get")
        yield from (found for found in wanted if "security" not in found[1])


OPERATIONS = list(_operations())


def _cases() -> list[Any]:
    """(address, what it needs, parameter, wrong values) for every parameter of every address."""
    made = []
    for path, operation in OPERATIONS:
        query = [p for p in operation.get("parameters", []) if p["in"] == "query"]
        needed = {p["name"]: GOOD[p["name"]] for p in query if p.get("required")}
        for name in (p["name"] for p in query):
            bad = list(NONSENSE[name])
            if name == "within" and path.startswith("/api/facilities"):  # a zone's code may be text
                bad = [v for v in bad if not v.strip("\0 ") or (v.isascii() and v.isdigit())]
            elif path.startswith("/api/elder-care") and not needed.get(name):
                bad = [v for v in bad if v.strip()]  # a form without scripts sends empty fields
            if name not in TAKES_TEXT and not (
                name == "within" and path.startswith("/api/facilities")
            ):
                bad += INJECTIONS + SCRIPTS
            made.append(pytest.param(path, needed, name, bad, id=f"{path}-{name}"))
    return made


@pytest.mark.parametrize(("path", "needed", "name", "wrong"), _cases())
def test_nonsense_is_refused_and_named(
    away: TestClient, path: str, needed: dict[str, str], name: str, wrong: list[str]
) -> None:
    for value in wrong:
        answer = away.get(path.replace("{code}", PATHS["code"]), params={**needed, name: value})
        assert answer.status_code == 400, (value, answer.text)
        assert answer.headers["content-type"] == PROBLEM
        body = answer.json()
        assert (body["status"], body["parameter"]) == (400, name), value
        assert "Traceback" not in answer.text


@pytest.mark.parametrize("path", [path for path, _ in OPERATIONS])
def test_unknown_and_repeated_parameters_are_refused(away: TestClient, path: str) -> None:
    operation = dict(OPERATIONS)[path]
    query = [p for p in operation.get("parameters", []) if p["in"] == "query"]
    needed = {p["name"]: GOOD[p["name"]] for p in query if p.get("required")}
    address = path.replace("{code}", PATHS["code"])
    answer = away.get(address, params={**needed, "Limit ": "1"})
    assert (answer.status_code, answer.json()["parameter"]) == (400, "Limit ")
    for name in (p["name"] for p in query):
        twice = [*needed.items(), (name, GOOD.get(name, "1")), (name, GOOD.get(name, "1"))]
        answer = away.get(address, params=twice)
        assert (answer.status_code, answer.json()["parameter"]) == (400, name)


@pytest.mark.parametrize("path", [path for path, _ in OPERATIONS if "{code}" in path])
@pytest.mark.parametrize("code", ["%00", "%20", "a%0Ab", "x" * 101])
def test_nonsense_in_the_address_is_refused(away: TestClient, path: str, code: str) -> None:
    answer = away.get(path.replace("{code}", code))
    assert (answer.status_code, answer.json()["parameter"]) == (400, "code")


@pytest.mark.parametrize("name", ["lon", "lat", "radius_m"])
def test_a_missing_parameter_is_named(away: TestClient, name: str) -> None:
    query = {"lon": "119.97", "lat": "31.78", "radius_m": "500"}
    del query[name]
    answer = away.get("/api/facilities/within-radius", params=query)
    assert (answer.status_code, answer.json()["parameter"]) == (400, name)


def test_good_parameters_reach_the_database(away: TestClient) -> None:
    """The refusals above are worth something only if what is right goes through."""
    good = {
        "kind": "canteen,elder_home", "state": "open,paused", "within": "320402",
        "bbox": "119.9,31.7,120.1,31.9", "care_level": "full", "max_price": "3000.5",
        "with_free_beds": "true", "with_medical": "1", "barrier_free": "false",
        "fire_state": "passed", "ownership": "public", "open_at": "2026-01-31T11:30",
        "q": "'; DROP TABLE facility; --", "on": "0001-01-01", "limit": "10000", "offset": "0",
    }  # fmt: skip
    assert away.get("/api/facilities", params=good).status_code == 503

"""Does every cell of docs/access-table.md say what a real request with that token gets?"""

from __future__ import annotations

import os
import re
from typing import Any

import httpx2 as httpx
import pytest

from api.access_table import ALL, CALLERS, NO_RIGHT, NO_TOKEN, OPEN, PAGE, PART, Row, rows, table
from api.security import GATES
from tests.api.attacked import OPERATIONS, WALK
from tests.api.conftest import Target

HEADERS = {"Accept": "*/*"}
NONE = {
    "code": "no-such", "campaign_no": "LJ2099-999", "number": "9999999Q", "featureId": "no-such",
    "position": "1",
}  # fmt: skip
OF_OGC = {"tiles": ("WebMercatorQuad", "8", "104", "213"), "tileMatrixSets": ("WebMercatorQuad",)}
QUERY = {
    "lon": "119.97", "lat": "31.78", "radius_m": "500", "kind": "canteen", "q": "常州",
    "since": "2010-01-01", "years": "2026", "number": "3204001Q", "within": "320402",
    "id": "320402000000", "codes": "no-such-1,no-such-2", "bbox": "119.9,31.7,120,31.8",
    "code": "no-such", "cell": "0.01",
}  # fmt: skip
ALSO = {
    "/elder-care/compare": ["codes"], "/elder-care/marks": ["bbox", "cell"],
    "/elder-care/report": ["code"],
    "/api/survey/deviations": ["within"], "/reconcile/preview": ["id"],
}  # fmt: skip
IS_FULL = os.environ.get("ATLAS_TEST_FULL", "") not in ("", "0")
ROWS = rows()


@pytest.fixture(scope="module")
def wire(target: Target) -> httpx.Client:
    return httpx.Client(base_url=target.address, headers=HEADERS, timeout=60)


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == table(), "run python -m api.access_table"


def test_every_operation_of_the_documents_has_a_row() -> None:
    told = {(row.method, _any(row.path)) for row in ROWS}
    ours = {(one.method.upper(), _any(one.path)) for one in OPERATIONS}
    collections = {
        (method, path.replace("*", name, 1))
        for method, path in ours if path.startswith("/ogc/collections/*")
        for name in ("units", "facilities")
    }  # fmt: skip
    single = {one for one in ours if not one[1].startswith("/ogc/collections/*")}
    assert single <= told
    assert {one for one in collections if one[0] == "GET" or "facil" in one[1]} <= told
    assert len({(row.method, row.path) for row in ROWS}) == len(ROWS)


def test_every_gate_asks_for_known_roles() -> None:
    assert len(GATES) > 5
    assert all(set(gate.roles) <= set(CALLERS) for gate in GATES.values())


def _any(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "*", path).rstrip("/")


def _address(row: Row, target: Target) -> str:
    """A real address of a row; what would change something names what does not exist."""
    if row.path.startswith("/ogc/"):
        return _ogc_address(row, target)

    def value(found: re.Match[str]) -> str:
        name = found[1].partition(":")[0]
        if row.path.startswith("/api/names/approvals"):
            return "999999"
        real = target.values.get((row.path, name))
        if row.method == "GET" and real and name != "planned_id":
            return str(real[0])
        if row.path.startswith("/api/heritage/nominations"):
            return "R-9999"
        return NONE.get(name, "999999")

    path = re.sub(r"\{([^}]*)\}", value, row.path.replace("/walks/{code}", f"/walks/{WALK}"))
    told = next(
        (o for o in OPERATIONS if (o.path, o.method.upper()) == (row.path, row.method)), None
    )
    of_query = [p for p in told.parameters if p["in"] == "query"] if told else []
    needed = [p["name"] for p in of_query if p.get("required")] + ALSO.get(row.path, [])
    asked = {name: QUERY[name] for name in needed if name in QUERY}
    if "line" in needed or "facility" in needed:
        asked |= {n: target.values[row.path, n][0] for n in needed if n in ("line", "facility")}
    return str(httpx.URL(path, params=asked)) if asked else path


def _ogc_address(row: Row, target: Target) -> str:
    parts = row.path.split("/")
    if "items" in parts and "{}" in parts:
        if "catalogue" in parts:
            return row.path.replace("{}", "facilities")
        listed = httpx.get(
            target.address + row.path.removesuffix("/{}") + "?limit=1", timeout=60
        ).json()
        return row.path.replace(
            "{}", listed["features"][0]["id"] if row.method == "GET" else "no-such"
        )
    if "{}" in parts and "collections" in parts and parts.index("{}") > 3:
        filled = iter(OF_OGC["tiles"])
        return "/".join(next(filled) if part == "{}" else part for part in parts)
    return row.path.replace("{}", "WebMercatorQuad" if "tileMatrixSets" in parts else "facilities")


def _got(answer: httpx.Response, row: Row) -> str:
    """Which cell an answer shows."""
    if answer.status_code == 401:
        assert answer.headers["www-authenticate"] == "Bearer"
        return NO_TOKEN
    if answer.status_code == 403 and "this needs the role" in answer.text:
        return NO_RIGHT
    assert answer.status_code < 500, answer.text[:300]
    is_kept = "no-store" not in answer.headers.get("cache-control", "")
    return ALL if row.path.startswith("/ogc/") and row.method == "GET" and not is_kept else OPEN


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.path}")
def test_each_cell_is_what_a_request_gets(target: Target, wire: httpx.Client, row: Row) -> None:
    address = _address(row, target)
    body: dict[str, Any] = {} if row.method in ("GET", "DELETE") else {"json": {}}
    got: dict[str, str] = {}
    for who in _tried(row):
        answer = wire.request(row.method, address, headers=target.head(who), **body)
        got[who] = _got(answer, row)
        is_off = "ATLAS_PLANNED_CHANGES" in answer.text
        if row.method == "GET" and who == "administrator" and not is_off:
            assert answer.status_code in (200, 204, 303, 307, 404), (address, answer.text[:300])
    # What is shown of all rows is not kept by caches; a tile's header is the same for every token.
    seen = {PART: (OPEN, ALL)}
    if "tiles" in row.path:
        seen[ALL] = (OPEN,)
    wrong = {
        who: (row.cells[who], found)
        for who, found in got.items()
        if found not in seen.get(row.cells[who], (row.cells[who],))
    }
    assert not wrong, (address, wrong)


def _tried(row: Row) -> tuple[str, ...]:
    """Where no token is looked at three callers are enough; the long run tries all."""
    is_for_all = set(row.cells.values()) == {OPEN}
    return ("anonymous", "administrator", "revoked") if is_for_all and not IS_FULL else CALLERS

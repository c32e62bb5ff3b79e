"""Is text only ever text, in every parameter and body, whatever a database would make of it?

A canary function in the database writes down each call of it; `pg_sleep` would be seen by the time.
What is no free text (a day, a code, a box) is refused by its form, in one place for all addresses:
the usual run stops there after four refusals that name the parameter, others at each address.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import time
import zlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

import httpx2 as httpx
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from geo.db import make_engine
from tests.api.attacked import DOCUMENTS, OPERATIONS, Operation, resolved
from tests.api.conftest import Target
from tests.api.test_hostile import HOSTILE

IS_FULL = os.environ.get("ATLAS_TEST_FULL", "") not in ("", "0")
COUNT = 500 if IS_FULL else 50
SLEEP_S = 120
ENOUGH = COUNT if IS_FULL else 4
PATIENCE_S = 600.0 if IS_FULL else 0.8
"""What all strings of one place may take: a slow address is asked fewer in the normal run."""
GOOD: dict[str, Any] = {
    "/api/names/check": {
        "name": "长江路",
        "kind": "street",
        "lon": 119.95,
        "lat": 31.75,
        "on": "2026-03-20",
    },
    "/api/names/check/batch": {
        "rows": [{"name": "长江路"}],
        "kind": "street",
        "division": "320402000000",
    },
    "/api/names/proofread": {"text": "在扬子江路办理。"},
    "/api/access/siting": {
        "kind": "canteen",
        "sites": 1,
        "time_limit_s": 0.5,
        "on": "2026-01-31",
        "candidates": ["1"],
        "close": ["1"],
    },
    "/api/survey/course/{code}/check": {"text": "向东"},
    "/api/survey/markers/{number}/observations": {
        "measured_at": "2026-05-01T09:30:00+08:00",
        "method": "gnss_rtk",
        "crs": "EPSG:4490",
        "x": 31.8,
        "y": 119.9,
        "sigma_m": 0.05,
        "role": "示例勘界办",
        "present": [{"side": "A", "role": "勘界办代表", "office": "示例民政局"}],
    },
    "/api/walks/{code}/publish": {"role": "示例局"},
    "/ogc/collections/{collectionId}/items": {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [119.97, 31.78]},
        "properties": {
            "name": "示例食堂",
            "kinds": ["canteen"],
            "address": "示例路",
            "phone": "1",
            "website": "https://example.org",
        },
    },
}
"""Bodies that are let in, so that their texts reach the database; of others the schema's own."""
SHAPES = [
    "'; SELECT {call}; --", "'||{call}||'", "1; SELECT {call}", "') OR {call} IS NULL --",
    "' UNION SELECT {call}, NULL --", "{call}", "({call})", "$${call}$$", "name = {call}",
    "{call} = 1", "1=1) OR ({call} IS NOT NULL", "');{call}--", "\\'; {call}; --",
    "S_INTERSECTS(geometry, {call})", "name LIKE {call}", "{call}::text",
    "x' AND {call} IS NULL --",
    "\"; {call}; --", "%27;{call}--", "/**/OR/**/{call}",
]  # fmt: skip
CALLS = ["canary()", "atlas.canary()", f"pg_sleep({SLEEP_S})", "CANARY()", "canary\u0000()"]


def strings() -> list[str]:
    """The first are written by hand; the rest are varied by chance, always the same."""
    chance = random.Random(20261122)
    made = [shape.format(call=call) for shape in SHAPES for call in CALLS[:3]] + HOSTILE
    chance.shuffle(made)
    while len(made) < 500:
        one = chance.choice(SHAPES).format(call=chance.choice(CALLS))
        cut = chance.randrange(len(one))
        made.append(chance.choice([
            one[:cut] + "/**/" + one[cut:], one.replace(" ", "\t"), one.upper(), one + one,
            chance.choice(HOSTILE) + one, one[:cut] + chance.choice("'\"`;)") + one[cut:],
        ]))  # fmt: skip
    return made[:COUNT]


STRINGS = strings()


def _turned(what: object) -> list[str]:
    """The strings, beginning with another one at each address."""
    at = zlib.crc32(str(what).encode()) % COUNT
    return STRINGS[at:] + STRINGS[:at]


@pytest.fixture(scope="module")
def owner(target: Target) -> Iterator[Engine]:
    """The owner's engine on a database in which the canary sits, callable by everybody."""
    made = make_engine(target.database.owner_url)
    with made.begin() as connection:
        for statement in (
            "CREATE TABLE atlas.song (at timestamptz DEFAULT now())",
            "CREATE FUNCTION atlas.canary() RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER"
            " AS $$BEGIN INSERT INTO atlas.song DEFAULT VALUES; RETURN 'sung'; END$$",
            "CREATE FUNCTION public.canary() RETURNS text LANGUAGE sql AS 'SELECT atlas.canary()'",
            "GRANT USAGE ON SCHEMA atlas TO atlas_public",
        ):  # fmt: skip
            connection.execute(text(statement))
    yield made
    with made.begin() as connection:
        connection.execute(text("REVOKE USAGE ON SCHEMA atlas FROM atlas_public"))
        connection.execute(text("DROP FUNCTION public.canary(), atlas.canary()"))
        connection.execute(text("DROP TABLE atlas.song"))
    made.dispose()


@pytest.fixture(scope="module")
def wire(target: Target) -> httpx.Client:
    return httpx.Client(base_url=target.address, timeout=SLEEP_S)


def _songs(owner: Engine) -> int:
    with owner.connect() as connection:
        return int(connection.scalar(text("SELECT count(*) FROM atlas.song")) or 0)


def _is_text(schema: dict[str, Any], document: dict[str, Any]) -> bool:
    """Whether a schema lets a free text in."""
    found = resolved(document, schema)
    parts = found.get("anyOf", found.get("oneOf", [found]))
    return any(part.get("type") == "string" and "enum" not in part for part in parts)


def _places() -> Iterator[Any]:
    """(operation, parameter) for every parameter that is text."""
    for operation in OPERATIONS:
        for one in operation.parameters:
            if _is_text(one["schema"], DOCUMENTS[operation.document]) or "filter" in one["name"]:
                yield pytest.param(operation, one, id=f"{operation}-{one['name']}")


PLACES = list(_places())


def _request(operation: Operation, target: Target, put: dict[str, str]) -> tuple[str, Any]:
    """The path and the query of a question, with what is put in; the rest is real."""
    path, query = operation.path, {}
    for one in operation.parameters:
        name = one["name"]
        values = target.values.get((operation.path, name)) or ["1"]
        value = put.get(name, values[0])
        if one["in"] == "path":
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        elif one["in"] == "query" and (name in put or one.get("required")):
            query[name] = value
    return path, query


@pytest.mark.parametrize(("operation", "parameter"), PLACES)
def test_a_parameter_calls_nothing(
    target: Target, owner: Engine, wire: httpx.Client, operation: Operation,
    parameter: dict[str, Any],
) -> None:  # fmt: skip
    name, refused = parameter["name"], 0
    until = time.monotonic() + PATIENCE_S
    headers = target.head("administrator" if operation.needs_token else "public")
    for string in _turned((operation, name)):
        path, query = _request(operation, target, {name: string})
        if parameter["in"] == "header":
            headers[name] = string.encode("ascii", "ignore").decode().replace("\0", "")
        began = time.monotonic()
        answer = wire.request(operation.method, path, params=query, headers=headers)
        assert answer.status_code < 500, (string, answer.text[:300])
        assert time.monotonic() - began < SLEEP_S / 2, string
        refused += answer.status_code == 400 and answer.json().get("parameter") == name
        if refused >= ENOUGH or time.monotonic() > until:
            break
    assert _songs(owner) == 0


def _bodies() -> Iterator[Any]:
    """(operation, body with what is needed, field) for every text field of every JSON body."""
    for operation in OPERATIONS:
        content = operation.told.get("requestBody", {}).get("content", {})
        for media, told in content.items():
            if "json" in media:
                document = DOCUMENTS[operation.document]
                body = GOOD.get(operation.path) or _sample(told["schema"], document)
                for path in _fields(body):
                    yield pytest.param(operation, media, body, path,
                                       id=f"{operation}-{'.'.join(map(str, path))}")  # fmt: skip


def _sample(schema: dict[str, Any], document: dict[str, Any], depth: int = 0) -> Any:
    """A value that a schema allows, every property given."""
    found = resolved(document, schema)
    for key in ("anyOf", "oneOf"):
        if key in found:
            return _sample(found[key][0], document, depth)
    if "enum" in found or "const" in found:
        return found.get("const", found.get("enum", [None])[0])
    kind = found.get("type")
    if kind == "object" or "properties" in found:
        properties = found.get("properties", {}) if depth < 6 else {}
        return {name: _sample(one, document, depth + 1) for name, one in properties.items()}
    if kind == "array":
        return [_sample(found.get("items", {"type": "number"}), document, depth + 1)]
    given = {"integer": 1, "number": 1.0, "boolean": True, "string": "2026-01-31", None: None}
    return given.get(kind)


def _fields(body: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where the texts of a body stand."""
    if isinstance(body, str):
        yield path
    inner: Any = enumerate(body) if isinstance(body, list) else ()
    for key, value in body.items() if isinstance(body, dict) else inner:
        yield from _fields(value, (*path, key))


@pytest.mark.parametrize(("operation", "media", "body", "field"), list(_bodies()))
def test_a_body_calls_nothing(
    target: Target, owner: Engine, wire: httpx.Client, operation: Operation, media: str,
    body: Any, field: tuple[str | int, ...],
) -> None:  # fmt: skip
    path, query = _request(operation, target, {})
    headers = {**target.head("administrator"), "Content-Type": media}
    refused = others = 0
    until = time.monotonic() + PATIENCE_S
    for string in _turned((operation, field)):
        sent = json.loads(json.dumps(body))
        holder: Any = sent
        for key in field[:-1]:
            holder = holder[key]
        if field:
            holder[field[-1]] = string
        began = time.monotonic()
        answer = wire.request(
            operation.method, path, params=query, content=json.dumps(sent), headers=headers
        )
        assert answer.status_code < 500, (string, answer.text[:300])
        assert time.monotonic() - began < SLEEP_S / 2, string
        named = answer.json().get("parameter") or "" if answer.status_code == 400 else None
        refused += named is not None and (not field or str(field[-1]) in named)
        others += named is not None
        if others >= ENOUGH and operation.path not in GOOD:
            break
        if refused >= ENOUGH or time.monotonic() > until:
            break
    assert _songs(owner) == 0


X = "<text>"
"""Where a string goes in the questions below."""
_LINE = {"line": "<line>", "change": "river", "role": X, "on": "2026-03-20", "note": X}
_QUERIES = {"q": {"query": X, "type": X, "properties": [{"pid": X, "v": X}]}}
_TRACK = (
    '<?xml version="1.0"?><gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk>'
    f"<name>{X}</name><trkseg>" + "".join(
        f'<trkpt lat="31.7" lon="119.9{n}"><time>2026-03-20T08:0{n}:00Z</time></trkpt>'
        for n in range(3)
    ) + "</trkseg></trk></gpx>"
)  # fmt: skip
_GROUND = {"type": "Polygon", "coordinates": [
    [[119.9, 31.7], [120.0, 31.7], [120.0, 31.8], [119.9, 31.8], [119.9, 31.7]]]}  # fmt: skip
QUESTIONS: list[tuple[str, dict[str, Any]]] = [
    ("/api/access/planning/work-items", {"json": {
        "kind": "wrong_information", "title": X, "role": X, "note": X, "lon": 119.97, "lat": 31.78,
    }}),
    ("/api/access/scenarios", {"json": {
        "name": X, "note": X, "kind": "canteen", "on": "2026-01-31",
        "changes": [{"action": "close", "facility_code": "<facility>"}],
    }}),
    ("/api/survey/inspections", {"json": {
        "title": X, "lines": ["<line>"], "role": X, "opened_on": "2026-03-20",
    }}),
    ("/api/survey/inspections/changes", {"json": _LINE}),
    ("/api/survey/planned", {"json": {
        "title": X, "note": X, "within": "320400", "law_kinds": ["line_part"], "on": "2026-01-01",
        "units": [{"name": X, "geometry": _GROUND}],
    }}),
    ("/api/deliveries?wait=true", {
        "data": {"kind": "facilities", "crs": "4490", "by": X, "secrecy": "public"},
        "files": [("files", (f"{X}.csv", f"名称,经度,纬度,类别\n\"{X}\",119.97,31.79,养老院\n"))],
    }),
    ("/api/survey/inspections/LJ2026-001/files", {
        "data": {"role": X}, "files": [("files", (f"{X}.gpx", _TRACK))],
    }),
    ("/reconcile", {"data": {"queries": json.dumps(_QUERIES)}}),
    ("/reconcile", {"data": {"extend": json.dumps({"ids": [X], "properties": [{"id": "name"}]})}}),
]  # fmt: skip
"""Questions with a string in every free text at once: what has a form is asked above."""


def _filled(what: Any, put: dict[str, str]) -> Any:
    """A question with strings in their places; inside of JSON and XML they are escaped."""
    if isinstance(what, str):
        for place, string in put.items():
            if what.startswith("{"):
                string = json.dumps(string)[1:-1]
            elif what.startswith("<?xml"):
                string = escape("".join(c for c in string if c.isprintable()))
            what = what.replace(place, string)
        return what
    if isinstance(what, list | tuple):
        return type(what)(_filled(one, put) for one in what)
    if isinstance(what, dict):
        return {name: _filled(one, put) for name, one in what.items()}
    return what


@pytest.mark.parametrize(("address", "asked"), QUESTIONS, ids=lambda one: str(one)[:40])
def test_texts_that_are_let_in_call_nothing(
    target: Target, owner: Engine, wire: httpx.Client, address: str, asked: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("ATLAS_PLANNED_CHANGES", "true")
    head = target.head("administrator")
    with owner.connect() as connection:
        known = text("SELECT (SELECT code FROM atlas.facility WHERE 'canteen' = ANY(kinds) AND"
                     " code LIKE 'DEMO%' ORDER BY code LIMIT 1), (SELECT max(code) FROM"
                     " atlas.boundary_line)")  # fmt: skip
        facility, line = connection.execute(known).one()
    put = {"<facility>": facility, "<line>": line}
    let_in = wire.post(address, **_filled(asked, {**put, X: "示例局"}), headers=head)
    assert let_in.status_code < 300, let_in.text
    until = time.monotonic() + PATIENCE_S
    for string in _turned(address):
        began = time.monotonic()
        answer = wire.post(address, **_filled(asked, {**put, X: string}), headers=head)
        assert answer.status_code < 500, (string, answer.text[:300])
        assert time.monotonic() - began < SLEEP_S / 2, string
        if time.monotonic() > until:
            break
    assert _songs(owner) == 0


def test_the_canary_sings_when_it_is_called(target: Target, owner: Engine) -> None:
    """The tests above are worth something only if a call is seen, by the public's role too."""
    before = _songs(owner)
    public = make_engine(target.database.public_url, role="public")
    with public.connect() as connection:
        with contextlib.suppress(DBAPIError):  # the public's connections only read
            connection.execute(text("SET TRANSACTION READ WRITE"))
        assert connection.scalar(text("SELECT canary()")) == "sung"
        connection.commit()
    public.dispose()
    assert (before, _songs(owner)) == (0, 1)
    with owner.begin() as connection:
        connection.execute(text("TRUNCATE atlas.song"))


@pytest.mark.parametrize("language", ["cql2-text", "cql2-json"])
@pytest.mark.parametrize("collection", ["facilities", "place-names"])
def test_filters_100_000_deep_are_refused_at_once(
    wire: httpx.Client, collection: str, language: str
) -> None:
    deep = "(" * 100_000 if language == "cql2-text" else '{"op":"not","args":[' * 100_000
    began = time.monotonic()
    address = f"/ogc/collections/{collection}/items"
    short = wire.get(address, params={"filter": deep[:19_000], "filter-lang": language})
    assert short.status_code == 400
    # The whole is longer than our client sends, and is stopped by the length of an address.
    server = http.client.HTTPConnection(wire.base_url.host, wire.base_url.port, timeout=SLEEP_S)
    with contextlib.closing(server), contextlib.suppress(ConnectionError):  # or hung up on
        server.request("GET", f"{address}?filter-lang={language}&filter={quote(deep)}")
        assert server.getresponse().status in (400, 414, 431)
    assert time.monotonic() - began < SLEEP_S / 2


@pytest.mark.parametrize("collection", ["facilities", "units", "lines", "place-names", "zones"])
@pytest.mark.parametrize("box", ["170,-50,-170,50", "119,31,-170,33", "-170,31,121,33"])
def test_boxes_across_the_antimeridian_are_boxes(
    wire: httpx.Client, collection: str, box: str
) -> None:
    address = f"/ogc/collections/{collection}/items"
    answer = wire.get(address, params={"bbox": box})
    assert answer.status_code == 200, answer.text
    reaches = box != "170,-50,-170,50"
    assert (answer.json()["numberMatched"] > 0) == reaches

"""Does a CQL2 filter let through what it says, in text and in JSON, and nothing else happen?"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from geo.db import Database, make_engine
from geo.queries.cql.walk import SPATIAL, TEMPORAL

POINTS = "/ogc/collections/facilities/items"
UNITS = "/ogc/collections/units/items"
Row = dict[str, Any]


def ids(client: TestClient, at: str, filter: str, **more: str) -> list[str]:
    given = {"filter": filter, "limit": "10000", "skipGeometry": "true", **more}
    answer = client.get(at, params=given)
    assert answer.status_code == 200, (filter, answer.text[:300])
    body = answer.json()
    assert body["numberMatched"] == body["numberReturned"]
    return [one["id"] for one in body["features"]]


def rows(client: TestClient, at: str, **more: str) -> list[Row]:
    body = client.get(at, params={"limit": "10000", "skipGeometry": "true", **more}).json()
    return [{"id": one["id"], **one["properties"]} for one in body["features"]]


def refused(client: TestClient, filter: str, **more: str) -> str:
    answer = client.get(POINTS, params={"filter": filter, **more})
    assert answer.status_code == 400, (filter[:80], answer.text[:200])
    assert answer.json()["parameter"] == "filter"
    return str(answer.json()["detail"])


SAME: list[tuple[str, Any, Callable[[Row], bool]]] = [
    ("state = 'open'", {"op": "=", "args": [{"property": "state"}, "open"]},
     lambda r: r["state"] == "open"),
    ("beds_total >= 100 AND NOT has_lift = TRUE", None,
     lambda r: (r["beds_total"] or 0) >= 100 and r["has_lift"] is False),
    ("beds_total IS NULL", {"op": "isNull", "args": [{"property": "beds_total"}]},
     lambda r: r["beds_total"] is None),
    ("beds_total IS NOT NULL OR state <> 'open'", None,
     lambda r: r["beds_total"] is not None or r["state"] != "open"),
    ("name LIKE '%食堂%'", {"op": "like", "args": [{"property": "name"}, "%食堂%"]},
     lambda r: "食堂" in r["name"]),
    ("name NOT LIKE '示例%001'", None, lambda r: not (r["name"].startswith("示例")
                                                     and r["name"].endswith("001"))),
    ("beds_total BETWEEN 50 AND 100.5",
     {"op": "between", "args": [{"property": "beds_total"}, 50, 100.5]},
     lambda r: r["beds_total"] is not None and 50 <= r["beds_total"] <= 100.5),
    ("admin_code IN ('320402000000','320404000000')",
     {"op": "in", "args": [{"property": "admin_code"}, ["320402000000", "320404000000"]]},
     lambda r: r["admin_code"] in ("320402000000", "320404000000")),
    ("CASEI(code) LIKE CASEI('demo-320400-CANTEEN%')", None,
     lambda r: r["code"].startswith("DEMO-320400-canteen")),
    ("A_CONTAINS(kinds, ('canteen'))",
     {"op": "a_contains", "args": [{"property": "kinds"}, ["canteen"]]},
     lambda r: "canteen" in r["kinds"]),
    ("beds_nursing = beds_total", None,
     lambda r: r["beds_nursing"] is not None and r["beds_nursing"] == r["beds_total"]),
    ("valid_from > DATE('2020-01-01')",
     {"op": ">", "args": [{"property": "valid_from"}, {"date": "2020-01-01"}]},
     lambda r: r["valid_from"] is not None and r["valid_from"] > "2020-01-01"),
    ("T_AFTER(valid_from, TIMESTAMP('2020-01-01T00:00:00Z'))", None,
     lambda r: r["valid_from"] is not None and r["valid_from"] > "2020-01-01"),
    ("valid_from = '2020-01-01' OR name = 'it''s'", None,
     lambda r: r["valid_from"] == "2020-01-01"),
    ("has_lift", None, lambda r: r["has_lift"] is True),
]  # fmt: skip


@pytest.mark.parametrize(("words", "tree", "fits"), SAME, ids=[one[0] for one in SAME])
def test_a_filter_says_what_it_says(
    client: TestClient, words: str, tree: Any, fits: Callable[[Row], bool]
) -> None:
    expected = [row["id"] for row in rows(client, POINTS) if fits(row)]
    assert ids(client, POINTS, words) == expected
    if tree is not None:
        given = json.dumps(tree, ensure_ascii=False)
        assert ids(client, POINTS, given, **{"filter-lang": "cql2-json"}) == expected


@pytest.mark.parametrize("op", [*SPATIAL])
def test_spatial_operators_are_those_of_postgis(
    client: TestClient, city_engine: Engine, op: str
) -> None:
    district = "(SELECT geom FROM admin_unit WHERE code='320402000000' AND upper_inf(validity))"
    with city_engine.connect() as connection:
        shape = connection.execute(
            text(f"SELECT ST_AsText(ST_Simplify(ST_GeometryN({district},1), 0.01))")
        ).scalar_one()
        condition = SPATIAL[op].format("t.geom", "ST_GeomFromText(:shape, 4490)")
        expected = connection.execute(
            text(f"""SELECT code FROM admin_unit t WHERE {condition} AND is_published
            AND validity @> (now() AT TIME ZONE 'Asia/Shanghai')::date ORDER BY id"""),
            {"shape": shape},
        ).scalars()
        assert ids(client, UNITS, f"{op.upper()}(geometry, {shape})") == [*expected]


def test_shapes_of_a_filter_stand_in_the_system_that_is_named(client: TestClient) -> None:
    plain = ids(client, POINTS, "S_INTERSECTS(geometry, BBOX(119.9,31.7,120.0,31.8))")
    turned = ids(
        client, POINTS, "S_INTERSECTS(geometry, BBOX(31.7,119.9,31.8,120.0))",
        **{"filter-crs": "http://www.opengis.net/def/crs/EPSG/0/4490"},
    )  # fmt: skip
    assert plain == turned
    boxed = client.get(f"{POINTS}?bbox=119.9,31.7,120.0,31.8&limit=10000").json()["features"]
    assert plain == [one["id"] for one in boxed]


@pytest.mark.parametrize("op", [*TEMPORAL])
def test_temporal_operators_compare_spans(client: TestClient, op: str) -> None:
    everything = rows(client, UNITS, datetime="../..")
    since, until = "2010-01-01", "2014-12-31"
    low, high = "0001-01-01", "9999-12-31"

    def span(row: Row) -> tuple[str, str]:
        from datetime import date, timedelta

        end = row["valid_until"]
        last = (date.fromisoformat(end) - timedelta(days=1)).isoformat() if end else high
        return row["valid_from"] or low, last

    relations: dict[str, Callable[[str, str, str, str], bool]] = {
        "t_after": lambda a, b, c, d: a > d, "t_before": lambda a, b, c, d: b < c,
        "t_contains": lambda a, b, c, d: a < c and b > d,
        "t_disjoint": lambda a, b, c, d: b < c or a > d,
        "t_during": lambda a, b, c, d: a > c and b < d,
        "t_equals": lambda a, b, c, d: (a, b) == (c, d),
        "t_finishedby": lambda a, b, c, d: a < c and b == d,
        "t_finishes": lambda a, b, c, d: a > c and b == d,
        "t_intersects": lambda a, b, c, d: a <= d and b >= c,
        "t_meets": lambda a, b, c, d: b == c, "t_metby": lambda a, b, c, d: a == d,
        "t_overlappedby": lambda a, b, c, d: c < a < d < b,
        "t_overlaps": lambda a, b, c, d: a < c < b < d,
        "t_startedby": lambda a, b, c, d: a == c and b > d,
        "t_starts": lambda a, b, c, d: a == c and b < d,
    }  # fmt: skip
    expected = [r["id"] for r in everything if relations[op](*span(r), since, until)]
    words = f"{op}(validity, INTERVAL('{since}', '{until}'))"
    assert ids(client, UNITS, words, datetime="../..") == expected
    pair = f"{op}(INTERVAL(valid_from, valid_until), INTERVAL('{since}', '{until}'))"
    assert ids(client, UNITS, pair, datetime="../..") == expected


DEEP = 100_000


@pytest.mark.parametrize(
    ("filter", "language"),
    [
        ("(" * DEEP + "code='a'" + ")" * DEEP, "cql2-text"),
        ("NOT " * DEEP + "code='a'", "cql2-text"),
        (" AND ".join(["code='a'"] * DEEP), "cql2-text"), ("a=" + "-" * DEEP + "1", "cql2-text"),
        ("f(" * DEEP + "1" + ")" * DEEP + "=1", "cql2-text"), ("[" * DEEP, "cql2-json"),
        ('{"op":"not","args":[' * DEEP + "true" + "]}" * DEEP, "cql2-json"),
        # as deep as their length lets them be
        ("(" * 9_000 + "code='a'" + ")" * 9_000, "cql2-text"),
        ("NOT " * 4_000 + "TRUE", "cql2-text"),
        (" OR ".join(["code='a'"] * 1_500), "cql2-text"), ("code='" + "('" * 5_000, "cql2-text"),
        ("[" * 9_000 + "]" * 9_000, "cql2-json"), ('"' * 15_001, "cql2-json"),
        ('{"op":"not","args":[' * 900 + "true" + "]}" * 900, "cql2-json"),
    ],
    ids=range(14),
)  # fmt: skip
def test_nesting_is_refused_at_once(filter: str, language: str) -> None:
    # Past the HTTP client, whose own cap on addresses would hide ours.
    from geo.errors import BadInput
    from geo.queries.cql import read_json, read_text

    started = time.thread_time()
    with pytest.raises(BadInput, match="filter"):
        (read_text if language == "cql2-text" else read_json)(filter)
    assert time.thread_time() - started < 5, "its work grows faster than its length"


def test_deep_filters_over_http(server: str) -> None:
    import httpx2 as httpx

    for filter in ("(" * 9_000 + "code='a'" + ")" * 9_000, "NOT " * 4_500 + "TRUE"):
        answer = httpx.get(server + POINTS, params={"filter": filter}, timeout=60)
        assert answer.status_code in (400, 414, 431)
    assert httpx.get(server + POINTS, params={"limit": 1}, timeout=60).status_code == 200


WRONG = [
    "", " ", "x", "name", "name = 1", "beds_total = 'many'", "kinds = 'canteen'", "nope = 1",
    "name = name2", "password IS NULL", "is_published = TRUE", "extra IS NULL", "geom = 1",
    "pg_sleep(10) = 1", "canary('x') = TRUE", "lower(name) = 'x'", "ACCENTI(name) = 'x'",
    "beds_total + 1 > 2", "beds_total * beds_total > 1", "name = 'x'; DROP TABLE facility",
    "name = 'x' UNION SELECT 1", "S_BOGUS(geometry,POINT(1 2))", "name LIKE 'x\\'", "name LIKE 5",
    "name IN ()",
    "S_INTERSECTS(geometry, geometry)", "S_INTERSECTS(geometry, POLYGON((0 0,1 1,0 1,1 0,0 0)))",
    "S_INTERSECTS(geometry, POLYGON((0 0,1 1)))", "S_INTERSECTS(geometry, POINT(1e400 1))",
    "S_INTERSECTS(name, POINT(1 2))", "S_INTERSECTS(geometry, BBOX(1,2,3))",
    "S_WITHIN(geometry, GEOMETRYCOLLECTION(POINT(1 2), POINT(3 4)))",
    "T_AFTER(name, DATE('2020-01-01'))", "T_AFTER(valid_from, DATE('2020-13-01'))",
    "T_AFTER(valid_from, INTERVAL('x','y'))", "valid_from > 'soon'", "1e400 < beds_total",
    "name = '\0'", "ST_Area(geometry) > 1", "name ~ 'x'", "current_user = 'atlas'", "1 = 1; --",
]  # fmt: skip


@pytest.mark.parametrize("filter", WRONG)
def test_what_is_no_filter_is_400_and_says_so(client: TestClient, filter: str) -> None:
    detail = refused(client, filter)
    assert "filter" in detail
    for word in ("SELECT t.", "psycopg", "Traceback"):
        assert word not in detail


@pytest.mark.parametrize(
    "tree",
    ["{", "[]", "null", "1", '"x"', "{}", '{"op":1}', '{"op":"and"}', '{"op":"and","args":[]}',
     '{"op":"pg_sleep","args":[10]}', '{"op":"=","args":[{"op":"pg_sleep","args":[10]},1]}',
     '{"op":"=","args":[{"property":"name"}]}', '{"op":"=","args":[{"property":["name"]},1]}',
     '{"op":"=","args":[{"property":"name"},null]}', '{"op":"in","args":[{"property":"name"},[]]}',
     '{"op":"s_within","args":[{"property":"geometry"},{"type":"Point","coordinates":[]}]}',
     '{"op":"s_within","args":[{"property":"geometry"},{"type":"Point","coordinates":["a",1]}]}',
     '{"op":"t_after","args":[{"property":"valid_from"},{"date":5}]}',
     '{"op":"=","args":[{"property":"name"},{"op":"casei","args":[{"op":"canary","args":["x"]}]}]}'],
)  # fmt: skip
def test_wrong_trees_are_400(client: TestClient, tree: str) -> None:
    refused(client, tree, **{"filter-lang": "cql2-json"})


def test_an_unknown_language_is_400(client: TestClient) -> None:
    answer = client.get(POINTS, params={"filter": "TRUE", "filter-lang": "ecql"})
    assert answer.json()["parameter"] == "filter-lang"


def test_no_function_of_the_database_can_be_called(bureau: Database, desk: str) -> None:
    import httpx2 as httpx

    engine = make_engine(bureau.owner_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS atlas.canary_sang (at timestamptz)"))
        connection.execute(
            text("""CREATE OR REPLACE FUNCTION public.canary(said text) RETURNS boolean
            LANGUAGE plpgsql SECURITY DEFINER AS
            $$BEGIN INSERT INTO atlas.canary_sang VALUES (now()); RETURN true; END$$""")
        )
        connection.execute(text("GRANT EXECUTE ON FUNCTION public.canary(text) TO PUBLIC"))
    calls = ["canary('x')", "public.canary('x')", '"public"."canary"(\'x\')', "pg_sleep(120)"]
    forms = ["{}", "{} = TRUE", "NOT {}", "name = {}", "name LIKE {}", "name IN ({})",
             "CASEI({}) = 'x'", "code = '' OR {}", "S_INTERSECTS(geometry, {})",
             "T_AFTER(valid_from, {})", "beds_total BETWEEN {} AND 5",
             "code = ''') OR {} --"]  # fmt: skip
    parameters = ("sortby", "properties", "name", "datetime", "bbox", "cursor", "crs")
    try:
        asked = [("filter", form.format(call)) for form in forms for call in calls]
        asked += [(parameter, call) for parameter in parameters for call in calls]
        with httpx.Client(timeout=60) as browser:
            for parameter, words in asked:
                answer = browser.get(desk + POINTS, params={parameter: words}, timeout=60)
                assert answer.status_code < 500, (parameter, words)
        with engine.begin() as connection:
            assert connection.execute(text("SELECT count(*) FROM atlas.canary_sang")).scalar() == 0
            assert connection.execute(text("SELECT public.canary('x')")).scalar()
            assert connection.execute(text("SELECT count(*) FROM atlas.canary_sang")).scalar() == 1
    finally:
        with engine.begin() as connection:
            connection.execute(text("DROP FUNCTION IF EXISTS public.canary(text)"))
            connection.execute(text("DROP TABLE IF EXISTS atlas.canary_sang"))
        engine.dispose()

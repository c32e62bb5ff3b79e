"""Do features come in through the door as through a delivery, whole or not at all, seen or not?"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy import Engine, text

from api.security import issue
from geo.db import Database, make_engine, session_factory

POINTS = "/ogc/collections/facilities/items"
NAMES = "/ogc/collections/place-names/items"
GEO = {"Content-Type": "application/geo+json"}
Json = dict[str, Any]


class Desk:
    """A caller with the token of a role."""

    def __init__(self, address: str, secret: str | None) -> None:
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        self.browser = httpx.Client(base_url=address, headers=headers, timeout=30)

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        content = None if body is None else body if isinstance(body, bytes) else json.dumps(body)
        given = {**(GEO if body is not None else {}), **headers}
        return self.browser.request(method, path, content=content, headers=given)

    def get(self, path: str) -> tuple[Json, str]:
        """A feature and its ETag."""
        answer = self("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json(), answer.headers["etag"]


@pytest.fixture(scope="module")
def engine(bureau: Database) -> Iterator[Engine]:
    made = make_engine(bureau.owner_url)
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def desks(bureau: Database, desk: str) -> dict[str, Desk]:
    """One caller for each role, one limited to a district, and the public."""
    made = {"public": Desk(desk, None)}
    with session_factory(bureau).begin() as session:
        for name, role, division in (
            ("planner", "planner", None), ("surveyor", "surveyor", None),
            ("officer", "names_officer", None), ("administrator", "administrator", None),
            ("district", "planner", "320404000000"),
        ):  # fmt: skip
            secret = issue(session, label=name, role=role, division_code=division, days=1).secret
            made[name] = Desk(desk, secret)
    return made


@pytest.fixture(scope="module")
def planner(desks: dict[str, Desk]) -> Desk:
    return desks["planner"]


def facility(lon: float = 119.97, lat: float = 31.78, **properties: Any) -> Json:
    return {
        "type": "Feature", "geometry": {"type": "Point", "coordinates": [lon, lat]},
        "properties": {"name": "示例社区食堂", "kinds": ["canteen"], "address": "示例路9号",
                       "meals_per_day": 80} | properties,
    }  # fmt: skip


def rows(engine: Engine, code: str) -> list[Any]:
    with engine.connect() as connection:
        found = connection.execute(
            text("SELECT * FROM facility WHERE code = :code ORDER BY lower(validity)"),
            {"code": code},
        )
        return [*found]


def count(engine: Engine) -> tuple[int, ...]:
    with engine.connect() as connection:
        return tuple(
            connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            for table in ("facility", "delivery", "delivery_change", "place", "place_name")
        )


def test_a_feature_is_created_read_changed_and_ended(planner: Desk, engine: Engine) -> None:
    lunch = {"mon": [["10:30", "12:30"]]}
    made = planner("POST", f"{POINTS}?secrecy=public", facility(code="W-1", hours=lunch))
    assert made.status_code == 201, made.text
    address = made.headers["location"]
    assert address.endswith("/items/W-1")
    body, tag = planner.get(address)
    assert made.headers["etag"] == tag
    assert body["properties"]["admin_code"] == "320402000000", "found by its position"
    assert body["properties"]["meals_per_day"] == 80
    assert body["properties"]["hours"] == lunch
    assert httpx.get(address, timeout=60).status_code == 200, (
        "what is delivered as public, the public sees"
    )

    asked = {
        "care_levels": ["partial", "full"], "has_lift": True, "medical_link": "none",
        "ownership": "public", "fire_state": "passed", "fire_checked_on": "2026-06-30",
        "operation": "private_nonprofit",
        "prices": [
            {"item": "meal", "low": 8, "high": 12, "unit": "meal", "includes": "两荤两素",
             "priced_on": "2026-09-01"},
            {"item": "dinner", "low": None, "high": 10.5, "unit": "meal", "includes": None,
             "priced_on": None},
        ],
        "ratings": [{"scheme": "GB/T 37276", "level": "三级", "rated_on": None, "rated_in": "2024",
                     "valid_until": None, "issuer": None}],
    }  # fmt: skip
    changed = facility(name="示例社区食堂", kinds=["canteen", "day_care"], hours=lunch, **asked)
    changed["properties"]["prices"][0]["includes"] = "两荤\0两素"  # no database holds a zero
    put = planner("PUT", f"{address}?secrecy=public", changed, **{"If-Match": tag})
    assert put.status_code == 204, put.text
    body, tag = planner.get(address)
    assert put.headers["etag"] == tag
    asked["prices"][0]["includes"] = "两荤两素"
    assert body["properties"]["kinds"] == ["canteen", "day_care"]
    assert asked.items() <= body["properties"].items()
    patch = planner(
        "PATCH", f"{address}?secrecy=public", {"properties": {"meals_per_day": None}},
        **{"If-Match": tag},
    )  # fmt: skip
    assert patch.status_code == 204, patch.text
    body, tag = planner.get(address)
    assert body["properties"]["meals_per_day"] is None, "null takes away"
    assert body["properties"]["kinds"] == ["canteen", "day_care"], "what is not said stays"
    assert body["properties"]["prices"] == asked["prices"]
    items, code = f"{address.rpartition('/')[0]}", body["id"]
    (listed,) = httpx.get(items, params={"code": code}, timeout=60).json()["features"]
    assert not {"prices", "ratings"} & set(listed["properties"]), "looked up only where wanted"
    (named,) = httpx.get(items, params={"code": code, "properties": "prices"}, timeout=60).json()[
        "features"
    ]
    assert named["properties"]["prices"] == asked["prices"]
    put = planner("PUT", f"{address}?secrecy=public", listed, **{"If-Match": tag})
    assert put.status_code == 204, put.text
    body, tag = planner.get(address)
    assert (body["properties"]["prices"], body["properties"]["ratings"]) == (
        asked["prices"], asked["ratings"]
    ), "what a list did not show is not taken away"  # fmt: skip
    for less in ({"prices": None}, {"ratings": []}):
        tag = planner("PATCH", f"{address}?secrecy=public", {"properties": less},
                      **{"If-Match": tag}).headers["etag"]  # fmt: skip
    body, tag = planner.get(address)
    assert (body["properties"]["prices"], body["properties"]["ratings"]) == (None, None)
    assert body["properties"]["hours"] == lunch

    (row,) = rows(engine, "W-1")
    with engine.connect() as connection:
        kinds = connection.execute(
            text("""SELECT d.delivered_by, c.action FROM delivery_change c JOIN delivery d
            ON d.id = c.delivery_id WHERE table_name = 'facility' AND row_id = :id
            ORDER BY d.id"""),
            {"id": row.id},
        ).all()
    assert [action for _, action in kinds] == ["began", *["corrected"] * 5]
    assert all("planner" in by for by, _ in kinds), "who wrote is on record"

    assert planner("DELETE", f"{address}?secrecy=public", **{"If-Match": tag}).status_code == 204
    assert planner("GET", address).status_code == 404
    assert rows(engine, "W-1") == [], "what began today is taken back"


def test_what_began_before_today_ends_and_can_be_brought_back(
    planner: Desk, engine: Engine
) -> None:
    from geo.loaders.undo import undo_delivery

    with engine.begin() as connection:
        connection.execute(
            text("""INSERT INTO facility (code, name, kinds, geom, is_published, validity) VALUES
            ('W-2', '旧食堂', '{canteen}', ST_SetSRID(ST_Point(119.97, 31.78), 4490), true,
             '[2020-01-01,)')""")
        )
    address = f"{POINTS}/W-2"
    _, tag = planner.get(address)
    put = planner("PUT", address, facility(name="新食堂"), **{"If-Match": tag})
    assert put.status_code == 204, put.text
    before, after = rows(engine, "W-2")
    assert before.name == "旧食堂"
    assert before.validity.upper == after.validity.lower
    assert not after.is_published
    public, _ = Desk(str(planner.browser.base_url), None).get(address)
    assert public["properties"]["name"] == "旧食堂", "an unpublished version hides nothing"
    assert planner.get(address)[0]["properties"]["name"] == "新食堂"

    _, tag = planner.get(address)
    assert planner("DELETE", f"{address}?secrecy=public", **{"If-Match": tag}).status_code == 204
    (row,) = rows(engine, "W-2")
    assert row.validity.upper is not None
    assert planner("GET", address).status_code == 404
    assert httpx.get(str(planner.browser.base_url) + address, timeout=60).status_code == 404
    with make_session(engine) as session:
        last = session.execute(text("SELECT max(id) FROM delivery")).scalar_one()
        assert undo_delivery(session, last).reopened == 1
        session.commit()
    assert rows(engine, "W-2")[0].validity.upper is None
    assert planner.get(address)[0]["properties"]["name"] == "旧食堂"


def make_session(engine: Engine) -> Any:
    from sqlalchemy.orm import Session

    return Session(engine)


REFUSED: list[tuple[Json, set[str]]] = [
    (facility(name=None), {"name"}),
    (facility(name=""), {"name"}),
    (facility(kinds=["zzz"]), {"kinds"}),
    (facility(kinds=[]), {"kinds"}),
    (facility(kinds=None), {"kinds"}),
    (facility(beds_total="many", filed_on="soon"), {"beds_total", "filed_on"}),
    (facility(beds_total=5, beds_nursing=9), {"beds_nursing"}),
    (facility(uscc="123"), {"uscc"}),
    (facility(state="gone"), {"state"}),
    (facility(checked_on="2999-01-01"), {"checked_on"}),
    (facility(foo=1, bar=2), {"foo", "bar"}),
    (facility(operation="own", is_synthetic=True), {"operation"}),
    (facility(fire_state="zzz", has_lift="maybe"), {"fire_state", "has_lift"}),
    (facility(prices=[{"item": "meal", "low": 8}], ratings="三级"), {"prices", "ratings"}),
    (facility(code="a b"), {"code"}),
    (facility(200, 31), {"geometry"}),
    ({**facility(), "geometry": None}, {"geometry"}),
    ({**facility(), "geometry": {"type": "Point", "coordinates": ["a", 1]}}, {"geometry"}),
    ({**facility(), "geometry": {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}},
     {"geometry"}),
    ({"type": "FeatureCollection", "features": []}, {"type"}),
    ({**facility(), "properties": []}, {"properties"}),
]  # fmt: skip


@pytest.mark.parametrize(("body", "fields"), REFUSED, ids=range(len(REFUSED)))
def test_a_refused_feature_tells_every_reason_and_leaves_nothing(
    planner: Desk, engine: Engine, body: Json, fields: set[str]
) -> None:
    before = count(engine)
    answer = planner("POST", POINTS, body)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert {one["field"] for one in told["errors"]} == fields
    assert all(one["message"] and one["rule"] for one in told["errors"])
    assert count(engine) == before


def test_zero_characters_are_left_out_as_from_a_file(planner: Desk) -> None:
    sent = facility(name="零\0字食堂", address="零\0路9号", phone="0519\x0012345678")
    made = planner("POST", POINTS, sent)
    assert made.status_code == 201, made.text
    told = planner.get(made.headers["location"])[0]["properties"]
    assert (told["name"], told["address"]) == ("零字食堂", "零路9号")


def test_a_personal_value_is_refused_and_not_repeated(planner: Desk, engine: Engine) -> None:
    before = count(engine)
    answer = planner("POST", POINTS, facility(address="联系人身份证11010519491231002X"))
    assert answer.status_code == 422
    assert "11010519491231002X" not in answer.text
    assert count(engine) == before


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [({}, b"{", 400), ({}, b"\xff", 400), ({}, b"[" * 100_000, 400), ({}, b"", 400),
     ({"Content-Type": "text/plain"}, b"{}", 415), ({"Content-Type": ""}, b"{}", 415),
     ({"Content-Crs": "<http://example.com>"}, b"{}", 400)],
)  # fmt: skip
def test_bodies_that_are_none(
    planner: Desk, headers: dict[str, str], body: bytes, status: int
) -> None:
    assert planner("POST", POINTS, body, **headers).status_code == status


def test_shapes_come_in_the_system_of_the_header(planner: Desk) -> None:
    uri = "<http://www.opengis.net/def/crs/EPSG/0/4490>"
    made = planner("POST", POINTS, facility(31.75, 119.95, code="W-3"), **{"Content-Crs": uri})
    assert made.status_code == 201, made.text
    body, tag = planner.get(made.headers["location"])
    assert body["geometry"]["coordinates"] == [119.95, 31.75]
    planner("DELETE", made.headers["location"], **{"If-Match": tag})


def test_if_match(planner: Desk, engine: Engine) -> None:
    made = planner("POST", POINTS, facility(code="W-4"))
    address, tag = made.headers["location"], made.headers["etag"]
    for method, body in (("PUT", facility()), ("PATCH", {"properties": {}}), ("DELETE", None)):
        assert planner(method, address, body).status_code == 428
        for wrong in ('"1"', 'W/"1"', f"W/{tag}", "x", '"1", "2"'):
            assert planner(method, address, body, **{"If-Match": wrong}).status_code == 412
        assert planner(method, f"{POINTS}/nope", body, **{"If-Match": "*"}).status_code == 404
    for known in (tag, f"W/{tag}", "*"):  # a proxy that packs answers makes a tag weak
        assert planner("GET", address, **{"If-None-Match": known}).status_code == 304
    assert planner("POST", POINTS, facility(code="W-4")).status_code == 409
    # Of two who saw the same version only one writes.
    answers = []

    def change(meals: int) -> None:
        body = {"properties": {"meals_per_day": meals}}
        answers.append(planner("PATCH", address, body, **{"If-Match": tag}).status_code)

    writers = [threading.Thread(target=change, args=(meals,)) for meals in (1, 2, 3)]
    [writer.start() for writer in writers]
    [writer.join() for writer in writers]
    assert sorted(answers) == [204, 412, 412]
    assert planner("DELETE", address, **{"If-Match": "*"}).status_code == 204


def test_rights(desks: dict[str, Desk], engine: Engine) -> None:
    before = count(engine)
    assert desks["public"]("POST", POINTS, facility()).status_code == 401
    dead = Desk(str(desks["public"].browser.base_url), "mza_nobody")
    assert dead("GET", POINTS).status_code == 401
    assert dead("POST", POINTS, facility()).status_code == 401
    for role in ("surveyor", "officer"):
        assert desks[role]("POST", POINTS, facility()).status_code == 403
    assert desks["planner"]("POST", NAMES, facility()).status_code == 403
    for collection in ("units", "lines", "zones", "heritage-names"):
        answer = desks["administrator"]("POST", f"/ogc/collections/{collection}/items", {})
        assert answer.status_code == 405
        assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
    assert desks["officer"]("DELETE", f"{NAMES}/1", **{"If-Match": "*"}).status_code == 405
    assert desks["planner"]("POST", f"{POINTS}?secrecy=secret", facility()).status_code == 400
    assert count(engine) == before


def test_made_up_rows_cannot_be_written_over(planner: Desk) -> None:
    listed = planner("GET", f"{POINTS}?limit=1&is_synthetic=true").json()["features"][0]
    body = {**listed, "properties": {**listed["properties"], "name": "真的"}}
    answer = planner("PUT", f"{POINTS}/{listed['id']}", body, **{"If-Match": "*"})
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["rule"] == "synthetic_code"


def test_a_token_of_a_district_reads_and_writes_there_only(
    desks: dict[str, Desk], engine: Engine
) -> None:
    district, planner = desks["district"], desks["planner"]
    own = district("GET", f"{POINTS}?limit=10000&skipGeometry=true").json()["features"]
    assert {one["properties"]["admin_code"] for one in own} == {"320404000000"}
    everything = planner("GET", f"{POINTS}?limit=10000&skipGeometry=true").json()
    assert 0 < len(own) < everything["numberMatched"]
    other = next(
        one for one in everything["features"]
        if one["properties"]["admin_code"] == "320402000000"
    )  # fmt: skip
    assert district("GET", f"{POINTS}/{other['id']}").status_code == 404
    before = count(engine)
    assert district("POST", POINTS, facility()).status_code == 403, "it lies in another district"
    assert count(engine) == before
    inside = planner("GET", f"{POINTS}/{own[0]['id']}").json()["geometry"]["coordinates"]
    made = district("POST", POINTS, facility(*inside, code="W-5", name="示例西食堂"))
    assert made.status_code == 201, made.text
    assert district("DELETE", f"{POINTS}/W-5", **{"If-Match": "*"}).status_code == 204


def test_unpublished_rows_are_for_staff_only_and_not_kept(
    desks: dict[str, Desk], engine: Engine
) -> None:
    made = desks["planner"]("POST", POINTS, facility(code="W-6", name="内部食堂"))
    address = made.headers["location"]
    for role, sees in (("planner", True), ("administrator", True), ("public", False),
                       ("surveyor", False), ("officer", False)):  # fmt: skip
        caller = desks[role]
        assert caller("GET", address).status_code == (200 if sees else 404), role
        for more in ("", "&filter=code='W-6'", "&code=W-6", "&sortby=-code"):
            answer = caller("GET", f"{POINTS}?name=内部食堂{more}")
            assert answer.json()["numberMatched"] == int(sees), (role, more)
            assert answer.headers["cache-control"] == "no-store" or not sees
        assert "Authorization" in answer.headers["vary"]
    desks["planner"]("DELETE", address, **{"If-Match": "*"})


def name(**properties: Any) -> Json:
    return {
        "type": "Feature", "geometry": {"type": "Point", "coordinates": [119.97, 31.78]},
        "properties": {"name": "示例新路", "kind": "standard", "start_latest": 1990,
                       "feature_class": "R"} | properties,
    }  # fmt: skip


def test_place_names_are_created_and_dated(desks: dict[str, Desk], engine: Engine) -> None:
    officer = desks["officer"]
    made = officer("POST", f"{NAMES}?secrecy=public", name())
    assert made.status_code == 201, made.text
    address = made.headers["location"]
    body, tag = officer.get(address)
    assert tag == made.headers["etag"]
    assert body["properties"]["pinyin"], "its reading is made at once"
    place = body["properties"]["place_code"]
    found = httpx.get(f"{officer.browser.base_url}/api/places?q=示例新路", timeout=60).json()[
        "features"
    ]
    assert [one["properties"]["name"] for one in found][:1] == ["示例新路"], "and it is found"
    assert officer("POST", f"{NAMES}?secrecy=public", name()).status_code == 409

    old = name(name="示例旧路", kind="former", place_code=place, end_latest=1989,
               start_latest=1950)  # fmt: skip
    second = officer("POST", f"{NAMES}?secrecy=public", old)
    assert second.status_code == 201, second.text
    assert officer.get(second.headers["location"])[0]["properties"]["place_code"] == place

    ended = name(end_latest=2020)
    put = officer(
        "PUT", f"{address}?secrecy=public", ended, **{"If-Match": officer.get(address)[1]}
    )
    assert put.status_code == 204, put.text
    assert officer.get(address)[0]["properties"]["end_latest"] == 2020
    before = count(engine)
    for body, status in (
        (name(name="别的路"), 409), (name(end_latest=1900), 422), (name(start_latest="x"), 422),
        (name(language="en"), 422),
    ):  # fmt: skip
        answer = officer("PUT", f"{address}?secrecy=public", body, **{"If-Match": "*"})
        assert answer.status_code == status, answer.text
        assert answer.json()["errors"]
    for body in (name(name=None), name(kind="zzz", name="示例路三"), name(place_code="nope")):
        assert officer("POST", NAMES, body).status_code == 422
    assert count(engine) == before

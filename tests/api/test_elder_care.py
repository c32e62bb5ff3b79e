"""Does the service answer the elder-care page: list, start, comparison, card, report?"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from api.app import create_app
from api.elder_care import Turnstile
from api.problems import PROBLEM
from api.schemas.elder_care import (
    CardAnswer,
    CompareAnswer,
    FindAnswer,
    OptionsAnswer,
    ReportTaken,
    StartsAnswer,
)
from geo.db import Database, make_engine
from geo.db.embedded import Embedded
from geo.gazetteer.search import refresh_keys
from tests.factories import (
    make_city,
    make_facility,
    make_place,
    make_price,
    make_rating,
    make_unit,
    square,
)
from tests.geo.test_walking import WEST, east, make_road
from tests.machine import worker_database

HERE = {"lon": WEST[0], "lat": WEST[1]}
LUNCH = {"tue": [["10:30", "12:30"]]}
FIND, AT = "/api/elder-care/find", "2026-06-02T11:00"


def make_town(session: Session) -> None:
    make_city(session)
    make_unit(session, "320402000000", name="西区", geom=square(119.7, 31.6, 0.2))
    make_road(session, east(0), east(0, 600))
    make_road(session, east(0, 600), east(100, 600))
    make_road(session, east(100, 600), east(100))
    for code, at in (("ACROSS", east(100)), ("NORTH", east(0, 450))):
        canteen = make_facility(session, at, code=code, name=f"{code}食堂",
                                admin_code="320402000000", hours=LUNCH)  # fmt: skip
        make_price(session, canteen, item="lunch", low=8, high=12, unit="meal")
    make_facility(session, east(40), code="HIDDEN", name="内部食堂", is_published=False)
    for code, free in (("H1", 6), ("H2", None), ("H3", 0)):
        home = make_facility(session, east(0, 300), code=code, name=f"{code}养老院",
                             kinds=["nursing_home"], beds_free=free, care_levels=["partial"],
                             admin_code="320402000000")  # fmt: skip
        make_price(session, home, item="partial", low=2600, high=4800)
        make_rating(session, home)
    make_place(session, "红梅新村", east(0, 10), feature_class="P", code="E:1")
    make_place(session, "青龙新村", east(0, 10), feature_class="P", code="E:2")
    make_place(session, "青龙新村", east(500, 10), feature_class="P", code="E:3")
    make_unit(session, "320402009000", name="红梅街道", level=4, unit_type="街道",
              parent_code="320402000000", geom=None)  # fmt: skip
    make_place(session, "红梅街道", None, feature_class="A", code="A:1", quality="township",
               unit_code="320402009000", position={"unit_code": "320402009000"})  # fmt: skip
    refresh_keys(session)


@pytest.fixture(scope="module")
def town(home: object, cluster: Embedded) -> Iterator[tuple[Database, TestClient]]:
    """A small town with ways, committed, so that public and owner read it by their own doors."""
    import os

    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = worker_database(home, cluster.socket, f"elder_care_{worker}")  # type: ignore[arg-type]
    engine = make_engine(database.owner_url)
    with Session(engine) as session:
        make_town(session)
        session.commit()
    engine.dispose()
    app = create_app(database, city_code="320400000000")
    with TestClient(app, raise_server_exceptions=False) as client:
        yield database, client


@pytest.fixture
def client(town: tuple[Database, TestClient]) -> TestClient:
    return town[1]


def codes(cards: list[dict[str, object]]) -> list[object]:
    return [card["code"] for card in cards]


def test_nearest_on_foot_first_and_as_described(client: TestClient) -> None:
    answer = client.get(FIND, params={**HERE, "at": AT})
    assert answer.status_code == 200
    told = FindAnswer.model_validate_json(answer.content)
    assert (told.measured_by, told.found, told.unknown) == ("walk", 2, 0)
    cards = answer.json()["cards"]
    assert codes(cards) == ["NORTH", "ACROSS"]
    assert cards[0]["told"]["distance"].startswith("步行约 9 分钟（450 米）· 直线 450 米")
    assert cards[0]["open"]["closes_at"] == "12:30"
    assert cards[0]["told"]["price"].startswith("每餐 8–12 元（午餐")
    assert cards[0]["phone"] is None
    assert cards[0]["told"]["phone"] == "电话未知"
    assert answer.json()["has_synthetic"] is False
    english = client.get(FIND, params={**HERE, "at": AT, "lang": "en"}).json()["cards"][0]
    assert english["told"]["phone"] == "Phone unknown"


def test_without_a_start_no_distance_and_a_word(client: TestClient) -> None:
    told = client.get(FIND, params={"at": AT}).json()
    assert (told["start"], told["measured_by"], told["sorted_by"]) == (None, None, "name")
    assert all(card["line_m"] is None and card["walk_m"] is None for card in told["cards"])
    assert told["notes"][0][0] == "请先告诉我们从哪里出发。"


def test_a_typed_start_is_looked_up_or_asked_back(client: TestClient) -> None:
    told = client.get(FIND, params={"start": "红梅新村", "at": AT}).json()
    assert told["start"]["label"] == "红梅新村"
    assert told["start"]["how_zh"] == "名称相同"
    assert told["measured_by"] == "walk"
    several = client.get(FIND, params={"start": "青龙新村", "within_min": "15", "at": AT}).json()
    assert several["start"]["lon"] is None
    assert {choice["code"] for choice in several["start"]["choices"]} == {"E:2", "E:3"}
    assert any("有了出发点" in zh for zh, _ in several["notes"])
    nothing = client.get(FIND, params={"start": "没有这里", "at": AT}).json()
    assert nothing["start"]["not_found"] is True
    alike = client.get(FIND, params={"start": "红梅公园", "at": AT}).json()["start"]
    assert (alike["not_found"], alike["lon"]) == (True, None)
    assert [one["label"] for one in alike["choices"]] == ["红梅新村", "红梅街道"]
    assert [one["about_zh"] for one in alike["choices"]] == [
        None, "确切位置未知，按西区中心算，距离只是大约",
    ]  # fmt: skip
    rough = client.get(FIND, params={**HERE, "start": "红梅街道", "rough": "true", "at": AT}).json()
    assert rough["start"]["is_vague"] is True
    hits = StartsAnswer.model_validate_json(
        client.get("/api/elder-care/starts", params={"q": "hmxc"}).content
    )
    assert hits.starts[0].code == "E:1"


def test_the_story_half_disabled_four_thousand_free_beds(client: TestClient) -> None:
    wishes = {"what": "home", "care_level": "partial", "max_price": "4000", "free_beds": "true"}
    told = client.get(FIND, params={**HERE, **wishes, "at": AT}).json()
    assert codes(told["cards"]) == ["H1"]
    assert codes(told["unknown_cards"]) == ["H2"]
    assert told["unknown_cards"][0]["unknown_for"] == ["free_beds"]
    assert told["cards"][0]["price_fits"] == "from"
    assert told["cards"][0]["beds_stale"] is True
    fewer = client.get(FIND, params={**HERE, **wishes, "max_price": "100", "at": AT}).json()
    assert fewer["found"] == 0
    assert fewer["dropped"][0] == {
        "filter": "max_price", "zh": "价格上限", "en": "price cap", "found": 1, "unknown": 1,
    }  # fmt: skip


def test_compare_and_one_card(client: TestClient) -> None:
    answer = client.get("/api/elder-care/compare", params={"codes": "H1,H2,GONE", **HERE})
    told = CompareAnswer.model_validate_json(answer.content)
    assert (told.missing, len(told.questions), len(told.cards)) == (["GONE"], 8, 2)
    beds = next(row for row in told.rows if row.key == "beds")
    assert [cell.is_unknown for cell in beds.cells] == [False, True]
    assert client.get("/api/elder-care/compare", params={"codes": "H1"}).status_code == 400
    card = client.get("/api/elder-care/facilities/H1", params={**HERE, "at": AT})
    assert CardAnswer.model_validate_json(card.content).has_synthetic is False
    assert card.json()["card"]["walk_m"] == pytest.approx(300, rel=1e-3)


@pytest.mark.parametrize("code", ["GONE", "HIDDEN", "' OR 1=1", "%"])
def test_what_is_not_published_is_not_there(client: TestClient, code: str) -> None:
    assert client.get(f"/api/elder-care/facilities/{code}").status_code == 404
    assert "HIDDEN" not in client.get(FIND, params={**HERE, "q": "内部"}).text


def test_options_name_every_choice(client: TestClient) -> None:
    answer = client.get("/api/elder-care/options")
    told = OptionsAnswer.model_validate_json(answer.content)
    assert [what["code"] for what in told.what] == ["canteen", "home", "day_care", "more"]
    for what in told.what:
        for chip in what["chips"]:
            asked = {**HERE, "what": what["code"], chip["filter"]: chip["value"]}
            assert client.get(FIND, params=asked).status_code == 200


def test_a_form_without_scripts_sends_empty_fields(client: TestClient) -> None:
    empty = dict.fromkeys(
        ("q", "start", "lon", "lat", "max_price", "rating", "within", "care_level", "sort",
         "free_beds", "within_min", "at", "kind", "what", "part", "lang"), "",
    )  # fmt: skip
    assert client.get(FIND, params=empty).json()["found"] == 2


def test_paging_is_one_list(client: TestClient) -> None:
    pages = [client.get(FIND, params={**HERE, "limit": 1, "offset": at}).json() for at in (0, 1)]
    assert [codes(page["cards"]) for page in pages] == [["NORTH"], ["ACROSS"]]
    assert [page["cards"][0]["number"] for page in pages] == [1, 2]
    assert [page["next_offset"] for page in pages] == [1, None]


@pytest.mark.parametrize(
    ("given", "parameter"),
    [
        ({"lon": "119.9"}, "lat"), ({"kind": "nursing_home"}, "kind"), ({"within_min": "15"},
        "within_min"), ({"q": "x" * 101}, "q"), ({"colour": "red"}, "colour"),
        ({"lat": "120", "lon": "31"}, "lat"),
    ],
)  # fmt: skip
def test_wrong_questions_name_their_parameter(
    client: TestClient, given: dict[str, str], parameter: str
) -> None:
    answer = client.get(FIND, params=given)
    assert (answer.status_code, answer.headers["content-type"]) == (400, PROBLEM)
    assert answer.json()["parameter"] == parameter


# --- reports ------------------------------------------------------------------

REPORTS = "/api/elder-care/reports"


def test_a_report_reaches_the_office_and_stores_no_sender(
    town: tuple[Database, TestClient],
) -> None:
    database, client = town
    sent = {"code": "H1", "what": "phone", "text": "座机换成 0519-88880000 了"}
    answer = client.post(REPORTS, json=sent, headers={"X-Forwarded-For": "203.0.113.9"})
    assert answer.status_code == 200, answer.text
    number = ReportTaken.model_validate_json(answer.content).number
    engine = make_engine(database.owner_url)
    with engine.connect() as connection:
        row = connection.execute(
            text("SELECT to_jsonb(w) || jsonb_build_object('steps', (SELECT jsonb_agg(e) FROM"
                 " work_event e WHERE e.item_id = w.id)) FROM work_item w WHERE w.id = :id"),
            {"id": number},
        ).scalar_one()  # fmt: skip
    engine.dispose()
    assert (row["kind"], row["subject_code"], row["geom"]) == ("wrong_information", "H1", None)
    assert row["is_published"] is False
    assert "203.0.113" not in str(row)
    assert "testclient" not in str(row)


@pytest.mark.parametrize(
    ("sent", "status", "parameter"),
    [
        ({"code": "H1", "what": "phone", "text": "打我手机 13812345678"}, 400, "text"),
        ({"code": "H1", "what": "phone", "text": "联系人：王小明"}, 400, "text"),
        ({"code": "H1", "what": "phone", "text": "长" * 301}, 400, "body.text"),
        ({"code": "H1", "what": "gossip"}, 400, "body.what"),
        ({"code": "H1", "what": "phone", "name": "某人"}, 400, "body.name"),
        ({"code": "GONE", "what": "phone"}, 404, None),
        ({"code": "HIDDEN", "what": "phone"}, 404, None),
        ({"code": "H1\0", "what": "phone"}, 400, "body.code"),
        ({}, 400, "body.code"),
        ([], 400, "body"),
    ],
)
def test_bad_reports_are_refused(
    client: TestClient, sent: object, status: int, parameter: str | None
) -> None:
    answer = client.post(REPORTS, json=sent)
    assert (answer.status_code, answer.json().get("parameter")) == (status, parameter), answer.text
    assert "13812345678" not in answer.text


def test_a_report_is_json_and_small(client: TestClient) -> None:
    assert client.post(REPORTS, data={"code": "H1", "what": "phone"}).status_code == 415
    assert client.get(REPORTS).status_code == 405


def test_only_so_many_come_through(monkeypatch: pytest.MonkeyPatch) -> None:
    from starlette.exceptions import HTTPException

    monkeypatch.setenv("ATLAS_REPORTS_PER_HOUR", "2")
    monkeypatch.setenv("ATLAS_REPORTS_PER_DAY", "3")
    turnstile = Turnstile()
    turnstile.admit("a")
    turnstile.admit("a")
    with pytest.raises(HTTPException) as refused:
        turnstile.admit("a")
    assert refused.value.status_code == 429
    assert int((refused.value.headers or {})["Retry-After"]) > 3000
    turnstile.take_back("a")
    turnstile.admit("a")
    turnstile.admit("b")
    with pytest.raises(HTTPException):
        turnstile.admit("c")
    monkeypatch.setenv("ATLAS_REPORTS_PER_HOUR", "0")
    with pytest.raises(HTTPException):
        Turnstile().admit("a")


def test_reports_too_many_are_told_when_to_come_again(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_REPORTS_PER_HOUR", "0")
    answer = client.post(REPORTS, json={"code": "H3", "what": "closed"})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.headers["content-type"] == PROBLEM

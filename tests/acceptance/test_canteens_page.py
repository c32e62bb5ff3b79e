"""Do the 97 real canteens of Shanghai come out of the public finder, without a synthetic banner?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from api.app import create_app
from geo.db import Database, make_engine
from geo.db.embedded import Embedded
from geo.loaders.load import load_delivery
from tests.acceptance.test_canteens import FILE
from tests.machine import worker_database

FIND = "/api/elder-care/find"
HERE = {"lon": 121.5443, "lat": 31.2732}  # near the middle of 杨浦区

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(not FILE.exists(), reason="../shared/acceptance is absent"),
]


@pytest.fixture(scope="module")
def client(home: Path, cluster: Embedded) -> Iterator[TestClient]:
    """The service on nothing but the real canteens, published as a public delivery publishes."""
    database: Database = worker_database(home, cluster.socket, "shanghai_canteens")
    engine = make_engine(database.owner_url)
    with Session(engine) as session:
        report = load_delivery(
            session, "facilities", FILE, crs="gcj02", on=date(2026, 1, 1), secrecy="public"
        )
        assert report.counts.kept == 97
        session.commit()
        assert session.execute(text("SELECT bool_and(is_published) FROM facility")).scalar_one()
    engine.dispose()
    with TestClient(create_app(database, city_code="310000000000")) as opened:
        yield opened


def test_all_97_are_listed_by_distance_and_none_is_synthetic(client: TestClient) -> None:
    told = client.get(FIND, params={**HERE, "limit": 100}).json()
    assert (told["found"], told["unknown"], len(told["cards"])) == (97, 0, 97)
    assert told["has_synthetic"] is False
    assert not any(card["is_synthetic"] for card in told["cards"])
    lines = [card["line_m"] for card in told["cards"]]
    assert lines == sorted(lines)
    assert told["measured_by"] == "line"
    assert told["notes"][0][0].startswith("此处没有步行路网")
    assert [card["number"] for card in told["cards"]] == list(range(1, 98))


def test_what_the_list_does_not_hold_reads_unknown(client: TestClient) -> None:
    told = client.get(FIND, params={**HERE, "open_now": "true", "max_price": "10"}).json()
    assert (told["found"], told["unknown"]) == (0, 97)
    assert len(told["unknown_cards"]) == 3
    assert {one["filter"]: one["unknown"] for one in told["dropped"]} == {
        "open_now": 97, "max_price": 97,
    }  # fmt: skip
    card = told["unknown_cards"][0]
    assert set(card["unknown_for"]) == {"open_now", "max_price"}
    for topic in ("open", "price", "phone", "access", "nature"):
        assert "未知" in card["told"][topic], topic
    assert "来源" in card["told"]["checked"]
    assert "合成" not in card["told"]["checked"]
    assert card["position_note"] is not None
    assert "近似" in card["position_note"]


def test_a_canteen_and_its_road_are_found_as_a_start(client: TestClient) -> None:
    for typed in ("定海路街道隆昌路睦邻社区长者食堂", "隆昌路521号", "dinghailujiedaolongchang"):
        starts = client.get("/api/elder-care/starts", params={"q": typed}).json()["starts"]
        assert starts, typed
        assert "隆昌路睦邻" in starts[0]["label"]
    near = client.get(FIND, params={"start": "定海路街道隆昌路睦邻社区长者食堂"}).json()
    assert near["cards"][0]["line_m"] == 0


def test_the_link_to_a_map_app_goes_back_to_the_lists_own_position(client: TestClient) -> None:
    """The delivery is in GCJ-02; the link of a GCJ-02 app must show the very same place."""
    told = client.get(FIND, params={"q": "隆昌路521号"}).json()["cards"][0]
    links = {link["app"]: link["href"] for link in told["ways"]}
    assert "tocoord=31.273241,121.54429" in links["tencent"]
    assert abs(told["lon"] - 121.54429) > 0.003


def test_two_are_compared_with_everything_unknown_marked(client: TestClient) -> None:
    cards = client.get(FIND, params={**HERE, "limit": 2}).json()["cards"]
    codes = ",".join(card["code"] for card in cards)
    rows = client.get("/api/elder-care/compare", params={"codes": codes, **HERE}).json()["rows"]
    unknown = {row["key"] for row in rows if all(cell["is_unknown"] for cell in row["cells"])}
    assert {"phone", "beds", "price", "rating", "fire", "open"} <= unknown
    assert "address" not in unknown

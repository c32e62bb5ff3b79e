"""Does a real delivery of old names of Shanghai come in by our own doors and stand on the page?

952 old roads, 663 buildings, 12 conservation areas and 2 former concessions are listed for the
trial; 137 residences of persons are delivered as internal: the public sees none of them. Former
names of foreign origin are told as former or vanished names, never as names of today.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from geo.db import Database, read_engine, session_factory
from geo.db.embedded import Embedded
from geo.errors import Unavailable
from geo.gazetteer.heritage.places import ListedPlace, Wanted, by_era, counts_of, listed_places
from geo.gazetteer.index import refresh_keys
from geo.gazetteer.search import search
from geo.loaders.city import load_city
from geo.loaders.load import load_delivery
from geo.loaders.things import Options
from tests.acceptance.test_deliveries import DAY, FOLDER, NAMES
from tests.conftest import OpenPage
from tests.machine import worker_database

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="../shared/acceptance is absent"),
]
CITY, ROAD = "310000000000", "id:206988999"
LISTED = {
    "li_shi_jiao_tong": ("former", "历史道路名（试用）"),
    "li_shi_jian_zhu": ("alias", "历史建筑（试用）"),
    "feng_mao_bao_hu_qu": ("standard", "历史文化风貌区（试用）"),
    "li_shi_qu_hua": ("vanished", "历史区划（试用）"),
}


@pytest.fixture(scope="module")
def trial(home: Path, cluster: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Database:
    """A database of the trial: divisions, the delivery, and today's name of one old road."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = worker_database(home, cluster.socket, f"heritage_trial_{worker}")
    folder = tmp_path_factory.mktemp("trial")
    years = folder / "years.json"
    years.write_text(json.dumps({"kai_shi_jian_zao_shi_jian": "start_year"}), encoding="utf-8")
    today = folder / "今名.csv"
    with today.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["地名代码", "地名", "名称类型", "要素类别"])
        rows.writerow([ROAD.removeprefix("id:"), "多伦路", "标准名称", "道路"])
    try:
        with session_factory(database).begin() as session:
            load_city(session, "上海市")
            for subject, (kind, list_name) in LISTED.items():
                load_delivery(
                    session, "place-names", NAMES / f"shanghai_table_{subject}.geojson",
                    crs="gcj02", on=DAY, secrecy="public",
                    mapping=years if subject == "li_shi_jian_zhu" else None,
                    options=Options(name_kind=kind, list_name=list_name, list_level="city"),
                )  # fmt: skip
            load_delivery(
                session, "place-names", NAMES / "shanghai_table_ren_wu_zhu_suo.geojson",
                crs="gcj02", on=DAY, secrecy="internal", options=Options(name_kind="alias"),
            )  # fmt: skip
            load_delivery(session, "place-names", today, on=DAY, secrecy="public")
            refresh_keys(session)
            session.execute(text("ANALYZE"))
    except Unavailable as problem:
        pytest.skip(f"the boundary package cannot be had: {problem}")
    return database


@pytest.fixture(scope="module")
def found(trial: Database) -> list[ListedPlace]:
    engine = read_engine(trial)
    with engine.connect() as public:
        places = listed_places(public, Wanted(within=CITY))
    engine.dispose()
    return places


def test_all_that_is_listed_is_told_once(found: list[ListedPlace]) -> None:
    counts = counts_of(found)
    assert counts.entries == 952 + 663 + 12 + 2
    assert counts.places == counts.by_level["city"] == 1629
    assert counts.on_several_levels == 0
    assert by_era(found)["modern"] == 663, "buildings have the year in which they were begun"
    assert by_era(found)["unknown"] == 952 + 12 + 2, "no year is made up for the others"
    shapes = {one.geometry["type"] for one in found if one.geometry}
    assert {"LineString", "Point", "Polygon"} <= shapes
    assert sum(one.geometry is not None for one in found) == 1629
    assert {one.quality for one in found} == {"approximate"}, "turned back from GCJ-02"


def test_persons_stay_inside(trial: Database) -> None:
    engine = read_engine(trial)
    with engine.connect() as public:
        inside = public.execute(
            text("SELECT count(*) FROM place_name WHERE citation LIKE '%ren_wu_zhu_suo%'")
        ).scalar()
    engine.dispose()
    assert inside == 0
    with session_factory(trial)() as owner:
        kept = text("SELECT count(*) FROM place_name WHERE citation LIKE '%ren_wu_zhu_suo%'")
        assert owner.execute(kept).scalar() == 137


def test_names_of_the_past_are_told_as_such(found: list[ListedPlace]) -> None:
    kinds: dict[str, set[str]] = {}
    for one in found:
        kinds.setdefault(one.lists[0].list_name, set()).add(one.name_kind)
    assert kinds["历史区划（试用）"] == {"vanished"}
    assert kinds["历史道路名（试用）"] == {"former", "standard"}
    assert [one.name for one in found if one.name_kind == "standard" and one.feature_class == "R"][
        :1
    ] == ["多伦路"]


@pytest.mark.parametrize("asked", ["窦乐安路", "多伦路", "doulean", "竇樂安路"])
def test_an_old_road_is_found_by_old_and_new_name(trial: Database, asked: str) -> None:
    engine = read_engine(trial)
    with engine.connect() as public:
        hits = search(public, asked, on=DAY, limit=5)
    engine.dispose()
    assert ROAD in [hit.code for hit in hits]


@pytest.fixture(scope="module")
def address(trial: Database) -> Iterator[str]:
    import threading
    import time

    import uvicorn

    from api.app import create_app
    from api.serving import take_port

    with take_port("127.0.0.1", 0) as taken:
        running = uvicorn.Server(
            uvicorn.Config(create_app(trial, city_code=CITY), log_level="warning", lifespan="on")
        )
        thread = threading.Thread(target=running.run, args=([taken],), daemon=True)
        thread.start()
        while not running.started:
            assert thread.is_alive()
            time.sleep(0.02)
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"
        running.should_exit = True
        thread.join(timeout=10)


@pytest.mark.browser
@pytest.mark.parametrize("size", [(360, 740), (1440, 900)], ids=["phone", "desk"])
def test_the_page_draws_them_all(address: str, open_page: OpenPage, size: Any) -> None:
    watched = open_page(viewport={"width": size[0], "height": size[1]})
    tab = watched.page
    tab.goto(f"{address}/heritage")
    expect(tab.locator("#legend li").first).to_be_attached(timeout=30_000)
    strokes = "window.feature_group_lines.getLayers().length"
    assert tab.evaluate(strokes) == 2 * 952, "a casing and a core for each road"
    assert tab.locator("path.leaflet-interactive").count() < 100, "roads are on one canvas"
    assert tab.locator("#results .old-card").count() == 40, "the list comes page by page"
    tab.goto(f"{address}/heritage?q=窦乐安")
    assert tab.locator("#results .old-card h3 a").all_inner_texts() == ["多伦路", "窦乐安路"]
    expect(tab.locator("#legend .figure")).to_have_text(["2"], timeout=20_000)
    tab.locator(".old-card h3 a").first.click()
    expect(tab.locator("h1")).to_have_text("多伦路")
    names = tab.locator(".leaf-names").inner_text()
    assert "窦乐安路" in names
    assert "曾用名" in names
    assert tab.locator(".leaf-line").count() == 1
    assert watched.errors == []

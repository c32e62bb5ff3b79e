"""Does a saved map open from a folder, ask nobody, and say the same as the service?"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page as Tab
from typer import Typer
from typer.testing import CliRunner

from geo.db import Database, read_engine, session_factory
from geo.errors import BadInput, NotFound, Unavailable
from geo.validity import today_in_china
from maps.base import Page
from maps.cli import KINDS, register
from maps.gathering import Asked, bounds_of, city_of_page
from tests.browser import Watched
from tests.conftest import OpenPage
from tests.maps.test_pages import DESK, EVIL, PHONE, api, settle, shown_total

CHANGZHOU = "320400000000"

app = Typer()
app.callback()(lambda: None)  # a group, so that the command has its name
register(app)

Made = tuple[Page, dict[str, Any]]


@pytest.fixture(scope="session")
def saved(city: Database) -> dict[str, Made]:
    """Every kind of saved map: its page and its data."""
    engine = read_engine(city)
    asked = Asked(CHANGZHOU, today_in_china())
    made = {}
    with engine.connect() as public, session_factory(city)() as owner:
        place = city_of_page(public, asked)
        page = Page(
            city_code=CHANGZHOU, city_name=place.name, bounds=place.bounds, on=str(asked.on)
        )
        for kind, one in KINDS.items():
            data = one.gather(public, owner, asked)
            made[kind] = (page, json.loads(json.dumps(data, default=str)))
    engine.dispose()
    return made


def open_file(watched: Watched, kind: str, made: Made, folder: Path, state: str = "") -> Tab:
    """Write a page as a file and open it with the network cut off."""
    page, data = made
    file = folder / "map.html"
    file.write_text(KINDS[kind].draw(page, data), encoding="utf-8")
    watched.page.context.set_offline(True)
    watched.page.goto(f"{file.as_uri()}{state}")
    settle(watched.page)
    return watched.page


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_file_opens_and_asks_nobody(
    kind: str, size: dict[str, int], saved: Any, open_page: OpenPage, tmp_path: Path
) -> None:
    watched = open_page(viewport=size)
    asked: list[str] = []
    watched.page.on("request", lambda request: asked.append(request.url))
    tab = open_file(watched, kind, saved[kind], tmp_path)
    assert watched.errors == []
    assert [url for url in asked if not url.startswith("data:")] == [tab.url.split("#")[0]]
    assert tab.locator(".ground").count() > 5
    assert tab.locator("[role=alert]").count() == 0
    assert "未经地图审核，仅限内部演示" in tab.inner_text("#notices")
    assert tab.locator(".wings").count() == 0


def test_a_file_filters_as_the_service_does(
    server: str, saved: Any, browser_page: Watched, open_page: OpenPage, tmp_path: Path
) -> None:
    online = open_page().page
    tab = open_file(browser_page, "elder-care", saved["elder-care"], tmp_path, "#kind=nursing_home")
    for query in (
        "kind=nursing_home",
        "kind=nursing_home&with_free_beds=1&care_level=full",
        "kind=elder_home&max_price=3000",
        "kind=canteen,day_care&open_at=2026-11-24T11:30",
        "kind=elder_home&barrier_free=1&with_medical=1",
        "kind=community&state=open,planned,paused&fire_state=passed",
        "kind=canteen&within=320412",
        "kind=canteen&q=012",
    ):
        expected = api(online, server, f"/facilities?{query}&limit=10000")["numberReturned"]
        found = tab.evaluate(
            """async (query) => (await import("atlas/saved.js"))
                .answer("/facilities", new URLSearchParams(query)).features.length""",
            query,
        )
        assert found == expected, query


def test_a_file_measures_as_postgis_does(
    server: str, saved: Any, browser_page: Watched, open_page: OpenPage, tmp_path: Path
) -> None:
    tab = open_file(browser_page, "elder-care", saved["elder-care"], tmp_path)
    query = "lon=119.97&lat=31.78&kind=canteen&limit=20"
    expected = api(open_page().page, server, f"/facilities/nearest?{query}")["features"]
    found = tab.evaluate(
        """async (query) => (await import("atlas/saved.js"))
            .answer("/facilities/nearest", new URLSearchParams(query)).features""",
        query,
    )
    assert [one["properties"]["code"] for one in found] == [
        one["properties"]["code"] for one in expected
    ]
    for ours, theirs in zip(found, expected, strict=True):
        assert abs(ours["properties"]["distance_m"] - theirs["properties"]["distance_m"]) < 0.02


def test_choices_in_a_file_stand_behind_the_hash(
    saved: Any, browser_page: Watched, tmp_path: Path
) -> None:
    tab = open_file(browser_page, "elder-care", saved["elder-care"], tmp_path, "#kind=canteen")
    few = shown_total(tab)
    assert "kind=canteen" in tab.url
    tab.get_by_role("button", name="养老机构").click()
    settle(tab)
    assert shown_total(tab) > few
    assert "nursing_home" in tab.url


def test_script_in_saved_names_stays_text(
    saved: Any, browser_page: Watched, tmp_path: Path
) -> None:
    page, data = saved["elder-care"]
    copy = json.loads(json.dumps(data))
    for one in copy["facilities"]["features"]:
        one["properties"] |= {"name": EVIL, "address": EVIL, "website": "javascript:alert(1)"}
    tab = open_file(browser_page, "elder-care", (replace(page, city_name=EVIL), copy), tmp_path)
    tab.locator("#results .row").first.click()
    assert "window.broken=1" in tab.inner_text("#results")
    assert tab.evaluate("window.broken") is None
    assert tab.locator("a[href^=javascript]").count() == 0
    assert browser_page.errors == []


def test_without_an_approval_number_the_public_gets_the_whole_list(
    saved: Any, browser_page: Watched, tmp_path: Path
) -> None:
    for kind, (page, data) in saved.items():
        tab = open_file(browser_page, kind, (replace(page, public_mode=True), data), tmp_path)
        assert tab.locator(".leaflet-container").count() == 0
        assert "尚无审图号" in tab.inner_text(".stage")
        assert tab.locator("#results li, #results tr").count() > 3, kind
        assert browser_page.errors == [], kind


def test_the_command_writes_a_whole_file(
    city: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_DATABASE_URL", city.owner_url)
    monkeypatch.setenv("ATLAS_PUBLIC_DATABASE_URL", city.public_url)
    out = tmp_path / "names.html"
    done = CliRunner().invoke(app, ["map", "names", "--out", str(out), "--city", "320400"])
    assert done.exit_code == 0, done.exception
    assert out.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert [path.name for path in tmp_path.iterdir()] == ["names.html"]


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["map", "moon", "--out", "x.html"], BadInput),
        (["map", "names", "--out", "x.html", "--lang", "fr"], BadInput),
        (["map", "coverage", "--out", "x.html", "--kind", "castle"], BadInput),
        (["map", "names", "--out", "x.html", "--city", "12"], BadInput),
        (["map", "names", "--out", "x.html", "--city", "110100"], NotFound),
        (["map", "names", "--out", "/nowhere/x.html", "--city", "320400"], Unavailable),
    ],
)
def test_the_command_refuses_plainly(
    city: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    error: type[Exception],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ATLAS_DATABASE_URL", city.owner_url)
    monkeypatch.setenv("ATLAS_PUBLIC_DATABASE_URL", city.public_url)
    done = CliRunner().invoke(app, words)
    assert isinstance(done.exception, error), done.exception
    assert not list(tmp_path.iterdir())


def test_bounds_of_nothing_are_none() -> None:
    assert bounds_of(None) is None
    assert bounds_of({"type": "Polygon", "coordinates": [[[1, 2], [3, 5], [2, 9], [1, 2]]]}) == (
        1, 2, 3, 9,
    )  # fmt: skip

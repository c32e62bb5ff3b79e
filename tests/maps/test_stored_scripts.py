"""Does a script that somebody stored in a name, a note or a story ever run, on any page?

Every text column that holds words for people is filled with it, in every table; then Chromium
opens every page, with and without an officer's token, clicks on what is listed and looks.
The policy of a page is switched off: what is escaped must not need it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page as Tab
from sqlalchemy import text
from typer import Typer
from typer.testing import CliRunner

from geo.db import Database, make_engine, session_factory
from geo.db.embedded import Embedded
from geo.gazetteer.index import refresh_keys
from maps.cli import KINDS, register
from tests.api.attacked import WALK, furnish, tokens
from tests.browser import Watched
from tests.conftest import OpenPage, served
from tests.machine import demo_database
from tests.maps.test_pages import LOADING, settle
from tests.stored import poison

EVIL = (
    "恶</script><script>window.broken=1</script>"
    '<img src=x onerror="window.broken=2">"><svg onload="window.broken=3">'
    "'><b id=stored>粗</b>{{7*7}}${window.broken=4}`&lt;i&gt;"
)
LINK = "javascript:window.broken=5"
PAGES = ("/", "/elder-care", "/access", "/planning", "/boundaries", "/survey", "/names", "/data",
         "/walks", f"/walks/{WALK}")  # fmt: skip
KEPT = "window.broken !== undefined || !!document.querySelector('#stored, img[src=x], [onload], " \
    "[onerror], a[href^=javascript]')"  # fmt: skip


STORY = text(
    "UPDATE atlas.walk SET story = replace(replace(story::text, '从河边出发。', :evil),"
    " '慢慢走。', :evil)::jsonb"
)


@pytest.fixture(scope="module")
def evil(home: Path, cluster: Embedded) -> Iterator[tuple[Database, str, dict[str, str]]]:
    """A demo city in which every word is a script; the service on it; officers' tokens."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = demo_database(home, cluster.socket, f"evil_{worker}")
    with session_factory(database).begin() as session:
        furnish(session)
        secrets = tokens(session)
    engine = make_engine(database.owner_url)
    taken, count = poison(engine, EVIL, LINK)
    assert len(taken) > 60, sorted(taken)
    assert {"facility.name", "place_name.name", "boundary_line.name", "work_item.title",
            "heritage_listing.citation", "estate.name", "walk.title", "facility.website",
            "facility.address", "admin_unit.name", "planning_zone.name"} <= taken  # fmt: skip
    assert count > 3000
    with engine.begin() as connection:
        within = EVIL.replace("\\", "\\\\").replace('"', '\\"')
        connection.execute(STORY, {"evil": within})
    with session_factory(database).begin() as session:
        refresh_keys(session)
    engine.dispose()
    with served(database) as address:
        yield database, address, secrets


@pytest.fixture
def tab(open_page: OpenPage) -> tuple[Tab, Watched, list[str]]:
    """A page without a policy of its own, and the dialogs that it opened."""
    watched = open_page(viewport={"width": 1280, "height": 800}, alone=True, bypass_csp=True)
    said: list[str] = []

    def close(dialog: Any) -> None:
        said.append(dialog.message)
        dialog.dismiss()

    watched.page.on("dialog", close)
    return watched.page, watched, said


def clean(tab: tuple[Tab, Watched, list[str]], where: str) -> None:
    """Assert that nothing ran and nothing unescaped stands in the page."""
    page, watched, said = tab
    assert not page.evaluate(KEPT), where
    assert said == [], where
    wrong = [one for one in watched.errors if "Failed to load" not in one]
    assert wrong == [], where


def look_at(tab: tuple[Tab, Watched, list[str]], where: str) -> None:
    """Open what the page lists, one of each, and look after each."""
    page = tab[0]
    clean(tab, where)
    for selector in ("#results .row", "#results button", "details > summary", "[role=tab]"):
        found = page.locator(selector)
        for number in range(min(found.count(), 3)):
            if found.nth(number).is_visible():
                found.nth(number).click(no_wait_after=True)
                settle(page, LOADING)
                clean(tab, f"{where} {selector} {number}")
                if page.url.partition("?")[0] != where.partition("?")[0]:
                    return


@pytest.mark.browser
@pytest.mark.parametrize("path", PAGES)
def test_no_page_runs_what_is_stored(
    evil: tuple[Database, str, dict[str, str]], tab: tuple[Tab, Watched, list[str]], path: str
) -> None:
    _, address, secrets = evil
    page = tab[0]
    page.add_init_script(
        "for (const who of ['planner', 'surveyor'])"
        f" sessionStorage.setItem(`atlas-${{who}}-token`, '{secrets['administrator']}')"
    )
    page.goto(address + path)
    settle(page)
    assert "恶" in page.content(), "what is stored is shown"
    look_at(tab, address + path)


@pytest.mark.browser
def test_the_page_of_a_place_and_the_search_run_nothing(
    evil: tuple[Database, str, dict[str, str]], tab: tuple[Tab, Watched, list[str]]
) -> None:
    database, address, _ = evil
    with session_factory(database)() as session:
        codes = session.scalars(text("SELECT code FROM place ORDER BY id LIMIT 3")).all()
    for code in codes:
        for path in (f"/id/{code}?format=html", f"/reconcile/preview?id={code}"):
            answer = tab[0].goto(address + path)
            assert answer is not None
            assert answer.status == 200, path
            assert "恶" in tab[0].content()
            clean(tab, path)


@pytest.mark.browser
@pytest.mark.parametrize("kind", KINDS)
def test_no_saved_file_runs_what_is_stored(
    evil: tuple[Database, str, dict[str, str]], tab: tuple[Tab, Watched, list[str]], kind: str,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("ATLAS_DATABASE_URL", evil[0].owner_url.replace("+psycopg", ""))
    app = Typer()
    app.callback()(lambda: None)
    register(app)
    file = tmp_path / "map.html"
    made = CliRunner().invoke(app, ["map", kind, "--city", "320400", "--out", str(file)])
    assert made.exit_code == 0, made.output
    tab[0].goto(file.as_uri())
    settle(tab[0])
    assert "恶" in tab[0].content()
    look_at(tab, file.as_uri())

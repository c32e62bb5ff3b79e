"""Does the story of a walk read well on a phone, print on paper and stay clean for everybody?"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from api.app import create_app
from api.serving import take_port
from geo.db import session_factory
from geo.db.embedded import Embedded
from geo.joint.walks.kept import publish_walk
from maps.base import STATIC
from tests.api.test_walks import ROLE, fill
from tests.conftest import OpenPage
from tests.machine import worker_database

AXE = STATIC / "vendor" / "axe-core" / "axe.min.js"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


@pytest.fixture(scope="module")
def address(home: Any, cluster: Embedded) -> Iterator[str]:
    """The address of a service with one published walk."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = worker_database(home, cluster.socket, f"walk_pages_{worker}")
    with session_factory(database).begin() as session:
        fill(session)
        publish_walk(session, "W-0001", role=ROLE)
    with take_port("127.0.0.1", 0) as taken:
        app = create_app(database, city_code="320400000000")
        running = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
        thread = threading.Thread(target=running.run, args=([taken],), daemon=True)
        thread.start()
        deadline = time.monotonic() + 120
        while not running.started:
            assert thread.is_alive(), "the server stopped while starting"
            assert time.monotonic() < deadline, "the server did not start within 120 s"
            time.sleep(0.02)
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"
        running.should_exit = True
        thread.join(timeout=10)


@pytest.mark.browser
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("path", ["/walks/W-0001", "/walks/W-0001?large=true&lang=en", "/walks"])
def test_it_reads_well_and_is_clean(
    address: str, open_page: OpenPage, size: dict[str, int], path: str
) -> None:
    watched = open_page(viewport=size)
    tab = watched.page
    tab.goto(address + path)
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert tab.locator("h1").inner_text()
    if AXE.exists():
        tab.evaluate(AXE.read_text(encoding="utf-8"))
        found = tab.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    assert watched.errors == []


@pytest.mark.browser
def test_numbers_of_the_sketch_are_those_of_the_list(address: str, open_page: OpenPage) -> None:
    tab = open_page(viewport=PHONE).page
    tab.goto(f"{address}/walks/W-0001")
    assert tab.locator(".walk-spot text").all_text_contents() == [
        one.strip() for one in tab.locator(".walk-number").all_inner_texts()
    ]
    assert tab.locator("img").first.evaluate("one => one.naturalWidth") == 1200
    paper = tab.pdf(prefer_css_page_size=True)
    assert paper.startswith(b"%PDF")

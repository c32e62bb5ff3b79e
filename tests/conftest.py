"""Which PostGIS, which databases, which server and which browser do the tests get?

One private cluster per run, one migrated database per worker, each test rolled back; one further
database with a whole city, built once per run and read-only, for the API, the maps and stories.
"""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

import pytest
import uvicorn
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from geo.db import Database, make_engine
from geo.db.embedded import Embedded, embedded
from tests.browser import Tabs, Watched, find_chromium, keep_screenshot, launch, watched_page
from tests.machine import city_database, demo_database, make_home, remove_home, worker_database

HOME = "ATLAS_TEST_HOME"
FAILED = pytest.StashKey[bool]()


def pytest_configure(config: pytest.Config) -> None:
    """Make the run's home once, in the process that leads the run; workers inherit it."""
    for name in [name for name in os.environ if name.startswith("ATLAS_") and name not in KEPT]:
        del os.environ[name]  # a developer's own settings must not decide a test
    os.environ["ATLAS_RATE_PER_S"] = "0"  # hundreds of tests ask from one address
    # Dozens of processes start the whole service: each would compile it anew, a second of work.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if not hasattr(config, "workerinput"):
        os.environ[HOME] = str(make_home())


KEPT = {HOME, "ATLAS_CHROMIUM", "ATLAS_TEST_FULL", "ATLAS_PG_BIN", "ATLAS_PYTHON"}


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind."""
    if not hasattr(config, "workerinput") and HOME in os.environ:
        remove_home(Path(os.environ.pop(HOME)))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what must not be split between workers; skip the long tests without `--full`.

    Work is stolen from a worker's end: what stands first stays with one.
    """
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)
    if os.environ.get("ATLAS_TEST_FULL", "") not in ("", "0"):
        return
    for item in items:
        if item.get_closest_marker("full"):
            item.add_marker(pytest.mark.skip(reason="long: run by ./atlas test --full"))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[Any]:
    """Import without looking for garbage, a third of the time, and set modules and tests aside:
    no later search walks through them."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[Any]:
    """Note whether the test failed, for fixtures that then keep a picture."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


# The usual run tries the same made-up cases each time, so that a fault found by chance is not a
# fault of whoever changed something else; `./atlas test --full` tries others each time. Neither
# asks how fast: a busy machine is no fault, and speed is measured in benchmarks/.
settings.register_profile("others", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", settings.get_profile("others"), derandomize=True)
settings.load_profile("same" if os.environ.get("ATLAS_TEST_FULL", "") in ("", "0") else "others")


# --- databases ---------------------------------------------------------------


@pytest.fixture(scope="session")
def home() -> Path:
    """The home of this run's cluster."""
    return Path(os.environ[HOME])


@pytest.fixture(scope="session")
def cluster(home: Path) -> Iterator[Embedded]:
    """The run's private PostGIS, shared by all workers; fast and forgetful (no fsync)."""
    with embedded(home, what="pytest", durable=False) as running:
        yield running


@pytest.fixture(scope="session")
def database(home: Path, cluster: Embedded) -> Database:
    """This worker's own migrated database, empty."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return worker_database(home, cluster.socket, f"test_{worker}")


@pytest.fixture(scope="session")
def engine(database: Database) -> Iterator[Engine]:
    """The owner's engine on this worker's database."""
    made = make_engine(database.owner_url)
    yield made
    made.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """The owner's session; whatever the test does, also a commit, is rolled back."""
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(
            connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        ) as opened:
            yield opened
        if outer.is_active:
            outer.rollback()


@pytest.fixture
def fresh_session(home: Path, cluster: Embedded) -> Iterator[Session]:
    """The owner's session on a new database: plans depend on what earlier tests left behind.

    A transaction that was rolled back leaves dead rows, and its ANALYZE the counts of them.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    made = make_engine(worker_database(home, cluster.socket, f"fresh_{worker}").owner_url)
    with Session(made, expire_on_commit=False) as opened:
        yield opened
    made.dispose()


@pytest.fixture
def public_connection(database: Database) -> Iterator[Connection]:
    """A connection of role atlas_public; it does not see what `session` has not committed."""
    engine = make_engine(database.public_url, role="public")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


class AsPublic(Protocol):
    """Call it with a session to look through the public's eyes inside a `with` block."""

    def __call__(self, session: Session) -> AbstractContextManager[Session]: ...


@pytest.fixture
def as_public() -> AsPublic:
    """`with as_public(session):` makes the test's own uncommitted rows visible to atlas_public."""

    @contextmanager
    def look(session: Session) -> Iterator[Session]:
        session.flush()
        session.execute(text("SET LOCAL ROLE atlas_public"))
        session.execute(text("SET LOCAL search_path = atlas_public, public"))
        try:
            yield session
        finally:
            if session.in_transaction() and session.is_active:
                session.execute(text("RESET ROLE"))
                session.execute(text("SET LOCAL search_path = atlas, public"))

    return look


# --- a whole city ------------------------------------------------------------


@pytest.fixture(scope="session")
def city(home: Path, cluster: Embedded) -> Database:
    """Changzhou with its demonstration data, computed: as `./atlas up` makes it. Read-only."""
    from api.up import prepare_city

    return city_database(home, cluster.socket, lambda database: prepare_city(database, "常州市"))


@pytest.fixture(scope="session")
def city_engine(city: Database) -> Iterator[Engine]:
    """The owner's engine on the city."""
    made = make_engine(city.owner_url)
    yield made
    made.dispose()


@pytest.fixture
def city_session(city_engine: Engine) -> Iterator[Session]:
    """The owner's session on the city; it can only read."""
    with Session(city_engine, expire_on_commit=False) as opened:
        yield opened
        opened.rollback()


@pytest.fixture(scope="session")
def client(city: Database) -> Iterator[TestClient]:
    """The whole service on the city, called without a network; errors come back as answers."""
    from api.app import create_app

    with TestClient(create_app(city), raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture(scope="session")
def server(city: Database) -> Iterator[str]:
    """The whole service on the city on a real port; the address of its home page, without `/`."""
    with served(city) as address:
        yield address


@pytest.fixture(scope="session")
def bureau(home: Path, cluster: Embedded) -> Database:
    """Changzhou with its demonstration data, for tests that write: tokens, scenarios, tasks."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return demo_database(home, cluster.socket, f"bureau_{worker}")


@pytest.fixture(scope="session")
def desk(bureau: Database) -> Iterator[str]:
    """The service on the bureau's database; its address."""
    with served(bureau) as address:
        yield address


@contextmanager
def served(database: Database) -> Iterator[str]:
    """Serve Changzhou from a database on a free port while the `with` block runs."""
    from api.app import create_app
    from api.serving import take_port

    with take_port("127.0.0.1", 0) as taken:
        app = create_app(database, city_code="320400000000")
        config = uvicorn.Config(app, log_level="warning", lifespan="on")
        running = uvicorn.Server(config)
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


# --- browser -----------------------------------------------------------------


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium; tests are skipped with the reason where there is none."""
    chromium = find_chromium()
    if chromium is None:
        pytest.skip("no Chromium: set ATLAS_CHROMIUM or install Debian's package chromium")
    with sync_playwright() as playwright:
        opened = launch(playwright, chromium)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def tabs(browser: Browser) -> Tabs:
    """The browser's pages, lent from test to test."""
    return Tabs(browser)


class OpenPage(Protocol):
    """Call it for an empty page; keywords go to playwright's `new_context` (viewport, locale …).

    `alone=True`: in a context of its own, for a test that adds scripts to it.
    """

    def __call__(self, **context: Any) -> Watched: ...


@pytest.fixture
def open_page(tabs: Tabs, request: pytest.FixtureRequest) -> Iterator[OpenPage]:
    """Opens watched pages; where the test fails their screenshots are kept in test-results/."""
    opened: list[AbstractContextManager[Watched]] = []
    pages: list[Watched] = []

    def open_one(**context: Any) -> Watched:
        manager = watched_page(tabs, **context)
        opened.append(manager)
        pages.append(manager.__enter__())
        return pages[-1]

    yield open_one
    for number, watched in enumerate(pages):
        if request.node.stash.get(FAILED, False):
            keep_screenshot(watched.page, f"{request.node.nodeid}-{number}")
            watched.is_spoilt = True
    for manager in opened:
        manager.__exit__(None, None, None)


@pytest.fixture
def browser_page(open_page: OpenPage) -> Watched:
    """One watched page at desktop width."""
    return open_page(viewport={"width": 1280, "height": 800})

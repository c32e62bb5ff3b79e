"""Which Chromium runs the browser tests, and what did a page do there?"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Error,
    Page,
    Playwright,
    Request,
    Route,
    expect,
)  # fmt: skip

from geo.settings import CHECKOUT, TestSettings, read

RESULTS = CHECKOUT / "test-results"
PATIENCE_MS = 90_000
"""On a machine with other work a page needs many times what it needs alone."""
expect.set_options(timeout=PATIENCE_MS)

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> Path | None:
    """Answer ATLAS_CHROMIUM, else the first Chromium on PATH that is no snap, else None."""
    if (chosen := read(TestSettings).chromium) is not None:
        return chosen
    for name in _NAMES:
        found = shutil.which(name) or shutil.which(name, path="/usr/bin:/usr/local/bin")
        if found and not _is_snap(Path(found)):
            return Path(found)
    return None


def _is_snap(program: Path) -> bool:
    """Whether it only starts Ubuntu's snap, which playwright cannot drive."""
    if "snap" in program.resolve().parts:
        return True
    head = program.read_bytes()[:4096]
    return head.startswith(b"#!") and b"/snap/bin" in head


def launch(playwright: Playwright, chromium: Path) -> Browser:
    """Start Chromium with nothing of its own going to the network."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return playwright.chromium.launch(
        executable_path=str(chromium), args=[*_QUIET, *sandbox], chromium_sandbox=False
    )


@dataclass
class Watched:
    """A page and what it did: errors that it wrote, hosts that it asked, answers that failed."""

    page: Page
    errors: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    failed: list[str] = field(default_factory=list)
    is_spoilt: bool = False

    def foreign_hosts(self, own: str) -> set[str]:
        """The hosts asked that are not the one of `own` (a URL)."""
        return self.hosts - {urlsplit(own).netloc}


class Tabs:
    """Pages of one browser: one that a test has left is wiped and lent to the next of its kind.

    A page that starts anew costs a second of the machine, mostly for its Chinese fonts.
    """

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self._free: dict[str, list[Page]] = {}

    def take(self, context: dict[str, Any]) -> Page:
        """Answer an empty page in a context with these options."""
        if free := self._free.get(repr(sorted(context.items()))):
            return free.pop()
        usual = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
        opened = self.browser.new_context(**{**usual, **context})
        opened.set_default_timeout(PATIENCE_MS)
        return opened.new_page()

    def give_back(self, page: Page, context: dict[str, Any]) -> None:
        """Wipe a page for the next test."""
        for other in page.context.pages:
            if other != page:
                other.close()
        page.context.set_offline(False)
        page.context.clear_permissions()
        with contextlib.suppress(Error):  # a page without an address keeps nothing
            page.evaluate("sessionStorage.clear(); localStorage.clear()")
        page.goto("about:blank")
        page.context.clear_cookies()  # last: an answer on its way could bring one more
        page.context.new_cdp_session(page).send("Network.clearBrowserCache")
        page.emulate_media(media="null", reduced_motion="no-preference")
        if viewport := context.get("viewport"):
            page.set_viewport_size(viewport)
        self._free.setdefault(repr(sorted(context.items())), []).append(page)


@contextmanager
def watched_page(tabs: Tabs, *, alone: bool = False, **context: Any) -> Iterator[Watched]:
    """Open a page (keywords go to playwright's `new_context`).

    `alone`: in a context of its own, for a test that adds scripts or functions to it. Such a page,
    a spoilt one and one that was at two servers are not lent again.
    """
    page = Tabs(tabs.browser).take(context) if alone else tabs.take(context)
    watched = Watched(page)
    forget = _watch(watched)
    try:
        yield watched
    finally:
        forget()
        # An answer that a test was still changing has nobody left to read it.
        page.unroute_all(behavior="ignoreErrors")
        page.context.unroute_all(behavior="ignoreErrors")
        if alone or watched.is_spoilt or len(watched.hosts) > 1:
            page.context.close()
        else:
            tabs.give_back(page, context)


class Held:
    """Answers that a page waits for until a test lets them go."""

    def __init__(self, page: Page, pattern: str) -> None:
        self.page, self.pattern = page, pattern
        self.routes: list[Route] = []
        page.route(pattern, lambda route: self.routes.append(route))

    def wait(self) -> None:
        """Wait until the page has asked."""
        deadline = time.monotonic() + PATIENCE_MS / 1000
        while not self.routes:
            assert time.monotonic() < deadline, f"the page did not ask {self.pattern}"
            self.page.wait_for_timeout(20)

    def release(self, **answer: Any) -> None:
        """Give what was asked its answer, or this one; what is asked from now on is not held."""
        self.page.unroute(self.pattern)
        for route in self.routes:
            with contextlib.suppress(Error):  # the page itself called it back
                if answer:
                    route.fulfill(**answer)
                else:
                    route.continue_()


PENDING: WeakKeyDictionary[Page, set[Request]] = WeakKeyDictionary()
"""What each page has asked and not yet got."""


def _watch(watched: Watched) -> Callable[[], None]:
    """Write down what the page does; answer how to stop."""
    pending = PENDING[watched.page] = set()

    def said(message: ConsoleMessage) -> None:
        if message.type == "error":
            watched.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def asked(request: Request) -> None:
        pending.add(request)
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss"):
            watched.hosts.add(parts.netloc)

    def came(request: Request) -> None:
        pending.discard(request)

    def failed(request: Request) -> None:
        pending.discard(request)
        if request.failure != "net::ERR_ABORTED":  # the page itself asked something newer instead
            watched.failed.append(request.url)

    listeners: dict[Any, Callable[[Any], Any]] = {
        "console": said,
        "pageerror": lambda error: watched.errors.append(str(error)),
        "request": asked,
        "requestfinished": came,
        "requestfailed": failed,
    }
    for event, listener in listeners.items():
        watched.page.on(event, listener)

    def forget() -> None:
        for event, listener in listeners.items():
            watched.page.remove_listener(event, listener)

    return forget


def is_waiting(page: Page) -> bool:
    """Whether a watched page has asked for something that has not come yet."""
    return bool(PENDING.get(page))


def keep_screenshot(page: Page, name: str) -> None:
    """Save what the page shows now as test-results/<name>.png; never fails a test by itself."""
    RESULTS.mkdir(exist_ok=True)
    with contextlib.suppress(Exception):
        plain = re.sub(r"[^\w.-]+", "-", name)
        page.screenshot(path=RESULTS / f"{plain}.png", full_page=True)

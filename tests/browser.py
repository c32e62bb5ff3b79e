"""Which Chromium runs the browser tests, and what did a page do there?"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, Request

from geo.settings import CHECKOUT, TestSettings, read

RESULTS = CHECKOUT / "test-results"
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

    def foreign_hosts(self, own: str) -> set[str]:
        """The hosts asked that are not the one of `own` (a URL)."""
        return self.hosts - {urlsplit(own).netloc}


@contextmanager
def watched_page(browser: Browser, **context: Any) -> Iterator[Watched]:
    """Open a page in a context of its own (keywords go to playwright's `new_context`)."""
    opened = browser.new_context(**{"locale": "zh-CN", "timezone_id": "Asia/Shanghai", **context})
    watched = Watched(opened.new_page())
    _watch(watched)
    try:
        yield watched
    finally:
        opened.close()


def _watch(watched: Watched) -> None:
    def said(message: ConsoleMessage) -> None:
        if message.type == "error":
            watched.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def asked(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss"):
            watched.hosts.add(parts.netloc)

    page = watched.page
    page.on("console", said)
    page.on("pageerror", lambda error: watched.errors.append(str(error)))
    page.on("request", asked)
    page.on("requestfailed", lambda request: watched.failed.append(request.url))


def keep_screenshot(page: Page, name: str) -> None:
    """Save what the page shows now as test-results/<name>.png; never fails a test by itself."""
    RESULTS.mkdir(exist_ok=True)
    with contextlib.suppress(Exception):
        plain = re.sub(r"[^\w.-]+", "-", name)
        page.screenshot(path=RESULTS / f"{plain}.png", full_page=True)

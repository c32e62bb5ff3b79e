"""How does a test read the table and the address of the page of coverage and gaps?"""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page as Tab


def cells(tab: Tab, row: str) -> list[str]:
    """The numbers of a row of the table of areas."""
    found = tab.locator("#tab-body .sortable tbody tr", has_text=row)
    return [text.strip() for text in found.locator("td").all_inner_texts()]


def address(tab: Tab) -> dict[str, list[str]]:
    return parse_qs(urlsplit(tab.url).query)

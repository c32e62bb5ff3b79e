"""Where does the data come from, under which licence, of which date, in which system? The page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from maps.base import Page, View, draw_view

VIEW = View(wing="data", module="pages/data.js", zh="数据", en="Data")


def draw_data(page: Page, data: Mapping[str, Any] | None = None) -> str:
    """Answer the page of sources as HTML; data: None, or `sources` for one self-contained file."""
    return draw_view(page, VIEW, data)

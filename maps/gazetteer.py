"""What is this place called, what was it called, which names are on lists? The page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from maps.base import Layer, Page, View, draw_view

VIEW = View(
    wing="names",
    module="pages/names.js",
    zh="地名",
    en="Place names",
    styles=("css/names.css",),
    layers=(
        Layer("ground", "区界（示意）", "Districts (schematic)"),
        Layer("vague", "仅知所在政区的地名", "Names known to a division only"),
        Layer("places", "位置已知的地名", "Names with a known position"),
        Layer("asked", "点选处", "The point asked about"),
    ),
)


def draw_names(page: Page, data: Mapping[str, Any] | None = None) -> str:
    """Answer the page of place names as HTML.

    data: None, or for one self-contained file `units`, `heritage` (a FeatureCollection), `places`
    (a list of places with names and positions) and `cards` (code → card).
    """
    return draw_view(page, VIEW, data)

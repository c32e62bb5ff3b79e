"""How is the elder-care map saved as one file that asks nobody? The page and its layers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from maps.base import Layer, Page, View, draw_view

VIEW = View(
    wing="elder-care",
    module="pages/elder_care.js",
    zh="养老地图",
    en="Elder-care map",
    layers=(
        Layer("ground", "区界（示意）", "Districts (schematic)"),
        Layer("facilities", "设施", "Facilities"),
        Layer("numbers", "编号（与列表一致）", "Numbers (as in the list)"),
        Layer("start", "起点", "Starting point"),
    ),
    clusters=True,
)

MAP = replace(
    VIEW,
    layers=(
        *(one for one in VIEW.layers if one.code != "facilities"),
        Layer("others", "其他符合的", "Others that fit"),
    ),
    clusters=False,
)
"""The map of the served page, where the service gathers what lies close together."""


def draw_elder_care(page: Page, data: Mapping[str, Any] | None = None) -> str:
    """Answer the elder-care page as HTML.

    data: None, or for one self-contained file `units` and `facilities` (FeatureCollections as the
    API answers them) and, for the search box, `places`.
    """
    return draw_view(page, VIEW, data)

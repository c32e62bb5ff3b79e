"""Which divisions are there, who borders on whom, and what was it in another year? The page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from maps.base import Layer, Page, View, draw_view

VIEW = View(
    wing="boundaries",
    module="pages/boundaries.js",
    zh="界线",
    en="Boundaries",
    styles=("css/survey.css",),
    layers=(
        Layer("today", "今日区界（仅作位置参考）", "Today's outlines (for orientation)"),
        Layer("units", "所选年份的区划", "Divisions of the chosen year"),
        Layer("changed", "两个日期之间的变化", "What changed between two dates"),
        Layer("lines", "界线（示意线）", "Boundary lines (sketch)"),
        Layer("junctions", "三交点", "Tri-junctions"),
        Layer("picked", "所选区划与邻接", "Chosen division and neighbours"),
    ),
)
DESK = View(
    wing="survey",
    module="pages/survey.js",
    zh="勘界工作台",
    en="Survey desk",
    styles=("css/survey.css",),
    layers=(
        Layer("ground", "区界（示意）", "Districts (schematic)"),
        Layer("lines", "界线", "Boundary lines"),
        Layer("markers", "界桩", "Markers"),
        Layer("deviations", "偏差（夸大）", "Deviations (exaggerated)"),
        Layer("found", "质量问题", "Quality findings"),
    ),
)


def draw_boundaries(page: Page, data: Mapping[str, Any] | None = None) -> str:
    """Answer the page of boundaries as HTML.

    data: None, or for one self-contained file `units` (all versions of the city's divisions),
    `neighbours` and `history` (each a mapping code → answer).
    """
    return draw_view(page, VIEW, data)


def draw_survey(page: Page) -> str:
    """Answer the surveyors' page as HTML: it holds no data and shows none without a token."""
    return draw_view(page, DESK)

"""Where to build, what a plan changes, how areas stand by the rules, and what has to be done?

The page of planners: it holds no data, asks once for a token, and shows nothing without one.
"""

from __future__ import annotations

from maps.base import Layer, Page, View, draw_view

VIEW = View(
    wing="planning",
    module="pages/planning.js",
    zh="规划工作台",
    en="Planning desk",
    styles=("css/planning.css",),
    layers=(
        Layer("ground", "区界（示意）", "Districts (schematic)"),
        Layer("areas", "分区数值", "Values by area"),
        Layer("gaps", "够不着的区块", "Out of reach"),
        Layer("reach", "服务半径", "Reach"),
        Layer("facilities", "现有设施", "Existing facilities"),
        Layer("sites", "候选与选定", "Candidates and chosen"),
    ),
)


def draw_planning(page: Page) -> str:
    """Answer the planner's page as HTML."""
    return draw_view(page, VIEW)

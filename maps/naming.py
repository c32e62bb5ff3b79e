"""Does a name keep the rules, what is each name of a list or a document, and what is due by when?

The page of names officers: it holds no data, asks once for a token, and shows nothing without one.
"""

from __future__ import annotations

from maps.base import Layer, Page, View, draw_view

VIEW = View(
    wing="naming",
    module="pages/naming.js",
    zh="地名核查",
    en="Check a name",
    styles=("css/planning.css", "css/naming.css"),
    layers=(
        Layer("ground", "区界（示意）", "Districts (schematic)"),
        Layer("found", "列表涉及的地名", "Places of the list"),
        Layer("asked", "拟命名处", "Proposed place"),
    ),
)


def draw_naming(page: Page) -> str:
    """Answer the page of names officers as HTML."""
    return draw_view(page, VIEW)

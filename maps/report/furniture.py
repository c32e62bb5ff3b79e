"""What stands around the map of a report: extent, names, scale, north, legend, source, banner?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians
from typing import Any

import numpy as np
import shapely
from matplotlib import font_manager, patheffects
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from shapely.geometry.base import BaseGeometry

from geo.access.radius.distance import CGCS2000
from geo.access.report_ground import Place
from geo.errors import Unavailable
from geo.text.cells import clean
from maps.report.blocks import prose

FONTS = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Micro Hei")
INK, SOFT = "#22303a", "#6b7780"
INCHES = (7.2, 5.5)
SHEET = (0.02, 0.075, 0.96, 0.905)
"""Where the map lies on its sheet: left, bottom, width, height as shares."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every map: its source line, the approval line, and any banner."""

    source: str
    approval: str
    banner: str


@lru_cache(maxsize=1)
def chinese_font() -> str:
    """The name of a font with Chinese characters. Raises Unavailable where there is none."""
    known = {font.name for font in font_manager.fontManager.ttflist}
    if not known.intersection(FONTS):
        for file in font_manager.findSystemFonts():  # installed after matplotlib took its list
            if "CJK" in file or "SourceHan" in file or "wqy" in file:
                font_manager.fontManager.addfont(file)
        known = {font.name for font in font_manager.fontManager.ttflist}
    # A collection of fonts (TTC) is listed under its first face, whose Chinese differs slightly.
    for name in (*FONTS, "Noto Sans CJK JP", "Noto Serif CJK SC", "Noto Serif CJK JP"):
        if name in known:
            return name
    raise Unavailable(
        "缺少中文字体，不能绘制地图。Debian/Ubuntu: sudo apt-get install fonts-noto-cjk\n"
        "No Chinese font: sudo apt-get install fonts-noto-cjk"
    )


def fit(axes: Any, shapes: Sequence[BaseGeometry]) -> tuple[float, float, float, float]:
    """Show all shapes with a margin, degrees of longitude shrunk."""
    west, south, east, north = shapely.total_bounds(np.array(shapes, dtype=object))
    shrink = cos(radians((south + north) / 2))
    wide, high = (east - west) * 1.06 * shrink, (north - south) * 1.06
    # The limits grow to the shape of the sheet, so that legend and arrow find the empty corners.
    ratio = (INCHES[0] * SHEET[2]) / (INCHES[1] * SHEET[3])
    wide, high = max(wide, high * ratio), max(high, wide / ratio)
    middle_lon, middle_lat = (west + east) / 2, (south + north) / 2
    axes.set_xlim(middle_lon - wide / shrink / 2, middle_lon + wide / shrink / 2)
    axes.set_ylim(middle_lat - high / 2, middle_lat + high / 2)
    return west, south, east, north


def names(axes: Any, districts: Sequence[Place]) -> None:
    """Write the districts' names."""
    for place in districts:
        if place.shape is not None:
            at = place.shape.representative_point()
            axes.text(
                at.x, at.y, clean(place.name), ha="center", va="center", fontsize=8.5, color=INK,
                weight="bold", zorder=7,
                path_effects=[patheffects.withStroke(linewidth=2.2, foreground="white")],
            )  # fmt: skip


def scale(axes: Any, west: float, south: float, east: float, north: float) -> None:
    """A bar of a round length, measured on the ellipsoid at the lower edge; an arrow north."""
    whole_m = CGCS2000.inv(west, south, east, south)[2]
    want = whole_m / 4
    unit = 10 ** int(np.floor(np.log10(want)))
    length = max(step * unit for step in (1, 2, 5) if step * unit <= want)
    degrees = (east - west) * length / whole_m
    left, bottom = axes.get_xlim()[0], axes.get_ylim()[0]
    high = (north - south) * 0.008
    x, y = left + (east - west) * 0.02, bottom + (north - south) * 0.035
    for part, colour in ((0, INK), (0.5, "white")):
        axes.add_patch(
            Rectangle(
                (x + degrees * part, y), degrees / 2, high, facecolor=colour, edgecolor=INK,
                linewidth=0.6, zorder=8,
            )
        )  # fmt: skip
    words = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    for at, label in ((x, "0"), (x + degrees, words)):
        axes.text(at, y + high * 1.6, label, ha="center", va="bottom", fontsize=7, color=INK)
    axes.text(
        0.975, 0.9, "北", transform=axes.transAxes, ha="center", va="center", fontsize=8, color=INK
    )
    axes.annotate(
        "", (0.975, 0.975), (0.975, 0.925), xycoords="axes fraction",
        arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1.0},
    )  # fmt: skip


def legend(axes: Any, handles: Sequence[Any]) -> None:
    """The legend in its corner."""
    if handles:
        drawn = axes.legend(
            handles=handles, loc="lower right", fontsize=7, frameon=True, framealpha=0.94,
            edgecolor="#c9d3d8", borderpad=0.7, labelspacing=0.45, handlelength=1.5,
            title="图例", title_fontsize=7.5, fancybox=False,
        )  # fmt: skip
        drawn.set_zorder(9)
        drawn.get_title().set_weight("bold")


def frame(figure: Figure, said: Frame) -> None:
    """Source, approval and banner below the map."""
    figure.text(0.02, 0.045, clean(prose(said.source)), fontsize=6.3, color=SOFT, va="center")
    figure.text(0.02, 0.02, prose(f"{said.approval} · 示意，不作为划界依据"), fontsize=6.3,
                color=SOFT, va="center")  # fmt: skip
    if said.banner:
        figure.text(
            0.98, 0.032, prose(said.banner), fontsize=7.5, color="#8a1c1c", ha="right",
            va="center", weight="bold",
            bbox={"boxstyle": "square,pad=0.35", "facecolor": "#fdecea", "edgecolor": "#8a1c1c",
                  "linewidth": 0.6},
        )  # fmt: skip

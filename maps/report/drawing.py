"""How is a map of a report drawn? Areas, gaps and facilities with scale, legend, source and date.

No base map and no projection: longitude is shrunk by the cosine of the middle latitude, which over
a city is right to a few thousandths; the scale bar is measured on the ellipsoid where it stands.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians
from typing import Any

import matplotlib
import numpy as np
import shapely
from matplotlib import font_manager, patheffects
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch, Rectangle
from matplotlib.path import Path
from shapely.geometry.base import BaseGeometry

from geo.access.radius.distance import CGCS2000
from geo.access.report_data import Place
from geo.errors import Unavailable
from maps.report.blocks import clean, prose

FONTS = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Micro Hei")
STEPS = (0.2, 0.4, 0.6, 0.8)
SHADES = ("#eef5f3", "#c5e2da", "#8cc7ba", "#46a08f", "#12695c")
"""From pale to dark, told apart in grey too."""
GAP, SITE, INK, SOFT = "#d55e00", "#0b3c5d", "#22303a", "#6b7780"
INCHES = (7.2, 5.5)
SHEET = (0.02, 0.075, 0.96, 0.905)
"""Where the map lies on its sheet: left, bottom, width, height as shares."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every map: its source line, the approval line, and any banner."""

    source: str
    approval: str
    banner: str


@dataclass(frozen=True, slots=True)
class Spot:
    """A facility on a map."""

    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """A gap on a map, with its number in the list."""

    rank: str
    shape: BaseGeometry


def draw_map(
    frame: Frame,
    *,
    districts: Sequence[Place],
    streets: Sequence[Place] = (),
    shares: Mapping[str, float | None] | None = None,
    share_words: str = "",
    gaps: Sequence[Stretch] = (),
    gap_words: str = "",
    spots: Mapping[str, tuple[str, str, Sequence[Spot]]] | None = None,
) -> bytes:
    """A map as PNG. shares: 0 to 1 by street code, None = unknown.

    spots: legend words → (marker, colour, places). Raises Unavailable without a Chinese font.
    """
    with matplotlib.rc_context(rc=_look()):
        figure = Figure(figsize=INCHES, dpi=200, facecolor="white")
        axes = figure.add_axes(SHEET)
        axes.set_axis_off()
        handles: list[Any] = []
        if shares is not None:
            handles += _fill(axes, streets, shares, share_words)
        _outline(axes, streets, 0.35, "#9fb0b8")
        if gaps:
            handles.append(_gaps(axes, gaps, gap_words))
        _outline(axes, districts, 1.1, INK)
        for words, (marker, colour, places) in (spots or {}).items():
            handles.append(_spots(axes, words, marker, colour, places))
        west, south, east, north = _fit(axes, [p.shape for p in districts if p.shape is not None])
        _names(axes, districts)
        _scale(axes, west, south, east, north)
        _legend(axes, handles)
        _frame(figure, frame)
        raw = io.BytesIO()
        figure.savefig(raw, format="png", metadata={"Software": None})
        return raw.getvalue()


def _look() -> Any:
    return {
        "font.family": chinese_font(),
        "axes.unicode_minus": False,
        "text.parse_math": False,
        "hatch.linewidth": 0.5,
    }


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
        "缺少中文字体,不能绘制地图。Debian/Ubuntu: sudo apt-get install fonts-noto-cjk\n"
        "No Chinese font: sudo apt-get install fonts-noto-cjk"
    )


def _path(shape: BaseGeometry) -> Path | None:
    """Polygons of any sort as one path with holes."""
    rings = [
        np.asarray(ring.coords)[:, :2]
        for part in getattr(shape, "geoms", [shape])
        if part.geom_type == "Polygon"
        for ring in (part.exterior, *part.interiors)
    ]
    if not rings:
        return None
    return Path.make_compound_path(*(Path(ring, closed=True) for ring in rings))


def _add(axes: Any, shape: BaseGeometry | None, **look: Any) -> None:
    path = None if shape is None else _path(shape)
    if path is not None:
        axes.add_patch(PathPatch(path, **look))


def _outline(axes: Any, places: Sequence[Place], width: float, colour: str) -> None:
    for place in places:
        _add(axes, place.shape, fill=False, linewidth=width, edgecolor=colour, zorder=3)


def _fill(
    axes: Any, streets: Sequence[Place], shares: Mapping[str, float | None], words: str
) -> list[Any]:
    """Shade each street by its share; the legend says how many fall in each class."""
    edges = (0.0, *STEPS, 1.0)
    counts = [0] * len(SHADES)
    unknown = 0
    for street in streets:
        share = shares.get(street.code)
        if share is None:
            unknown += 1
            _add(axes, street.shape, facecolor="#f4f4f4", edgecolor="#c8c8c8", hatch="////",
                 linewidth=0, zorder=1)  # fmt: skip
            continue
        step = int(np.searchsorted(STEPS, share, side="right"))
        counts[step] += 1
        _add(axes, street.shape, facecolor=SHADES[step], edgecolor="none", zorder=1)
    handles: list[Any] = [Line2D([], [], linestyle="none", label=prose(words))]
    for step, shade in enumerate(SHADES):
        label = f"{edges[step] * 100:.0f}–{edges[step + 1] * 100:.0f}%({counts[step]} 个)"
        handles.append(
            Patch(facecolor=shade, edgecolor="#9fb0b8", linewidth=0.4, label=prose(label))
        )
    if unknown:
        handles.append(
            Patch(facecolor="#f4f4f4", edgecolor="#c8c8c8", hatch="////",
                  label=prose(f"未知({unknown} 个)"))
        )  # fmt: skip
    return handles


def _gaps(axes: Any, gaps: Sequence[Stretch], words: str) -> Any:
    for gap in gaps:
        _add(axes, gap.shape, facecolor=GAP, alpha=0.42, edgecolor=GAP, linewidth=0.4, zorder=2)
        at = gap.shape.representative_point()
        axes.annotate(
            gap.rank, (at.x, at.y), ha="center", va="center", fontsize=5.8, color="white",
            weight="bold", zorder=6,
            bbox={"boxstyle": "round,pad=0.22,rounding_size=0.6", "facecolor": "#8a3b00",
                  "edgecolor": "white", "linewidth": 0.5},
        )  # fmt: skip
    return Patch(facecolor=GAP, alpha=0.42, edgecolor=GAP, label=prose(words))


def _spots(axes: Any, words: str, marker: str, colour: str, places: Sequence[Spot]) -> Any:
    size = 9 if len(places) > 150 else 16
    axes.scatter(
        [p.lon for p in places], [p.lat for p in places], s=size, marker=marker, c=colour,
        linewidths=0.3, edgecolors="white", zorder=5,
    )  # fmt: skip
    return Line2D([], [], linestyle="none", marker=marker, color=colour, markersize=4.5,
                  markeredgecolor="white", markeredgewidth=0.3,
                  label=prose(f"{words}({len(places)} 处)"))  # fmt: skip


def _fit(axes: Any, shapes: Sequence[BaseGeometry]) -> tuple[float, float, float, float]:
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


def _names(axes: Any, districts: Sequence[Place]) -> None:
    for place in districts:
        if place.shape is not None:
            at = place.shape.representative_point()
            axes.text(
                at.x, at.y, clean(place.name), ha="center", va="center", fontsize=8.5, color=INK,
                weight="bold", zorder=7,
                path_effects=[patheffects.withStroke(linewidth=2.2, foreground="white")],
            )  # fmt: skip


def _scale(axes: Any, west: float, south: float, east: float, north: float) -> None:
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


def _legend(axes: Any, handles: Sequence[Any]) -> None:
    if handles:
        drawn = axes.legend(
            handles=handles, loc="lower right", fontsize=7, frameon=True, framealpha=0.94,
            edgecolor="#c9d3d8", borderpad=0.7, labelspacing=0.45, handlelength=1.5,
            title="图例", title_fontsize=7.5, fancybox=False,
        )  # fmt: skip
        drawn.set_zorder(9)
        drawn.get_title().set_weight("bold")


def _frame(figure: Figure, frame: Frame) -> None:
    figure.text(0.02, 0.045, clean(prose(frame.source)), fontsize=6.3, color=SOFT, va="center")
    figure.text(0.02, 0.02, prose(f"{frame.approval} · 示意,不作为划界依据"), fontsize=6.3,
                color=SOFT, va="center")  # fmt: skip
    if frame.banner:
        figure.text(
            0.98, 0.032, prose(frame.banner), fontsize=7.5, color="#8a1c1c", ha="right",
            va="center", weight="bold",
            bbox={"boxstyle": "square,pad=0.35", "facecolor": "#fdecea", "edgecolor": "#8a1c1c",
                  "linewidth": 0.6},
        )  # fmt: skip

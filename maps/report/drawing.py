"""How is a map of a report drawn? Areas, gaps and facilities with scale, legend, source and date.

No base map and no projection: longitude is shrunk by the cosine of the middle latitude, which over
a city is right to a few thousandths; the scale bar is measured on the ellipsoid where it stands.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib
import numpy as np
import shapely
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path
from shapely.geometry.base import BaseGeometry

from geo.access.radius.drawing import reach_circles
from geo.access.report_ground import Place
from maps.report import furniture
from maps.report.blocks import prose
from maps.report.furniture import INCHES, INK, SHEET, Frame

__all__ = ["SITE", "Frame", "Mark", "Spot", "Stretch", "draw_map"]

STEPS = (0.2, 0.4, 0.6, 0.8)
SHADES = ("#eef5f3", "#c5e2da", "#8cc7ba", "#46a08f", "#12695c")
"""From pale to dark, told apart in grey too."""
GAP, SITE, CHOSEN = "#d55e00", "#0b3c5d", "#8e1f5d"


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


@dataclass(frozen=True, slots=True)
class Mark:
    """A place with its number in the list, and the radius around it in metres."""

    number: str
    lon: float
    lat: float
    radius_m: float


def draw_map(
    frame: Frame,
    *,
    districts: Sequence[Place],
    streets: Sequence[Place] = (),
    shares: Mapping[str, float | None] | None = None,
    share_words: str = "",
    gaps: Sequence[Stretch] = (),
    gap_words: str = "",
    amounts: Mapping[str, float | None] | None = None,
    amount_words: str = "",
    spots: Mapping[str, tuple[str, str, Sequence[Spot]]] | None = None,
    marks: Sequence[Mark] = (),
    mark_words: str = "",
) -> bytes:
    """A map as PNG. shares: 0 to 1 by street code, amounts: any numbers; None = unknown.

    spots: legend words → (marker, colour, places). Raises Unavailable without a Chinese font.
    """
    with matplotlib.rc_context(rc=_look()):
        figure = Figure(figsize=INCHES, dpi=200, facecolor="white")
        axes = figure.add_axes(SHEET)
        axes.set_axis_off()
        handles: list[Any] = []
        if shares is not None:
            edges = (0.0, *STEPS, 1.0)
            handles += _fill(axes, streets, shares, edges, share_words, percent=True)
        if amounts is not None:
            handles += _fill(axes, streets, amounts, _classes(amounts), amount_words)
        _outline(axes, streets, 0.35, "#9fb0b8")
        if gaps:
            handles.append(_gaps(axes, gaps, gap_words))
        _outline(axes, districts, 1.1, INK)
        for words, (marker, colour, places) in (spots or {}).items():
            handles.append(_spots(axes, words, marker, colour, places))
        if marks:
            handles.append(_marks(axes, marks, mark_words))
        shapes = [place.shape for place in districts if place.shape is not None]
        west, south, east, north = furniture.fit(axes, _in_view(shapes, marks))
        furniture.names(axes, districts)
        furniture.scale(axes, west, south, east, north)
        furniture.legend(axes, handles)
        furniture.frame(figure, frame)
        raw = io.BytesIO()
        figure.savefig(raw, format="png", metadata={"Software": None})
        return raw.getvalue()


def _look() -> Any:
    return {
        "font.family": furniture.chinese_font(),
        "axes.unicode_minus": False,
        "text.parse_math": False,
        "hatch.linewidth": 0.5,
    }


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


def _in_view(shapes: list[BaseGeometry], marks: Sequence[Mark]) -> list[BaseGeometry]:
    """What the sheet must hold: the city, or, where all marks stand close, their surroundings."""
    if not marks:
        return shapes
    at = shapely.MultiPoint([(mark.lon, mark.lat) for mark in marks])
    west, south, east, north = shapely.total_bounds(np.array(shapes, dtype=object))
    span = max(east - west, north - south)
    left, bottom, right, top = at.bounds
    own = max(right - left, top - bottom, span / 10)
    return shapes if own > span / 3 else [at.envelope.buffer(own * 0.45)]


def _classes(amounts: Mapping[str, float | None]) -> tuple[float, ...]:
    """Six edges of five classes with about as many areas each; fewer where numbers repeat."""
    known = [value for value in amounts.values() if value is not None]
    if not known:
        return (0.0, 1.0)
    edges = np.unique(np.quantile(known, np.linspace(0, 1, len(SHADES) + 1)))
    return tuple(float(edge) for edge in edges) if len(edges) > 1 else (known[0], known[0])


def _fill(
    axes: Any, streets: Sequence[Place], values: Mapping[str, float | None],
    edges: tuple[float, ...], words: str, *, percent: bool = False,
) -> list[Any]:  # fmt: skip
    """Shade each street by its class; the legend says how many fall in each."""
    shades = SHADES[-(len(edges) - 1) :]
    counts = [0] * len(shades)
    unknown = 0
    for street in streets:
        value = values.get(street.code)
        if value is None:
            unknown += 1
            _add(axes, street.shape, facecolor="#f4f4f4", edgecolor="#c8c8c8", hatch="////",
                 linewidth=0, zorder=1)  # fmt: skip
            continue
        step = int(np.searchsorted(edges[1:-1], value, side="right"))
        counts[step] += 1
        _add(axes, street.shape, facecolor=shades[step], edgecolor="none", zorder=1)
    told = "\n".join(textwrap.wrap(prose(words), 18))
    handles: list[Any] = [Line2D([], [], linestyle="none", label=told)]
    for step, shade in enumerate(shades):
        low, high = edges[step], edges[step + 1]
        digits = 0 if percent or max(map(abs, edges)) >= 100 else 1
        by, sign = (100, "%") if percent else (1, "")
        span = f"{low * by:,.{digits}f}–{high * by:,.{digits}f}{sign}"
        handles.append(
            Patch(facecolor=shade, edgecolor="#9fb0b8", linewidth=0.4,
                  label=prose(f"{span}（{counts[step]} 个）"))
        )  # fmt: skip
    if unknown:
        handles.append(
            Patch(facecolor="#f4f4f4", edgecolor="#c8c8c8", hatch="////",
                  label=prose(f"未知（{unknown} 个）"))
        )  # fmt: skip
    return handles


def _marks(axes: Any, marks: Sequence[Mark], words: str) -> Any:
    """Numbered places with their radius, above everything else."""
    for mark in marks:
        circle = reach_circles(np.array([mark.lon]), np.array([mark.lat]), mark.radius_m)[0]
        _add(axes, circle, facecolor=CHOSEN, alpha=0.22, edgecolor=CHOSEN, linewidth=0.6, zorder=4)
        axes.annotate(
            mark.number, (mark.lon, mark.lat), ha="center", va="center", fontsize=6.5,
            color="white", weight="bold", zorder=8,
            bbox={"boxstyle": "circle,pad=0.28", "facecolor": CHOSEN, "edgecolor": "white",
                  "linewidth": 0.7},
        )  # fmt: skip
    return Patch(facecolor=CHOSEN, alpha=0.5, edgecolor=CHOSEN,
                 label=prose(f"{words}（{len(marks)} 处）"))  # fmt: skip


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
                  label=prose(f"{words}（{len(places)} 处）"))  # fmt: skip

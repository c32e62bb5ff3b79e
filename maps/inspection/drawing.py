"""How is the map of an inspection report drawn: lines, markers by state, what was not walked?"""

from __future__ import annotations

import io
from math import cos, radians
from typing import Any

import matplotlib
import shapely
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from geo.survey.inspections.along import CGCS2000
from geo.survey.inspections.progress import Progress
from geo.survey.inspections.words import STATES
from maps.report.furniture import chinese_font

INK, GREEN, RED, ORANGE = "#22303a", "#12695c", "#8a1c1c", "#d55e00"
MARKS = {
    "intact": ("^", GREEN), "leaning": (">", "#b86e00"), "damaged": ("s", "#b3261e"),
    "lost": ("x", "#b3261e"), "moved": ("D", "#b86e00"), "buried": ("v", "#6b4f3a"),
    "unknown": ("o", "#55646e"),
}  # fmt: skip
INCHES = (6.1, 5.2)


def draw_inspection(found: Progress) -> bytes:
    """A map as PNG. Markers show the state that this inspection found, else the register's."""
    look: Any = {"font.family": chinese_font(), "text.parse_math": False}
    with matplotlib.rc_context(rc=look):
        figure = Figure(figsize=INCHES, dpi=200, facecolor="white")
        axes = figure.add_axes((0.02, 0.02, 0.96, 0.96))
        axes.set_xticks([])
        axes.set_yticks([])
        handles = _draw_lines(axes, found) + _draw_markers(axes, found)
        _fit(axes, found)
        axes.legend(handles=handles, loc="best", fontsize=7.5, framealpha=0.94, title="图例",
                    title_fontsize=8)  # fmt: skip
        raw = io.BytesIO()
        figure.savefig(raw, format="png", metadata={"Software": None})
        return raw.getvalue()


def _draw_lines(axes: Any, found: Progress) -> list[Any]:
    seen: dict[str, Any] = {}
    dash: Any
    for one in found.lines:
        words, colour, dash = (
            ("有争议的界线（仅限内部）", RED, "--") if one.line.is_disputed
            else ("推导的示意线", INK, ":") if one.line.basis == "derived" else ("界线", INK, "-")
        )  # fmt: skip
        seen[words] = Line2D([], [], color=colour, linestyle=dash, linewidth=1.6, label=words)
        for part in one.line.geom.geoms:
            axes.plot(*part.xy, color=colour, linestyle=dash, linewidth=1.6, zorder=2)
        for gap in one.walked.gaps if one.walked else ():
            words = "未走到的段"
            seen[words] = Line2D([], [], color=ORANGE, linewidth=5, alpha=0.45, label=words)
            for part in gap.geom.geoms:
                axes.plot(*part.xy, color=ORANGE, linewidth=5, alpha=0.45, zorder=1)
    for entry in found.entries:
        if entry.kind == "track":
            seen["轨迹"] = Line2D([], [], color="#2b6cb0", linewidth=0.8, label="轨迹")
            for part in entry.geom.geoms:
                axes.plot(*part.xy, color="#2b6cb0", linewidth=0.8, zorder=3)
    return list(seen.values())


def _draw_markers(axes: Any, found: Progress) -> list[Any]:
    now = {s.subject: s for s in found.standings if s.kind == "marker"}
    seen: dict[str, Any] = {}
    for marker in found.ground.markers:
        if marker.lon is None:
            continue
        standing = now.get(marker.number)
        form = standing and (standing.agreed or next(iter(standing.forms.values()), None))
        state = form.data["values"]["state"] if form else marker.about["state"]
        shape, colour = MARKS[state]
        words = f"界桩（{STATES[state]}）"
        seen[words] = Line2D([], [], linestyle="none", marker=shape, color=colour, markersize=6,
                             label=words)  # fmt: skip
        axes.scatter([marker.lon], [marker.lat], marker=shape, c=colour, s=42, zorder=5)
        axes.annotate(marker.number, (marker.lon, marker.lat), xytext=(6, 3),
                      textcoords="offset points", fontsize=7.5, color=INK, zorder=6)  # fmt: skip
    for one in found.ground.junctions:
        words = "三交点"
        seen[words] = Line2D([], [], linestyle="none", marker="2", color="#0b3c5d", markersize=11,
                             markeredgewidth=1.8, label=words)  # fmt: skip
        axes.scatter([one.lon], [one.lat], marker="2", c="#0b3c5d", s=190, linewidths=1.8, zorder=4)
    return list(seen.values())


def _fit(axes: Any, found: Progress) -> None:
    """All lines with a margin, degrees of longitude shrunk; a bar of a round length; north."""
    shapes = [one.line.geom for one in found.lines]
    west, south, east, north = shapely.total_bounds(shapes)
    shrink = cos(radians((south + north) / 2))
    wide, high = (east - west) * shrink * 1.15, (north - south) * 1.15
    ratio = INCHES[0] / INCHES[1]
    wide, high = max(wide, high * ratio), max(high, wide / ratio)
    x, y = (west + east) / 2, (south + north) / 2
    axes.set_xlim(x - wide / shrink / 2, x + wide / shrink / 2)
    axes.set_ylim(y - high / 2, y + high / 2)
    axes.set_aspect(1 / shrink)
    left, bottom = x - wide / shrink * 0.47, y - high * 0.46
    whole_m = CGCS2000.inv(left, bottom, left + wide / shrink / 4, bottom)[2]
    unit = 10 ** (len(str(int(whole_m))) - 1)
    length = max((n * unit for n in (1, 2, 5) if n * unit <= whole_m), default=unit)
    degrees = wide / shrink / 4 * length / whole_m
    axes.plot([left, left + degrees], [bottom, bottom], color=INK, linewidth=2.4, zorder=8)
    words = f"{length / 1000:g} 千米" if length >= 1000 else f"{length:g} 米"
    axes.text(left + degrees / 2, bottom + high * 0.012, words, ha="center", fontsize=7.5)
    axes.annotate(
        "北", (0.965, 0.885), (0.965, 0.96), xycoords="axes fraction", ha="center", fontsize=9,
        va="center", arrowprops={"arrowstyle": "<-", "color": INK},
    )  # fmt: skip

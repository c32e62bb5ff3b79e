"""How does one listed name look on a page of its own: read, printed on A4, cited?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import shapely
from shapely.geometry import shape

from geo.gazetteer.heritage.places import ListedPlace
from geo.gazetteer.heritage.protection import ARTICLE_25, Record, words_of
from geo.gazetteer.heritage.words import levels
from geo.gazetteer.history import LifeLine
from maps.base import Page, draw_sheet
from maps.heritage_words import era_words, half, kind_words, seals, where_words
from maps.place_page import TEXTS, kind_of, years_in_words

WIDTH, TALLEST, SHORTEST, MARGIN = 720.0, 520.0, 300.0, 40.0
COARSE = 0.0015
"""Degrees by which outlines are simplified for a small sketch."""


@dataclass(frozen=True, slots=True)
class Area:
    """A division of the sketch; `is_here`: the place lies in it, as far as that is known."""

    path: str
    label: str
    x: float
    y: float
    is_here: bool


@dataclass(frozen=True, slots=True)
class Sketch:
    """A small map in units of its own, north up."""

    width: float
    height: float
    areas: tuple[Area, ...]
    lines: tuple[str, ...]
    shapes: tuple[str, ...]
    point: tuple[float, float] | None


def draw_leaf(
    page: Page, place: ListedPlace, life: LifeLine, kept: Mapping[str, Record],
    outlines: Sequence[Any], *, address: str, on: date, drawn: bool,
) -> str:  # fmt: skip
    """Answer the page of a listed name as HTML; without `drawn` it has no map.

    kept: its last state, sign and survey.
    """
    where = where_words(page, place)
    made_up = place.is_synthetic or any(one.is_synthetic for one in kept.values())
    told = [
        (page.say(*TEXTS[one.kind]), one) for one in life.texts if one.value != place.story
    ]  # fmt: skip
    return draw_sheet(
        replace(page, has_synthetic=made_up), "heritage_leaf.html.j2", "names",
        place.name, place=place, address=address, seals=seals(page, place), texts=told,
        where=where,
        sketch=sketch_of(place, outlines) if drawn else None,
        periods=[
            {
                "name": one.name, "kind": page.say(*kind_of(one)),
                "years": years_in_words(one.years, page.lang),
                "doubt": one.certainty not in (None, "certain"),
                "citation": half(page, one.citation) or page.say("出处未知", "citation unknown"),
            }
            for one in life.periods
        ],
        lists=[
            (
                page.say(levels()[one.level].zh, levels()[one.level].en),
                replace(
                    one, citation=half(page, one.citation),
                    batch=None if one.batch == f"{one.year}年" else one.batch,
                ),
            )
            for one in place.lists
        ],
        what=" · ".join((era_words(page, place), kind_words(page, place.feature_class), where)),
        care=_care(page, kept),
        law=page.say(*ARTICLE_25), citation=citation_of(page, place, address, on),
    )  # fmt: skip


def _care(page: Page, kept: Mapping[str, Record]) -> list[dict[str, Any]]:
    """State, sign and surveys, each with its day and source; what was never entered is unknown."""
    state, sign, survey = (kept.get(kind) for kind in ("protection", "sign", "survey"))
    return [
        _kept(page, page.say("存续状况", "State"), _worded(page, state), state),
        _kept(page, page.say("标志", "Sign"), _worded(page, sign), sign),
        _kept(page, page.say("最近调查", "Last survey"), survey and survey.on_date, survey),
        _kept(page, page.say("下次调查", "Next survey"), survey and survey.due_on, None),
    ]


def _worded(page: Page, record: Record | None) -> str | None:
    return page.say(*words_of(record.kind, record.value)) if record else None


def _kept(page: Page, what: str, value: Any, record: Record | None) -> dict[str, Any]:
    source = half(page, record.source) or page.say("未知", "unknown") if record else None
    return {
        "what": what, "value": str(value or page.say("未知", "unknown")), "source": source,
        "seen": record.on_date if record and record.kind != "survey" else None,
        "is_synthetic": record is not None and record.is_synthetic,
    }  # fmt: skip


def citation_of(page: Page, place: ListedPlace, address: str, on: date) -> str:
    """How to cite the page: name, lists with level and year, the work, address, day."""
    known = [(one, levels()[one.level]) for one in place.lists]
    lists = page.say(
        "；".join(
            f"{one.list_name}（{level.zh}，{one.year or '年份未知'}）" for one, level in known
        ),
        "; ".join(
            f"{one.list_name} ({level.en}, {one.year or 'year unknown'})" for one, level in known
        ),
    )
    credit = f" {place.attribution}" if place.attribution else ""
    return page.say(
        f"「{place.name}」，{lists}。民政一张图，{address}，查询日期 {on}。{credit}".strip(),
        f"“{place.name}”, {lists}. Minzheng Atlas, {address}, accessed {on.isoformat()}.{credit}",
    )


def sketch_of(place: ListedPlace, outlines: Sequence[Any]) -> Sketch | None:
    """The divisions around with the place, to one scale; None where nothing can be drawn."""
    own = None if place.geometry is None else shape(place.geometry)
    units = [
        (one["properties"], shapely.simplify(shape(one["geometry"]), COARSE))
        for one in outlines
        if one["geometry"]
    ]
    if not units and own is None:
        return None
    near = [g for p, g in units if own is not None and p["code"] == place.district_code]
    frame = shapely.union_all([*(near or [g for _, g in units]), *([own] if own else [])])
    fit = _Fit(frame.bounds)
    areas = tuple(_area(fit, told, outline, place) for told, outline in units)
    parts = [] if own is None else list(shapely.get_parts(own))
    points = [one for one in parts if one.geom_type == "Point"]
    return Sketch(
        WIDTH, fit.height, areas,
        tuple(fit.path(one) for one in parts if one.geom_type == "LineString"),
        tuple(fit.path(one) for one in parts if one.geom_type == "Polygon"),
        fit.at(points[0]) if points else None,
    )  # fmt: skip


class _Fit:
    """Degrees → units of the sketch, by one scale, squeezed by the latitude."""

    def __init__(self, bounds: tuple[float, float, float, float]) -> None:
        west, south, east, north = bounds
        self._squeeze = math.cos(math.radians((south + north) / 2))
        across = max((east - west) * self._squeeze, 0.01)
        up = max(north - south, 0.01)
        self._scale = min((WIDTH - 2 * MARGIN) / across, (TALLEST - 2 * MARGIN) / up)
        self.height = round(max(up * self._scale + 2 * MARGIN, SHORTEST), 1)
        self._middle = ((west + east) / 2, (south + north) / 2)

    def _placed(self, lonlat: Any) -> Any:
        flat = (np.asarray(lonlat)[:, :2] - self._middle) * (self._squeeze, 1.0) * self._scale
        return np.column_stack([WIDTH / 2 + flat[:, 0], self.height / 2 - flat[:, 1]])

    def at(self, point: Any) -> tuple[float, float]:
        """Where a point lies."""
        x, y = self._placed(shapely.get_coordinates(point))[0]
        return round(float(x), 1), round(float(y), 1)

    def path(self, outline: Any) -> str:
        """A line or area as an SVG path."""
        made = []
        for part in shapely.get_parts(outline):
            closed = part.geom_type == "Polygon"
            for ring in [part.exterior, *part.interiors] if closed else [part]:
                placed = self._placed(shapely.get_coordinates(ring))
                made.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in placed))
                made.append("Z" if closed else "")
        return "".join(made)


def _area(fit: _Fit, told: dict[str, Any], outline: Any, place: ListedPlace) -> Area:
    x, y = fit.at(shapely.point_on_surface(outline))
    inside = MARGIN / 2 < x < WIDTH - MARGIN / 2 and MARGIN / 2 < y < fit.height - MARGIN / 2
    # A place known to the city only lies somewhere in all of it.
    here = place.district_code in (told["code"], None) and place.geometry is None
    return Area(fit.path(outline), str(told["name"]) if inside else "", x, y, here)

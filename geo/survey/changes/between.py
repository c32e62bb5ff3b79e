"""What changed in the divisions between two days: which, how, into what, and where on the map?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import BadInput, NotFound, both
from geo.queries.admin import Reader, bad_level, unit
from geo.queries.succession import Event, Member, events_between
from geo.survey.changes.crosswalk.outlines import Drawn, drawn_below
from geo.survey.changes.crosswalk.weights import LEAST_SHARE, area_m2, areas_m2
from geo.survey.changes.succession import Succession
from geo.survey.changes.trails import stated_shares

KINDS_ZH = {
    "appeared": "新出现",
    "ended": "不再存在",
    "renamed": "更名",
    "superior": "隶属变更",
    "outline": "图形变化",
    "same": "未变",
}
DIGITS = 6
LEAST_M2 = 1.0
"""Gained or lost ground up to this area is the rounding of coordinates."""


@dataclass(frozen=True, slots=True)
class UnitChange:
    """What became of one code between the days; None is unknown.

    kinds: keys of KINDS_ZH. outline_change: area of what was gained and lost over the area before
    (量算值), None where one of the outlines is not known. came_from: what a new code was before,
    became: what an ended one turned into, by changes; path: these changes in Chinese.
    """

    code: str
    level: int
    kinds: tuple[str, ...]
    name_before: str | None
    name_after: str | None
    parent_before: str | None
    parent_after: str | None
    outline_change: float | None
    came_from: tuple[Member, ...]
    became: tuple[Member, ...]
    path: tuple[str, ...]
    source: str | None
    source_date: date | None
    is_synthetic: bool
    before: BaseGeometry | None
    after: BaseGeometry | None


@dataclass(frozen=True, slots=True)
class Changed:
    """Everything that changed under a division from one day to a later one.

    rows: codes that changed, and with unchanged=True all others. events: the changes on record in
    between that name one of the codes.
    """

    since: date
    until: date
    within: str
    level: int
    rows: tuple[UnitChange, ...]
    events: tuple[Event, ...]
    least_change: float

    @property
    def has_synthetic(self) -> bool:
        """Some division is made up for demonstration."""
        return any(row.is_synthetic for row in self.rows)

    @property
    def method(self) -> str:
        """The rule in Chinese."""
        return (
            f"比较 {self.since} 与 {self.until} 有效的区划版本：名称、上级、代码及当日已知图形；"
            f"图形增减之和不到变更前面积 {self.least_change:.1%} 的视为绘图差异；面积为量算值。"
            "只知年份的变更自当年 1 月 1 日计。"
        )

    @property
    def method_en(self) -> str:
        """The rule in English."""
        return (
            f"Versions in force on {self.since} and {self.until} compared by name, superior, code"
            " and outlines known for the day; less than"
            f" {self.least_change:.1%} gained and lost counts as a difference of drawing."
            " Changes of which only the year is known count from 1 January."
        )


def changed(
    session: Reader,
    *,
    since: date,
    until: date,
    within: str,
    level: int = 3,
    least_change: float = LEAST_SHARE,
    unchanged: bool = False,
) -> Changed:
    """What changed in the divisions of a level under `within` from `since` to `until`.

    Raises BadInput for days not in order or a bad level, NotFound where `within` is in force on
    neither day.
    """
    if not 1 <= level <= 5:
        raise bad_level(level)
    if since >= until:
        raise BadInput(
            both(
                f"起始日期须早于结束日期，现为 {since} 与 {until}。",
                f"the first day must lie before the second, not {since} and {until}",
            ),
            parameter="since",
        )
    code = _in_force_once(session, within, (until, since))
    before = {one.code: one for one in drawn_below(session, code, level, since)}
    after = {one.code: one for one in drawn_below(session, code, level, until)}
    events = events_between(session, since, until)
    succession = Succession(events, stated_shares(session, events))
    codes = sorted(before.keys() | after.keys())
    rows = [
        _compared(before.get(key), after.get(key), succession, since, until, least_change)
        for key in codes
    ]
    named = [
        event for event in events
        if any(member.code in codes for member in (*event.predecessors, *event.successors))
    ]  # fmt: skip
    shown = [row for row in rows if unchanged or row.kinds != ("same",)]
    return Changed(since, until, code, level, tuple(shown), tuple(named), least_change)


def _in_force_once(session: Reader, within: str, days: tuple[date, date]) -> str:
    """The 12-digit code, if the division is in force on one of the days."""
    try:
        return unit(session, within, days[0]).code
    except NotFound:
        return unit(session, within, days[1]).code


def _compared(
    old: Drawn | None, new: Drawn | None, succession: Succession, since: date, until: date,
    least_change: float,
) -> UnitChange:  # fmt: skip
    one = new or old
    assert one is not None
    kinds: list[str] = []
    became: tuple[Member, ...] = ()
    came_from: tuple[Member, ...] = ()
    path: tuple[str, ...] = ()
    share = None
    if old is None:
        kinds.append("appeared")
        start = Member(one.code, one.name, one.parent_code)
        steps = succession.backward(start, until, since)
        path = tuple(step.words for step in steps)
        made = {(step.new.code, step.new.name) for step in steps}
        came_from = tuple(s.old for s in steps if (s.old.code, s.old.name) not in made)
    elif new is None:
        kinds.append("ended")
        trails = succession.forward(Member(old.code, old.name, old.parent_code), since, until)
        became = tuple(trail.end for trail in trails if trail.steps)
        path = tuple(step.words for trail in trails for step in trail.steps)
    else:
        share = _outline_change(old, new)
        kinds += ["renamed"] if old.name != new.name else []
        kinds += ["superior"] if old.parent_code != new.parent_code else []
        kinds += ["outline"] if share is not None and share >= least_change else []
    return UnitChange(
        one.code, one.level, tuple(kinds) or ("same",), old.name if old else None,
        new.name if new else None, old.parent_code if old else None,
        new.parent_code if new else None, share, came_from, became, path, one.source,
        one.source_date, one.is_synthetic, old.outline if old else None,
        new.outline if new else None,
    )  # fmt: skip


def _outline_change(old: Drawn, new: Drawn) -> float | None:
    """What was gained and lost over what there was; None where an outline is not known."""
    if old.version == new.version:
        return 0.0
    if old.outline is None or new.outline is None:
        return None
    moved = shapely.symmetric_difference(old.outline, new.outline)
    difference, whole = areas_m2(np.array([moved, old.outline], dtype=object))
    return float(difference / whole) if whole > 0 else None


def changed_geojson(found: Changed) -> bytes:
    """A map of what changed: a feature a unit, and gained and lost ground where outlines changed.

    Properties as of UnitChange, with `part`: unit, gained or lost. A unit without a known outline
    has geometry null. Coordinates are lon, lat of CGCS2000.
    """
    features = [feature for row in found.rows for feature in _features(row)]
    whole = {
        "type": "FeatureCollection",
        "numberReturned": len(features),
        "has_synthetic": found.has_synthetic,
        "since": found.since,
        "until": found.until,
        "method": found.method,
        "features": features,
    }
    return orjson.dumps(whole)


def _features(row: UnitChange) -> Iterable[dict[str, Any]]:
    shape = row.after if row.after is not None else row.before
    yield _feature(row, "unit", shape)
    if "outline" in row.kinds and row.before is not None and row.after is not None:
        for part, moved in (
            ("gained", shapely.difference(row.after, row.before)),
            ("lost", shapely.difference(row.before, row.after)),
        ):
            areal = [
                one for one in shapely.get_parts(moved)
                if one.geom_type == "Polygon" and area_m2(one) > LEAST_M2
            ]  # fmt: skip
            if areal:
                yield _feature(row, part, shapely.multipolygons(areal))


def _feature(row: UnitChange, part: str, shape: Any) -> dict[str, Any]:
    properties = {
        name: getattr(row, name) for name in UnitChange.__slots__ if name not in ("before", "after")
    }
    geometry = None
    if shape is not None:
        rounded = shapely.transform(shape, lambda c: np.round(c, DIGITS))
        geometry = orjson.Fragment(shapely.to_geojson(rounded))
    properties |= {"part": part, "kinds_zh": [KINDS_ZH[kind] for kind in row.kinds]}
    return {"type": "Feature", "geometry": geometry, "properties": properties}

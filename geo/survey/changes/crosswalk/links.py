"""Which part of each division of one day lies in which division of another, and how is it known?

By outlines where both days have them; else by the changes between the days, which give a share only
where all of a unit went one way or a source states it. No weight is made up: what is not known is
told as unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import BadInput, NotFound, both
from geo.queries.admin import LEVEL_WORDS, Reader, bad_level, unit
from geo.queries.succession import Member, events_between
from geo.survey.changes.crosswalk.answer import By, Crosswalk, Link, Side
from geo.survey.changes.crosswalk.by_events import OUTSIDE, links_by_events, tied
from geo.survey.changes.crosswalk.outlines import Drawn, drawn, drawn_below, drawn_touching
from geo.survey.changes.crosswalk.people import Cells, people_points
from geo.survey.changes.crosswalk.weights import (
    LEAST_SHARE,
    Weights,
    area_weights,
    enclosed,
    people_weights,
)
from geo.survey.changes.succession import Succession
from geo.survey.changes.trails import stated_shares


def crosswalk(
    session: Reader,
    *,
    since: date,
    until: date,
    within: str,
    level: int = 3,
    by: By = "area",
    least_share: float = LEAST_SHARE,
    closed: bool = False,
) -> Crosswalk:
    """Links from the divisions of `since` to those of a level under `within` on `until`.

    `since` may also be the later day: figures of today by the divisions of old. Taken in on that
    side are divisions then under `within`, those whose outline reaches into the others, and those
    that changes tie to them. by people: needs the right to read cells. closed: the caller knows
    that the ground of `within` was the same on both days: what outlines leave outside it is then a
    difference of drawing, and nobody beside it takes part. Raises BadInput for one day twice or a
    bad level, NotFound where `within` is not in force (closed: on both days) or has nothing of that
    level.
    """
    _check(since, until, level, least_share)
    top = unit(session, within, until)
    if closed:
        unit(session, top.code, since)
    new = drawn_below(session, top.code, level, until)
    if not new:
        raise NotFound(
            both(
                f"{top.name} 在 {until} 没有{LEVEL_WORDS[level]}区划的记录。",
                f"no divisions of level {level} are on record under {top.code} on {until}",
            )
        )
    events = events_between(session, min(since, until), max(since, until))
    ground = _Ground(new, Succession(events, stated_shares(session, events)), by)
    old = _old(session, ground, top.code, level, since, until, None if closed else least_share)
    weights, cells = _weigh(session, old, ground, until, least_share)
    if closed:
        weights = enclosed(weights)
    linked = [_links(number, one, ground, weights, since, until) for number, one in enumerate(old)]
    return Crosswalk(
        since, until, top.code, level, by, tuple(_side(one) for one in old),
        tuple(_side(one) for one in new), tuple(link for links in linked for link in links),
        least_share, closed, float(weights.drawn_away.max(initial=0.0)),
        cells.words if cells else None, cells.is_synthetic if cells else False,
    )  # fmt: skip


def _check(since: date, until: date, level: int, least_share: float) -> None:
    """Raises BadInput for a question that has no answer."""
    if not 1 <= level <= 5:
        raise bad_level(level)
    if since == until:
        raise BadInput(
            both(f"两个日期相同：{since}。", f"both days are {since}: nothing to compare"),
            parameter="since",
        )
    if not 0 <= least_share < 0.5:
        raise BadInput(
            both("碎片份额须在 0 与 0.5 之间。", "least_share must lie in 0 … 0.5"),
            parameter="least_share",
        )


@dataclass(slots=True)
class _Ground:
    """The new divisions, the changes that lead to them, and what weighs."""

    new: list[Drawn]
    succession: Succession
    by: By
    shapes: list[BaseGeometry] = field(default_factory=list)
    indices: list[int] = field(default_factory=list)
    versions: dict[int, str] = field(default_factory=dict)
    codes: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for number, one in enumerate(self.new):
            self.versions[one.version] = one.code
            self.codes.add(one.code)
            if one.outline is not None:
                self.shapes.append(one.outline)
                self.indices.append(number)

    @property
    def all_drawn(self) -> bool:
        """Whether every new division has an outline."""
        return len(self.shapes) == len(self.new)


def _old(
    session: Reader, ground: _Ground, within: str, level: int, since: date, until: date,
    least_share: float | None,
) -> list[Drawn]:  # fmt: skip
    """The divisions of the first day that anything of the new ones may come from."""
    found = {one.code: one for one in drawn_below(session, within, level, since)}
    if ground.shapes and least_share is not None:
        area = shapely.union_all(ground.shapes)
        beside = [
            one for one in drawn_touching(session, area, level, since)
            if one.code not in found and one.outline is not None
        ]  # fmt: skip
        outlines = [one.outline for one in beside if one.outline is not None]
        weights = area_weights(outlines, ground.shapes, least_share=least_share)
        for number in sorted(set(weights.old.tolist())):
            found[beside[number].code] = beside[number]
    kin = {
        member.code
        for one in ground.new
        for member in tied(ground.succession, _member(one), since, until)
    }
    for one in drawn(session, kin - found.keys(), since):
        if one.level == level:
            found[one.code] = one
    return [found[code] for code in sorted(found)]


def _weigh(
    session: Reader, old: Sequence[Drawn], ground: _Ground, until: date, least_share: float
) -> tuple[Weights, Cells | None]:
    """Weights of all old divisions; those without outline have none (outside NaN)."""
    known = [number for number, one in enumerate(old) if one.outline is not None]
    shapes = [one.outline for one in old if one.outline is not None]
    cells = None
    if ground.by == "area" or not shapes or not ground.shapes:
        made = area_weights(shapes, ground.shapes, least_share=least_share)
    else:
        cells = people_points(session, shapely.union_all(shapes), until, ground.by)
        made = people_weights(shapes, ground.shapes, cells.points, cells.people)
    outside = np.full(len(old), np.nan)
    away = np.zeros(len(old))
    outside[known], away[known] = made.outside, made.drawn_away
    at, to = np.array(known, dtype=np.int64), np.array(ground.indices, dtype=np.int64)
    return Weights(at[made.old], to[made.new], made.share, outside, away), cells


def _links(
    number: int, one: Drawn, ground: _Ground, weights: Weights, since: date, until: date
) -> list[Link]:
    """The links of one old division, the largest share first."""
    if one.version in ground.versions:
        return [Link(one.code, ground.versions[one.version], 1.0, "same")]
    outside = float(weights.outside[number])
    if not np.isnan(outside) and (ground.all_drawn or outside == 0.0):
        mine = weights.old == number
        links = [
            Link(one.code, ground.new[int(j)].code, float(share), "outlines")
            for j, share in zip(weights.new[mine], weights.share[mine], strict=True)
        ]
        links.sort(key=lambda link: -(link.share or 0))
        if outside > 0:
            links.append(Link(one.code, None, outside, "outlines", note=OUTSIDE))
        return links
    return links_by_events(
        _member(one), ground.succession, ground.codes, by=ground.by, since=since, until=until
    )


def _member(one: Drawn) -> Member:
    return Member(one.code, one.name, one.parent_code)


def _side(one: Drawn) -> Side:
    return Side(
        one.code, one.name, one.parent_code, one.outline is not None, one.source, one.source_date,
        one.is_synthetic,
    )  # fmt: skip

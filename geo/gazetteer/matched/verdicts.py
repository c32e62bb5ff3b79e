"""Is a row's place sure, likely or open, and what does a person still have to decide?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from pyproj import Geod

from geo.gazetteer.matched.asked import Asked
from geo.gazetteer.places import PlaceFacts

if TYPE_CHECKING:
    from geo.gazetteer.matched.rows import Candidate

STATES = {
    "matched": ("已匹配", "matched"),
    "likely": ("可能，请核对", "likely: to be confirmed"),
    "several": ("有多个同等候选", "several equal candidates"),
    "none": ("未找到", "not found"),
    "unreadable": ("该行无法读取", "the row cannot be read"),
}
"""What may become of a row."""
SAME_NAME = frozenset({"exact"})
NEAR_M = 1_000.0
TIMES_NEARER = 5.0
"""Of several with the same name one is meant where it is within NEAR_M and so much nearer."""
CLEAR = 3.0
"""A likely place stands so much above the next."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state of a row, its candidates in their order, and what is open."""

    state: str
    ordered: Sequence[Candidate]
    open_zh: str
    open_en: str


def verdict_of(candidates: Sequence[Candidate], row: Asked, *, division_unknown: bool) -> Verdict:
    """Answer what the candidates (best first) say about a row.

    Sure is only the one place whose name is written the same: a name in use goes before a former
    one, and a position decides between namesakes only where one is clearly nearer.
    """
    lost_zh = f"区划「{row.division}」未查到，未按其缩小范围；" if division_unknown else ""
    lost_en = f"division {row.division} is unknown and was not used; " if division_unknown else ""
    if not candidates:
        return Verdict("none", (), f"{lost_zh}名录中没有", f"{lost_en}not in the register")
    same = [one for one in candidates if one.how in SAME_NAME]
    peers = [one for one in same if one.use == "in_use"] or same
    if peers:
        chosen = peers[0] if len(peers) == 1 else _nearest(peers)
        others = [one for one in candidates if one is not chosen]
        if chosen is not None:
            state = "likely" if division_unknown else "matched"
            return Verdict(state, [chosen, *others], lost_zh, lost_en)
        others = [one for one in candidates if one not in peers]
        return Verdict(
            "several", [*peers, *others],
            f"{lost_zh}{len(peers)} 处同名，请按区划或位置确定",
            f"{lost_en}{len(peers)} places of this name: decide by division or position",
        )  # fmt: skip
    best = candidates[0]
    if len(candidates) > 1 and best.score - candidates[1].score < CLEAR:
        equal = sum(best.score - one.score < CLEAR for one in candidates)
        return Verdict(
            "several", candidates, f"{lost_zh}无同名，{equal} 处相近：{best.how_zh}",
            f"{lost_en}no such name, {equal} are close: {best.how_en}",
        )  # fmt: skip
    name = best.place.name
    zh = best.how_zh if "「" in best.how_zh else f"「{name}」{best.how_zh}"
    en = best.how_en if name in best.how_en else f"{name}: {best.how_en}"
    return Verdict("likely", candidates, f"{lost_zh}{zh}", f"{lost_en}{en}")


def _nearest(peers: Sequence[Candidate]) -> Candidate | None:
    """The one that is clearly nearest, or None; an unknown distance decides nothing."""
    known = sorted(
        (one for one in peers if one.distance_m is not None), key=lambda one: one.distance_m or 0.0
    )
    if len(known) < len(peers) or not known:
        return None
    first, second = known[0].distance_m or 0.0, known[1].distance_m or 0.0
    return known[0] if first <= NEAR_M and second >= max(first, 1.0) * TIMES_NEARER else None


def metres(row: Asked, place: PlaceFacts) -> float | None:
    """Answer the geodesic distance (GRS80) from a row's position to the point of a place."""
    if row.lon is None or row.lat is None or place.lon is None or place.lat is None:
        return None
    _, _, distance = _earth().inv(row.lon, row.lat, place.lon, place.lat)
    return round(float(distance), 1)


@lru_cache(maxsize=1)
def _earth() -> Geod:
    return Geod(ellps="GRS80")

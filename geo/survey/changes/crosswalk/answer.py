"""How does an answer about two days look: both sides, the links between them, the rule?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from geo.queries.admin import LEVEL_WORDS

By = Literal["area", "people", "people_60"]
ENCLOSED = "按使用者给定：全域范围两日相同，落在域外的部分视为绘图差异，按比例归入域内。"
ENCLOSED_EN = (
    " As the asker states, the whole is the same ground on both days: what lies outside it is a"
    " difference of drawing, shared out in proportion."
)
BASES_ZH = {
    "same": "同一版本，未变",
    "outlines": "按两日图形量算",
    "stated": "资料载明的份额",
    "events": "按变更资料整体对应",
    "unknown": "份额未知",
}


@dataclass(frozen=True, slots=True)
class Side:
    """A division on one of the two days. has_outline: one of that very day is known."""

    code: str
    name: str
    parent_code: str | None
    has_outline: bool
    source: str | None
    source_date: date | None
    is_synthetic: bool


@dataclass(frozen=True, slots=True)
class Link:
    """Part of an old division in a new one.

    to_code None: in none of the new divisions, or nobody knows where. share: of the old one, None
    where unknown. basis: key of BASES_ZH. path: the changes in between, in Chinese.
    """

    from_code: str
    to_code: str | None
    share: float | None
    basis: str
    path: tuple[str, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """The links between the divisions of a level on two days.

    closed: the asker states that the whole was the same ground on both days. drawn_away: the
    largest share of an old division that was taken for differences of drawing.
    """

    since: date
    until: date
    within: str
    level: int
    by: By
    old: tuple[Side, ...]
    new: tuple[Side, ...]
    links: tuple[Link, ...]
    least_share: float
    closed: bool
    drawn_away: float
    weights_source: str | None
    weights_synthetic: bool

    @property
    def has_synthetic(self) -> bool:
        """Some division, or the people that weigh, are made up for demonstration."""
        made_up = any(side.is_synthetic for side in (*self.old, *self.new))
        return made_up or self.weights_synthetic

    @property
    def is_complete(self) -> bool:
        """Whether every share is known."""
        return all(link.share is not None for link in self.links)

    @property
    def method(self) -> str:
        """The rule in Chinese."""
        by = {"area": "面积（量算值）", "people": "人口", "people_60": "60 岁及以上人口"}[self.by]
        return (
            f"{LEVEL_WORDS[self.level]}区划由 {self.since} 对应到 {self.until}，份额按{by}；"
            "两日均有图形的按图形相交，否则只按变更资料的整体对应或载明份额，不作推算。"
            f"小于 {self.least_share:.1%} 的碎片视为绘图差异，不作转移。"
            + (ENCLOSED if self.closed else "")
        )

    @property
    def method_en(self) -> str:
        """The rule in English."""
        return (
            f"Divisions of level {self.level} from {self.since} to {self.until}, shares by"
            f" {self.by}; by the outlines of both days where known, else only whole successions and"
            f" shares that a source states. Slivers under {self.least_share:.1%} count as"
            " differences of drawing." + (ENCLOSED_EN if self.closed else "")
        )

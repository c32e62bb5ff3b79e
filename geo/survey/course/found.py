"""What does the check of a 走向说明 tell: phrases that disagree, and those it could not judge?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from geo.survey.course.rules import Rules

DisagreementKind = Literal["direction", "length", "feature", "marker", "order"]
KIND_ZH = {
    "direction": "方向", "length": "长度", "feature": "地物", "marker": "界桩", "order": "次序",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A phrase that the line does not bear out. at: its place in the text."""

    kind: DisagreementKind
    phrase: str
    at: int
    said: str
    found: str
    tolerance: str


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A phrase that was understood but that nothing here can prove, and why."""

    phrase: str
    at: int
    reason: str


@dataclass(frozen=True, slots=True)
class CheckedLeg:
    """A stretch of the text as it was laid on the line: chainages in metres (量算值)."""

    part: int
    start: str
    end: str
    start_m: float
    end_m: float
    said_direction: str | None
    found_direction: str
    true_deg: float


@dataclass(frozen=True, slots=True)
class Checked:
    """What a text and a line have in common, and what not.

    unmentioned: features of the line that the text does not name; backwards: numbers of stretches
    that the text tells from their other end.
    """

    disagreements: tuple[Disagreement, ...]
    unchecked: tuple[Unchecked, ...]
    unparsed: tuple[tuple[str, int], ...]
    unmentioned: tuple[str, ...]
    backwards: tuple[int, ...]
    legs: tuple[CheckedLeg, ...]
    rules: Rules
    has_synthetic: bool = False

    @property
    def agrees(self) -> bool:
        """Whether no phrase disagrees and all were understood."""
        return not (self.disagreements or self.unparsed)

"""By which day must an approved name be filed, made public and put on signs, and is that done?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from geo.gazetteer.naming.rules import Deadline

STATES = {
    "done": "已办",
    "done_late": "逾期办结",
    "overdue": "已逾期",
    "due_soon": "即将到期",
    "open": "未到期",
    "unknown": "批准日期未知",
    "contradictory": "日期早于批准日期",
}
STATES_EN = {
    "done": "done", "done_late": "done late", "overdue": "overdue", "due_soon": "due soon",
    "open": "not yet due", "unknown": "day of approval unknown",
    "contradictory": "earlier than the approval",
}  # fmt: skip
PRESSING = ("overdue", "due_soon", "contradictory", "open")
"""States in which something is still to be done, the most pressing first."""


@dataclass(frozen=True)
class Due:
    """One duty after approval: `days_left` is negative when overdue, None when done or unknown."""

    what: str
    step: str
    article: str
    status: str
    state: str
    due_on: date | None
    done_on: date | None
    days_left: int | None
    zh: str
    en: str


def duties(
    approved_on: date | None, done: Mapping[str, date | None], *, today: date,
    deadlines: Iterable[Deadline], inside: frozenset[str] = frozenset(),
) -> tuple[Due, ...]:  # fmt: skip
    """Answer each duty that holds where the name lies; calendar days from the day after approval.

    `done` gives the day of each step (filed, noticed, signed); `inside` holds the divisions around
    the name (12 digits), for rules of one place. Nothing is guessed: without a day of approval the
    state is `unknown`.
    """
    return tuple(
        _due(one, approved_on, done.get(one.step), today)
        for one in deadlines
        if one.place is None or one.place in inside
    )


def _due(rule: Deadline, approved: date | None, done: date | None, today: date) -> Due:
    facts = (rule.what, rule.step, rule.article, rule.status)
    if approved is None:
        return Due(
            *facts, "unknown", None, done, None, f"{rule.zh}：批准日期未知，未计算期限。",
            f"{rule.en}: day of approval unknown, no term",
        )  # fmt: skip
    last = approved + timedelta(days=rule.days)
    left = (last - today).days
    state = _state(approved, done, last, left, rule.warn_days)
    zh = f"{rule.zh}：{STATES[state]}，期限 {last.isoformat()}"
    en = f"{rule.en}: {STATES_EN[state]}, last day {last.isoformat()}"
    if state in ("overdue", "due_soon"):
        zh += f"（{'逾期' if left < 0 else '还剩'} {abs(left)} 天）"
        en += f" ({abs(left)} days {'late' if left < 0 else 'left'})"
    return Due(*facts, state, last, done, None if done else left, zh + "。", en)


def _state(approved: date, done: date | None, last: date, left: int, warn: int) -> str:
    if done is not None:
        return "contradictory" if done < approved else "done" if done <= last else "done_late"
    if left < 0:
        return "overdue"
    return "due_soon" if left <= warn else "open"

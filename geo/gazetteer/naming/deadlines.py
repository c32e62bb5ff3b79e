"""By which day must an approved name be filed and made public, and is that done?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from geo.gazetteer.naming.rules import Deadlines

STATES = {
    "done": "已办",
    "done_late": "逾期办结",
    "overdue": "已逾期",
    "due_soon": "即将到期",
    "open": "未到期",
    "unknown": "批准日期未知",
    "contradictory": "日期早于批准日期",
}


@dataclass(frozen=True)
class Due:
    """One duty after approval: `what` is filing or notice; `days_left` is negative when overdue."""

    what: str
    article: str
    state: str
    due_on: date | None
    done_on: date | None
    days_left: int | None
    zh: str


def duties(
    approved_on: date | None, filed_on: date | None, noticed_on: date | None, *,
    today: date, deadlines: Deadlines,
) -> tuple[Due, Due]:  # fmt: skip
    """Answer filing (备案) and notice (公告); days are counted from the day after approval.

    Nothing is guessed: without a day of approval the state is `unknown`.
    """
    return (
        _due("filing", "备案", approved_on, filed_on, today, deadlines.filing_days,
             deadlines.filing_article, deadlines.warn_days),
        _due("notice", "公告", approved_on, noticed_on, today, deadlines.notice_days,
             deadlines.notice_article, deadlines.warn_days),
    )  # fmt: skip


def _due(
    what: str, zh: str, approved: date | None, done: date | None, today: date, days: int,
    article: str, warn: int,
) -> Due:  # fmt: skip
    if approved is None:
        return Due(what, article, "unknown", None, done, None, f"{zh}：批准日期未知，未计算期限。")
    last = approved + timedelta(days=days)
    left = (last - today).days
    state = _state(approved, done, last, left, warn)
    words = f"{zh}：{STATES[state]}，期限 {last.isoformat()}"
    if state in ("overdue", "due_soon"):
        words += f"（{'逾期' if left < 0 else '还剩'} {abs(left)} 天）"
    return Due(what, article, state, last, done, None if done else left, words + "。")


def _state(approved: date, done: date | None, last: date, left: int, warn: int) -> str:
    if done is not None:
        return "contradictory" if done < approved else "done" if done <= last else "done_late"
    if left < 0:
        return "overdue"
    return "due_soon" if left <= warn else "open"

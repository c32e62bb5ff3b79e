"""Which written rules of a subject apply in a place on a day, and which of them goes first?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text

from geo.queries.admin import Reader, ancestors

STATUS_WORDS = {
    "verified": ("已核实", "verified"),
    "second_hand": ("转述，待核实", "second hand, to be verified"),
    "unverified": ("未核实", "unverified"),
}
"""How sure a rule is → its words in Chinese and English."""

_RULES = text(
    """SELECT r.code, r.subject, r.scope_code, r.title, r.status, r.source, r.rule,
        lower(r.validity) AS valid_from, upper(r.validity) AS valid_until
    FROM standard_rule r
    WHERE r.subject = ANY(:subjects)
      AND (r.scope_code IS NULL OR r.scope_code = ANY(:above))
    ORDER BY r.code"""
)


@dataclass(frozen=True, slots=True)
class WrittenRule:
    """A rule as it is stored: `rule` holds value, unit and conditions as the data file has them.

    nearness: 0 = of the place itself, 1 = of its superior …; the nation's come last.
    """

    code: str
    subject: str
    scope_code: str | None
    title: str
    status: str
    source: str | None
    rule: dict[str, Any]
    valid_from: date | None
    valid_until: date | None
    nearness: int

    @property
    def value(self) -> float:
        """The number that the rule states."""
        return float(self.rule["value"])

    @property
    def unit(self) -> str:
        """The unit of `value`."""
        return str(self.rule.get("unit", ""))

    @property
    def is_verified(self) -> bool:
        """Somebody has read it in the text of the law or standard."""
        return self.status == "verified"

    def in_force(self, on: date) -> bool:
        """Whether it applies on a day; an end that nobody has confirmed is open."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_until is None or on < self.valid_until
        )

    def cited(self) -> str:
        """Title, source and how sure it is, in Chinese."""
        start = "" if self.valid_from else "；起始日期未核实"
        known = STATUS_WORDS[self.status][0]
        return f"{self.title}（依据：{self.source or '未知'}；{known}{start}）"

    def cited_en(self) -> str:
        """Code, source and how sure it is, in English."""
        status = STATUS_WORDS[self.status][1]
        start = "" if self.valid_from else "; start not confirmed"
        return f"{self.code} (source: {self.source or 'unknown'}; {status}{start})"


def rules_for(
    session: Reader, *subjects: str, place: str, on: date | None = None, today: date
) -> tuple[WrittenRule, ...]:
    """The rules of some subjects that hold for a division, those of the place itself first.

    place: code of the division, in force on `today`; rules of it, of every division above it and of
    the nation are meant. on: only those in force on that day (None: of any day, because an estate
    is judged by the rule of the day of its approval). Raises NotFound for an unknown division.
    """
    above = [unit.code for unit in ancestors(session, place, today)]
    rows = session.execute(_RULES, {"subjects": list(subjects), "above": above})
    made = [
        WrittenRule(
            **row._mapping,
            nearness=len(above) if row.scope_code is None else above.index(row.scope_code),
        )
        for row in rows
    ]
    chosen = [rule for rule in made if on is None or rule.in_force(on)]
    return tuple(sorted(chosen, key=lambda rule: (rule.subject, rule.nearness, rule.code)))


def most_specific(
    rules: Sequence[WrittenRule], subject: str, on: date, **conditions: Any
) -> WrittenRule | None:
    """The one rule that decides: of the nearest place, then the newest, then the strictest.

    conditions: what the rule must say, e.g. estate_type="new". A rule with a target `year` is for
    the days up to the end of that year: the earliest year not past goes first, and when all are
    past, the last one still stands. None where nothing applies.
    """
    fitting = [
        rule
        for rule in rules
        if rule.subject == subject
        and rule.in_force(on)
        and all(rule.rule.get(key) == value for key, value in conditions.items())
    ]

    def order(rule: WrittenRule) -> tuple[Any, ...]:
        year = rule.rule.get("year")
        timing = (0, 0) if year is None else (0, year) if year >= on.year else (1, -year)
        since = -(rule.valid_from or date.min).toordinal()
        return rule.nearness, timing, since, -float(rule.rule.get("value", 0)), rule.code

    return min(fitting, key=order, default=None)

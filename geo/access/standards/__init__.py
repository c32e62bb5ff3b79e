"""Which written rules are there for a place and a day, and what do they ask for?"""

from __future__ import annotations

from geo.access.standards.must_have import (
    LACKING,
    PAUSED,
    PLANNED,
    PRESENT,
    STATUS_ZH,
    SUBJECT,
    UNDER_CONSTRUCTION,
    UNKNOWN,
    Held,
    Judgement,
    Missing,
    Rule,
    missing,
)
from geo.access.standards.written import STATUS_WORDS, WrittenRule, most_specific, rules_for
from geo.sums import SumCheck, check_sum

__all__ = [
    "LACKING",
    "PAUSED",
    "PLANNED",
    "PRESENT",
    "STATUS_WORDS",
    "STATUS_ZH",
    "SUBJECT",
    "UNDER_CONSTRUCTION",
    "UNKNOWN",
    "Held",
    "Judgement",
    "Missing",
    "Rule",
    "SumCheck",
    "WrittenRule",
    "check_sum",
    "missing",
    "most_specific",
    "rules_for",
]

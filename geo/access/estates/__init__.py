"""Does each residential estate provide the elder-care floor area that the written rule asks for?

required = households ÷ 100 × rate(place, estate type, day of approval)
pass     = provided ≥ required, single-room minimum kept, handed over
rate     = passed ÷ (passed + failed); unknown ones stand beside it, with both bounds
"""

from __future__ import annotations

from geo.access.estates.facts import (
    FAIL,
    NOT_DUE,
    PASS,
    STATUS_WORDS,
    UNKNOWN,
    Estate,
    EstateCheck,
    EstateRate,
    EstateReport,
    rate_of,
)
from geo.access.estates.judging import check_estate
from geo.access.estates.pools import check_all, check_pool
from geo.access.estates.report import estates_checked

__all__ = [
    "FAIL",
    "NOT_DUE",
    "PASS",
    "STATUS_WORDS",
    "UNKNOWN",
    "Estate",
    "EstateCheck",
    "EstateRate",
    "EstateReport",
    "check_all",
    "check_estate",
    "check_pool",
    "estates_checked",
    "rate_of",
]

"""Which candidate sites may be built on, and why not the others?"""

from __future__ import annotations

from geo.access.candidates.judged import Candidate, Reason
from geo.access.candidates.limits import STATUS_ZH, WORDS, Limit, Limits, limits_in_force
from geo.access.candidates.read import Candidates, candidates

__all__ = [
    "STATUS_ZH",
    "WORDS",
    "Candidate",
    "Candidates",
    "Limit",
    "Limits",
    "Reason",
    "candidates",
    "limits_in_force",
]

"""Which place does each row of a table of names mean, how surely, and what remains open?"""

from __future__ import annotations

from geo.gazetteer.matched.asked import Asked, asked_in
from geo.gazetteer.matched.rows import Candidate, MatchedRow, match_rows

__all__ = ["Asked", "Candidate", "MatchedRow", "asked_in", "match_rows"]

"""Where is the canteen, the home or the day care that fits, and how do some of them compare?"""

from __future__ import annotations

from geo.access.finder.answer import Answer, Dropped, cards_of, find, one_card
from geo.access.finder.cards import Card
from geo.access.finder.comparing import QUESTIONS, Comparison, Measured, compare, leading, measured
from geo.access.finder.question import Question
from geo.access.finder.reports import WRONG, report_wrong
from geo.access.finder.start import Start, StartTold
from geo.access.finder.told import told
from geo.access.finder.walking import WalkingGrounds
from geo.access.finder.words import FILTERS, SORTS, WHAT

__all__ = [
    "FILTERS",
    "QUESTIONS",
    "SORTS",
    "WHAT",
    "WRONG",
    "Answer",
    "Card",
    "Comparison",
    "Dropped",
    "Measured",
    "Question",
    "Start",
    "StartTold",
    "WalkingGrounds",
    "cards_of",
    "compare",
    "find",
    "leading",
    "measured",
    "one_card",
    "report_wrong",
    "told",
]

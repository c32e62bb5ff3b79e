"""Does a proposed name keep the rules of naming, and what do lists of names and dates say?"""

from __future__ import annotations

from geo.gazetteer.naming.check import Checked, Result, check_name
from geo.gazetteer.naming.lists import Lists, read_lists
from geo.gazetteer.naming.proposal import Proposal
from geo.gazetteer.naming.rules import rule_book

__all__ = [
    "Checked",
    "Lists",
    "Proposal",
    "Result",
    "check_name",
    "read_lists",
    "rule_book",
]

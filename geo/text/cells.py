"""How does a text become a cell that no spreadsheet computes, or a line that a document holds?"""

from __future__ import annotations

import re

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Beginnings that spreadsheets take for a formula, also in their wide forms."""


def harmless(text: str) -> str:
    """Answer the text without unprintable characters; one that begins like a formula gets an
    apostrophe before it, which makes it text (OWASP, CSV injection).
    """
    plain = "".join(c for c in text if c.isprintable() or c in "\n\t")
    return f"'{plain}" if plain.lstrip(" \u3000").startswith(FORMULA) else plain


# What XML 1.0 cannot hold, and what turns the direction of text around.
_UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)


def clean(text: str) -> str:
    """Text without characters that no document can hold or that would disguise it."""
    return _UNFIT.sub("", text)

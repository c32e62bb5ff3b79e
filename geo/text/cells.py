"""How does a text become a cell that no spreadsheet computes?"""

from __future__ import annotations

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Beginnings that spreadsheets take for a formula, also in their wide forms."""


def harmless(text: str) -> str:
    """Answer the text without unprintable characters; one that begins like a formula gets an
    apostrophe before it, which makes it text (OWASP, CSV injection).
    """
    plain = "".join(c for c in text if c.isprintable() or c in "\n\t")
    return f"'{plain}" if plain.lstrip(" \u3000").startswith(FORMULA) else plain

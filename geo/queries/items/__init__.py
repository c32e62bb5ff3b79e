"""Which features of a collection are meant, and how do they leave as GeoJSON, page by page?"""

from __future__ import annotations

from geo.queries.items.pages import Item, Page, count, item, page
from geo.queries.items.question import Question, Shape

__all__ = ["Item", "Page", "Question", "Shape", "count", "item", "page"]

"""How is a layout plan for elder-care facilities written as Word, Excel or PDF?"""

from __future__ import annotations

from maps.report.blocks import Document
from maps.report.chapters import compose
from maps.report.formats import FORMATS, write

__all__ = ["FORMATS", "Document", "compose", "write"]

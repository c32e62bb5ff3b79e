"""Which home, day care or canteen suits an old person, and how does the page say so?"""

from __future__ import annotations

from maps.elder_care.saved import VIEW, draw_elder_care

__all__ = ["VIEW", "draw_elder_care"]

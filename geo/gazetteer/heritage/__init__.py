"""Which names stand on lists of heritage and red names, how did they come there, who keeps them?"""

from __future__ import annotations

from geo.gazetteer.heritage.listed import (
    FAMILY_WORDS,
    LEVELS,
    Listed,
    listings,
    listings_geojson,
)

__all__ = ["FAMILY_WORDS", "LEVELS", "Listed", "listings", "listings_geojson"]

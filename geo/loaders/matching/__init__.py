"""Which rows speak of the same site, within a file and in what is stored?"""

from __future__ import annotations

from geo.loaders.matching.sites import Site, Sites, tell_sites_apart
from geo.loaders.matching.stored import Matched, Review, match_stored, reviews_with_codes

__all__ = [
    "Matched",
    "Review",
    "Site",
    "Sites",
    "match_stored",
    "reviews_with_codes",
    "tell_sites_apart",
]

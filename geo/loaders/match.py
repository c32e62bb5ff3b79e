"""Which rows speak of the same site? Answered in `geo.loaders.matching`."""

from __future__ import annotations

from geo.loaders.matching import Site, Sites, tell_sites_apart

__all__ = ["Site", "Sites", "tell_sites_apart"]

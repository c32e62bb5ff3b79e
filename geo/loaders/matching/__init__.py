"""Which rows speak of the same site, within a file and in what is stored?"""

from __future__ import annotations

from geo.loaders.matching.sites import Site, Sites, tell_sites_apart

__all__ = ["Site", "Sites", "tell_sites_apart"]

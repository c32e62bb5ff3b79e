"""How does a real city come into the database, from its boundaries to its old names?"""

from __future__ import annotations

from geo.loaders.city.divisions import CityRef, resolve_city
from geo.loaders.city.load import CityLoaded, load_city

__all__ = ["CityLoaded", "CityRef", "load_city", "resolve_city"]

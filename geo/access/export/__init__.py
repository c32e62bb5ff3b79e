"""How does a result leave as GeoPackage, GeoJSON, GeoParquet or CSV, with what it rests on?"""

from __future__ import annotations

from geo.access.export.formats import FORMATS, check_format, write
from geo.access.export.layer import Layer
from geo.access.export.results import RESULTS, Wanted, result

__all__ = ["FORMATS", "RESULTS", "Layer", "Wanted", "check_format", "result", "write"]

"""How does an answer of GeoJSON look, and how is it sent without decoding it again?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
from starlette.responses import JSONResponse

from geo.gazetteer.places import PlaceFacts


class GeoJson(JSONResponse):
    """GeoJSON (RFC 7946): bytes from the database as they are, or a mapping to encode."""

    media_type = "application/geo+json"

    def render(self, content: Any) -> bytes:
        """The bytes of the body."""
        return content if isinstance(content, bytes) else orjson.dumps(content)


class Json(GeoJson):
    """Plain JSON of dataclasses, dates and mappings."""

    media_type = "application/json"


def as_points(found: Iterable[PlaceFacts], **members: Any) -> dict[str, Any]:
    """Answer a FeatureCollection of places; one without a known position has geometry null.

    The fields of each, but for its position, become the properties; `members` stand beside the
    features.
    """
    features = [_point(one) for one in found]
    return {
        "type": "FeatureCollection",
        "numberReturned": len(features),
        "has_synthetic": any(feature["properties"]["is_synthetic"] for feature in features),
        **members,
        "features": features,
    }


def _point(one: PlaceFacts) -> dict[str, Any]:
    """One Feature with a Point, or with geometry null."""
    known = one.lon is not None and one.lat is not None
    geometry = {"type": "Point", "coordinates": [one.lon, one.lat]} if known else None
    properties = {name: value for name, value in vars(one).items() if name not in ("lon", "lat")}
    return {"type": "Feature", "geometry": geometry, "properties": properties}

"""How does an answer of GeoJSON look, and how is it sent without decoding it again?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import orjson
from starlette.responses import JSONResponse

from geo.approvals import is_served
from geo.gazetteer.places import PlaceFacts
from geo.validity import today_in_china


class GeoJson(JSONResponse):
    """GeoJSON (RFC 7946): bytes from the database as they are, or a mapping to encode."""

    media_type = "application/geo+json"

    def render(self, content: Any) -> bytes:
        """The bytes of the body."""
        return content if isinstance(content, bytes) else orjson.dumps(content)


class MapLayer(GeoJson):
    """GeoJSON of areas: in public mode without an approval number it leaves without outlines.

    A map layer that is served to the public needs its number, and old boundaries one of their own;
    what is known of each area is told all the same. Decoding costs only there.
    """

    is_old = False

    def render(self, content: Any) -> bytes:
        """The bytes of the body."""
        body = super().render(content)
        return body if layer_allowed(old=self.is_old) else _without_outlines(body)


class OldMapLayer(MapLayer):
    """Areas of a day that is past."""

    is_old = True


def layer_of(day: date) -> type[MapLayer]:
    """How areas of a day leave: those of a past day are old boundaries."""
    return OldMapLayer if day < today_in_china() else MapLayer


def layer_allowed(*, old: bool = False) -> bool:
    """Whether areas may be served: always inside, in public mode only with an approval number."""
    return is_served("old-units" if old else "units")


def _without_outlines(body: bytes) -> bytes:
    """The collection with `geometry` null wherever it is an area, and the reason beside it."""
    whole = orjson.loads(body)
    for feature in whole.get("features", ()):
        if (feature["geometry"] or {}).get("type", "").endswith("Polygon"):
            feature["geometry"] = None
            if "geometry_note" in feature["properties"]:
                feature["properties"]["geometry_note"] = _WITHHELD
    return orjson.dumps({**whole, "geometry_note": _WITHHELD})


_WITHHELD = "没有审图号，公开模式不提供图形 · no approval number: public mode serves no outline"


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

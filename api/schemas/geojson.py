"""How does an answer of GeoJSON look, and how is it sent without decoding it again?"""

from __future__ import annotations

from typing import Any

import orjson
from starlette.responses import JSONResponse


class GeoJson(JSONResponse):
    """GeoJSON (RFC 7946): bytes from the database as they are, or a mapping to encode."""

    media_type = "application/geo+json"

    def render(self, content: Any) -> bytes:
        """The bytes of the body."""
        return content if isinstance(content, bytes) else orjson.dumps(content)


class Json(JSONResponse):
    """Plain JSON of dataclasses, dates and mappings."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """The bytes of the body."""
        return content if isinstance(content, bytes) else orjson.dumps(content)

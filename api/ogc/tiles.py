"""Which vector tile of a collection is this, and has it changed since the caller saw it?"""

from __future__ import annotations

import re

from starlette.types import ASGIApp

from api.ogc.answers import Answer, Call, names_tag
from api.ogc.callers import eyes
from api.ogc.negotiation import format_of
from geo.errors import BadInput, both
from geo.queries.collections import collection as collection_of
from geo.queries.items import Question
from geo.queries.matrices import matrix_set
from geo.queries.moments import When, on_day, read_when
from geo.queries.tiles import Asked, Tile, TileCache, tile
from geo.settings import TileSettings, read
from geo.validity import today_in_china

MVT = "application/vnd.mapbox-vector-tile"
THINNED = "Atlas-Thinned"
"""Header of a tile that does not show all: `shown/matched`."""


def one_tile(call: Call) -> ASGIApp:
    """A tile: 200 with its bytes, 204 where it is empty, 304 where the caller has it."""
    call.only("datetime", "f")
    collection, tiling = collection_of(call.parts[1]), matrix_set(call.parts[3])
    z, row, col = (
        _number(name, said)
        for name, said in zip(("tileMatrix", "tileRow", "tileCol"), call.parts[4:], strict=True)
    )
    tiling.bounds(z, row, col)
    when = when_asked(call)
    format_of(call, {"mvt": MVT})
    with eyes(call, collection, when) as seen:
        question = Question(collection, when, division=seen.division)
        audience = "staff" if seen.is_staff else "public"
        asked = Asked(question, tiling, z, row, col, audience)
        made = tile(seen.connection, asked, cache_of(call), most=read(TileSettings).tile_features)
    return _answer(call, made, is_private=bool(call.header(b"authorization")))


def when_asked(call: Call) -> When:
    """The days of `datetime`; without it today, so that a tile may change at midnight."""
    said = call.get("datetime")
    return on_day(today_in_china()) if said is None else read_when(said)


def cache_of(call: Call) -> TileCache:
    """The tiles that this process keeps."""
    state = call.scope["app"].state
    if getattr(state, "tiles", None) is None:
        state.tiles = TileCache(read(TileSettings).tile_cache_mb * 1_000_000)
    kept: TileCache = state.tiles
    return kept


def _answer(call: Call, made: Tile, *, is_private: bool) -> Answer:
    headers = {
        "ETag": made.etag,
        # Kept, but asked after each time: whoever asks after a commit sees it.
        "Cache-Control": "private, no-cache" if is_private else "public, no-cache",
        "Vary": "Accept, Authorization",
    }
    if made.is_thinned:
        headers[THINNED] = f"{made.shown}/{made.matched}"
    if not made.body:
        return Answer(b"", "", 204, headers)
    if names_tag(call.header(b"if-none-match"), made.etag):
        return Answer(b"", "", 304, headers)
    return Answer(made.body, MVT, 200, headers)


def _number(name: str, said: str) -> int:
    if not re.fullmatch(r"\d{1,9}", said, re.ASCII):
        raise BadInput(
            both(f"{name} 须为整数，现为「{said[:20]}」。", f"{name!r} is a whole number"),
            parameter=name,
        )
    return int(said)

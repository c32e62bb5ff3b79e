"""How do answers about walks along boundaries look?"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal

import orjson
import shapely
from fastapi import Path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from api.schemas.answers import Answer, Geometry
from api.schemas.parameters import Text
from geo.errors import BadInput, both
from geo.joint.walks.kept import KeptWalk

_CODE = re.compile(r"W-[0-9]{4,9}", re.ASCII)


def _walk_code(value: str) -> str:
    """The code of a walk as it is given to one when it is kept."""
    if not _CODE.fullmatch(value):
        raise BadInput(both("路线编号写作 W-0001。", "a walk's code is written W-0001"))
    return value


WalkCode = Annotated[
    Text,
    AfterValidator(_walk_code),
    Path(description="路线编号 · code of a walk", examples=["W-0001"]),
]
Position = Annotated[int, Path(ge=1, le=999, description="第几张 · position of the picture")]
WITHHELD = "没有审图号，公开模式不提供图形 · no approval number: public mode serves no route"


SCHEMAS = {
    "WalkFile": {"title": "WalkFile", "type": "string", "format": "binary",
                 "description": "文件 · a file of a walk: route, or picture"},
}  # fmt: skip


def file_answer(media: str) -> dict[int | str, dict[str, Any]]:
    """How a file is documented."""
    schema = {"$ref": "#/components/schemas/WalkFile"}
    return {200: {"description": media, "content": {media: {"schema": schema}}}}


class Told(Answer):
    """A text with its source."""

    text: str
    source: str | None


class StopTold(Answer):
    """A public stop: a name or a tri-junction, never a marker. Distances to ten metres."""

    kind: Literal["start", "name", "junction", "end"]
    name: str
    at_m: float
    offset_m: float
    lon: float | None
    lat: float | None
    told: list[Told]
    lists: list[str]
    source: str | None
    code: str | None
    is_synthetic: bool


class ChapterTold(Told):
    """A chapter of the story; stop: code of the place that it tells of."""

    title: str
    stop: str | None


class StoryTold(Answer):
    """The story."""

    intro: Told | None
    chapters: list[ChapterTold]


class PictureTold(Answer):
    """A picture; chapter null: at the top."""

    position: int
    chapter: int | None
    caption: str
    source: str
    width: int
    height: int
    address: str


class WalkTold(Answer):
    """A walk; lengths in metres (量算值), minutes without stops."""

    code: str
    title: str
    line_code: str
    line_label: str
    planned_on: date
    part: int
    from_m: float
    to_m: float
    near_m: float
    way: Literal["line", "roads"]
    length_m: float
    aside_m: float
    pace: str
    minutes: float
    measure: str
    stops: list[StopTold]
    marker_numbers: list[str] = Field(description="published markers on the stretch; no places")
    story: StoryTold
    pictures: list[PictureTold]
    geometry: Geometry | None
    geometry_note: str | None
    source: str | None
    has_synthetic: bool
    is_published: bool
    published_at: datetime | None
    is_current: bool = Field(description="its version of the line is still in force")
    caution: str


class WalkList(Answer):
    """Walks that the public may see."""

    numberReturned: int
    has_synthetic: bool
    walks: list[WalkTold]


class WalkStepSent(BaseModel):
    """Who publishes or withdraws: an office or role, no person."""

    model_config = ConfigDict(extra="forbid")
    role: str = Field(min_length=1, max_length=100)


def walk_told(one: KeptWalk, root: str, *, drawn: bool) -> dict[str, Any]:
    """The answer of a walk; without `drawn` no shape and no place leaves."""
    stops = [dict(stop) if drawn else dict(stop) | {"lon": None, "lat": None} for stop in one.stops]
    plain = {
        name: getattr(one, name)
        for name in one.__slots__
        if name not in ("geom", "stops", "pictures", "is_synthetic", "marker_numbers")
    }
    return plain | {
        "stops": stops, "marker_numbers": list(one.marker_numbers),
        "length_m": round(one.length_m, 1), "aside_m": round(one.aside_m, 1),
        "from_m": round(one.from_m, 1), "to_m": round(one.to_m, 1),
        "minutes": round(one.minutes, 1), "has_synthetic": one.is_synthetic,
        "geometry": _shape(one) if drawn else None, "geometry_note": None if drawn else WITHHELD,
        "pictures": [
            {name: getattr(p, name) for name in p.__slots__}
            | {"address": f"{root}/api/walks/{one.code}/pictures/{p.position}.jpg"}
            for p in one.pictures
        ],
    }  # fmt: skip


def _shape(one: KeptWalk) -> Any:
    return orjson.loads(shapely.to_geojson(shapely.set_precision(one.geom, 1e-6)))

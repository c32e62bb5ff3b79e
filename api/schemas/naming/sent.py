"""What is sent to check names, lists of names and documents?"""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Literal

import shapely
from geojson_pydantic import MultiPolygon, Polygon
from pydantic import Field, StringConstraints
from shapely.geometry.base import BaseGeometry

from api.schemas.areas import polygon_of
from api.schemas.parameters import Division, Text
from api.schemas.sent import Dated, Sent
from geo.errors import BadInput, both
from geo.gazetteer.naming import Proposal
from geo.gazetteer.naming.listing import Entry
from geo.gazetteer.proofreading.proofread import LONGEST_TEXT

KindWord = Literal["nature", "division", "township", "village", "street", "estate", "facility"]
MOST_ROWS = 200
MOST_VERTICES = 20_000
_Size = Annotated[float | None, Field(ge=0, le=1e12)]


class NameSent(Sent):
    """A proposed name with its kind and its place (a point, a division, or both)."""

    name: Text = Field(description="the proposed name", examples=["新河路"])
    kind: KindWord = Field(description="what is to be named", examples=["street"])
    lon: float | None = Field(None, ge=-180, le=180, description="longitude, CGCS2000")
    lat: float | None = Field(None, ge=-90, le=90, description="latitude, CGCS2000")
    division: Division | None = Field(None, description="division around it")
    place_code: Text | None = Field(None, description="the place that bears the name already")
    built_up: Polygon | MultiPolygon | None = Field(
        None, description="built-up area; without it the whole city is compared"
    )
    land_m2: _Size = None
    floor_m2: _Size = None
    height_m: _Size = None
    green_percent: Annotated[float | None, Field(ge=0, le=100)] = None
    on: Dated | None = Field(None, description="default today")

    def proposal(self) -> Proposal:
        """The same as the check takes it."""
        if (self.lon is None) != (self.lat is None):
            raise BadInput(
                both("经纬度须同时填写。", "longitude and latitude come together"),
                parameter="body.lon",
            )
        return Proposal(**self.model_dump(exclude={"built_up", "on"}))

    def area(self) -> BaseGeometry | None:
        """The built-up area. Raises BadInput for one that is too fine or crosses itself."""
        if self.built_up is None:
            return None
        made = polygon_of(self.built_up, "body.built_up")
        if shapely.get_num_coordinates(made) > MOST_VERTICES:
            raise BadInput(
                both(
                    f"建成区顶点过多，最多 {MOST_VERTICES} 个。",
                    f"the built-up area has more than {MOST_VERTICES} vertices",
                ),
                parameter="body.built_up",
            )
        return made


class RowSent(Sent):
    """One name of a list; days as 2026-01-31."""

    name: Text
    kind: KindWord | None = None
    lon: float | None = Field(None, ge=-180, le=180)
    lat: float | None = Field(None, ge=-90, le=90)
    division: Division | None = None
    place_code: Text | None = None
    land_m2: _Size = None
    floor_m2: _Size = None
    height_m: _Size = None
    green_percent: Annotated[float | None, Field(ge=0, le=100)] = None
    approved_on: Dated | None = None
    filed_on: Dated | None = None
    noticed_on: Dated | None = None
    signed_on: Dated | None = None


class ListSent(Sent):
    """Names to be judged together; `kind` and `division` stand for rows that give none."""

    rows: list[RowSent] = Field(min_length=1, max_length=MOST_ROWS)
    kind: KindWord | None = None
    division: Division | None = None
    on: Dated | None = Field(None, description="default today")
    output: Literal["json", "csv", "xlsx"] = Field("json", description="a file comes in base64")

    def entries(self) -> list[Entry]:
        """The rows as the check takes them, numbered from 1."""
        told = (row.model_dump(mode="json", exclude_none=True) for row in self.rows)
        return [
            Entry(number, {key: str(value) for key, value in row.items()})
            for number, row in enumerate(told, start=1)
        ]


class TableSent(Sent):
    """A table of names (.csv or .xlsx) in base64. It is read and not kept."""

    file_base64: Annotated[str, StringConstraints(max_length=3_900_000)]

    def data(self) -> bytes:
        """The bytes of the file. Raises BadInput unless it is base64."""
        return _unpacked(self.file_base64)


class DocumentSent(Sent):
    """A text, or a .txt, .docx or .pdf in base64. Neither is stored or logged."""

    text: Annotated[str, StringConstraints(max_length=LONGEST_TEXT)] | None = None
    file_base64: Annotated[str, StringConstraints(max_length=3_900_000)] | None = Field(
        None,
        description=".txt, .docx or .pdf with a text layer; its content decides",
        json_schema_extra={"contentEncoding": "base64"},
    )
    within: Division | None = Field(None, description="only names of places inside")
    on: Dated | None = Field(None, description="default today")
    output: Literal["json", "html", "docx"] = Field("json", description="docx comes in base64")

    def data(self) -> bytes | None:
        """The bytes of the file, None where a text was sent. Raises BadInput unless one is."""
        if (self.text is None) == (self.file_base64 is None):
            raise BadInput(
                both("请只提供 text 或 file_base64 之一。", "send either text or file_base64"),
                parameter="body.text",
            )
        if self.file_base64 is None:
            return None
        return _unpacked(self.file_base64)


def _unpacked(file_base64: str) -> bytes:
    try:
        return base64.b64decode(file_base64, validate=True)
    except (binascii.Error, ValueError):
        raise BadInput(
            both("file_base64 不是有效的 base64。", "file_base64 is no base64"),
            parameter="body.file_base64",
        ) from None

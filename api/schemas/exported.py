"""In which formats does a result leave as a file, and which is meant?"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Path, Query
from pydantic import AfterValidator, StringConstraints
from starlette.responses import Response

from api.schemas.parameters import TEXT_CAP, Text, Whole
from api.schemas.written import read_kind, read_years

FORMATS_SENT = {
    "geojson": (".geojson", "application/geo+json"),
    "csv": (".csv", "text/csv"),
    "gpkg": (".gpkg", "application/geopackage+sqlite3"),
    "geoparquet": (".parquet", "application/vnd.apache.parquet"),
}
"""What `f` may be → the ending of the file and its media type."""

MOST_SITES = 20
SHORT = StringConstraints(max_length=TEXT_CAP)


class Exported(Response):
    """A result as a file, in one of several formats."""

    media_type = "application/geo+json"
    media_types = tuple(media for _, media in FORMATS_SENT.values())


EXPORTED_SCHEMAS = {
    "File": {"type": "string", "format": "binary", "description": "a file to be saved"},
    "ExportedFeatures": {
        "type": "object", "required": ["type", "features", "name", "title", "on", "method"],
        "properties": {
            "type": {"const": "FeatureCollection"},
            "features": {"type": "array", "items": {"type": "object"}},
            **{key: {"type": "string"} for key in ("name", "title", "on", "method")},
        },
        "description": "a result as GeoJSON, with what it rests on",
    },
}  # fmt: skip
EXPORTED: dict[str, Any] = {
    "description": "文件 · the result as a file",
    "content": {
        media: {
            "schema": {
                "$ref": "#/components/schemas/"
                + ("ExportedFeatures" if media == Exported.media_type else "File")
            }
        }
        for media in Exported.media_types
    },
}

ResultName = Annotated[
    Literal[
        "coverage",
        "gaps",
        "missing",
        "measures",
        "series",
        "indicators",
        "isochrones",
        "estates",
        "candidates",
        "sites",
        "scenario",
    ],
    Path(description="结果 · which result; the last four need a planner's token"),
]
FileFormat = Annotated[
    Literal["geojson", "csv", "gpkg", "geoparquet"] | None,
    Query(description="格式 · format; default: by the Accept header, else geojson"),
]
AreasToExport = Annotated[
    Literal["district", "township", "zone", "city"],
    Query(description="统计单元 · areas: district, township, planning zone or the city"),
]
KindToExport = Annotated[
    Annotated[str, SHORT, AfterValidator(read_kind)],
    Query(description="设施种类 · one kind or group; see /api/kinds"),
]
FacilityToExport = Annotated[
    Text | None,
    Query(description="设施编码（isochrones 用）· code of the facility, for isochrones"),
]
YearsToExport = Annotated[
    Annotated[str, SHORT, AfterValidator(read_years)] | None,
    Query(description="年份或日期（series 用）· years or days, for series; default: this year"),
]
IndicatorAsked = Annotated[
    Text | None, Query(description="指标编号（indicators 用）· id of an indicator; default: all")
]
ScenarioAsked = Annotated[
    Whole | None, Query(ge=1, description="方案编号（scenario 用）· number of a scenario")
]
SitesAsked = Annotated[
    Whole,
    Query(ge=1, le=MOST_SITES, description="新建处数（sites 用）· how many new ones, for sites"),
]


def format_of(accept: str | None) -> str:
    """The format that an Accept header names first; geojson where it names none of them."""
    offers = [offer.split(";")[0].strip().lower() for offer in (accept or "").split(",")]
    for offer in offers:
        for name, (_, media) in FORMATS_SENT.items():
            if offer == media:
                return name
    return "geojson"

"""What do the tests that attack the service share? A demo city with one of everything."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely
from fastapi.testclient import TestClient
from PIL import Image
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from api.app import create_app
from api.security import issue
from geo.db import Database
from geo.joint.walks.kept import add_picture, keep_walk, publish_walk
from geo.joint.walks.plan import plan_walk
from geo.models import BoundaryLine, BoundaryMarker
from geo.models.account import ROLES
from geo.survey.inspections.campaign import open_campaign
from tests.factories import make_delivery, make_refusal, stored

CITY, DISTRICT, ELSEWHERE = "320400000000", "320402000000", "500000000000"
OFFICE = "示例局区划地名科"
MARKER, CAMPAIGN, WALK = "3204001Q", "LJ2026-001", "W-0001"
NOBODY = "postgresql://atlas@/atlas?host=/nonexistent"
Json = dict[str, Any]


@dataclass(frozen=True)
class Operation:
    """One method of one address, as its document tells it; `path` begins at the root."""

    document: str
    path: str
    method: str
    told: Json
    parameters: tuple[Json, ...]

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"

    @property
    def needs_token(self) -> bool:
        """Whether nobody comes in without one."""
        security = self.told.get("security")
        return bool(security) and {} not in security


def documents() -> dict[str, Json]:
    """The OpenAPI documents of the service and of the OGC doors, as they are served."""
    app = create_app(Database(NOBODY, NOBODY), city_code=CITY)
    with TestClient(app) as client:
        return {one: client.get(f"/{one}").json() for one in ("api/openapi.json", "ogc/api")}


def operations(found: dict[str, Json]) -> Iterator[Operation]:
    """Every operation of both documents."""
    for name, document in found.items():
        prefix = "/ogc" if name == "ogc/api" else ""
        for path, methods in document["paths"].items():
            for method, told in methods.items():
                parameters = tuple(resolved(document, one) for one in told.get("parameters", ()))
                yield Operation(name, prefix + path, method, told, parameters)


def resolved(document: Json, node: Json) -> Json:
    """What a reference leads to."""
    while "$ref" in node:
        here = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            here = here[part]
        node = here
    return node


DOCUMENTS = documents()
OPERATIONS = list(operations(DOCUMENTS))


# --- a city with one of everything -------------------------------------------


def furnish(session: Session) -> None:
    """Add to the demo city what only officers make: a walk, a campaign, marks, a delivery."""
    line = _line(session)
    ends = line.geometry  # the markers stand on the line, at a tenth and at half of it
    for serial, share in ((1, 0.1), (2, 0.5)):
        at = ends.interpolate(share, normalized=True)
        session.add(
            BoundaryMarker(
                line_codes=[line.code], number=f"320400{serial}Q", serial=serial, type_code="Q",
                geom=stored((at.x, at.y)), archived_x=at.y, archived_y=at.x, source="示例",
                archived_crs="EPSG:4490", archived_sigma_m=0.5, state="intact", is_published=True,
            )
        )  # fmt: skip
    session.flush()
    open_campaign(
        session, title="联合检查", line_codes=[line.code], opened_on=date(2026, 3, 2), role=OFFICE,
        offices=dict.fromkeys(line.sides, OFFICE),
    )  # fmt: skip
    _keep_walk(session, line.code)
    refused = make_delivery(session)
    make_refusal(session, refused)
    session.execute(text("ANALYZE"))


@dataclass(frozen=True)
class _Line:
    code: str
    sides: tuple[str, str]
    geometry: shapely.LineString


def _line(session: Session) -> _Line:
    """A line between two districts of the city, its longest piece."""
    found = session.execute(
        select(
            BoundaryLine.code, BoundaryLine.left_code, BoundaryLine.right_code,
            text("ST_AsText((SELECT d.geom FROM ST_Dump(boundary_line.geom) d"
                 " ORDER BY ST_Length(d.geom) DESC LIMIT 1))"),
        )
        .where(BoundaryLine.left_code.startswith("3204"), BoundaryLine.level == 3)
        .where(BoundaryLine.right_code.startswith("3204"))
        .order_by(BoundaryLine.code)
        .limit(1)
    ).one()  # fmt: skip
    return _Line(found[0], (found[1], found[2]), shapely.from_wkt(found[3]))


def _keep_walk(session: Session, line: str) -> None:
    """A published walk with a picture."""
    made = plan_walk(session, line, on=date(2026, 1, 1))
    story = {
        "intro": {"text": "从河边出发。", "source": "示例"},
        "chapters": [{"title": "一", "text": "慢慢走。", "source": "示例"}],
    }
    code = keep_walk(session, made, title="边界行", story=story, role=OFFICE)
    file = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(file, "PNG")
    add_picture(session, code, file.getvalue(), caption="示例", source="示例局", chapter=1)
    publish_walk(session, code, role=OFFICE)


def tokens(session: Session) -> dict[str, str]:
    """A secret for each role, for a division, and three that open nothing."""
    made = {
        role: issue(session, label=role, role=role, division_code=None, days=1).secret
        for role in ROLES
    }
    for who, division in (("district", DISTRICT), ("elsewhere", ELSEWHERE)):
        made[who] = issue(session, label=who, role="planner", division_code=division, days=1).secret
    for who, column in (("expired", "expires_at"), ("revoked", "revoked_at")):
        dead = issue(session, label=who, role="administrator", division_code=None, days=1)
        made[who] = dead.secret
        past = text(f"UPDATE api_token SET {column} = now() - interval '1 hour' WHERE id = :id")
        session.execute(past, {"id": dead.id})
    return made


REAL = {
    "/api/facilities": "SELECT code FROM facility WHERE is_published ORDER BY code LIMIT 3",
    "/api/units": "SELECT code FROM admin_unit WHERE code LIKE '3204%' ORDER BY code LIMIT 3",
    "/api/survey/lifeline": "SELECT '320402000000'",
    "/api/survey/codes": "SELECT '320402000000'",
    "/api/survey/terms": "SELECT '320402000000'",
    "/api/places": "SELECT code FROM place ORDER BY id LIMIT 3",
    "/api/survey/lines": "SELECT code FROM boundary_line ORDER BY code LIMIT 3",
    "/api/survey/course": "SELECT line_codes[1] FROM boundary_marker LIMIT 1",
    "/api/survey/markers": "SELECT number FROM boundary_marker ORDER BY number",
    "/api/survey/inspections": "SELECT code FROM inspection_campaign",
    "/api/walks": "SELECT code FROM walk",
    "/api/deliveries/{delivery}": "SELECT id::text FROM delivery ORDER BY id DESC LIMIT 3",
    "/api/access/planning/work-items": "SELECT id::text FROM work_item ORDER BY id LIMIT 3",
    "/ogc/collections/facilities": "SELECT code FROM facility WHERE is_published LIMIT 3",
}
"""Beginning of an address → which real codes stand in it."""

GIVEN: dict[str, list[str]] = {
    "collectionId": ["facilities", "units", "lines", "zones", "place-names", "heritage-names"],
    "tileMatrixSetId": ["WebMercatorQuad", "CGCS2000Quad"],
    "tileMatrix": ["8"], "tileRow": ["104"], "tileCol": ["213"], "position": ["1"],
    "kind": ["facilities", "canteen", "nursing_home"], "name": ["coverage", "candidates"],
    "within": ["320402", "320400"], "city": ["320400"], "parent": ["320400"],
    "q": ["常州", "养老"], "on": ["2026-01-31"], "since": ["2010-01-01"], "year": ["1950", "2026"],
    "years": ["2020,2026"], "bbox": ["119.9,31.7,120.0,31.8", "170,-50,-170,50"],
    "lon": ["119.97"], "lat": ["31.78"], "number": [MARKER], "network": ["example"],
    "radius_m": ["500"], "datetime": ["2026-01-31", "2015-01-01/2015-12-31"],
    "filter": ["name LIKE '%a%'"], "indicator": ["coverage-canteen-500"],
    "planned_id": ["1"], "scenario_id": ["1"], "job": ["1"],
}  # fmt: skip
"""Parameters that mean one thing wherever they stand, with what they mean in this city."""


def real_values(session: Session) -> dict[tuple[str, str], list[str]]:
    """(address, parameter) → real values of it, for every parameter of every operation."""
    found = {head: [str(one) for one in session.scalars(text(ask))] for head, ask in REAL.items()}
    line = session.scalars(text("SELECT line_codes[1] FROM boundary_marker")).first()
    values: dict[tuple[str, str], list[str]] = {}
    for operation in OPERATIONS:
        for one in operation.parameters:
            name = one["name"]
            of_path = next(
                (v for head, v in found.items() if operation.path.startswith(head)), None
            )
            if one["in"] == "path" and "/indicators/" in operation.path:
                values[operation.path, name] = GIVEN["indicator"]
            elif name == "line":
                values[operation.path, name] = [line] if line else []
            elif name == "facility":
                values[operation.path, name] = found["/api/facilities"]
            elif name == "featureId":
                values[operation.path, name] = found["/ogc/collections/facilities"]
            elif name in GIVEN and not (name == "name" and one["in"] == "query"):
                values[operation.path, name] = GIVEN[name]
            elif one["in"] == "path" and of_path:
                values[operation.path, name] = of_path
    return values

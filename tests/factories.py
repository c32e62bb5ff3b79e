"""What does a plain row of each table look like? One factory per table, a default per column.

Every factory adds one row to the session, flushes and answers it; any column can be given by name.
Positions are (lon, lat) in degrees, areas are shapely geometries or squares made by `square`.
"""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from geo.models import (
    AdminUnit,
    BoundaryLine,
    BoundaryMarker,
    CandidateSite,
    ConstructionProject,
    Delivery,
    DemandCell,
    Estate,
    Facility,
    FacilityPrice,
    FacilityRating,
    HeritageListing,
    Operator,
    Place,
    PlaceName,
    PlacePosition,
    PlanningZone,
    ProgrammeTag,
    RefusedRow,
    StandardRule,
    SuccessionEvent,
    SuccessionMember,
)
from geo.validity import valid_between

HOME = (119.95, 31.77)
"""Where rows stand when nothing else is said: the middle of Changzhou."""

_numbers = itertools.count(1)


def square(lon: float, lat: float, side: float = 0.1) -> shapely.Polygon:
    """A square with its lower left corner at lon, lat; `side` in degrees."""
    return shapely.box(lon, lat, round(lon + side, 9), round(lat + side, 9))


def stored(geometry: BaseGeometry | tuple[float, float]) -> str:
    """A geometry (or a point as a pair) as EWKT in the stored CRS."""
    if isinstance(geometry, tuple):
        geometry = shapely.Point(geometry)
    return f"SRID=4490;{shapely.to_wkt(geometry, rounding_precision=-1)}"


def multi(geometry: BaseGeometry) -> str:
    """A polygon or multipolygon as a stored MULTIPOLYGON."""
    parts = list(getattr(geometry, "geoms", [geometry]))
    return stored(shapely.MultiPolygon(parts))


def during(start: date | None = None, end: date | None = None) -> Any:
    """A validity; open on both ends when nothing is said."""
    return valid_between(start, end)


def make_unit(session: Session, code: str = "320402000000", **given: Any) -> AdminUnit:
    """A district of Changzhou with a square territory; `geom=None` for one without."""
    if isinstance(given.get("geom"), BaseGeometry):
        given["geom"] = multi(given["geom"])
    if "geom" in given and given["geom"] is None:
        given.setdefault("geometry_note", "无公开边界数据")
    defaults = {
        "name": f"测试区{code[4:6]}",
        "level": 3,
        "unit_type": "区",
        "parent_code": "320400000000",
        "geom": multi(square(119.9, 31.7)),
        "validity": during(),
        "is_published": True,
        "source": "test",
    }
    return _added(session, AdminUnit(code=code, **(defaults | given)))


def make_city(session: Session, code: str = "320400000000", **given: Any) -> AdminUnit:
    """A prefecture-level city with a territory of one square degree."""
    defaults = {
        "name": "测试市",
        "level": 2,
        "unit_type": "市",
        "parent_code": code[:2] + "0" * 10,
        "geom": square(119.4, 31.2, 1.0),
    }
    return make_unit(session, code, **(defaults | given))


def make_event(
    session: Session,
    before: list[tuple[str, str]],
    after: list[tuple[str, str]],
    **given: Any,
) -> SuccessionEvent:
    """A change of divisions; `before` and `after` list (code, name)."""
    defaults = {"kind": "更名", "event_year": 2002, "is_published": True}
    event = _added(session, SuccessionEvent(**(defaults | given)))
    for side, members in (("predecessor", before), ("successor", after)):
        for code, name in members:
            _added(session, SuccessionMember(event_id=event.id, side=side, code=code, name=name))
    return event


def make_facility(session: Session, at: tuple[float, float] = HOME, **given: Any) -> Facility:
    """An open, published canteen at a point."""
    number = next(_numbers)
    defaults = {
        "code": f"T-{number:05d}",
        "name": f"示例食堂-{number:03d}",
        "kinds": ["canteen"],
        "state": "open",
        "geom": stored(at),
        "validity": during(),
        "is_published": True,
        "source": "test",
    }
    return _added(session, Facility(**(defaults | given)))


def make_price(session: Session, facility: Facility, **given: Any) -> FacilityPrice:
    """A monthly price of a facility."""
    defaults = {"item": "full", "low": 3000, "high": 5000, "unit": "month"}
    return _added(session, FacilityPrice(facility_id=facility.id, **(defaults | given)))


def make_rating(session: Session, facility: Facility, **given: Any) -> FacilityRating:
    """A rating of a facility by the national scheme."""
    defaults = {"scheme": "GB/T 37276", "level": "三级", "rated_on": date(2024, 6, 1)}
    return _added(session, FacilityRating(facility_id=facility.id, **(defaults | given)))


def make_operator(session: Session, **given: Any) -> Operator:
    """Somebody who runs facilities."""
    number = next(_numbers)
    defaults = {"code": f"O-{number:05d}", "name": f"示例运营方-{number:03d}"}
    return _added(session, Operator(**(defaults | given)))


def make_cell(
    session: Session, at: tuple[float, float] = HOME, people_60: float = 10, **given: Any
) -> DemandCell:
    """A demand cell at its representative point; 65+ and 80+ follow from 60+ by halving."""
    defaults = {
        "code": f"C-{next(_numbers):06d}",
        "admin_code": None,
        "geom": stored(at),
        "people_total": people_60 * 4,
        "people_60": people_60,
        "people_65": people_60 // 2,
        "people_80": people_60 // 4,
        "basis": "resident",
        "base_year": 2020,
        "source": "test",
    }
    return _added(session, DemandCell(**(defaults | given)))


def make_zone(session: Session, code: str | None = None, **given: Any) -> PlanningZone:
    """A zone that is analysed as one, in the first district."""
    if isinstance(given.get("geom"), BaseGeometry):
        given["geom"] = multi(given["geom"])
    number = next(_numbers)
    defaults = {
        "name": f"示例片区-{number:02d}",
        "kind": "分析片区",
        "parent_code": "320402000000",
        "geom": multi(square(119.9, 31.7)),
        "validity": during(),
        "is_published": True,
    }
    return _added(session, PlanningZone(code=code or f"Z-{number:03d}", **(defaults | given)))


def make_estate(session: Session, **given: Any) -> Estate:
    """A new residential estate of 500 dwellings."""
    number = next(_numbers)
    defaults = {
        "code": f"E-{number:04d}",
        "name": f"示例小区-{number:03d}",
        "estate_type": "new",
        "households": 500,
        "geom": stored(HOME),
    }
    return _added(session, Estate(**(defaults | given)))


def make_project(session: Session, **given: Any) -> ConstructionProject:
    """A building project under way."""
    number = next(_numbers)
    defaults = {"code": f"P-{number:04d}", "name": f"示例项目-{number:03d}", "geom": stored(HOME)}
    return _added(session, ConstructionProject(**(defaults | given)))


def make_candidate(
    session: Session, at: tuple[float, float] | None = HOME, **given: Any
) -> CandidateSite:
    """An idle building on a ground floor that suits anything; `at=None`: without a position."""
    number = next(_numbers)
    defaults = {
        "code": f"K-{number:04d}",
        "name": f"示例闲置用房-{number:03d}",
        "candidate_kind": "idle_building",
        "floor": "1",
        "land_use": "商业",
        "area_m2": 500.0,
        "geom": None if at is None else stored(at),
        "validity": during(),
        "source": "test",
    }
    return _added(session, CandidateSite(**(defaults | given)))


def make_rule(session: Session, subject: str, rule: dict[str, Any], **given: Any) -> StandardRule:
    """A written rule for the whole nation."""
    defaults = {
        "code": f"R-{next(_numbers):03d}",
        "subject": subject,
        "title": "测试规则",
        "rule": rule,
        "status": "unverified",
    }
    return _added(session, StandardRule(**(defaults | given)))


def make_tag(session: Session, subject_type: str, subject_code: str, **given: Any) -> ProgrammeTag:
    """A programme that a unit or facility takes part in."""
    defaults = {"programme": "测试项目"}
    return _added(
        session,
        ProgrammeTag(subject_type=subject_type, subject_code=subject_code, **(defaults | given)),
    )


def make_line(session: Session, left_code: str, right_code: str, **given: Any) -> BoundaryLine:
    """A county-level boundary line between two units."""
    if isinstance(given.get("geom"), BaseGeometry):
        parts = list(getattr(given["geom"], "geoms", [given["geom"]]))
        given["geom"] = stored(shapely.MultiLineString(parts))
    defaults = {
        "code": f"L-{next(_numbers):04d}",
        "level": 3,
        "basis": "derived",
        "geom": stored(shapely.MultiLineString([[(120.0, 31.7), (120.0, 31.8)]])),
        "is_published": True,
    }
    return _added(
        session, BoundaryLine(left_code=left_code, right_code=right_code, **(defaults | given))
    )


def make_marker(session: Session, line_codes: list[str], **given: Any) -> BoundaryMarker:
    """A boundary marker on up to three lines."""
    number = next(_numbers)
    defaults = {"number": f"3204{number % 1000:03d}Q"}
    return _added(session, BoundaryMarker(line_codes=line_codes, **(defaults | given)))


def make_place(
    session: Session,
    name: str = "测试地名",
    at: tuple[float, float] | None = HOME,
    *,
    quality: str = "point",
    position: dict[str, Any] | None = None,
    **given: Any,
) -> Place:
    """A populated place with one standard name and one position (`at=None`: no geometry)."""
    defaults = {"code": f"test:{next(_numbers)}", "feature_class": "P", "is_published": True}
    place = _added(session, Place(**(defaults | given)))
    make_name(session, place, name)
    geom = None if at is None else stored(at)
    about = {"geom": geom, "quality": quality} | (position or {})
    _added(session, PlacePosition(place_id=place.id, **about))
    return place


def make_name(session: Session, place: Place, name: str, **given: Any) -> PlaceName:
    """One more name of a place."""
    return _added(
        session, PlaceName(place_id=place.id, name=name, **({"kind": "standard"} | given))
    )


def make_listing(session: Session, place: Place, **given: Any) -> HeritageListing:
    """A place's entry on a list of heritage names."""
    defaults = {"list_name": "测试名录", "family": "heritage", "list_level": "province"}
    return _added(session, HeritageListing(place_id=place.id, **(defaults | given)))


def make_delivery(session: Session, **given: Any) -> Delivery:
    """A delivered file."""
    defaults = {
        "kind": "facilities",
        "file_name": "test.csv",
        "sha256": f"{next(_numbers):064x}",
        "size_bytes": 1,
        "secrecy": "public",
    }
    return _added(session, Delivery(**(defaults | given)))


def make_refusal(session: Session, delivery: Delivery, **given: Any) -> RefusedRow:
    """A row of a delivery that was refused."""
    defaults = {"row_number": 1, "rule": "test", "message": "a test refused it", "data": {}}
    return _added(session, RefusedRow(delivery_id=delivery.id, **(defaults | given)))


def _added(session: Session, row: Any) -> Any:
    session.add(row)
    session.flush()
    return row

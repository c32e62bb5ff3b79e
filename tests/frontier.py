"""What small piece of a border do the tests of lines, their files and the desk stand on?

Two districts of a city and a neighbour outside; one agreed line with markers and one of them
measured, one disputed line, and what the outlines give. All of it is made up and says so.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import shapely
from pyproj import Transformer
from sqlalchemy.orm import Session

from api.security import issue
from geo.survey.derived.store import store_lines
from geo.survey.markers.record import record_observation
from tests.factories import during, make_city, make_line, make_marker, make_unit, square, stored

CITY, WEST, EAST, NORTH = ("320400000000", "320402000000", "320404000000", "321181000000")
AGREED, DISPUTED = "3204", "3205"
SECRET_PLACE = (120.0, 31.7234567)
MOVED_M = 6.0
MADE_UP = {"is_synthetic": True, "source": "测试", "method": "测试"}


def build_frontier(session: Session) -> None:
    """Write the rows; the caller commits."""
    make_unit(session, "320000000000", name="测试省", level=1, parent_code=None, geom=None)
    make_city(session, CITY, name="甲市", geom=shapely.box(119.9, 31.7, 120.1, 31.8))
    make_city(session, "321100000000", name="丙市", geom=square(119.9, 31.8, 0.2))
    for code, name, lon in ((WEST, "甲东区", 119.9), (EAST, "乙西区", 120.0)):
        make_unit(session, code, name=name, geom=square(lon, 31.7), source_date=date(2026, 1, 1))
    make_unit(
        session, NORTH, name="丙县", parent_code="321100000000", geom=square(119.9, 31.8, 0.2),
        source_date=date(2026, 1, 1),
    )  # fmt: skip
    agreed = {"basis": "agreement", "archive_scale": 10_000, "document_no": "测字〔2001〕1号"}
    make_line(
        session, WEST, EAST, code=AGREED, name="甲乙线", geom=_down(120.0), validity=during(),
        last_inspected_on=date(2019, 6, 30), **agreed, **MADE_UP,
    )  # fmt: skip
    make_line(
        session, WEST, NORTH, code=DISPUTED, name="未定甲丙线", is_disputed=True, validity=during(),
        geom=shapely.LineString([(119.9, 31.8), (120.0, 31.8)]), **agreed, **MADE_UP,
    )  # fmt: skip
    _stand(session)
    store_lines(session, CITY, on=date(2026, 11, 1))


def _down(lon: float) -> shapely.LineString:
    return shapely.LineString([(lon, 31.8), (lon, 31.75), (lon, 31.7)])


def _stand(session: Session) -> None:
    """Three markers on the agreed line; the first is measured MOVED_M to the north."""
    plane = Transformer.from_crs(4490, 4549, always_xy=True)
    for serial, (lat, state) in enumerate(
        ((SECRET_PLACE[1], "leaning"), (31.75, "intact"), (31.78, "lost")), 1
    ):
        east, north = plane.transform(SECRET_PLACE[0], lat)
        make_marker(
            session, [AGREED], number=f"3204{serial:03d}Q", serial=serial, type_code="Q",
            state=state, archived_crs="EPSG:4549", archived_x=north, archived_y=east,
            archived_sigma_m=0.3, geom=stored((SECRET_PLACE[0], lat)), validity=during(),
            is_published=True, **MADE_UP,
        )  # fmt: skip
    east, north = plane.transform(*SECRET_PLACE)
    seen = {
        "measured_at": datetime(2026, 5, 1, 1, 30, tzinfo=UTC), "method": "gnss_rtk",
        "crs": "EPSG:4549", "x": north + MOVED_M, "y": east, "sigma_m": 0.05,
    }  # fmt: skip
    record_observation(session, "3204001Q", seen, role="测试测量队")


def surveyor(session: Session, *, role: str = "surveyor", division: str | None = None) -> str:
    """A token; the caller commits."""
    return issue(session, label="test", role=role, division_code=division, days=1).secret

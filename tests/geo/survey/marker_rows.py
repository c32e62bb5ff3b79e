"""Which rows do the tests of markers share? A province line and markers on it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import shapely
from sqlalchemy.orm import Session

from tests.factories import during, make_line, make_marker, stored

DAY = date(2026, 6, 1)
NOON = datetime(2026, 5, 1, 4, tzinfo=UTC)
PROVINCES = ("370000000000", "410000000000")
MEASURED: dict[str, Any] = {
    "measured_at": NOON, "method": "gnss_rtk", "crs": "EPSG:4490", "x": 35.0, "y": 115.0,
    "sigma_m": 0.05, "epochs": 60, "frame_epoch": 2000.0,
}  # fmt: skip


def put_line(session: Session) -> str:
    """A province line from west to east along 35° N, on an agreement map of 1:50 000."""
    course = shapely.LineString([(115 + step / 1000, 35.0) for step in range(101)])
    make_line(session, *PROVINCES, code="3741", level=1, basis="agreement", archive_scale=50_000,
              geom=course)  # fmt: skip
    return "3741"


def put(session: Session, number: str, lon: float, lat: float = 35.0, **said: Any) -> None:
    given = {
        "serial": int(number[4:7]), "type_code": number[-1], "level": 1, "geom": stored((lon, lat)),
        "archived_crs": "EPSG:4490", "archived_x": lat, "archived_y": lon, "archived_sigma_m": 0.5,
        "line_codes": [number[:4]], "validity": during(date(2020, 1, 1)),
        "reference_objects": [
            {"name": f"物{order}", "azimuth_deg": 10.0 * order, "distance_m": 50.0}
            for order in (1, 2, 3)
        ],
    } | said  # fmt: skip
    make_marker(session, number=number, **given)

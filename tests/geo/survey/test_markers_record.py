"""Is what is no measurement, no photograph or no office refused, with the field's name?"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from geo.errors import BadInput, CrsError, NotFound
from geo.survey.markers.kept import marker_record
from geo.survey.markers.record import record_observation, record_photo
from tests.geo.survey.marker_rows import DAY, MEASURED, put, put_line


@pytest.fixture
def line(session: Session) -> str:
    return put_line(session)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"measured_at": datetime(2026, 5, 1)}, "measured_at"),  # noqa: DTZ001
        ({"measured_at": datetime(2999, 5, 1, tzinfo=UTC)}, "measured_at"),
        ({"method": "guess"}, "method"), ({"x": None}, "x"), ({"x": "nan"}, "x"),
        ({"sigma_m": 0}, "sigma_m"), ({"sigma_m": True}, "sigma_m"), ({"epochs": -1}, "epochs"),
        ({"crs": "gcj02"}, "crs"), ({"crs": ""}, "crs"), ({"colour": "red"}, "colour"),
        ({"state": "gone"}, "state"), ({"note": "a\x00b"}, "note"),
        ({"present": [{"side": "A", "role": "王小明", "office": "民政局"}]}, "present.role"),
        ({"present": [{"side": "Z", "role": "代表", "office": "民政局"}]}, "present.side"),
        ({"reference_objects": [{"azimuth_deg": 400}]}, "reference_objects.azimuth_deg"),
        ({"replaces_id": "x"}, "replaces_id"),
    ],
)  # fmt: skip
def test_a_measurement_that_is_none_names_its_field(
    session: Session, line: str, change: dict[str, Any], named: str
) -> None:
    put(session, "3741001Q", 115.0)
    with pytest.raises(BadInput) as refused:
        record_observation(session, "3741001Q", MEASURED | change, role="甲县勘界办")
    assert refused.value.parameter == named
    if named == "crs":
        assert isinstance(refused.value, CrsError)


def test_roles_are_offices_and_photos_have_their_north(session: Session, line: str) -> None:
    put(session, "3741001Q", 115.0)
    photo: dict[str, Any] = {"path": "2026/a.jpg", "sha256": "0" * 64, "view": "near", "role": "办"}
    record_photo(session, "3741001Q", **photo, bearing_deg=12.5, bearing_from="magnetic")
    [kept] = marker_record(session, "3741001Q", DAY).photos
    assert (kept.bearing_deg, kept.bearing_from) == (12.5, "magnetic")
    for change in ({"path": "../a.jpg"}, {"path": "/a.jpg"}, {"path": "C:\\a.jpg"}, {"path": " "},
                   {"sha256": "0"}, {"view": "up"}, {"bearing_deg": 1.0}, {"role": " "},
                   {"bearing_deg": 360.0, "bearing_from": "true"}, {"role": "王小明"},
                   {"taken_at": datetime(2026, 5, 1)}):  # noqa: DTZ001  # fmt: skip
        with pytest.raises(BadInput):
            record_photo(session, "3741001Q", **photo | {"sha256": "1" * 64} | change)
    with pytest.raises(NotFound):
        record_photo(session, "nothing", **photo)

"""Which made-up ground do the tests of joint inspection share: lines, markers, a campaign?"""

from __future__ import annotations

from datetime import date
from typing import Any

import shapely
from sqlalchemy.orm import Session

from geo.models import BoundaryMarker
from geo.survey.inspections.campaign import Campaign, open_campaign
from tests.factories import make_city, make_line, make_unit, stored

WEST, EAST, SOUTH = "320402000000", "320411000000", "320412000000"
LINE, OTHER = "3204020411", "3204020412"
ROLE_A, ROLE_B = "甲区民政局区划地名科", "乙区民政局区划地名科"
OPENED = date(2026, 3, 2)
# North to south; about 11 km with a bend, then 5.5 km from the same end.
COURSE = shapely.LineString([(119.95, 31.85), (119.95, 31.80), (119.96, 31.75)])
SHORT = shapely.LineString([(119.96, 31.75), (119.90, 31.75)])
THIRD = shapely.LineString([(119.96, 31.75), (120.02, 31.74)])
PLACES = {"M1": (119.95, 31.845), "M2": (119.95, 31.80), "M3": (119.958, 31.76)}


def make_ground(session: Session) -> None:
    """Three districts around one tri-junction, the lines between them, and four markers."""
    make_city(session, name="测试市")
    for code, name, box in (
        (WEST, "甲区", (119.85, 31.75, 119.95, 31.85)),
        (EAST, "乙区", (119.95, 31.75, 120.05, 31.85)),
        (SOUTH, "丙区", (119.85, 31.65, 120.05, 31.75)),
    ):  # fmt: skip
        make_unit(session, code, name=name, geom=shapely.box(*box))
    agreed: dict[str, Any] = {"basis": "agreement", "archive_scale": 10_000, "source": "test"}
    make_line(session, EAST, WEST, code=LINE, name="甲乙线", geom=COURSE,
              last_inspected_on=date(2021, 5, 6), **agreed)  # fmt: skip
    make_line(session, WEST, SOUTH, code=OTHER, name="甲丙线", geom=SHORT, **agreed)
    make_line(session, EAST, SOUTH, code="3204110412", name="乙丙线", geom=THIRD,
              last_inspected_on=date(2024, 5, 6), **agreed)  # fmt: skip
    for serial, (number, at) in enumerate(PLACES.items(), 1):
        _stand(
            session, [LINE], number=number, geom=stored(at), serial=serial,
            type_code="Q", state="intact", level=3, material="花岗岩", faces=2,
            archived_crs="EPSG:4490", archived_x=at[1], archived_y=at[0], archived_sigma_m=0.5,
            place_codes=[WEST, EAST], position_text=f"示例位置 {number}", height_m=5.0,
            height_datum="1985 国家高程基准", source="test", is_published=True,
            reference_objects=[{"order": 1, "name": "示例桥", "azimuth_deg": 45.0,
                                "distance_m": 30.0}],
        )  # fmt: skip
    _stand(
        session, [LINE, OTHER, "3204110412"], number="M4C",
        geom=stored((119.96, 31.75)), type_code="C", state="intact",
        place_codes=[WEST, EAST, SOUTH],
        archived_crs="EPSG:4490", archived_x=31.75, archived_y=119.96, source="test",
    )  # fmt: skip


def _stand(session: Session, lines: list[str], **given: Any) -> None:
    session.add(BoundaryMarker(line_codes=lines, **given))
    session.flush()


def begin(session: Session, **given: Any) -> Campaign:
    """A campaign on the first line, both sides with their offices."""
    defaults: dict[str, Any] = {
        "title": "甲乙线第一次联合检查", "line_codes": [LINE], "opened_on": OPENED,
        "role": "测试市民政局区划地名处", "offices": {WEST: ROLE_A, EAST: ROLE_B},
    }  # fmt: skip
    return open_campaign(session, **(defaults | given))


def marker_form(subject: str, side: str = "A", **given: Any) -> dict[str, Any]:
    """A form of a sound marker as the phone tells it."""
    values = {"state": "intact", "legible": True, "references_seen": True} | given.pop("values", {})
    return {
        "kind": "marker", "subject": subject, "side": side,
        "role": ROLE_A if side == "A" else ROLE_B, "at": "2026-04-01T10:00:00+08:00",
        "values": values, **given,
    }  # fmt: skip


def segment_form(subject: str, side: str = "A", **given: Any) -> dict[str, Any]:
    """A form of a stretch that is clear."""
    values = {"visible": "clear", "feature_changed": "none"} | given.pop("values", {})
    return marker_form(subject, side, **given) | {"kind": "segment", "values": values}


def phone_file(code: str, side: str, forms: list[dict[str, Any]]) -> bytes:
    """A file of the phone form."""
    import orjson

    return orjson.dumps(
        {"format": "minzheng-atlas-inspection", "version": 1, "campaign": code, "side": side,
         "forms": forms}
    )  # fmt: skip

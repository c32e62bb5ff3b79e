"""Is a spot told by its divisions on the date, the nearest names, true distances and directions?"""

from __future__ import annotations

from datetime import date

import pytest
import shapely
from pyproj import Geod
from sqlalchemy.orm import Session

from geo.errors import BadInput
from geo.gazetteer.reverse import DIRECTIONS_EN, DIRECTIONS_ZH, spot
from geo.models.placename import PlaceName
from tests.factories import HOME, during, make_city, make_name, make_place, make_unit

ON = date(2026, 11, 22)
GEOD = Geod(ellps="GRS80")


def offset(bearing: float, metres: float) -> tuple[float, float]:
    lon, lat, _ = GEOD.fwd(*HOME, bearing, metres)
    return lon, lat


@pytest.mark.parametrize(
    ("bearing", "zh"),
    [(0, "北"), (11, "北"), (12, "北偏东北"), (45, "东北"), (90, "东"), (101, "东"),
     (102, "东偏东南"), (180, "南"), (270, "西"), (348, "北偏西北"), (349, "北")],
)  # fmt: skip
def test_distance_and_direction_are_true(session: Session, bearing: float, zh: str) -> None:
    make_place(session, "示例村", offset(bearing, 500), code="t:1", quality="point")
    (name,) = spot(session, *HOME, on=ON).names
    assert name.distance_m == pytest.approx(500, abs=0.01)
    assert name.bearing_deg == pytest.approx(bearing, abs=0.1)
    assert (name.direction_zh, name.direction_en) == (zh, DIRECTIONS_EN[DIRECTIONS_ZH.index(zh)])


def test_names_in_force_come_first(session: Session) -> None:
    gone = make_place(session, "消失村", offset(0, 100), code="t:gone", quality="point")
    name = session.query(PlaceName).filter_by(place_id=gone.id).one()
    name.kind, name.end_earliest, name.end_latest = "vanished", 1958, 1958
    make_place(session, "今村", offset(90, 900), code="t:now", quality="point")
    make_place(session, "远村", offset(90, 9_000), code="t:far", quality="point")
    make_place(session, "只知所在区", None, code="t:vague", quality="district")
    session.flush()
    found = spot(session, *HOME, on=ON).names
    assert [(n.name, n.standing) for n in found] == [
        ("今村", "possible"), ("消失村", "not_in_force"),
    ]  # fmt: skip
    then = spot(session, *HOME, on=date(1950, 1, 1)).names
    assert [n.name for n in then] == ["消失村", "今村"]
    assert [n.code for n in spot(session, *HOME, on=ON, radius_m=10_000, limit=2).names] == [
        "t:now", "t:far",
    ]  # fmt: skip


def test_the_divisions_that_hold_the_spot_on_the_day(session: Session) -> None:
    make_city(session)
    turn = date(2015, 6, 1)
    old, new = "320483000000", "320412000000"
    area = shapely.box(119.9, 31.7, 120.0, 31.8)
    make_unit(session, old, name="旧区", geom=area, validity=during(None, turn),
              source_date=date(2010, 1, 1))  # fmt: skip
    make_unit(session, new, name="新区", geom=area, validity=during(turn),
              source_date=date(2020, 1, 1))  # fmt: skip
    now = spot(session, *HOME, on=ON)
    assert [unit.name for unit in now.divisions] == ["测试市", "新区"]
    assert now.divisions_note is None
    assert [unit.name for unit in spot(session, *HOME, on=date(2012, 1, 1)).divisions][-1] == "旧区"
    later = spot(session, *HOME, on=date(2016, 1, 1))
    assert "新区" in (later.divisions_note or "")
    nowhere = spot(session, 100.0, 40.0, on=ON)
    assert nowhere.divisions == ()
    assert "未知" in (nowhere.divisions_note or "")


def test_a_spot_in_a_place_has_no_direction(session: Session) -> None:
    make_place(session, "在此", HOME, code="t:here", quality="point")
    (name,) = spot(session, *HOME, on=ON).names
    assert (name.distance_m, name.direction_zh, name.bearing_deg) == (0.0, None, None)


def test_old_and_new_names_of_one_place_count_once(session: Session) -> None:
    place = make_place(session, "今名", HOME, code="t:1", quality="point")
    make_name(session, place, "旧名", kind="former", start_earliest=1900, start_latest=1900,
              end_earliest=1950, end_latest=1950)  # fmt: skip
    (name,) = spot(session, *HOME, on=date(1920, 1, 1)).names
    assert name.in_year is not None
    assert (name.in_year.name, name.standing) == ("旧名", "in_force")


@pytest.mark.parametrize(
    ("lon", "lat", "more", "parameter"),
    [(181, 31, {}, "lon"), (119, 91, {}, "lat"), (119, 31, {"radius_m": 0}, "radius_m"),
     (119, 31, {"radius_m": 60_000}, "radius_m"), (119, 31, {"limit": 0}, "limit")],
)  # fmt: skip
def test_bad_questions_are_refused(
    session: Session, lon: float, lat: float, more: dict[str, float], parameter: str
) -> None:
    with pytest.raises(BadInput) as caught:
        spot(session, lon, lat, on=ON, **more)  # type: ignore[arg-type]
    assert caught.value.parameter == parameter

"""Are 1+N groups told as recorded and as they lie, and is nobody left out in silence?"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from pyproj import Geod
from sqlalchemy.orm import Session

from geo.access.groups import Groups, groups, straight_minutes
from geo.errors import BadInput, NotFound
from tests.factories import make_cell, make_city, make_facility, make_unit, square

ON = date(2026, 1, 1)
CITY = "320400000000"


@pytest.fixture
def town(session: Session) -> Session:
    """Three townships in a row with two centres; the third is far; a fourth has no outline."""
    make_city(session)
    make_unit(session, "320402000000", geom=square(119.5, 31.5, 0.5))
    about: dict[str, Any] = {"level": 4, "unit_type": "镇", "parent_code": "320402000000"}
    for number, west in enumerate((119.5, 119.6, 119.9), 1):
        make_unit(session, f"32040200{number}000", name=f"{'甲乙丙'[number - 1]}镇",
                  geom=square(west, 31.5), **about)  # fmt: skip
        make_cell(session, (west + 0.05, 31.55), 100)
    make_unit(session, "320402004000", name="丁镇", geom=None, **about)
    make_cell(session, (119.69, 31.55), 30)
    hub = {"kinds": ["care_complex"]}
    make_facility(session, (119.55, 31.55), code="H1", name="甲中心", **hub)
    make_facility(session, (119.65, 31.55), code="H2", name="乙中心", **hub)
    make_facility(session, (119.66, 31.55), code="HX", state="planned", **hub)
    return session


def asked(session: Session, **given: Any) -> Groups:
    return groups(session, **({"city": CITY, "on": ON, "limit_min": 20.0} | given))


def test_spokes_follow_their_record_else_the_nearest(town: Session) -> None:
    near_1 = (119.56, 31.55)
    make_facility(town, near_1, code="S1", kinds=["service_station"])
    make_facility(town, near_1, code="S2", kinds=["rural_home"], hub_code="H2")
    make_facility(town, near_1, code="S3", kinds=["day_care"], hub_code="HX")
    make_facility(town, (119.95, 31.55), code="S4", kinds=["day_care"])
    make_facility(town, near_1, code="S5", kinds=["canteen"])
    make_facility(town, near_1, code="S6", kinds=["day_care"], state="closed")
    found = asked(town)
    first, second = found.groups
    assert (first.code, [spoke.code for spoke in first.spokes]) == ("H1", ["S1", "S3"])
    assert (second.code, [spoke.code for spoke in second.spokes]) == ("H2", ["S2"])
    assert [spoke.code for spoke in found.unserved_spokes] == ["S4"]
    assert second.spokes[0].passes_nearer
    assert not first.spokes[0].passes_nearer
    assert "不在用" in first.spokes[1].why
    metres = Geod(ellps="GRS80").inv(119.56, 31.55, 119.55, 31.55)[2]
    assert first.spokes[0].distance_m == pytest.approx(metres, abs=1e-3)
    assert first.spokes[0].minutes == pytest.approx(metres * 1.4 / 500, abs=1e-5)
    assert "假定" in found.method
    assert found.unserved_spokes[0].minutes == pytest.approx(79.6, abs=1)


def test_a_township_is_served_by_the_hub_of_most_of_its_elders(town: Session) -> None:
    found = asked(town)
    areas = {area.area_name: area for group in found.groups for area in group.areas}
    assert {name: area.hub for name, area in areas.items()} == {"甲镇": "H1", "乙镇": "H2"}
    assert (areas["乙镇"].share, areas["乙镇"].people_60) == (1.0, 130)
    assert areas["乙镇"].minutes == pytest.approx(30 * 3794 * 1.4 / 500 / 130, rel=1e-2)
    [lost] = found.unserved_areas
    assert (lost.area_name, lost.hub, lost.beyond_60) == ("丙镇", None, 100)
    assert [(area.area_name, area.status) for area in found.unknown_areas] == [
        ("丁镇", "no_geometry")
    ]
    near = asked(town, limit_min=5.0)
    [second] = [area for group in near.groups for area in group.areas if area.hub == "H2"]
    assert (second.beyond_60, second.share) == (30, pytest.approx(100 / 130))


def test_another_way_to_travel_can_be_brought(town: Session) -> None:
    def ferry(start: Any, end: Any) -> Any:
        minutes = np.full((len(start), len(end)), np.inf)
        minutes[:, 0] = 7.0
        return minutes

    found = asked(town, minutes_of=ferry, travel=("渡船", "by ferry"))
    assert [len(group.areas) for group in found.groups] == [3, 0]
    assert "渡船" in found.method
    assert found.unserved_areas == ()


def test_nothing_is_grouped_without_hubs(session: Session) -> None:
    make_city(session)
    with pytest.raises(NotFound, match="综合养老服务中心"):
        asked(session)


@pytest.mark.parametrize(
    "wrong",
    [{"limit_min": 0}, {"hub_kind": "没有"}, {"spoke_kinds": ["care_complex"]}],
)
def test_what_makes_no_sense_is_refused(town: Session, wrong: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        asked(town, **wrong)
    with pytest.raises(BadInput):
        straight_minutes(0)

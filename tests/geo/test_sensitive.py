"""Does the public learn where a shelter or a children's home is only to about a kilometre?"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.models.kinds import KINDS
from tests.conftest import AsPublic
from tests.factories import make_facility

AT = (119.97436, 31.78812)
ASKED = text(
    "SELECT ST_X(geom), ST_Y(geom), address, position_quality, position_note FROM facility"
    " WHERE code = :code"
)
BOXES = text(
    "SELECT is_public, west, south FROM atlas.change_box WHERE commit_id = atlas.own_commit()"
    " AND table_name = 'facility' ORDER BY is_public"
)


def test_only_the_staff_see_the_spot(session: Session, as_public: AsPublic) -> None:
    home = make_facility(session, AT, kinds=["child_home", "day_care"], address="示例路 1 号")
    other = make_facility(session, AT, address="示例路 2 号")
    assert session.execute(ASKED, {"code": home.code}).one()[:3] == (*AT, "示例路 1 号")
    with as_public(session):
        lon, lat, address, quality, note = session.execute(ASKED, {"code": home.code}).one()
        assert (round(lon, 6), round(lat, 6)) == (119.97, 31.79)
        assert (address, quality) == (None, "approximate")
        assert "概略" in note
        assert session.execute(ASKED, {"code": other.code}).one()[:3] == (*AT, "示例路 2 号")
        near = text(
            "SELECT code FROM facility WHERE geom && ST_Expand(ST_SetSRID(ST_Point(:x, :y), 4490),"
            " 0.001)"
        )
        found = session.scalars(near, {"x": AT[0], "y": AT[1]}).all()
        assert found == [other.code], "nor does a search by place find it there"


def test_the_log_of_changes_tells_no_more(session: Session) -> None:
    make_facility(session, AT, kinds=["rescue_station"])
    session.flush()
    staff, public = session.execute(BOXES).all()
    assert (staff.is_public, round(staff.west, 5), round(staff.south, 5)) == (False, *AT)
    assert (public.is_public, round(public.west, 5), round(public.south, 5)) == (
        True,
        119.97,
        31.79,
    )


def test_every_sensitive_kind_is_meant(session: Session) -> None:
    move = text(
        "SELECT ST_X(atlas.shown_point(ARRAY[:kind], ST_SetSRID(ST_Point(1.23456, 2), 4490)))"
    )
    for kind in KINDS.values():
        shown = session.scalar(move, {"kind": kind.code})
        assert (round(shown, 5) != 1.23456) == kind.is_sensitive, kind.code

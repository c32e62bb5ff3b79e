"""Is a walk along a boundary planned past old names, and does nothing of it tell of a marker?"""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import shapely
from PIL import Image
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import BadInput, NotAllowed, NotFound
from geo.joint.walks.files import gpx_of, kml_of, recorded_share, sheet_of, write_walk
from geo.joint.walks.kept import (
    add_picture,
    keep_walk,
    kept_walk,
    kept_walks,
    picture_of,
    publish_walk,
    withdraw_walk,
)
from geo.joint.walks.plan import Walk, plan_walk
from geo.joint.walks.story import checked_story, cleaned_picture
from geo.loaders.reading import read_table
from geo.models import BoundaryLine, BoundaryMarker, RoadEdge
from tests.conftest import AsPublic
from tests.factories import make_city, make_line, make_name, make_place, make_unit, stored

DAY = date(2026, 6, 1)
LINE = shapely.LineString([(119.9, 31.7), (119.93, 31.7), (119.96, 31.7)])
STORY = {
    "intro": {"text": "一段走过老地名的边界。", "source": "常州市地名志"},
    "chapters": [
        {"title": "旧街", "text": "此处曾名县前街。", "source": "地名志", "stop": "test:old"}
    ],
}


@pytest.fixture
def code(session: Session) -> str:
    """A public line with two markers, an old name, a plain one, one not public, and a third unit
    that makes its east end a tri-junction."""
    make_city(session)
    for number, name in (("02", "天宁区"), ("04", "钟楼区"), ("11", "新北区")):
        make_unit(session, f"3204{number}000000", name=name)
    made = make_line(
        session, "320402000000", "320404000000", code="DERIVED-1", geom=LINE, source="示例图形"
    )
    for k, (left, right, to) in enumerate(
        (("320402", "320411", (119.97, 31.72)), ("320404", "320411", (119.97, 31.68)))
    ):
        geom = shapely.LineString([(119.96, 31.7), to])
        make_line(session, f"{left}000000", f"{right}000000", code=f"DERIVED-{k + 2}", geom=geom)
    for number, at, public in (
        ("3204001Q", (119.92, 31.70005), True), ("3204002Q", (119.94, 31.7), False),
    ):  # fmt: skip
        session.add(BoundaryMarker(
            line_codes=["DERIVED-1"], number=number, geom=stored(at), is_published=public,
        ))  # fmt: skip
    old = make_place(session, "解放路", (119.93, 31.702), code="test:old", source="地名库")
    make_name(session, old, "县前街", kind="former", start_earliest=1736, end_latest=1949,
              citation="武进县志")  # fmt: skip
    make_place(session, "新村", (119.925, 31.7))
    hidden = make_place(session, "暗巷", (119.91, 31.7), is_published=False)
    make_name(session, hidden, "明巷", kind="vanished")
    session.flush()
    return made.code


def planned(session: Session, **given: object) -> Walk:
    return plan_walk(session, "DERIVED-1", on=DAY, **given)  # type: ignore[arg-type]


def test_stops_in_order_with_what_is_on_record(session: Session, code: str) -> None:
    walk = planned(session)
    assert [one.name for one in walk.stops] == [
        "起点", "暗巷", "3204001Q号界桩", "解放路", "3204002Q号界桩",
        "天宁区、钟楼区、新北区三交点", "终点",
    ]  # fmt: skip
    old = next(one for one in walk.stops if one.code == "test:old")
    assert old.told == (("曾用名：县前街（1736—1949）", "武进县志"),)
    assert old.offset_m == pytest.approx(222, abs=2)
    assert walk.length_m == pytest.approx(5688, abs=3)
    assert walk.minutes == pytest.approx(walk.length_m / 60)
    assert walk.minutes < planned(session, pace="elder").minutes


def test_a_stretch_by_chainage(session: Session, code: str) -> None:
    walk = planned(session, from_m=1000, to_m=3500, near_m=100)
    assert [one.name for one in walk.stops] == ["起点", "3204001Q号界桩", "终点"]
    assert walk.length_m == pytest.approx(2500)
    assert walk.stops[1].at_m == pytest.approx(896, abs=2)


@pytest.mark.parametrize(
    ("given", "parameter"),
    [({"from_m": -1}, "from_m"), ({"from_m": 5000, "to_m": 4000}, "from_m"),
     ({"to_m": 9000}, "from_m"), ({"part": 2}, "part"), ({"near_m": 0}, "near_m")],
)  # fmt: skip
def test_bad_stretches_are_refused_by_name(
    session: Session, code: str, given: dict[str, object], parameter: str
) -> None:
    with pytest.raises(BadInput) as refused:
        planned(session, **given)
    assert refused.value.parameter == parameter


def test_on_roads_from_stop_to_stop_and_never_to_a_marker(session: Session, code: str) -> None:
    nodes = {"a": (119.9, 31.701), "b": (119.93, 31.7015), "c": (119.96, 31.7), "d": (119.94, 31.7)}
    for k, (one, other) in enumerate(("ab", "bc", "bd")):
        way = shapely.LineString([nodes[one], nodes[other]])
        session.add(
            RoadEdge(network="t", code=str(k), from_node=one, to_node=other, geom=stored(way),
                     length_m=3000.0 if other != "d" else 900.0, walkable=True)
        )  # fmt: skip
    session.flush()
    walk = planned(session, way="roads", near_m=300)
    assert walk.network == "t"
    assert walk.length_m == 6000
    assert walk.aside_m > 0
    assert not shapely.intersects_xy(shapely.buffer(walk.geom, 1e-5), *nodes["d"])
    assert shapely.intersects_xy(shapely.buffer(walk.geom, 1e-5), *nodes["b"])


def test_without_ways_there_is_no_walk_on_roads(session: Session, code: str) -> None:
    with pytest.raises(NotFound, match="没有路网"):
        planned(session, way="roads")


# --- files ------------------------------------------------------------------------------------


def test_files_hold_markers_only_for_those_with_the_right(
    session: Session, code: str, tmp_path: Path
) -> None:
    walk = planned(session)
    for made in (gpx_of(sheet_of(walk)), kml_of(sheet_of(walk))):
        told = made.decode()
        assert "县前街" in told
        assert "界桩" not in told
        assert "暗巷" not in told
        assert "示意" in told
        assert "119.92," not in told
        assert '"119.9200000"' not in told
    inside = tmp_path / "walk.gpx"
    write_walk(sheet_of(walk, internal=True), inside)
    told = str(read_table(inside, "waypoints").rows)
    assert "3204001Q号界桩" in told
    assert "解放路" in told
    with pytest.raises(BadInput, match="gpx"):
        write_walk(sheet_of(walk), tmp_path / "walk.txt")


def test_a_recorded_track_is_compared(session: Session, code: str, tmp_path: Path) -> None:
    walk = planned(session)
    half = planned(session, to_m=walk.length_m / 2)
    file = tmp_path / "track.gpx"
    drawn = replace(sheet_of(half), geom=shapely.segmentize(half.geom, 0.0002))
    write_walk(drawn, file)
    found = recorded_share(walk, [file], within_m=30)
    assert found.share == pytest.approx(0.5, abs=0.05)
    assert [round(gap.to_m) for gap in found.gaps] == [round(walk.length_m)]
    points = tmp_path / "points.gpx"
    points.write_text(
        '<gpx xmlns="http://www.topografix.com/GPX/1/1"><wpt lat="31" lon="119"/></gpx>'
    )
    with pytest.raises(BadInput, match="没有轨迹"):
        recorded_share(walk, [points])


# --- kept and published --------------------------------------------------------------------------


def kept(session: Session, **given: object) -> str:
    walk = planned(session, **({"from_m": 300.0, "to_m": 4500.0} | given))
    return keep_walk(session, walk, title="老街边界行", story=STORY, role="示例局区划地名科")


def test_what_is_kept_holds_no_marker_place(session: Session, code: str) -> None:
    mine = kept(session)
    row = session.execute(text("SELECT stops::text, story::text FROM walk")).one()
    assert "界桩" not in row[0] + row[1]
    one = kept_walk(session, mine)
    assert [stop["name"] for stop in one.stops] == ["起点", "解放路", "终点"]
    assert one.marker_numbers == ("3204001Q", "3204002Q")
    assert one.length_m == pytest.approx(4200)


def test_the_public_sees_it_when_published_and_published_markers_by_number(
    session: Session, code: str, as_public: AsPublic
) -> None:
    mine = kept(session)
    with as_public(session) as public:
        assert kept_walks(public) == ()
    publish_walk(session, mine, role="示例局区划地名科")
    with as_public(session) as public:
        one = kept_walk(public, mine)
        assert one.marker_numbers == ("3204001Q",)
        assert one.story["chapters"][0]["stop"] == "test:old"
    withdraw_walk(session, mine, role="示例局区划地名科")
    with as_public(session) as public, pytest.raises(NotFound):
        kept_walk(public, mine)


def test_a_line_in_dispute_takes_the_walk_away_at_once(
    session: Session, code: str, as_public: AsPublic
) -> None:
    mine = kept(session)
    publish_walk(session, mine, role="示例局区划地名科")
    session.query(BoundaryLine).filter_by(code=code).one().is_disputed = True
    with as_public(session) as public:
        assert kept_walks(public) == ()
    with pytest.raises(NotAllowed, match="争议"):
        publish_walk(session, mine, role="示例局区划地名科")


@pytest.mark.parametrize(
    ("given", "why"),
    [({"from_m": 2500.0, "to_m": 3300.0}, "1 千米"), ({"from_m": 1850.0, "to_m": 3500.0}, "透露")],
)
def test_what_would_tell_where_a_marker_stands_is_not_published(
    session: Session, code: str, given: dict[str, object], why: str
) -> None:
    mine = kept(session, **given)
    with pytest.raises(NotAllowed, match=why):
        publish_walk(session, mine, role="示例局区划地名科")


def test_a_place_that_is_withdrawn_leaves_the_walk(
    session: Session, code: str, as_public: AsPublic
) -> None:
    mine = kept(session)
    publish_walk(session, mine, role="示例局区划地名科")
    session.execute(text("UPDATE place SET is_published = false WHERE code = 'test:old'"))
    with as_public(session) as public:
        assert [stop["name"] for stop in kept_walk(public, mine).stops] == ["起点", "终点"]


# --- stories -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "why"),
    [("界桩在东经119.9201。", "坐标"), ("在119°56′12″处。", "坐标"), ("X=3512345.67", "坐标"),
     ("电话13912345678", "手机"), ("", "字"), ("a\x00b", "控制字符"), ("长" * 4001, "字")],
)  # fmt: skip
def test_texts_that_may_not_be_public(words: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        checked_story({"intro": {"text": words, "source": "示例"}}, [])


@pytest.mark.parametrize(
    "story",
    [{"intro": {"text": "有文"}}, {"more": 1}, {"chapters": "x"}, {"chapters": [1]},
     {"chapters": [{"title": "一", "text": "文", "source": "书", "stop": "nowhere"}]}],
)  # fmt: skip
def test_stories_that_are_not_whole(story: dict) -> None:
    with pytest.raises(BadInput):
        checked_story(story, [])


def test_pictures_are_bare(session: Session, code: str) -> None:
    picture = Image.new("RGB", (2000, 1000), "red")
    exif = Image.Exif()
    exif[0x010E] = "where it stands"
    exif.get_ifd(0x8825)[1] = "N"
    file = io.BytesIO()
    picture.save(file, "JPEG", exif=exif)
    made = cleaned_picture(file.getvalue())
    assert (made.width, made.height) == (1600, 800)
    assert not Image.open(io.BytesIO(made.content)).getexif()
    assert b"stands" not in made.content
    mine = kept(session)
    add_picture(session, mine, file.getvalue(), caption="旧街", source="示例局", chapter=1)
    assert kept_walk(session, mine).pictures[0].caption == "旧街"
    assert picture_of(session, mine, 1) == made.content
    for bad in (b"", b"GIF89a", b"\xff\xd8\xff" + b"0" * 50):
        with pytest.raises(BadInput, match="JPEG"):
            cleaned_picture(bad)
    publish_walk(session, mine, role="示例局区划地名科")
    with pytest.raises(NotAllowed, match="撤回"):
        add_picture(session, mine, file.getvalue(), caption="又一张", source="示例局")


def test_nobody_signs_with_a_name(session: Session, code: str) -> None:
    with pytest.raises(BadInput):
        keep_walk(session, planned(session), title="路", story={}, role="13912345678")
    assert json.loads(json.dumps(STORY)) == STORY

"""Is an address line led to its division and place, by any spelling, with nothing invented?"""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from geo.errors import BadInput
from geo.gazetteer.address import AddressReading, read_address
from geo.gazetteer.index import refresh_keys
from tests.factories import during, make_event, make_name, make_place, make_unit

ON = date(2026, 11, 22)
PROVINCE, CITY = "320000000000", "320400000000"
TIANNING, WUJIN, HUTANG, OLD = "320402000000", "320412000000", "320412100000", "320421000000"


@pytest.fixture
def register(session: Session) -> Session:
    """Divisions of Changzhou with places, a county that has ended, and namesakes elsewhere."""
    change = date(1995, 6, 8)
    for code, name, level, parent, days in (
        (PROVINCE, "江苏省", 1, None, during()), (CITY, "常州市", 2, PROVINCE, during()),
        (TIANNING, "天宁区", 3, CITY, during()), (WUJIN, "武进区", 3, CITY, during()),
        (HUTANG, "湖塘镇", 4, WUJIN, during()),
        (OLD, "武进县", 3, CITY, during(None, change)),
        ("320100000000", "南京市", 2, PROVINCE, during()),
        ("320106000000", "鼓楼区", 3, "320100000000", during()),
        ("350100000000", "福州市", 2, None, during()),
        ("350102000000", "鼓楼区", 3, "350100000000", during()),
    ):  # fmt: skip
        make_unit(session, code, name=name, level=level, parent_code=parent, geom=None,
                  validity=days)  # fmt: skip
        make_place(session, name, None, code=f"unit:{code}", unit_code=code, feature_class="A",
                   quality="city")  # fmt: skip
    make_event(session, [(OLD, "武进县")], [(WUJIN, "武进市")], kind="撤县设市", event_year=1995,
               effective_on=change)  # fmt: skip
    make_place(session, "红梅公园", code="t:park", feature_class="S", located_in=TIANNING)
    road = make_place(session, "延陵西路", code="t:road", feature_class="R", located_in=TIANNING)
    make_name(session, road, "中山路", kind="former")
    make_place(session, "常州路", code="t:czroad", feature_class="R", located_in=HUTANG)
    refresh_keys(session)
    return session


def first(session: Session, line: str) -> AddressReading:
    return read_address(session, line, on=ON).readings[0]


def told(reading: AddressReading) -> list[tuple[str, str, str | None]]:
    return [(part.kind, part.written, part.code) for part in reading.parts]


def unit(code: str) -> str:
    return f"unit:{code}"


WHOLE = [
    ("division", "江苏省", unit(PROVINCE)), ("division", "常州市", unit(CITY)),
    ("division", "天宁区", unit(TIANNING)), ("township", "某街道", None), ("road", "某路", None),
    ("number", "12号", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("江苏省常州市天宁区某街道某路12号", WHOLE),
        ("江蘇省常州市天寧區某街道某路12號",
         [(k, w.replace("苏", "蘇").replace("宁", "寧").replace("区", "區").replace("号", "號"), c)
          for k, w, c in WHOLE]),
        ("天宁区某路12号", [WHOLE[2], *WHOLE[4:]]),
        ("江苏天宁某路12号",
         [("division", "江苏", unit(PROVINCE)), ("division", "天宁", unit(TIANNING)), *WHOLE[4:]]),
        ("中国 江苏省 / 常州市，天宁区 - 延陵西路１２号3楼",
         [*WHOLE[:3], ("place", "延陵西路", "t:road"), ("number", "１２号", None),
          ("unit", "3楼", None)]),
        ("常州市中山路5号", [WHOLE[1], ("place", "中山路", "t:road"), ("number", "5号", None)]),
        ("常州市湖塘镇常州路8号",
         [WHOLE[1], ("division", "湖塘镇", unit(HUTANG)), ("place", "常州路", "t:czroad"),
          ("number", "8号", None)]),
        ("红梅公园", [("place", "红梅公园", "t:park")]),
        ("红梅公园路3号", [("road", "红梅公园路", None), ("number", "3号", None)]),
    ],
)  # fmt: skip
def test_an_address_is_parted(
    register: Session, line: str, parts: list[tuple[str, str, str | None]]
) -> None:
    assert told(first(register, line)) == parts


@pytest.mark.parametrize(
    ("line", "passed"),
    [("江苏省常州市天宁区某路12号", ["江苏省"]), ("江苏常州市天宁区某路12号", ["江苏"]),
     ("江苏省天宁区某路12号", ["江苏省"])],
)  # fmt: skip
def test_a_division_that_is_not_loaded_gets_no_code(
    session: Session, line: str, passed: list[str]
) -> None:
    for code, name, level in ((CITY, "常州市", 2), (TIANNING, "天宁区", 3)):
        make_unit(session, code, name=name, level=level, geom=None, parent_code=CITY)
        make_place(session, name, None, code=f"unit:{code}", unit_code=code, feature_class="A")
    refresh_keys(session)
    reading = first(session, line)
    assert [part.written for part in reading.parts if part.code is None][: len(passed)] == passed
    assert reading.unit_code == TIANNING
    assert 0 < reading.score < 100
    for other in ("广东省深圳市天宁区某路12号", "深圳市天宁区"):
        assert all(part.code is None for part in first(session, other).parts), other


def test_what_is_left_stays_as_rest(register: Session) -> None:
    reading = first(register, "常州市天宁区延陵西路12号对面的小店")
    assert (reading.rest, reading.unit_code, reading.place_code) == (
        "对面的小店", TIANNING, "t:road",
    )  # fmt: skip
    assert reading.score < 100
    assert first(register, "常州市天宁区延陵西路12号").rest == ""


def test_an_old_county_is_told_with_what_followed(register: Session) -> None:
    reading = first(register, "江苏省常州市武进县湖塘镇")
    county = reading.parts[2]
    assert (county.name, county.code, county.is_current) == ("武进县", unit(OLD), False)
    assert county.successors == ((unit(WUJIN), "武进市"),)
    assert reading.unit_code == HUTANG


def test_an_old_name_tells_which_name_it_is(register: Session) -> None:
    road = first(register, "常州市中山路5号").parts[1]
    assert (road.matched_name, road.matched_kind, road.name) == ("中山路", "former", "延陵西路")
    assert "曾用名" in road.how_zh


def test_two_divisions_of_one_name_are_both_answered(register: Session) -> None:
    answer = read_address(register, "鼓楼区某路1号", on=ON)
    assert answer.is_ambiguous
    assert {one.unit_code for one in answer.readings} == {"320106000000", "350102000000"}
    clear = read_address(register, "南京市鼓楼区某路1号", on=ON)
    assert (clear.is_ambiguous, clear.readings[0].unit_code) == (False, "320106000000")
    assert read_address(register, "鼓楼区", on=ON, within="350100").readings[0].unit_code == (
        "350102000000"
    )


@pytest.mark.parametrize("line", ["月球背面宁静海", "abc def", "12号"])
def test_nothing_is_invented(register: Session, line: str) -> None:
    reading = first(register, line)
    assert (reading.unit_code, reading.place_code, reading.score) == (None, None, 0.0)
    assert all(part.code is None for part in reading.parts)
    assert "".join(part.written for part in reading.parts) + reading.rest == line


def test_a_division_that_is_not_inside_is_not_taken(register: Session) -> None:
    reading = first(register, "福州市天宁区某路12号")
    assert reading.unit_code != TIANNING
    assert "天宁区" in "".join(part.written for part in reading.parts if part.code is None) or (
        "天宁区" in reading.rest
    )


@pytest.mark.parametrize(
    ("line", "limit", "parameter"),
    [("", 3, "q"), ("，。", 3, "q"), ("常" * 201, 3, "q"), ("常州", 0, "limit")],
)
def test_bad_lines_are_refused(register: Session, line: str, limit: int, parameter: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_address(register, line, on=ON, limit=limit)
    assert caught.value.parameter == parameter

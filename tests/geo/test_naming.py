"""Does every rule of naming fire where it must, stay quiet where it must, and never approve?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geo.errors import BadInput, NotFound
from geo.gazetteer.index import refresh_keys
from geo.gazetteer.naming import Checked, Lists, Proposal, check_name, read_lists, rule_book
from geo.gazetteer.naming.lists import SizeRule
from geo.gazetteer.naming.rules import standard_characters
from geo.settings import CHECKOUT
from tests.factories import make_city, make_listing, make_name, make_place, make_unit, square

ON = date(2026, 11, 1)
HERE = (119.95, 31.75)
CITY, NORTH, SOUTH, AWAY = "320400000000", "320402000000", "320404000000", "510100000000"
ROAD = {"feature_class": "R", "located_in": NORTH}
OFFICER = Lists(
    words={
        "leaders": frozenset({"甲乙丙"}), "persons": frozenset({"丁戊己"}),
        "foreign": frozenset({"曼哈顿"}), "brands": frozenset({"飞鹰"}),
        "famous": frozenset({"黄山"}),
    },
    dialect={"黄": "wang", "王": "wang", "家": "ka", "路": "lu"},
    sizes=(SizeRule("花园", "测试规定", least_land_m2=10_000, least_green_percent=40),),
    complete=frozenset({"nation"}),
)  # fmt: skip


@pytest.fixture(scope="module")
def town(engine: Engine) -> Iterator[Session]:
    """Two districts of a city, a city in another province, and names in them; rolled back."""
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            make_unit(session, "320000000000", name="测试省", level=1, parent_code=None, geom=None)
            make_unit(session, "510000000000", name="他省", level=1, parent_code=None, geom=None)
            make_city(session, name="常州市")
            make_city(session, AWAY, name="他州市", geom=square(104.0, 30.0, 1.0))
            make_unit(session, NORTH, name="北城区", geom=square(119.9, 31.7))
            make_unit(session, SOUTH, name="南城区", geom=square(119.6, 31.7))
            make_place(session, "常州市", None, feature_class="A", unit_code=CITY, quality="city")
            make_place(session, "他州市", None, feature_class="A", unit_code=AWAY, quality="city")
            for code, name in (("320402100000", "清水镇"), ("320402001000", "长沟街道")):
                make_unit(session, code, name=name, level=4, parent_code=NORTH, geom=None)
                make_place(session, name, None, feature_class="A", unit_code=code)
            make_unit(session, "510101100000", name="白塔镇", level=4, parent_code=AWAY, geom=None)
            make_place(session, "白塔镇", None, feature_class="A", unit_code="510101100000")
            for name in ("长江路", "未名路", "王家路", "云溪大道"):
                make_place(session, name, (119.96, 31.76), **ROAD)
            make_place(session, "梅园路", (119.65, 31.75), feature_class="R", located_in=SOUTH)
            make_place(session, "外州路", (104.5, 30.5), feature_class="R", located_in=AWAY)
            gone = make_place(session, "新路", (119.955, 31.76), **ROAD)
            make_name(session, gone, "双桂路", kind="vanished", end_latest=1990)
            make_place(session, "翠湖花园", (119.96, 31.75), feature_class="S", category="26100",
                       located_in=NORTH)  # fmt: skip
            make_place(session, "柳村", (119.93, 31.73), located_in=NORTH)
            make_place(session, "松村", (119.63, 31.73), located_in=SOUTH)
            make_place(session, "青龙山", (119.2, 31.2), feature_class="T")
            listed = make_place(session, "淹城", (119.9, 31.7), feature_class="S", located_in=SOUTH)
            make_listing(session, listed)
            refresh_keys(session)
            yield session
        outer.rollback()


def checked(town: Session, name: str, kind: str = "street", **given: object) -> Checked:
    lists = given.pop("lists", OFFICER)
    place = {} if {"division", "lon"} & given.keys() else {"lon": HERE[0], "lat": HERE[1]}
    assert isinstance(lists, Lists)
    return check_name(
        town,
        Proposal(name, kind, **(place | given)),
        lists=lists,
        on=ON,  # type: ignore[arg-type]
    )


def status(found: Checked, rule: str) -> str:
    (result,) = (one for one in found.results if one.rule.id == rule)
    assert result.zh, rule
    assert result.en, rule
    return result.status


# rule, name, kind, further facts → must it fire?
CASES = [
    ("same-name", "长江路", "street", {}, True),
    ("same-name", "長江路", "street", {}, True),
    ("same-name", "梅园路", "street", {}, True),  # the other district: the whole city is compared
    ("same-name", "外州路", "street", {}, False),  # another city
    ("same-name", "长江", "estate", {}, False),
    ("same-name", "常州市", "division", {"division": AWAY}, True),  # nationwide
    ("same-name", "新州市", "division", {"division": AWAY}, False),
    ("same-name", "清水镇", "township", {"division": SOUTH}, True),  # one province
    ("same-name", "白塔镇", "township", {"division": SOUTH}, False),  # another province
    ("same-name", "柳村", "village", {"division": NORTH}, True),  # one county
    ("same-name", "松村", "village", {"division": NORTH}, False),  # another county
    ("same-name", "翠湖花园", "estate", {}, True),
    ("same-name", "青龙山", "nature", {}, True),
    ("same-name", "长江路", "facility", {}, False),  # another kind
    ("same-sound", "常江路", "street", {}, True),
    ("same-sound", "常洲市", "division", {"division": AWAY}, True),  # nationwide
    ("same-sound", "长江路", "street", {}, False),  # that is the same name
    ("same-sound", "昌江路", "street", {}, False),  # another tone
    ("same-sound", "青水镇", "township", {"division": SOUTH}, True),
    ("near-sound", "昌江路", "street", {}, True),
    ("near-sound", "长河路", "street", {}, False),
    ("dialect-sound", "黄家路", "street", {}, True),
    ("dialect-sound", "梁家路", "street", {}, False),
    ("same-specific", "长江大道", "street", {}, True),
    ("same-specific", "云溪路", "street", {}, True),
    ("same-specific", "长河大道", "street", {}, False),
    ("look-alike", "末名路", "street", {}, True),
    ("look-alike", "木名路", "street", {}, False),
    ("vanished-name", "双桂路", "street", {}, True),
    ("vanished-name", "雙桂路", "street", {}, True),  # in traditional characters
    ("vanished-name", "三桂路", "street", {}, False),
    ("person", "甲乙丙路", "street", {}, True),
    ("person", "丁戊己大道", "street", {}, True),
    ("person", "新甲乙丙花园", "estate", {}, True),  # inside a longer name
    ("person", "甲乙路", "street", {}, False),
    ("foreign", "曼哈顿花园", "estate", {}, True),
    ("foreign", "翠竹花园", "estate", {}, False),
    ("brand", "飞鹰大厦", "estate", {}, True),
    ("brand", "飞云大厦", "estate", {}, False),
    ("rare-character", "龘龘路", "street", {}, True),
    ("rare-character", "溧阳路", "street", {}, False),
    ("rare-character", "漢水路", "street", {}, True),
    ("national-script", "CBD大道", "street", {}, True),
    ("national-script", "长江-路", "street", {}, True),
    ("national-script", "2号路", "street", {}, False),
    ("generic-kind", "长江花园", "street", {}, True),
    ("generic-kind", "长江", "street", {}, True),
    ("generic-kind", "长江路", "street", {}, False),
    ("generic-kind", "翠竹苑", "estate", {}, False),
    ("generic-size", "翠竹花园", "estate", {"land_m2": 9_000, "green_percent": 45}, True),
    ("generic-size", "翠竹花园", "estate", {"land_m2": 12_000, "green_percent": 45}, False),
    ("generic-size", "翠竹花园", "estate", {"land_m2": 10_000, "green_percent": 40}, False),
    ("generic-size", "翠竹花园", "estate", {}, False),  # not known, so not judged
    ("generic-size", "翠竹苑", "estate", {"land_m2": 9_000}, False),
    ("famous-specific", "黄山市", "division", {"division": CITY}, True),
    ("famous-specific", "淹城区", "division", {"division": CITY}, True),  # heritage
    ("famous-specific", "他州镇", "township", {"division": NORTH}, True),  # a place outside
    ("famous-specific", "北城镇", "township", {"division": NORTH}, False),  # its own district
    ("famous-specific", "黄山路", "street", {}, False),  # not a division
    ("facility-place", "远方大桥", "facility", {}, True),
    ("facility-place", "北城大桥", "facility", {}, False),
    ("facility-place", "柳村水闸", "facility", {"lon": 119.931, "lat": 31.731}, False),
    ("meaning", "长江路", "street", {}, False),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "name", "kind", "given", "must"), CASES)
def test_a_rule_fires_where_it_must(
    town: Session, rule: str, name: str, kind: str, given: dict[str, object], must: bool
) -> None:
    found = status(checked(town, name, kind, **given), rule)
    assert (found == "fired") is must, found


def test_every_rule_has_a_case_for_each_side() -> None:
    rules = {rule.id for rule in rule_book().rules}
    assert {case[0] for case in CASES} == rules
    assert {case[0] for case in CASES if case[-1]} == rules - {"meaning"}, "no program reads that"
    assert {case[0] for case in CASES if not case[-1]} == rules


def test_the_evidence_can_be_drawn(town: Session) -> None:
    found = checked(town, "长江路")
    (result,) = (one for one in found.results if one.rule.id == "same-name")
    (evidence,) = result.evidence
    assert (evidence.name, evidence.kind, evidence.in_unit_name) == ("长江路", "street", "北城区")
    assert (evidence.lon, evidence.lat) == (119.96, 31.76)
    assert evidence.distance_m == pytest.approx(1457.3, abs=5)  # 947 m east, 1109 m north
    assert "同一建成区，请人工判定" in result.zh
    assert result.rule.article.startswith("第九条")


def test_what_was_not_compared_is_said(town: Session) -> None:
    bare = checked(town, "长河路", lists=Lists())
    for rule in ("person", "foreign", "brand", "dialect-sound", "generic-size", "meaning"):
        assert status(bare, rule) == "unchecked", rule
    assert status(bare, "same-name") == "not_fired"
    assert status(checked(town, "新州市", "division", division=AWAY, lists=Lists()),
                  "same-name") == "unchecked"  # fmt: skip
    assert status(checked(town, "白水镇", "township", division=SOUTH, lists=Lists()),
                  "same-name") == "unchecked"  # fmt: skip
    nowhere = check_name(town, Proposal("长江路", "street"), lists=OFFICER, on=ON)
    assert status(nowhere, "same-name") == "unchecked"


def test_it_is_never_an_approval(town: Session) -> None:
    clean = checked(town, "长河路")
    assert not clean.fired()
    assert "不是审批意见" in clean.statement_zh
    assert "no approval" in clean.statement_en
    words = " ".join(result.zh + result.status for result in clean.results)
    assert "通过" not in words
    assert "approved" not in words


def test_a_place_is_no_namesake_of_itself(town: Session) -> None:
    first = checked(town, "长江路")
    code = first.results[0].evidence[0].place_code
    assert status(checked(town, "长江路", place_code=code), "same-name") == "not_fired"


def test_restricted_names_are_never_told(town: Session) -> None:
    for name in ("甲乙丙路", "丁戊己路"):
        (result,) = (one for one in checked(town, name).results if one.rule.id == "person")
        assert result.zh == "涉及限制类人名。"
        assert not result.evidence
    assert "甲乙丙" not in repr(OFFICER)


def test_bad_proposals_are_refused(town: Session) -> None:
    for name in ("", "  ", "路" * 61, "长\x00路"):
        with pytest.raises(BadInput) as refused:
            checked(town, name)
        assert refused.value.parameter == "name"
    with pytest.raises(BadInput):
        checked(town, "长江路", "planet")
    with pytest.raises(BadInput):
        checked(town, "长江路", lon=200.0, lat=31.0)
    with pytest.raises(NotFound):
        checked(town, "长江路", division="999999")


def test_lists_are_read_from_outside_the_project(tmp_path: Path) -> None:
    (tmp_path / "leaders.txt").write_bytes("# 说明\n甲乙丙\n丁\n".encode("gb18030"))
    (tmp_path / "dialect.csv").write_text("字,音\n黄,wang\n王,wang\n", encoding="utf-8")
    (tmp_path / "local-rules.toml").write_text(
        'complete = ["nation", "320000"]\n[[generic_size]]\ngeneric = "花园"\nsource = "规定"\n'
        "least_land_m2 = 1\n", encoding="utf-8")  # fmt: skip
    lists = read_lists(tmp_path)
    assert lists.words == {"leaders": frozenset({"甲乙丙"})}
    assert lists.dialect == {"黄": "wang", "王": "wang"}
    assert lists.complete == {"nation", "320000000000"}
    assert lists.sizes[0].least_land_m2 == 1
    assert read_lists(None).words == {}
    with pytest.raises(BadInput, match="项目之外"):
        read_lists(CHECKOUT / "data")
    with pytest.raises(BadInput, match="不存在"):
        read_lists(tmp_path / "none")
    (tmp_path / "local-rules.toml").write_text("[[generic_size]]\nname = 1\n", encoding="utf-8")
    with pytest.raises(BadInput, match="generic_size"):
        read_lists(tmp_path)


def test_the_table_of_characters_is_whole() -> None:
    assert len(standard_characters()) == 8105
    assert {"一", "溧", "浜", "蠼"} <= standard_characters()
    assert not {"龘", "漢"} & standard_characters()

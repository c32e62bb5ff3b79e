"""Are candidate sites loaded, and is each excluded for every reason there is, and no other?"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.access.candidates import STATUS_ZH, Limits, candidates, limits_in_force
from geo.errors import BadInput, NotFound
from geo.loaders.things.candidates import floor_of
from tests.conftest import AsPublic
from tests.factories import (
    during,
    make_candidate,
    make_city,
    make_rule,
    make_unit,
    make_zone,
    square,
)

ON = date(2026, 1, 1)
CITY = "320400000000"
KIND = "rehab_rental"


@pytest.fixture
def city(session: Session) -> Session:
    make_city(session)
    make_unit(session, "320402000000")
    return session


def reasons(session: Session, **asked: object) -> dict[str, tuple[str, ...]]:
    found = candidates(session, city=CITY, kind=KIND, on=ON, **asked)  # type: ignore[arg-type]
    return {one.name: tuple(r.code for r in one.reasons) for one in found.excluded} | {
        one.name: () for one in found.usable
    }


@pytest.mark.parametrize(
    ("said", "floor"),
    [
        ("1", "1"), ("一层", "1"), ("首层", "1"), ("1F", "1"), ("１层", "1"), ("地上2层", "2"),
        ("二十一楼", "21"), ("十层", "10"), ("B1", "-1"), ("-1", "-1"), ("地下一层", "-1"),
        ("负2层", "-2"), ("半地下", "-1"), ("夹层", "M"), ("1-3层", "1-3"), ("三至五层", "3-5"),
        ("-1-2", "-1-2"), ("2~1", "1-2"),
    ],
)  # fmt: skip
def test_storeys_are_understood(said: str, floor: str) -> None:
    assert floor_of(said) == floor


@pytest.mark.parametrize("said", ["0", "好", "一三", "", "200"])
def test_what_is_no_storey_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match="楼层"):
        floor_of(said)


def test_each_reason_excludes_and_says_its_figures(city: Session) -> None:
    make_zone(city, name="某保护区", kind="生态保护红线", geom=square(119.92, 31.72, 0.01))
    make_candidate(city, name="好")
    make_candidate(city, name="地下", floor="-1")
    make_candidate(city, name="跨地下", floor="-1-2")
    make_candidate(city, name="夹层", floor="M")
    make_candidate(city, name="小", area_m2=12)
    make_candidate(city, name="工业", land_use="工业用地")
    make_candidate(city, (119.3999, 31.5), name="市外")
    make_candidate(city, (119.925, 31.725), name="红线")
    make_candidate(city, None, name="无位置", admin_code="320402000000")
    make_candidate(city, name="都不行", floor="-1", area_m2=1)
    make_candidate(city, name="不详", floor=None, area_m2=None, land_use=None)
    found = candidates(city, city=CITY, kind=KIND, on=ON)
    assert reasons(city) == {
        "好": (), "不详": (), "都不行": ("basement", "too_small"), "地下": ("basement",),
        "跨地下": ("basement",), "夹层": ("mezzanine",), "小": ("too_small",),
        "工业": ("wrong_use",), "市外": ("outside_city",), "红线": ("forbidden_zone",),
        "无位置": ("no_position",),
    }  # fmt: skip
    told = {one.name: one.reasons[0] for one in found.excluded}
    assert told["小"].zh == "面积不足（12 m² < 30 m²）"
    assert told["小"].en == "too small (12 m² < 30 m²)"
    assert told["小"].limit.status == "unverified"
    assert told["小"].limit.rule == "candidate-least-area-rehab-rental"
    assert told["地下"].limit.status == "second_hand"
    assert "某保护区" in told["红线"].zh
    assert "工业用地" in told["工业"].en
    assert [one.unknown for one in found.usable if one.name == "不详"] == [
        ("floor", "area_m2", "land_use")
    ]
    assert found.counts["basement"] == 3
    zh, en = found.in_words()
    assert zh.startswith("候选点 2 处可用，9 处排除")
    assert "3 in a basement" in en


def test_limits_are_settings(city: Session) -> None:
    make_candidate(city, name="高", floor="7")
    make_candidate(city, name="地下", floor="-1", area_m2=12)
    assert reasons(city, limits=Limits(highest_floor=3))["高"] == ("too_high",)
    open_to_all = Limits(basement=False, least_m2=0)
    assert reasons(city, limits=open_to_all) == {"高": (), "地下": ()}
    for wrong in (Limits(least_m2=-1), Limits(highest_floor=0)):
        with pytest.raises(BadInput):
            candidates(city, city=CITY, kind=KIND, on=ON, limits=wrong)


@pytest.mark.parametrize("kind", [KIND, "canteen", "care_complex", "elder_home", "relief_store"])
def test_every_limit_says_where_it_comes_from(city: Session, kind: str) -> None:
    for limit in limits_in_force(city, city=CITY, kind=kind, on=ON).all:
        assert limit.zh
        assert limit.source
        assert limit.status in STATUS_ZH
        assert limit.rule or limit.limit in ("outside_city", "no_position")


def test_uses_are_judged_by_the_list_of_the_kind(city: Session) -> None:
    uses = ("临街商业", "0702", "闲置校舍", "教育用地", "1001", "某种用途", "工业遗存商业")
    for use in uses:
        make_candidate(city, name=use, land_use=use, area_m2=500)
    found = {c.name: c for c in candidates(city, city=CITY, kind=KIND, on=ON).excluded}
    assert set(found) == {"教育用地", "工业遗存商业"}
    [reason] = found["教育用地"].reasons
    assert reason.code == "wrong_use"
    assert reason.limit.rule == "candidate-permitted-use-rehab-rental"
    assert reason.zh == "用途不符（教育用地，不在允许用途之内）"
    untold = {c.name for c in candidates(city, city=CITY, kind=KIND, on=ON).usable if c.unknown}
    assert untold == {"1001", "某种用途"}, "what no rule knows excludes nothing and is told"
    assert "教育用地" not in {
        c.name for c in candidates(city, city=CITY, kind="day_care", on=ON).excluded
    }


def test_an_office_sets_its_own_limit_from_a_day_on(city: Session) -> None:
    make_candidate(city, name="小", area_m2=45)
    own = {"limit": "least_area", "kinds": [KIND], "value": 50.0, "unit": "m2"}
    make_rule(
        city, "candidate_limit", own, code="own", scope_code=CITY, validity=during(date(2026, 6, 1))
    )
    assert reasons(city) == {"小": ()}
    after = candidates(city, city=CITY, kind=KIND, on=date(2026, 7, 1))
    [reason] = after.excluded[0].reasons
    assert (reason.limit.rule, reason.limit.value) == ("own", 50)
    assert candidates(city, city=CITY, kind="canteen", on=date(2026, 7, 1)).limits != after.limits


def test_a_plot_is_judged_by_all_of_it(city: Session) -> None:
    make_zone(city, kind="禁建区", geom=square(119.92, 31.72, 0.01))
    touching = shapely.box(119.91, 31.72, 119.921, 31.73)
    make_candidate(
        city, name="地块", candidate_kind="planned_land", floor=None,
        geom=f"SRID=4490;{touching.wkt}",
    )  # fmt: skip
    [plot] = candidates(city, city=CITY, kind=KIND, on=ON).excluded
    assert [reason.code for reason in plot.reasons] == ["forbidden_zone"]
    assert "floor" not in plot.unknown


def test_unknown_names_are_refused(city: Session) -> None:
    with pytest.raises(NotFound):
        candidates(city, city=CITY, kind=KIND, on=ON, codes=["没有"])
    with pytest.raises(BadInput):
        candidates(city, city=CITY, kind="没有", on=ON)


def test_the_public_sees_no_candidates_and_no_scenarios(
    session: Session, as_public: AsPublic
) -> None:
    make_candidate(session, is_published=True)
    with as_public(session):
        for table in ("candidate_site", "scenario", "scenario_change"):
            assert session.scalar(text("SELECT to_regclass(:t)"), {"t": table}) is None


def test_a_list_of_idle_buildings_is_loaded(session: Session, tmp_path: Path) -> None:
    from geo.loaders.load import load_delivery

    make_city(session)
    make_unit(session, "320402000000", name="天宁区")
    path = tmp_path / "闲置用房.csv"
    path.write_text(
        "房源编号,名称,类型,楼层,用途,建筑面积,权属,改造费用(万元),区,经度,纬度\n"
        "A1,甲房,闲置用房,一层,商业,120㎡,国有,30,天宁区,119.95,31.75\n"
        "A2,乙房,闲置用房,地下一层,商业,300,国有,,天宁区,119.96,31.75\n"
        "A3,丙房,闲置用房,天台,商业,300,国有,,天宁区,119.97,31.75\n",
        "utf-8",
    )
    report = load_delivery(session, "candidates", path, crs="4490", on=ON)
    assert (report.counts.kept, report.counts.refused) == (3, 0)
    assert [p.rule for p in report.problems] == ["floor"]
    found = candidates(session, city=CITY, kind=KIND, on=ON)
    assert [(one.code, one.floor, one.area_m2, one.build_cost_cny) for one in found.usable] == [
        ("A1", "1", 120.0, 300_000.0), ("A3", None, 300.0, None),
    ]  # fmt: skip
    assert [one.code for one in found.excluded] == ["A2"]
    assert found.usable[1].unknown == ("floor",)
    assert found.usable[0].admin_code == "320402000000"

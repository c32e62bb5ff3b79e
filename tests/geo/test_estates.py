"""Does each estate get the verdict that the written rule gives, with the sum in words?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from geo.access.estates import (
    Estate,
    EstateCheck,
    check_estate,
    check_pool,
    estates_checked,
    rate_of,
)
from geo.access.standards.written import WrittenRule, most_specific, rules_for
from geo.errors import BadInput, NotFound
from geo.sums import check_sum
from tests.factories import (
    HOME,
    during,
    make_city,
    make_estate,
    make_rule,
    make_unit,
    square,
    stored,
)

TODAY = date(2026, 6, 1)
PER_HUNDRED = {"value": 20.0, "unit": "m2 per 100 households", "estate_type": "new"}


def rule(**given: Any) -> WrittenRule:
    said = PER_HUNDRED | given
    return WrittenRule(
        "R", "estate_floor_area", None, "测试规则", "second_hand", "某条例 第 9 条", said, None,
        None, 0,
    )  # fmt: skip


def estate(**given: Any) -> Estate:
    plain = Estate(
        "E1", "甲小区", "new", 555, handed_over_m2=111.0, handed_over_on=date(2024, 5, 1)
    )
    return replace(plain, **given)


@pytest.mark.parametrize(
    ("facts", "said", "status"),
    [
        ({}, {}, "pass"),  # 555 / 100 × 20 = 111, not 120: hundreds are not rounded up
        ({"handed_over_m2": 110.9}, {}, "fail"),
        ({"handed_over_m2": None}, {}, "unknown"),
        ({"handed_over_m2": None, "handed_over_on": None}, {}, "unknown"),
        ({"handed_over_on": None}, {}, "unknown"),
        ({"handed_over_m2": 0.0, "handed_over_on": None}, {}, "fail"),
        ({"handed_over_on": date(2026, 6, 2)}, {}, "fail"),
        ({"households": 0, "handed_over_m2": None, "handed_over_on": None}, {}, "pass"),
        ({"largest_room_m2": 30.0}, {"single_room_min_m2": 30.0}, "pass"),
        ({"largest_room_m2": 29.9}, {"single_room_min_m2": 30.0}, "fail"),
        ({"largest_room_m2": None}, {"single_room_min_m2": 30.0}, "unknown"),
        ({"largest_room_m2": None}, {"single_room_min_m2": 350.0}, "fail"),  # 111 in all
        ({}, {"value": 0.002, "unit": "share of above-ground residential floor area"}, "unknown"),
        (
            {"residential_m2": 55_500.0},
            {"value": 0.002, "unit": "share of above-ground residential floor area"},
            "pass",
        ),
        ({"approved_on": date(2024, 1, 31)}, {"due_months": 25}, "pass"),
        ({"approved_on": date(2024, 7, 31)}, {"due_months": 24}, "not_due"),
    ],
)
def test_the_verdict(facts: dict[str, Any], said: dict[str, Any], status: str) -> None:
    assert check_estate(estate(**facts), rule(**said), TODAY).status == status


def test_without_a_rule_nothing_is_claimed() -> None:
    found = check_estate(estate(), None, TODAY)
    assert (found.status, found.required_m2, found.rule) == ("unknown", None, None)


def test_the_sum_stands_in_words_with_the_source() -> None:
    found = check_estate(estate(handed_over_m2=100.0), rule(), TODAY)
    assert "555 户 ÷ 100 × 20 ㎡ = 111.0 ㎡" in found.words
    assert "已提供 100.0 ㎡ < 111.0 ㎡" in found.words
    assert "不达标" in found.words
    assert "某条例 第 9 条；转述，待核实" in found.words
    assert "555 households / 100 × 20" in found.words_en
    assert "fails" in found.words_en


POOLED = rule(may_pool=True)


def pooled(*members: Estate, circle_m: float | None = 300.0, of: WrittenRule = POOLED):
    return {c.estate.code: c for c in check_pool(members, [of] * len(members), TODAY, circle_m)}


A = estate(code="A", households=500, handed_over_m2=200.0, pool_code="P", to_host_m=0.0)
B = estate(code="B", households=500, handed_over_m2=0.0, handed_over_on=None, pool_code="P",
           to_host_m=250.0)  # fmt: skip


def test_estates_of_one_circle_provide_together() -> None:
    found = pooled(A, B)
    assert {c.status for c in found.values()} == {"pass"}
    assert found["B"].required_m2 == pytest.approx(200)
    assert found["B"].pool == ("A", "B")
    assert "100.0 + 100.0 = 200.0 ㎡" in found["A"].words
    less = pooled(replace(A, handed_over_m2=199.0), B)
    assert {c.status for c in less.values()} == {"fail"}


def test_who_lies_outside_the_circle_is_judged_alone() -> None:
    found = pooled(A, replace(B, to_host_m=301.0))
    assert {code: c.status for code, c in found.items()} == {"A": "pass", "B": "fail"}
    assert "不在五分钟生活圈内" in found["B"].words
    nowhere = pooled(A, replace(B, to_host_m=None))
    assert {c.status for c in nowhere.values()} == {"unknown"}
    assert "达标；" not in nowhere["A"].words.split("。")[0]


def test_a_rule_without_pooling_judges_each_alone() -> None:
    found = pooled(A, B, of=rule())
    assert {code: c.status for code, c in found.items()} == {"A": "pass", "B": "fail"}


def test_a_pool_has_a_minimum_of_its_own() -> None:
    found = pooled(A, B, of=rule(pooled_min_m2=300.0))
    assert {c.status for c in found.values()} == {"fail"}
    assert found["A"].required_m2 == 300


def test_an_unknown_member_leaves_the_pool_unknown_unless_the_rest_is_enough() -> None:
    dark = replace(B, handed_over_m2=None)
    assert pooled(A, dark)["A"].status == "pass"
    assert pooled(replace(A, handed_over_m2=150.0), dark)["A"].status == "unknown"


def test_unknown_counts_on_neither_side_of_the_rate() -> None:
    made = [
        check_estate(estate(handed_over_m2=area), rule(), TODAY)
        for area in (111.0, 120.0, 90.0, None, None)
    ]
    rate = rate_of(made)
    assert (rate.passed, rate.failed, rate.unknown, rate.due, rate.judged) == (2, 1, 2, 5, 3)
    assert rate.rate == pytest.approx(2 / 3)
    assert (rate.lowest, rate.highest) == pytest.approx((2 / 5, 4 / 5))
    assert rate_of([]).rate is None


@pytest.mark.parametrize(
    ("total", "parts", "adds_up", "difference"),
    [
        (7, [1, 3, 2], False, 1),
        (2170, [2040, 1548], False, -1418),
        (19, [2, 10, 5, 2], True, 0),
        (0.3, [0.1, 0.2], True, 0),
        (None, [1, 2], None, None),
        (3, [1, None], None, None),
        (0, [], True, 0),
    ],
)
def test_sums_that_do_not_add_up_are_told(total, parts, adds_up, difference) -> None:
    found = check_sum(total, parts)
    assert (found.adds_up, found.difference) == (adds_up, difference)


def test_a_sum_in_words() -> None:
    assert check_sum(7, [1, 3, 2]).words == "1 + 3 + 2 = 6，合计写作 7，相差 +1，请核对"
    assert "2,040 + 1,548 = 3,588" in check_sum(2170, [2040, 1548]).words_en
    with pytest.raises(BadInput):
        check_sum(float("nan"), [1])


# --- on the database -------------------------------------------------------------------------


@pytest.fixture
def town(session: Session) -> Session:
    make_unit(session, "320000000000", name="测试省", level=1, unit_type="省", parent_code=None,
              geom=None)  # fmt: skip
    make_city(session)
    make_unit(session, "320402000000", geom=square(119.9, 31.7))
    make_unit(session, "320404000000", geom=square(120.0, 31.7))
    return session


def by_code(session: Session, **asked: Any) -> dict[str, EstateCheck]:
    found = estates_checked(session, **({"city": "320400", "on": TODAY} | asked))
    return {check.estate.code: check for check in found.rows}


def test_the_rule_of_the_nearest_place_and_the_day_of_approval_decides(town: Session) -> None:
    make_rule(town, "estate_floor_area", PER_HUNDRED | {"value": 10}, code="nation")
    make_rule(town, "estate_floor_area", PER_HUNDRED, code="province", scope_code="320000000000")
    make_rule(town, "estate_floor_area", PER_HUNDRED | {"value": 30}, code="city",
              scope_code="320400000000", validity=during(date(2023, 1, 1)))  # fmt: skip
    make_rule(town, "estate_floor_area", PER_HUNDRED | {"value": 99}, code="far",
              scope_code="330000000000")  # fmt: skip
    make_estate(town, code="new", approved_on=date(2024, 1, 1))
    make_estate(town, code="old", approved_on=date(2022, 12, 31))
    make_estate(town, code="built", estate_type="built")
    make_estate(town, code="later", approved_on=date(2026, 6, 2))
    found = by_code(town)
    assert {code: check.rule and check.rule.code for code, check in found.items()} == {
        "new": "city", "old": "province", "built": None,
    }  # fmt: skip
    assert found["new"].required_m2 == 150


def test_rates_by_district_with_numerator_and_denominator(town: Session) -> None:
    make_rule(town, "estate_floor_area", PER_HUNDRED, code="nation")
    done = {"handed_over_on": date(2024, 1, 1)}
    make_estate(town, handed_over_m2=100, **done)
    make_estate(town, handed_over_m2=99, **done)
    make_estate(town)
    make_estate(town, handed_over_m2=100, geom=stored((120.05, 31.75)), is_synthetic=True, **done)
    make_estate(town, handed_over_m2=100, geom=None, admin_code="320404000000", **done)
    make_estate(town, handed_over_m2=100, geom=stored((125.0, 45.0)), **done)
    found = estates_checked(town, city="320400", on=TODAY)
    rows = {r.area_code: (r.passed, r.judged, r.unknown, r.due) for r in found.districts}
    assert rows == {"320402000000": (1, 2, 1, 3), "320404000000": (2, 2, 0, 2)}
    assert (found.total.passed, found.total.judged) == (3, 4)
    assert found.has_synthetic
    assert found.rows[0].status == "fail"
    one = estates_checked(town, city="320402", on=TODAY)
    assert one.total.due == 3


def test_distances_of_a_pool_come_from_the_map(town: Session) -> None:
    make_rule(town, "estate_floor_area", PER_HUNDRED | {"may_pool": True}, code="nation")
    make_rule(town, "life_circle", {"minutes": 5, "value": 300.0, "unit": "m"}, code="circle")
    done = {"handed_over_on": date(2024, 1, 1), "pool_code": "P"}
    make_estate(town, code="host", handed_over_m2=300, **done)
    make_estate(town, code="near", handed_over_m2=0, geom=stored((HOME[0] + 0.002, HOME[1])),
                pool_code="P")  # fmt: skip
    make_estate(town, code="far", handed_over_m2=0, geom=stored((HOME[0] + 0.01, HOME[1])),
                pool_code="P")  # fmt: skip
    found = by_code(town)
    assert {code: c.status for code, c in found.items()} == {
        "host": "pass", "near": "pass", "far": "fail",
    }  # fmt: skip
    assert found["near"].estate.to_host_m == pytest.approx(189.6, abs=0.5)


def test_a_period_leaves_undated_estates_out_and_says_so(town: Session) -> None:
    make_estate(town, approved_on=date(2025, 3, 1))
    make_estate(town, approved_on=date(2020, 3, 1))
    make_estate(town)
    found = estates_checked(town, city="320400", on=TODAY, since=date(2025, 1, 1))
    assert (len(found.rows), found.undated) == (1, 1)
    with pytest.raises(BadInput):
        estates_checked(town, city="320400", on=TODAY, since=date(2027, 1, 1))
    with pytest.raises(NotFound):
        estates_checked(town, city="999900", on=TODAY)


def test_targets_go_by_their_year(town: Session) -> None:
    for year, value in ((2025, 0.55), (2030, 0.73)):
        make_rule(town, "nursing_bed_share", {"value": value, "year": year}, code=str(year))
    rules = rules_for(town, "nursing_bed_share", place="320400", today=TODAY)
    chosen = [
        most_specific(rules, "nursing_bed_share", date(year, 5, 1)) for year in (2024, 2026, 2031)
    ]
    assert [one and one.value for one in chosen] == [0.55, 0.73, 0.73]


def test_the_demo_city(city_session: Session) -> None:
    found = estates_checked(city_session, city="320400", on=date.today())  # noqa: DTZ011
    assert found.rows
    assert found.has_synthetic
    assert all(check.rule is not None for check in found.rows)
    assert found.total.due + found.total.not_due == len(found.rows)

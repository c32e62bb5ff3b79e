"""Do deliveries bring prices and ratings, as they are written, follow versions, and never guess?"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.loaders.load import load_delivery
from geo.loaders.prices import HEADINGS, ITEM_OF, prices_in
from geo.loaders.ratings import rating_level, ratings_in, when_rated
from geo.loaders.report import Report
from geo.loaders.undo import undo_delivery

FIRST, LATER = date(2026, 10, 1), date(2026, 11, 1)
STORED = text(
    """SELECT f.name, lower(f.validity) AS since, p.item, p.low, p.high, p.unit, p.includes,
        p.priced_on::text FROM facility f JOIN facility_price p ON p.facility_id = f.id
        ORDER BY f.name DESC, since, p.item, p.low"""
)
RATED = text(
    """SELECT r.scheme, r.level, r.rated_on::text, r.rated_in, r.issuer FROM facility f
    JOIN facility_rating r ON r.facility_id = f.id WHERE f.validity @> CAST(:on AS date)
    ORDER BY f.name DESC, r.level"""
)


@pytest.mark.parametrize(
    ("written", "heading", "meant"),
    [
        ("2600-4800元/月", "收费标准", [("general", 2600, 4800, "month", None)]),
        ("2,600～4,800 元／人·月", "收费", [("general", 2600, 4800, "month", None)]),
        ("每月2600元至4800元，含床位、护理", "收费",
         [("general", 2600, 4800, "month", "床位、护理")]),
        ("自理2600元/月；半失能老人：3200元/月起（含床位费）", "收费标准",
         [("independent", 2600, 2600, "month", None), ("partial", 3200, None, "month", "床位费")]),
        ("早餐5元、午餐7.5元", "收费标准",
         [("breakfast", 5, 5, "meal", None), ("lunch", 7.5, 7.5, "meal", None)]),
        ("10元以下", "餐费（元/餐）", [("general", None, 10, "meal", None)]),
        ("8～12", "餐价（元/餐）", [("general", 8, 12, "meal", None)]),
        ("2600-4800", "月收费（元）", [("general", 2600, 4800, "month", None)]),
        ("CNY 2600 per month", "monthly fee", [("general", 2600, 2600, "month", None)]),
    ],
)  # fmt: skip
def test_prices_as_they_are_written(written: str, heading: str, meant: list[Any]) -> None:
    found = json.loads(prices_in(written, heading))
    keys = ("item", "low", "high", "unit", "includes")
    assert [tuple(one[key] for key in keys) for one in found] == meant


@pytest.mark.parametrize(
    ("written", "heading"),
    [
        ("2600", "收费"), ("2600", "收费（元）"), ("2600/月", "收费"), ("2600元", "收费"),
        ("面议", "收费标准"), ("约2600元/月", "收费标准"), ("0元/月", "收费标准"),
        ("4800-2600元/月", "收费标准"), ("0.3万元/月", "收费标准"), ("2600元/年", "收费标准"),
        ("3000元/月（不含餐）", "收费标准"), ("3000元/月，含床位、不含餐", "收费标准"),
        ("2600-4800元/月起", "收费标准"), ("2600元/月-90元/天", "收费标准"),
        ("午餐500元/月", "收费标准"), ("2600元/月；押金另议", "收费标准"), ("[1]", "prices"),
        ('[{"item": "zzz", "low": 1, "unit": "month"}]', "prices"),
        ('[{"item": [], "low": 1, "unit": "month"}]', "prices"),
        ('[{"item": "meal", "low": NaN, "unit": []}]', "prices"), ("[" * 19_000, "prices"),
    ],
)  # fmt: skip
def test_a_price_without_its_unit_or_in_other_words_is_not_guessed(
    written: str, heading: str
) -> None:
    with pytest.raises(ValueError, match="extra"):
        prices_in(written, heading)


def test_a_template_heading_states_the_unit_of_a_bare_number() -> None:
    for field, item in ITEM_OF.items():
        (price,) = json.loads(prices_in("12-20", HEADINGS[field][0], field))
        assert (price["item"], price["low"]) == (item, 12)
    with pytest.raises(ValueError, match="extra"):
        prices_in("半失能3200元/月", HEADINGS["price_full"][0], "price_full")


def test_levels_and_days_of_ratings() -> None:
    same = {"三级": "3级", "三星级": "★★★", "AAA": "3A级", "三叶": "3叶级", "五星级": "五星"}
    assert [rating_level(other) for other in same.values()] == [*same]
    assert [rating_level(level) for level in same] == [*same]
    assert [when_rated(one) for one in ("2024", "2024年度", "2024年3月")] == [
        "2024", "2024", "2024-03",
    ]  # fmt: skip
    for strange in ("甲级", "未评定", "国家二级", "六级"):
        with pytest.raises(ValueError, match="extra"):
            rating_level(strange)
    with pytest.raises(ValueError, match="no day"):
        when_rated("2024/13")


def test_what_no_database_holds_is_left_out_of_written_lists() -> None:
    written = '[{"item": "lunch", "low": 8, "unit": "meal", "includes": "两\\u0000荤\\ud800"}]'
    assert json.loads(prices_in(written, "prices"))[0]["includes"] == "两荤?"
    assert json.loads(ratings_in('[{"level": "三\\u0000级"}]'))[0]["level"] == "三级"
    for nested in ("[" * 19_000, '[{"level": ' + "[" * 19_000):
        with pytest.raises(ValueError, match="list of ratings"):
            ratings_in(nested)


def load(session: Session, path: Path, lines: str, on: date, secrecy: str = "public") -> Report:
    path.write_text(lines, encoding="utf-8")
    return load_delivery(session, "facilities", path, crs="cgcs2000", on=on, secrecy=secrecy)


PLACE = "名称,类型,经度,纬度"
HEADING = "自理收费（元/月）,半失能收费,收费包含,价格日期,评定等级,评定标准,评定年份,评定机构"
HOMES = f"""{PLACE},{HEADING}
甲院,养老院,119.97,31.78,2600,3200-4800元/月,床位、护理,2026-09-01,3级,GB/T 37276,2024年,某区民政局
乙院,养老院,119.98,31.78,面议,,床位,,甲级,,2023,
"""


def test_a_delivery_brings_them_and_keeps_what_is_not_understood(
    session: Session, tmp_path: Path
) -> None:
    report = load(session, tmp_path / "a.csv", HOMES, FIRST)
    assert report.counts.kept == 2
    told = [(one.rule, one.row, one.column, one.value) for one in report.problems]
    assert told == [
        ("price", 2, "自理收费（元/月）", "面议"), ("word", 2, "评定等级", "甲级"),
    ]  # fmt: skip
    both = ("month", "床位、护理", "2026-09-01")
    assert [tuple(row) for row in session.execute(STORED)] == [
        ("甲院", FIRST, "independent", 2600, 2600, *both),
        ("甲院", FIRST, "partial", 3200, 4800, *both),
    ]
    assert [tuple(row) for row in session.execute(RATED, {"on": FIRST})] == [
        ("GB/T 37276", "三级", None, "2024", "某区民政局")
    ]
    kept = session.scalars(text("SELECT extra FROM facility WHERE name = '乙院'")).one()
    assert kept == {
        "自理收费（元/月）": "面议", "收费包含": "床位", "评定等级": "甲级", "评定年份": "2023",
    }  # fmt: skip
    again = load(session, tmp_path / "a.csv", HOMES, LATER)
    assert again.counts.unchanged == 2, "the same file changes nothing"
    assert len(session.execute(STORED).all()) == 2


def test_what_stands_beside_no_price_and_no_level_is_kept_and_changes_nothing(
    session: Session, tmp_path: Path
) -> None:
    load(session, tmp_path / "a.csv", HOMES, FIRST)
    before = session.execute(STORED).all()
    lines = f"{PLACE},价格日期,评定标准\n甲院,养老院,119.97,31.78,2026-10-05,某市标准\n"
    assert load(session, tmp_path / "b.csv", lines, LATER).counts.updated == 1
    kept = session.scalars(text("SELECT extra FROM facility WHERE upper_inf(validity)")).all()
    assert {"价格日期": "2026-10-05", "评定标准": "某市标准"} in kept
    prices = [tuple(row)[2:] for row in session.execute(STORED) if row.since == LATER]
    assert prices == [tuple(row)[2:] for row in before]


def test_a_later_delivery_changes_what_it_speaks_of_and_is_taken_back_whole(
    session: Session, tmp_path: Path
) -> None:
    load(session, tmp_path / "a.csv", HOMES, FIRST)
    before = session.execute(STORED).all()
    lines = f"{PLACE},半失能收费,评定等级,评定标准\n甲院,养老院,119.97,31.78,{{}},{{}}\n"
    raised = lines.format("3500元/月起", "四叶,某市标准")
    report = load(session, tmp_path / "b.csv", raised, LATER)
    assert report.counts.updated == 1
    after = [tuple(row)[1:5] for row in session.execute(STORED).all() if row.name == "甲院"]
    assert after == [
        (FIRST, "independent", 2600, 2600), (FIRST, "partial", 3200, 4800),
        (LATER, "independent", 2600, 2600), (LATER, "partial", 3500, None),
    ], "the version before keeps its prices, and what is not spoken of goes on"  # fmt: skip
    rated = session.execute(RATED, {"on": LATER}).all()
    assert [row[:2] for row in rated] == [("GB/T 37276", "三级"), ("某市标准", "四叶")]

    changed = session.execute(STORED).all()
    corrected = load(session, tmp_path / "c.csv", lines.format("3600元/月", ","), LATER)
    assert corrected.counts.updated == 1, "corrected on the very day"
    assert session.execute(STORED).all()[-1][2:5] == ("partial", 3600, 3600)
    assert corrected.delivery_id is not None
    assert report.delivery_id is not None
    assert undo_delivery(session, corrected.delivery_id).restored == 1
    assert session.execute(STORED).all() == changed
    assert session.execute(RATED, {"on": LATER}).all() == rated
    undo_delivery(session, report.delivery_id)
    assert session.execute(STORED).all() == before


def test_prices_that_are_not_public_do_not_become_so_by_another_delivery(
    session: Session, tmp_path: Path
) -> None:
    load(session, tmp_path / "a.csv", HOMES, FIRST, "internal")
    public = f"{PLACE},床位\n甲院,养老院,119.97,31.78,50\n"
    report = load(session, tmp_path / "b.csv", public, LATER)
    assert "not_published" in {one.rule for one in report.problems}
    seen = "SELECT count(*) FROM atlas_public.facility_price"
    assert session.scalar(text(seen)) == 0
    whole = HOMES.replace(f"{PLACE},", f"{PLACE},床位,").replace("31.78,", "31.78,50,")
    load(session, tmp_path / "c.csv", whole, LATER)
    assert session.scalar(text(seen)) == 2, "whoever speaks of all of it publishes it"

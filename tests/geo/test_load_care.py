"""Do deliveries bring what the public asks of a home, as it is written and never guessed?"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.loaders import care
from geo.loaders.load import load_delivery
from geo.models.facility import CARE_LEVELS, FIRE_STATES

HEADING = (
    "名称,类型,经度,纬度,接收对象,有无电梯,无障碍坡道,机构性质,医养结合方式,消防检查结果,"
    "消防检查日期"
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("能自理、半失能、失能、认知症", [*CARE_LEVELS]),
        ("自理老人，失智老人", ["independent", "dementia"]),
        ("失能和部分失能的老年人", ["full", "partial"]),
        ("Full / partial", ["full", "partial"]),
        ("失能、失能", ["full"]),
    ],
)
def test_levels_of_care(written: str, meant: list[str]) -> None:
    assert care.care_levels(written) == meant


@pytest.mark.parametrize("written", ["介助、介护", "失能、其他", "老人", "、"])
def test_what_is_no_known_level_is_not_guessed(written: str) -> None:
    with pytest.raises(ValueError, match="extra"):
        care.care_levels(written)


def test_what_a_template_offers_is_understood() -> None:
    assert {care.fire_state(word) for word in care.WORDS["fire_state"]} == set(FIRE_STATES)
    assert [care.medical_link(word) for word in care.WORDS["medical_link"]] == [
        "own", "contract", "none",
    ]  # fmt: skip
    assert [care.ownership(word) for word in care.WORDS["ownership"]] == ["public", "private"]
    assert [care.yes_or_no(word) for word in care.WORDS["has_lift"]] == [True, False]


def test_a_delivery_brings_them_and_keeps_what_is_not_understood(
    session: Session, tmp_path: Path
) -> None:
    path = tmp_path / "homes.csv"
    path.write_text(
        f"{HEADING}\n"
        "甲院,养老院,119.97,31.78,半失能、失能,有,无,公办,签约,合格,2026-06-30\n"
        "乙院,养老院,119.98,31.78,,未知,,公建民营,无,,\n",
        encoding="utf-8",
    )
    report = load_delivery(session, "facilities", path, crs="cgcs2000", on=date(2026, 10, 1))
    assert report.counts.kept == 2
    (problem,) = [one for one in report.problems if one.rule == "word"]
    assert (problem.row, problem.column, problem.value) == (2, "机构性质", "公建民营")
    rows = session.execute(
        text("SELECT care_levels, has_lift, has_ramp, ownership, medical_link, fire_state, "
             "fire_checked_on, extra ->> '机构性质' FROM facility ORDER BY name DESC")
    ).all()  # fmt: skip
    assert [tuple(row) for row in rows] == [
        (["partial", "full"], True, False, "public", "contract", "passed", date(2026, 6, 30), None),
        (None, None, None, None, "none", None, None, "公建民营"),
    ]
    again = load_delivery(session, "facilities", path, crs="cgcs2000", on=date(2026, 10, 2))
    assert again.counts.unchanged == 2

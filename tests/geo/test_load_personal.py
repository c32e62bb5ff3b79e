"""Are persons kept out of the database, the reports and the refused rows?"""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.loaders.fields import is_identity_number, is_personal_name, redact
from geo.loaders.load import load_delivery

# Numbers of nobody: the division code 110101 with an impossible serial, check digits computed.
IDENTITY = "11010119000101001X"
MOBILE = "13800001234"


def with_check_digit(first_17: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(d) * w for d, w in zip(first_17, weights, strict=True))
    return first_17 + "10X98765432"[total % 11]


def test_an_identity_number_is_told_by_its_check_digit() -> None:
    right = with_check_digit(IDENTITY[:17])
    wrong = right[:17] + ("0" if right[17] != "0" else "1")
    assert is_identity_number(right)
    assert not is_identity_number(wrong)
    assert redact(f"证{right}号") == "证[个人信息已去除]号"
    assert redact(wrong) == wrong


def test_mobile_numbers_stay_only_in_phone_columns() -> None:
    assert redact(MOBILE, phone=True) == MOBILE
    assert MOBILE not in redact(f"院长 {MOBILE[:3]}-{MOBILE[3:7]}-{MOBILE[7:]} 或 {MOBILE}")
    assert redact("0519-81234567") == "0519-81234567"
    assert redact("3516000138000") == "3516000138000"  # a longer number is no phone


@pytest.mark.parametrize(
    "heading",
    ["身份证号", "联系人", "联系人电话", "法定代表人", "老人姓名", "手机号", "负责人手机", "院长",
     "出生日期", "ID Card", "contact_person", "legal_rep"],
)  # fmt: skip
def test_headings_about_persons(heading: str) -> None:
    assert is_personal_name(heading)


@pytest.mark.parametrize("heading", ["老人床位", "服务老人数", "备注", "民族风味", "电话", "name"])
def test_headings_about_the_facility(heading: str) -> None:
    assert not is_personal_name(heading)


def test_nothing_personal_is_stored_anywhere(session: Session, tmp_path: Path) -> None:
    identity = with_check_digit(IDENTITY[:17])
    path = tmp_path / "canteens.csv"
    path.write_text(
        "名称,经度,纬度,联系人,法定代表人,说明,甲列,电话,地址\n"
        f"甲食堂,119.95,31.75,某某甲,某某乙,好,{identity},0519-81234567,某路1号{MOBILE}\n"
        f"乙食堂,,31.75,某某丙,某某丁,找{MOBILE},{identity},{MOBILE},某路2号\n"
        + "".join(f"丙{n}食堂,119.95,31.7{n},,,好,,,\n" for n in range(6)),
        encoding="utf-8",
    )
    report = load_delivery(session, "facilities", path, crs="cgcs2000")
    assert report.counts.refused == 1
    assert report.personal_columns == ["法定代表人", "甲列", "联系人"]
    assert "personal_value" in [problem.rule for problem in report.problems]
    everything = report.dumps()
    for table in ("facility", "refused_row", "delivery"):
        rows = session.execute(text(f"SELECT to_jsonb(t)::text FROM {table} t")).scalars()
        everything += "".join(rows)
    for secret in (identity, "某某甲", "某某乙", "某某丙", "某某丁"):
        assert secret not in everything
    # The mobile number stays where it is the phone that the facility publishes, and only there.
    assert everything.count(MOBILE) == 1
    refused = session.execute(text("SELECT data FROM refused_row")).scalar_one()
    assert refused["电话"] == MOBILE
    assert refused["说明"] == "找[个人信息已去除]"


def test_a_file_without_a_heading_line_leaks_nothing_in_its_refusal(
    session: Session, tmp_path: Path
) -> None:
    identity = with_check_digit(IDENTITY[:17])
    path = tmp_path / "canteens.csv"
    path.write_text(f"{identity},{MOBILE},119.9,31.7\n1,2,3,4\n", encoding="utf-8")
    with pytest.raises(Exception, match="名称") as caught:
        load_delivery(session, "facilities", path, crs="cgcs2000")
    assert identity not in str(caught.value)
    assert MOBILE not in str(caught.value)

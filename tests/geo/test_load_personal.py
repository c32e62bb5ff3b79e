"""Are persons kept out of the database, the reports and the refused rows?"""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import DeliveryRefused
from geo.loaders.load import load_delivery
from geo.loaders.personal import (
    REDACTED,
    holds_persons,
    is_identity_number,
    is_personal_name,
    public_text,
    redact,
    safe_file_name,
)

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
    assert redact(wrong) == REDACTED  # a believable date of birth is enough in free text
    assert redact(wrong, serial=True) == wrong  # but not in a column of filing numbers
    assert redact(right, serial=True) == REDACTED


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


@pytest.mark.parametrize(
    "text",
    [
        "１３９１２３４５６７８", "139  1234  5679", "139.1234.5678", "139·1234·5678",
        "1391234—5678", "(0086)13911112222", "86139 1234 5678", "+86-139-1234-5678",
        "王13912345678李",
        "320402500101123", "320402 19500101 123X", "ID110101199003074098号",
        "３２０４０２１９５００１０１１２３Ｘ",
    ],
)  # fmt: skip
def test_numbers_of_persons_are_told_however_they_are_written(text: str) -> None:
    clean = redact(text)
    assert REDACTED in clean
    assert not any(character.isdigit() for character in clean)


@pytest.mark.parametrize(
    "text",
    [
        "391108.14299505786", "123.8618662975347", "110.101199001011237",
        "0519-81234567", "400-820-8820", "131.12345678", "1.3912345678", "2024-1-31 - 2025-12-31",
        "2024.1.31—2025.12.31", "320400000012345", "91350100M000100Y43", "3516000138000",
        "8:00-17:00", "上海市杨浦区江浦路745弄9号", "示例养老院-001",
        "13512345.678", "负责人已更换", "院长办公室", "联系人待定", "常州市福利院", "法人单位",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_person_stays(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("测试助餐点丙 联系人 马云飞 13711112222", "测试助餐点丙"),
        ("红梅老年食堂（负责人：王小明）", "红梅老年食堂"),
        ("红梅老年食堂 站长李四", "红梅老年食堂"),
        ("某路1号 电话0519-81234567", "某路1号"),
        ("康乐院长者食堂", "康乐院长者食堂"),
        ("久安养老院睦邻社区长者食堂（福满佳）", "久安养老院睦邻社区长者食堂（福满佳）"),
        ("电话亭路3号", "电话亭路3号"),
    ],
)
def test_names_and_addresses_lose_their_personal_tail(cell: str, wanted: str) -> None:
    assert public_text(cell, "name") == wanted
    assert public_text(cell, "address") == wanted


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("责任人", ["x"]), ("联络人", [""]), ("站长", ["孙站长"]), ("老人", ["赵大爷"]),
        ("入住老人", ["钱奶奶"]), ("户籍老人", ["吴老太"]), ("微信号", ["wx_abc"]), ("QQ", ["1"]),
        ("护照", []), ("银行卡号", []), ("残疾人证", []), ("服务对象", ["王小明"]),
        ("甲列", ["王小明", "李四", "赵大海", "钱多多"]),
        ("甲列", ["１３９１２３４５６７８", "", ""]),
    ],
)  # fmt: skip
def test_columns_about_persons(heading: str, cells: list[str]) -> None:
    assert holds_persons(heading, cells)


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("老人数", ["12"]), ("入住率", ["80%"]), ("入住人数", ["12"]), ("老人", ["12", "１５"]),
        ("户籍老人", ["3201"]), ("服务对象", ["60岁以上老年人", "失能人员"]), ("入住条件", ["无"]),
        ("村", ["何家村", "李巷", "王庄"]), ("片", ["周庄", "朱林", "薛埠"]), ("备注", ["好"]),
        ("甲列", ["康复", "方便", "安全", "温馨"]),
        ("甲列", ["天宁区", "钟楼区", "武进区", "金坛区"]),
        ("甲列", ["助餐", "助浴", "助洁", "高档", "康复"]), ("甲列", ["常州", "金坛", "武进"]),
        ("主任医师数", ["2"]), ("老人床位", ["12"]), ("午餐价格说明", ["十元两荤两素"]),
    ],
)  # fmt: skip
def test_columns_about_the_facility(heading: str, cells: list[str]) -> None:
    assert not holds_persons(heading, cells)


def test_a_file_name_loses_persons_but_keeps_the_rest() -> None:
    assert safe_file_name("canteens_张三13912345678.csv") == f"canteens_{REDACTED}.csv"
    assert safe_file_name("老年食堂 13912345678 李四.csv") == f"老年食堂 {REDACTED}.csv"
    for name in ("常州养老院2026-01-31.csv", "canteens.csv", "shanghai_elder_canteens_gcj02.tsv"):
        assert safe_file_name(name) == name


HOSTILE = (
    "名称,类型,区,地址,经度,纬度,责任人,联络人,老人,联系方式,站长,备注,身份信息,园长13812345678,微信号\n"
    "测试助餐点甲,老年食堂,天宁区,某路1号,119.97,31.78,王小明,李四,赵大爷,１３９１２３４５６７８,孙站长,"
    "周五 139.1234.5678,320402 19500101 123X,x,wx_abc\n"
    "测试助餐点乙,老年食堂,天宁区,某路2号,,,王小红,李五,赵二爷,139  1234  5679,孙二,"
    "320402500101123 老证,320402195001010019,x,wx_b\n"
    "测试助餐点丙 联系人 马云飞 13711112222,老年食堂,天宁区,三号 (0086)13911112222,119.98,31.79,甲,"
    "乙,丙,86139 1234 5678,戊,ID110101199003074098号,1.1e1,x,wx\n"
)
SECRETS = (
    "王小明", "王小红", "李四", "李五", "赵大爷", "赵二爷", "孙站长", "孙二", "马云飞", "张三",
    "wx_", "1391234", "139.1234", "１３９", "139  1234", "86139", "13711112222", "13911112222",
    "19500101", "320402500101123", "110101199003074098", "13812345678", "13912345678",
    "13912340000",
)  # fmt: skip


def everywhere(session: Session) -> str:
    found = ""
    for table in ("facility", "refused_row", "delivery"):
        rows = session.execute(text(f"SELECT to_jsonb(t)::text FROM {table} t")).scalars()
        found += "".join(rows)
    return found


def test_a_hostile_file_leaves_no_person_behind(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "canteens_张三13912345678.csv"
    path.write_text(HOSTILE, encoding="utf-8")
    told: list[str] = []
    report = load_delivery(
        session, "facilities", path, crs="cgcs2000", progress=lambda *said: told.append(str(said))
    )
    assert (report.counts.kept, report.counts.refused) == (2, 1)
    found = everywhere(session) + report.dumps() + "".join(told)
    assert [secret for secret in SECRETS if secret in found] == []
    assert "测试助餐点丙" in found


def test_keys_of_geojson_are_headings_too(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "g.geojson"
    path.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point",'
        '"coordinates":[119.97,31.77]},"properties":{"名称":"测试食堂丁","类型":"老年食堂",'
        '"联系13912340000":"x","张三 320402195001010019":"y"}}]}',
        encoding="utf-8",
    )
    report = load_delivery(session, "facilities", path)
    assert report.counts.kept == 1
    found = everywhere(session) + report.dumps()
    assert [secret for secret in SECRETS if secret in found] == []


def test_repeated_headings_are_named_without_numbers(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "nohead13912345678.csv"
    path.write_text("13912345678,养老院,13912345678\n甲,乙,丙\n", encoding="utf-8")
    with pytest.raises(DeliveryRefused) as caught:
        load_delivery(session, "facilities", path, crs="cgcs2000")
    assert "1391234" not in str(caught.value)


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

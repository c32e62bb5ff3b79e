"""Is a marker's number built, read and checked by rule, and are bearings what they say?"""

from __future__ import annotations

from datetime import date

import pytest

from geo.errors import BadInput
from geo.survey.markers.numbers import build_number, build_numbers, read_number
from geo.survey.markers.rules import Written, number_rules, shipped, tolerance, written
from geo.survey.markers.sequence import Numbered, Placed, breaks, check_order, check_serials

RULES = number_rules(shipped("marker_number"))
[PROVINCE] = RULES
FORMS = shipped("marker_other_forms")
LINES = shipped("marker_line_code")


def read(text: str) -> object:
    return read_number(text, RULES, other_forms=FORMS, line_rules=LINES)


def test_the_sample_of_the_textbooks_reads_as_line_serial_and_type() -> None:
    found = read_number("1253165C", RULES, other_forms=FORMS).number
    assert found is not None
    assert (found.line, found.serial, found.letter, found.stands) == ("1253", 165, "C", 3)
    assert found.words == "线号 1253，序号 165，C（同号三立）"
    assert found.rule_status == "second_hand"


def test_full_width_and_lower_case_are_the_same_number() -> None:
    found = read_number(" ３７４１００７ｑ", RULES).number
    assert found is not None
    assert found.text == "3741007Q"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1253165", "缺少类型码"),
        ("1253165X", "类型码「X」"),
        ("125316Q", "应有 8 位"),
        ("12A3165Q", "只能是数字"),
        ("3741000Q", "序号从 001 起"),
        ("", "类型码"),
        ("1253165²", "类型码"),
    ],
)
def test_what_is_no_number_keeps_its_reason(text: str, why: str) -> None:
    found = read_number(text, RULES, other_forms=FORMS)
    assert found.number is None
    assert any(why in problem for problem in found.problems), found.problems


@pytest.mark.parametrize("text", ["1", "63/1", "98(2)", "944/1(2)", "944/1（2）"])
def test_stones_on_the_national_border_are_refused_as_such(text: str) -> None:
    found = read_number(text, RULES, other_forms=FORMS)
    assert found.number is None
    assert "国界" in found.problems[0]


def test_an_unconfirmed_rule_of_line_codes_only_makes_a_doubt() -> None:
    found = read_number("4137001Q", RULES, line_rules=LINES)
    assert found.number is not None
    assert "unverified" in found.doubts[0]
    assert read_number("3741001Q", RULES, line_rules=LINES).doubts == ()


def test_no_rule_no_reading() -> None:
    found = read_number("3741001Q", RULES, level=3)
    assert found.number is None
    assert "没有适用" in found.problems[0]


def test_a_county_rule_is_a_row_of_data() -> None:
    row = Written(
        "county-99", "示例省县级", "990000000000", "verified", "test",
        {"levels": [3, 4], "line_digits": 6, "serial_digits": 2, "letters": ["Q", "AB"]},
    )  # fmt: skip
    rules = number_rules([row])
    found = read_number("99010207B", rules, level=3, division="990102000000").number
    assert found is not None
    assert (found.line, found.serial, found.stands) == ("990102", 7, 2)
    assert read_number("99010207B", rules, level=3, division="320402000000").number is None
    with pytest.raises(BadInput, match="county-99"):
        number_rules([Written("county-99", "", None, "verified", "", {"levels": [3]})])


def test_numbers_are_built_and_the_smaller_code_gets_a() -> None:
    assert build_number("3741", 7, "q", PROVINCE).text == "3741007Q"
    made = build_numbers("3741", 12, ("410000000000", "370000000000"), PROVINCE)
    assert [(side[:2], number.text) for side, number in made] == [
        ("37", "3741012A"), ("41", "3741012B"),
    ]  # fmt: skip
    three = build_numbers("3741", 12, ("41", "13", "37"), PROVINCE)
    assert [number.letter for _, number in three] == ["C", "D", "E"]
    for line, serial, letter, named in (
        ("374", 1, "Q", "line"), ("3741", 0, "Q", "serial"), ("3741", 1000, "Q", "serial"),
        ("3741", 1, "Z", "type"), ("３７４１", 1, "Q", "line"),
    ):  # fmt: skip
        with pytest.raises(BadInput) as refused:
            build_number(line, serial, letter, PROVINCE)
        assert refused.value.parameter == named
    with pytest.raises(BadInput):
        build_numbers("3741", 1, ("37", "37"), PROVINCE)


def numbered(*texts: str, places: dict[str, str] | None = None) -> list[Numbered]:
    made = []
    for text in texts:
        number = read_number(text, RULES).number
        assert number is not None
        own = (places or {}).get(text)
        made.append(Numbered(number, (own,) if own else ()))
    return made


def kinds(findings: list[object]) -> list[str]:
    return [finding.kind for finding in findings]  # type: ignore[attr-defined]


def test_a_whole_register_without_fault() -> None:
    good = numbered(
        "3741001Q", "3741002A", "3741002B", "3741003C", "3741003D", "3741003E",
        places={"3741002A": "370000000000", "3741002B": "410000000000"},
    )  # fmt: skip
    assert check_serials("3741", good, PROVINCE) == []
    assert check_serials("3741", [], PROVINCE) == []


def test_missing_repeated_mixed_and_incomplete_serials() -> None:
    bad = numbered(
        "3741002Q", "3741002Q", "3741003Q", "3741003A", "3741005A", "3741009D", "1237001Q",
    )  # fmt: skip
    found = check_serials("3741", bad, PROVINCE)
    assert kinds(found) == [
        "other_line", "missing_serial", "duplicate", "mixed_letters", "incomplete_group",
        "incomplete_group",
    ]  # fmt: skip
    assert found[1].words.startswith("缺序号 001、004、006–008 ")
    assert "缺 3741005B" in found[4].words
    assert "缺 3741009C、3741009E" in found[5].words


def test_a_on_the_side_of_the_larger_code_is_found() -> None:
    wrong = numbered(
        "3741001A", "3741001B", places={"3741001A": "410000000000", "3741001B": "370000000000"}
    )
    assert kinds(check_serials("3741", wrong, PROVINCE)) == ["first_letter"]


def placed(*rows: tuple[int, float], west: float = 115.0) -> list[Placed]:
    return [Placed(f"M{serial}", serial, along, west + along / 1e5, 35.0) for serial, along in rows]


def test_chainage_grows_with_the_serial() -> None:
    assert check_order(placed((1, 0), (2, 100), (2, 90), (3, 100), (4, 250))) == []
    assert check_order(placed((1, 0))) == []


def test_as_few_markers_as_possible_are_named() -> None:
    found = check_order(placed((1, 0), (2, 900), (3, 200), (4, 300), (5, 400)))
    assert [(one.kind, one.numbers) for one in found] == [("chainage", ("M2",))]
    assert breaks(placed((1, 0), (2, 50), (2, 10_000), (3, 60), (4, 70))) == ["M2"]
    assert breaks(placed((1, 0), (2, 50), (3, 49.5)), slack_m=1.0) == []


def test_a_line_that_runs_against_its_serials_is_told_once() -> None:
    rows = [Placed(f"M{n}", n, 1000.0 - 100 * n, 115 + n / 100, 35.0) for n in range(1, 6)]
    assert kinds(check_order(rows)) == ["line_direction"]


def test_serials_from_the_east_or_the_south_are_told() -> None:
    rows = [Placed(f"M{n}", n, 100.0 * n, 115 - n / 100, 35.0) for n in range(1, 4)]
    assert kinds(check_order(rows)) == ["numbered_backwards"]
    south = [Placed(f"M{n}", n, 100.0 * n, 115.0, 35 + n / 100) for n in range(1, 4)]
    assert kinds(check_order(south)) == ["numbered_backwards"]
    # 0.011° of longitude at 35° N are shorter than 0.01° of latitude: north to south decides
    slant = [Placed(f"M{n}", n, 100.0 * n, 115 - n * 0.011, 35 - n / 100) for n in range(1, 4)]
    assert check_order(slant) == []


def test_tolerance_by_scale_and_by_line() -> None:
    rows = shipped("marker_tolerance")
    for scale, metres in ((50_000, 5.0), (10_000, 1.0)):
        found = tolerance(rows, "3741", scale)
        assert found is not None
        assert (found.metres, found.status) == (metres, "unverified")
    assert tolerance(rows, "3741", None) is None, "an unknown scale has no tolerance"
    own = Written("own", "", None, "verified", "", {"lines": ["3741"], "value_m": 0.5})
    found = tolerance([*rows, own], "3741", 50_000)
    assert found is not None
    assert (found.metres, found.rule) == (0.5, "own")
    other = tolerance([*rows, own], "1237", 50_000)
    assert other is not None
    assert other.metres == 5.0


def test_rules_of_the_house_serve_without_a_database() -> None:
    assert written(None, "marker_number", date(2026, 1, 1)) == shipped("marker_number")

"""Are ranks shared, small numbers noted, unknowns left unranked, and synthetic tables marked?"""

from __future__ import annotations

import pytest

from geo.access.league import Contender, League, league
from geo.errors import BadInput


def share(code: str, part: int, whole: int, **given) -> Contender:
    value = part / whole if whole else None
    return Contender(code, f"区{code}", value, part, whole, **given)


def ranks(found: League) -> dict[str, int | None]:
    return {row.area_code: row.rank for row in found.rows}


def test_equal_values_share_a_rank_and_the_next_is_skipped() -> None:
    made = [share("a", 1, 3), share("b", 2, 6), share("c", 9, 10), share("d", 0, 4)]
    found = league("达标率", made)
    assert ranks(found) == {"c": 1, "a": 2, "b": 2, "d": 4}
    assert [row.is_tied for row in found.rows] == [False, True, True, False]
    assert "并列" in found.method


def test_fractions_are_compared_exactly() -> None:
    """0.1 + 0.2 is not 0.3 in binary; 1/3 computed in two ways is one value."""
    made = [Contender("a", "a", 0.1 + 0.2), Contender("b", "b", 0.3), share("c", 333, 1000)]
    assert ranks(league("t", made)) == {"c": 1, "a": 2, "b": 2}


def test_unknown_values_have_no_rank_and_come_last() -> None:
    found = league("t", [share("a", 0, 0), share("b", 0, 5)])
    assert ranks(found) == {"b": 1, "a": None}
    assert "未知" in found.rows[1].notes[0]
    assert found.rows[0].value == 0, "a known 0 is a value"
    assert found.ranked == 1


def test_lower_may_be_better() -> None:
    found = league("逾期率", [share("a", 1, 2), share("b", 1, 4)], higher_is_better=False)
    assert ranks(found) == {"b": 1, "a": 2}
    assert "低到高" in found.method


def test_small_numbers_and_unknown_ones_are_noted() -> None:
    found = league("t", [share("a", 9, 9), share("b", 10, 10, unknown=3)])
    notes = {row.area_code: " ".join(row.notes) for row in found.rows}
    assert "小样本" in notes["a"]
    assert "小样本" not in notes["b"]
    assert "3 个未知" in notes["b"]


def test_the_change_since_last_period() -> None:
    before = [share("a", 1, 4), share("b", 3, 4)]
    found = league("t", [share("a", 4, 4), share("b", 3, 4), share("c", 1, 4)], previous=before)
    rows = {row.area_code: row for row in found.rows}
    assert (rows["a"].change, rows["a"].rank_change) == (0.75, 1)
    assert (rows["b"].change, rows["b"].rank_change) == (0, -1)
    assert (rows["c"].change, rows["c"].rank_change) == (None, None)
    assert "上期无数据" in " ".join(rows["c"].notes)
    assert all("上期" not in " ".join(row.notes) for row in league("t", before).rows)


@pytest.mark.parametrize("where", ["now", "before"])
def test_synthetic_is_said_in_the_title_and_in_every_row(where: str) -> None:
    made_up, real = share("a", 1, 2, is_synthetic=True), share("b", 1, 3)
    found = (
        league("覆盖率", [made_up, real])
        if where == "now"
        else league("覆盖率", [share("a", 1, 2), real], previous=[made_up])
    )
    assert found.title.startswith("【合成】")
    assert {row.mark for row in found.rows} == {"合成"}
    real_only = league("覆盖率", [real])
    assert "合成" not in real_only.title
    assert real_only.rows[0].mark == ""


def test_an_area_comes_once() -> None:
    with pytest.raises(BadInput):
        league("t", [share("a", 1, 2), share("a", 1, 3)])

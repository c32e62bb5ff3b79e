"""Are the pure parts of loading right: codes, dates, numbers, kinds, and rows told apart?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.loaders.checks import Candidate, read_rows, uscc_problem
from geo.loaders.columns import TextRows, rows_numbered
from geo.loaders.fields import map_columns, public_column
from geo.loaders.kinds import kind_in_name, kind_of_words
from geo.loaders.matching import tell_sites_apart
from geo.loaders.personal import public_text
from geo.loaders.reading.delimited import sniff_delimiter
from geo.loaders.tables import Row, Table
from geo.loaders.values import right_usccs
from geo.models.kinds import KINDS
from geo.text import search_key, search_keys


def table(columns: list[str], *rows: list[str]) -> Table:
    numbered = [Row(number, cells) for number, cells in enumerate(rows, 1)]
    return Table(columns, numbered, [], "utf-8", "", None, "0" * 64, 0)


def read(column: str, cell: str) -> Any:
    """What one cell of a facility's row is read as."""
    made = table(["名称", "经度", "纬度", column], ["甲", "119.9", "31.7", cell])
    mapping = map_columns(made)
    [field] = set(mapping.fields) - {"name", "lon", "lat"}
    [candidate] = read_rows(made, mapping, "canteen").candidates
    return candidate.values[field]


def test_the_check_character_of_a_credit_code() -> None:
    assert uscc_problem("91350100M000100Y43") is None
    assert uscc_problem("91350100M000100Y44")
    assert uscc_problem("91350100M000100Y4")
    assert uscc_problem("91350100M0001OOY43")  # the letter O is not in the alphabet


@pytest.mark.parametrize(
    "cell", ["2025-06-30", "2025/6/30", "2025年6月30日", "20250630", "2025.6.30"]
)
def test_dates_as_offices_write_them(cell: str) -> None:
    assert read("备案日期", cell) == date(2025, 6, 30)


@pytest.mark.parametrize("cell", ["2025-02-30", "六月", "2025", "20251301"])
def test_what_is_no_date_is_unknown(cell: str) -> None:
    assert read("备案日期", cell) is None


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [("12", 12), ("１２", 12), ("1,200", 1200), ("12.0", 12), ("12张", 12), ("", None), ("-", None),
     ("未知", None), ("-3", None), ("12.5", None), ("9999999999", None)],
)  # fmt: skip
def test_counts_are_whole_numbers_or_unknown_never_zero(cell: str, wanted: int | None) -> None:
    assert read("床位", cell) == wanted


def test_every_kind_is_known_by_its_own_name() -> None:
    for kind in KINDS.values():
        assert kind_of_words(kind.zh) == kind.code
        assert kind_of_words(kind.code) == kind.code


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("殷行街道久安养老院睦邻社区长者食堂", "canteen"),
        ("长白新村社区综合为老服务中心睦邻社区长者食堂", "canteen"),
        ("天山老年人日间服务中心（食堂）", "canteen"),
        ("某镇敬老院", "rural_home"),
        ("某市儿童福利院", "child_home"),
        ("shanghai_elder_canteens_gcj02", "canteen"),
        ("某某公司", None),
    ],
)
def test_the_last_word_of_a_name_tells_the_kind(name: str, kind: str | None) -> None:
    assert kind_in_name(name) == kind


@pytest.mark.parametrize(("heading", "mark"), [("a,b,c", ","), ("a\tb,c\td", "\t"), ("a;b", ";")])
def test_the_heading_tells_the_delimiter(heading: str, mark: str) -> None:
    assert sniff_delimiter(heading + "\n1") == mark


cells = st.sampled_from(["甲", "乙", ""])


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["甲", "乙"]), cells, cells, cells), max_size=12))
def test_no_row_is_lost_and_no_two_sites_share_a_code(rows: list[tuple[str, ...]]) -> None:
    candidates = [
        Candidate(
            number,
            {
                "name": name,
                "kind": "canteen",
                "stated_unit": unit,
                "address": address,
                "phone": phone,
            },
            {},
        )
        for number, (name, unit, address, phone) in enumerate(rows, 1)
    ]
    told = tell_sites_apart(candidates)
    sites = list(told.sites)
    assert len(sites) + told.merged == len(rows)
    assert len(sites) == len(set(rows))
    codes = [site.by_name if site.is_alone else site.by_address for site in sites]
    assert len(set(codes)) == len(codes)
    alone = sum(site.is_alone for site in sites)
    names = {(name, unit) for name, unit, *_ in rows}
    assert told.review == len(sites) - len(names)
    assert alone <= len(names)


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=8)), max_size=8))
def test_keys_of_many_names_are_those_of_each(names: list[str | None]) -> None:
    assert search_keys(names) == [search_key(name or "") for name in names]


@settings(deadline=None)
@given(
    st.lists(
        st.text(alphabet="138 0-１aＸxX9876５", max_size=24).map(str.strip)
        | st.text(alphabet="甲联系方式电话人王先生:0519 ", max_size=12).map(str.strip),
        max_size=8,
    )
)
def test_a_column_is_redacted_like_each_of_its_cells(cells: list[str]) -> None:
    for field in (None, "phone", "address"):
        clean, changed = public_column(pa.array(cells, pa.string()), field)
        public = [public_text(cell, field) for cell in cells]
        assert clean.to_pylist() == public
        assert changed == [at for at, cell in enumerate(cells) if public[at] != cell]


@settings(deadline=None)
@given(st.lists(st.text(alphabet="91350MAY43", min_size=17, max_size=19), max_size=6))
def test_credit_codes_are_checked_together_as_one_by_one(codes: list[str]) -> None:
    codes.append("91350100M000100Y43")
    right = right_usccs(pa.array(codes, pa.string())).tolist()
    assert right == [uscc_problem(code) is None for code in codes]


def test_rows_by_columns_read_like_rows() -> None:
    rows = [Row(number, [f"甲{number}", ""]) for number in range(1, 50_000)]
    kept = TextRows.of(iter(rows), 2)
    assert list(kept) == rows
    assert kept[-1] == rows[-1]
    assert kept[3:5] == rows[3:5]
    assert rows_numbered(kept, [7, 40_000]) == {7: rows[6], 40_000: rows[39_999]}

"""Who stands where on one indicator, by a stated method, and what has changed since last time?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from geo.errors import BadInput, both

SMALL = 10
"""Denominators below this get a note: one case more or less moves such a share a lot."""

MARK = "合成"
"""Stands in the title and in every row of a table that rests on synthetic data."""


@dataclass(frozen=True, slots=True)
class Contender:
    """One area's figure: value = numerator ÷ denominator × scale, or None where unknown."""

    area_code: str
    area_name: str
    value: float | None
    numerator: float | None = None
    denominator: float | None = None
    unknown: int = 0
    is_synthetic: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """One row of a league table.

    rank: None where the value is unknown. is_tied: shares its rank. change: value now − value of
    the last period; rank_change: places won (positive) or lost; None where either is unknown.
    notes: small numbers, unknown cases, what could not be compared. mark: 合成 or empty.
    """

    rank: int | None
    is_tied: bool
    area_code: str
    area_name: str
    value: float | None
    numerator: float | None
    denominator: float | None
    change: float | None
    rank_change: int | None
    notes: tuple[str, ...]
    mark: str


@dataclass(frozen=True, slots=True)
class League:
    """A league table: ranked areas first, then those whose value is unknown."""

    title: str
    method: str
    method_en: str
    rows: tuple[Standing, ...]
    has_synthetic: bool

    @property
    def ranked(self) -> int:
        """How many areas have a rank."""
        return sum(row.rank is not None for row in self.rows)


def league(
    title: str,
    contenders: Sequence[Contender],
    *,
    previous: Sequence[Contender] | None = None,
    higher_is_better: bool = True,
    small: float = SMALL,
    rule: str = "",
    rule_en: str = "",
) -> League:
    """Rank areas by their value; equal values share a rank and the next ranks are skipped.

    previous: the same areas one period before, ranked by the same method. rule: how the value is
    computed, stated before how it is ranked. Values are compared as exact fractions where
    numerator and denominator are whole numbers. Raises BadInput where an area comes twice.
    """
    for rows in (contenders, previous or ()):
        codes = [row.area_code for row in rows]
        if len(set(codes)) < len(codes):
            raise BadInput(
                both("排名中有重复的区域。", "an area comes twice in the table"), parameter="areas"
            )
    synthetic = any(row.is_synthetic for row in (*contenders, *(previous or ())))
    ranks = _ranks(contenders, higher_is_better)
    before = {row.area_code: row for row in previous or ()}
    ranks_before = _ranks(previous or (), higher_is_better)
    shared = list(ranks.values())
    made = [
        Standing(
            ranks.get(row.area_code),
            shared.count(ranks.get(row.area_code, -1)) > 1,
            row.area_code,
            row.area_name,
            row.value,
            row.numerator,
            row.denominator,
            _difference(
                row.value, before[row.area_code].value if row.area_code in before else None
            ),
            _places(ranks_before.get(row.area_code), ranks.get(row.area_code)),
            _notes(row, before.get(row.area_code), small, is_compared=previous is not None),
            MARK if synthetic else "",
        )
        for row in contenders
    ]
    made.sort(key=lambda row: (row.rank is None, row.rank or 0, row.area_code))
    return League(
        f"【{MARK}】{title}" if synthetic else title,
        rule + _method(higher_is_better, small),
        f"{rule_en} {_method_en(higher_is_better, small)}".strip(),
        tuple(made),
        synthetic,
    )


def _ranks(rows: Sequence[Contender], higher_is_better: bool) -> dict[str, int]:
    """Area code → rank, 1 = best; areas without a value have none."""
    known = [row for row in rows if row.value is not None]
    is_whole = all(_whole(row.numerator) and _whole(row.denominator) for row in known)
    exact = {row.area_code: _ratio(row) if is_whole else _rounded(row) for row in known}
    ordered = sorted(exact.values(), reverse=higher_is_better)
    return {code: ordered.index(value) + 1 for code, value in exact.items()}


def _whole(part: float | None) -> bool:
    return part is not None and float(part).is_integer() and part >= 0


def _ratio(row: Contender) -> Fraction:
    """The value without the rounding of division; every row of a table has the same scale."""
    return Fraction(int(row.numerator or 0), int(row.denominator or 1) or 1)


def _rounded(row: Contender) -> Fraction:
    """The value to twelve decimals: what binary arithmetic leaves beyond is no difference."""
    return Fraction(f"{row.value or 0.0:.12f}")


def _difference(now: float | None, before: float | None) -> float | None:
    return None if now is None or before is None else now - before


def _places(before: int | None, now: int | None) -> int | None:
    return None if now is None or before is None else before - now


def _notes(
    row: Contender, before: Contender | None, small: float, *, is_compared: bool
) -> tuple[str, ...]:
    notes: list[str] = []
    if row.value is None:
        notes.append("数值未知，不排名 · unknown, not ranked")
    elif row.denominator is not None and row.denominator < small:
        notes.append(f"分母仅 {row.denominator:g}，小样本 · small number")
    if row.unknown:
        notes.append(f"另有 {row.unknown} 个未知，未计入 · unknown ones left out")
    if is_compared and (before is None or before.value is None):
        notes.append("上期无数据 · no value last time")
    return tuple(notes)


def _method(higher_is_better: bool, small: float) -> str:
    return (
        f"按数值从{'高到低' if higher_is_better else '低到高'}排名；"
        "数值相同的并列，其后名次顺延空出；"
        f"未知的不排名；分母小于 {small:g} 的注明小样本；变化 = 本期 − 上期。"
    )


def _method_en(higher_is_better: bool, small: float) -> str:
    return (
        f"Ranked from the {'highest' if higher_is_better else 'lowest'}; equal values share a rank "
        "and the next ranks are skipped; unknown values have none; denominators below "
        f"{small:g} are marked as small numbers; change = this period − the last."
    )

"""Do stated parts add up to their stated total?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from geo.errors import BadInput, both

TOLERANCE = 1e-9
"""Relative: figures that are equal but for the binary form of decimals add up."""


@dataclass(frozen=True, slots=True)
class SumCheck:
    """A stated total beside the sum of its stated parts.

    difference: total − sum. adds_up: None where the total or a part is unknown, for then nothing
    is proven either way; `sum` is then of the known parts, or None without any.
    """

    total: float | None
    parts: tuple[float | None, ...]
    sum: float | None
    difference: float | None
    adds_up: bool | None

    @property
    def words(self) -> str:
        """The check in Chinese, with the arithmetic."""
        written = " + ".join("未知" if part is None else f"{_n(part)}" for part in self.parts)
        total = "未知" if self.total is None else f"{_n(self.total)}"
        if self.adds_up is None:
            return f"合计 {total}，分项 {written}：有未知数，无法核对"
        if self.adds_up:
            return f"{written} = {_n(self.sum)}，与合计 {total} 一致"
        apart = _n(self.difference, "+")
        return f"{written} = {_n(self.sum)}，合计写作 {total}，相差 {apart}，请核对"

    @property
    def words_en(self) -> str:
        """The check in English, with the arithmetic."""
        written = " + ".join("unknown" if part is None else f"{_n(part)}" for part in self.parts)
        total = "unknown" if self.total is None else f"{_n(self.total)}"
        if self.adds_up is None:
            return f"total {total}, parts {written}: something is unknown, nothing can be checked"
        if self.adds_up:
            return f"{written} = {_n(self.sum)}, as the total {total} says"
        return (
            f"{written} = {_n(self.sum)}, but the total says {total}: "
            f"{_n(self.difference, '+')}, to be checked"
        )


def check_sum(total: float | None, parts: Sequence[float | None]) -> SumCheck:
    """Compare a stated total with the sum of its stated parts; None is unknown.

    The unit is the caller's, the same for all. Raises BadInput for NaN or infinite numbers.
    """
    for number in (total, *parts):
        if number is not None and not math.isfinite(number):
            raise BadInput(
                both("合计与分项须为有限数字。", "total and parts must be finite numbers"),
                parameter="parts",
            )
    known = [part for part in parts if part is not None]
    found = math.fsum(known) if known or not parts else None
    if total is None or len(known) < len(parts) or found is None:
        return SumCheck(total, tuple(parts), found, None, None)
    equal = math.isclose(total, found, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return SumCheck(total, tuple(parts), found, 0.0 if equal else total - found, equal)


def _n(number: float | None, sign: str = "") -> str:
    """A number as people write it: whole ones without decimals, thousands apart."""
    if number is None:
        return "未知"
    if float(number).is_integer():
        return f"{number:{sign},.0f}"
    return f"{number:{sign},.6f}".rstrip("0")

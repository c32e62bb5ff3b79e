"""Do groups of rows within one file lie in different coordinate systems?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from geo.crs import Array
from geo.loaders.crs_evidence import MAX_CHANCE, Known, clear_winner, telling_rows, weigh
from geo.loaders.report import Problem

PICKED_DECIMALS = 8
"""Software computes degrees to more decimals than this; people and services give fewer."""
FEWEST = 7
"""Rows that a sign test takes to be clear."""
SHOWN = 5

Groups = list[tuple[str, NDArray[np.bool_]]]


def mixed(x: Array, y: Array, known: Known, numbers: NDArray[np.int64] | None) -> list[Problem]:
    """Tell of groups of rows that clearly fit different systems; nothing is converted.

    Groups are the rows with few and with many decimals (picked and computed numbers), and the rows
    of each stated division. Each is weighed by the rule of `crs_evidence`, the chance of an error
    shared among the groups. `numbers` are the rows' numbers in the file, else 1, 2, 3 …
    """
    if numbers is None:
        numbers = np.arange(1, len(x) + 1)
    weighed = np.zeros(len(x), dtype=bool)
    weighed[telling_rows(x, y, known)] = True
    weighed &= known.checkable
    if weighed.sum() < 2 * FEWEST:
        return []
    for words, groups in _partings(x, y, known):
        told = [(label, rows, _winner(x, y, known, rows & weighed, len(groups)))
                for label, rows in groups]  # fmt: skip
        won = [(label, rows, crs) for label, rows, crs in told if crs]
        if len({crs for *_, crs in won}) > 1:
            return [_problem(words, won, numbers)]
    return []


def _partings(x: Array, y: Array, known: Known) -> Iterator[tuple[str, Groups]]:
    """The ways to part the rows that are tried, each with its groups."""
    many = _has_more_decimals(x) | _has_more_decimals(y)
    if many.any() and not many.all():
        yield (
            "按小数位数 · by decimals",
            [(f"≤ {PICKED_DECIMALS}", ~many), (f"> {PICKED_DECIMALS}", many)],
        )
    stated, rows = np.unique(known.stated[known.stated >= 0], return_counts=True)
    chosen = stated[rows >= FEWEST]
    if chosen.size > 1:
        yield (
            "按所述区划 · by stated division",
            [(str(order), known.stated == one) for order, one in enumerate(chosen, 1)],
        )


def _has_more_decimals(numbers: Array) -> NDArray[np.bool_]:
    """Which numbers are written with more decimals than anybody picks."""
    return np.asarray(np.isfinite(numbers) & (np.round(numbers, PICKED_DECIMALS) != numbers))


def _winner(x: Array, y: Array, known: Known, rows: NDArray[np.bool_], groups: int) -> str | None:
    if rows.sum() < FEWEST:
        return None
    found = weigh(x[rows], y[rows], known.take(rows))
    winner = clear_winner(found, MAX_CHANCE / groups)
    return None if winner is None else winner.guess.crs


def _problem(
    words: str, won: list[tuple[str, NDArray[np.bool_], str]], numbers: NDArray[np.int64]
) -> Problem:
    """What the groups fit, the largest first, with the numbers of their first rows."""
    zh_way, _, en_way = words.partition(" · ")
    zh, en = [], []
    for label, rows, crs in sorted(won, key=lambda one: -int(one[1].sum())):
        first = ", ".join(str(number) for number in numbers[rows][:SHOWN])
        count = int(rows.sum())
        zh.append(f"{crs}：{count} 行（{label}；第 {first} … 行）")
        en.append(f"{crs}: {count} rows ({label}; rows {first} …)")
    message = (
        f"文件内混用坐标系（{zh_way}）：{'；'.join(zh)}；没有逐行转换，请分成几个文件分别声明 · "
        f"groups of rows fit different systems ({en_way}): {'; '.join(en)}; nothing was converted "
        "row by row: part the file and state each"
    )
    return Problem(None, None, None, "crs_mixed", message)

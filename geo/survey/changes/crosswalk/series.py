"""What do old figures come to by the divisions of another day, with every sum kept and shown?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from geo.errors import BadInput, both
from geo.queries.admin import Reader, full_code
from geo.sums import SumCheck, check_sum
from geo.survey.changes.crosswalk.answer import By, Crosswalk, Link
from geo.survey.changes.crosswalk.links import crosswalk
from geo.survey.changes.crosswalk.weights import Weights, share_out

MOST_FIGURES = 5000
LARGEST = 2**52


@dataclass(frozen=True, slots=True)
class Part:
    """What came from one old division: its figure and the part of it."""

    from_code: str
    from_name: str
    figure: int
    value: int
    share: float | None
    basis: str
    note: str | None


@dataclass(frozen=True, slots=True)
class Shared:
    """A new division's figure, a whole number, with the parts that make it up.

    is_complete False: an old division that (partly) went there has no figure, or an unknown share;
    `value` is then of what is known. code None: what cannot be given to any new division.
    """

    code: str | None
    name: str
    value: int
    is_complete: bool
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Restated:
    """Figures of one day by the divisions of another. total: Σ given = Σ rows + unallocated."""

    walk: Crosswalk
    rows: tuple[Shared, ...]
    unallocated: Shared
    without_figure: tuple[str, ...]
    total: int
    check: SumCheck


def restate(walk: Crosswalk, figures: Mapping[str, int]) -> Restated:
    """Share figures (whole numbers ≥ 0, by 6- or 12-digit code of the first day) out; pure.

    Every figure is kept to the last person by largest remainders. Raises BadInput for a figure of a
    division that the crosswalk does not know, of one given twice, or that is no count.
    """
    given = _checked(walk, figures)
    new = [side.code for side in walk.new]
    held = [(number, side) for number, side in enumerate(walk.old) if side.code in given]
    links: dict[str, list[Link]] = {side.code: [] for side in walk.old}
    for link in walk.links:
        links[link.from_code].append(link)
    names = {side.code: side.name for side in walk.old}
    weights, flat = _weights([links[side.code] for _, side in held], new)
    counts = np.array([given[side.code] for _, side in held], dtype=np.int64)
    pairs, outside = share_out(counts, weights, len(new))
    parts: dict[str | None, list[Part]] = defaultdict(list)
    for value, link in zip(pairs.tolist(), flat, strict=True):
        parts[link.to_code].append(_part(names, given, link, value))
    for (_, side), value in zip(held, outside.tolist(), strict=True):
        if value or not any(link.share for link in links[side.code]):
            lost = next((k for k in links[side.code] if k.to_code is None or k.share is None), None)
            link = lost or Link(side.code, None, None, "unknown")
            parts[None].append(_part(names, given, link, value))
    return _summed(walk, given, parts)


def _checked(walk: Crosswalk, figures: Mapping[str, int]) -> dict[str, int]:
    """The figures by 12-digit code."""
    if not 1 <= len(figures) <= MOST_FIGURES:
        raise _bad(f"须有 1 到 {MOST_FIGURES} 个数。", f"1 to {MOST_FIGURES} figures are needed")
    known = {side.code for side in walk.old}
    given: dict[str, int] = {}
    for code, figure in figures.items():
        whole = full_code(code)
        if whole not in known:
            raise _bad(
                f"{walk.since} 的对应区划中没有 {code}；对应的有：{'、'.join(sorted(known)[:8])} …",
                f"{code} is not among the divisions of {walk.since} that lead here",
            )
        if whole in given:
            raise _bad(f"{code} 给了两次。", f"{code} is given twice")
        if isinstance(figure, bool) or not isinstance(figure, int) or not 0 <= figure <= LARGEST:
            raise _bad(f"{code} 的数须为不小于 0 的整数。", f"{code}: a whole number ≥ 0 is needed")
        given[whole] = figure
    return given


def _weights(links: list[list[Link]], new: list[str]) -> tuple[Weights, list[Link]]:
    """Links as arrays; an old division with any unknown share goes nowhere as a whole."""
    index = {code: number for number, code in enumerate(new)}
    old, to, share, flat = [], [], [], []
    outside = np.zeros(len(links))
    for number, mine in enumerate(links):
        if not mine or any(link.share is None for link in mine):
            outside[number] = np.nan
            continue
        for link in mine:
            if link.to_code is None:
                outside[number] += link.share or 0.0
            else:
                old.append(number)
                to.append(index[link.to_code])
                share.append(link.share or 0.0)
                flat.append(link)
    lacking = np.clip(1.0 - outside - np.bincount(old, share, len(links)), 0.0, 1.0)
    outside = outside + np.where(lacking > 1e-9, lacking, 0.0)
    return Weights(
        np.array(old, dtype=np.int64), np.array(to, dtype=np.int64), np.array(share, dtype=float),
        outside, np.zeros(len(links)),
    ), flat  # fmt: skip


def _part(names: Mapping[str, str], given: Mapping[str, int], link: Link, value: int) -> Part:
    figure = given[link.from_code]
    return Part(
        link.from_code, names[link.from_code], figure, value, link.share, link.basis, link.note
    )


def _summed(
    walk: Crosswalk, given: Mapping[str, int], parts: Mapping[str | None, list[Part]]
) -> Restated:
    doubtful = {
        link.to_code for link in walk.links if link.from_code not in given or link.share is None
    }
    rows = tuple(
        Shared(
            side.code, side.name, sum(part.value for part in parts.get(side.code, ())),
            side.code not in doubtful and bool(parts.get(side.code)),
            tuple(parts.get(side.code, ())),
        )
        for side in walk.new
    )  # fmt: skip
    lost = tuple(parts.get(None, ()))
    nowhere = Shared(None, "未能分配", sum(part.value for part in lost), True, lost)
    total = sum(given.values())
    check = check_sum(total, [*(row.value for row in rows), nowhere.value])
    without = tuple(side.code for side in walk.old if side.code not in given)
    return Restated(walk, rows, nowhere, without, total, check)


def series(
    session: Reader,
    figures: Mapping[date, Mapping[str, int]],
    *,
    until: date,
    within: str,
    level: int = 3,
    by: By = "area",
) -> tuple[Restated, ...]:
    """Figures of several days by the divisions of one day, the earliest first."""
    return tuple(
        restate(
            crosswalk(session, since=day, until=until, within=within, level=level, by=by),
            figures[day],
        )
        for day in sorted(figures)
    )


def _bad(zh: str, en: str) -> BadInput:
    return BadInput(both(zh, en), parameter="figures")

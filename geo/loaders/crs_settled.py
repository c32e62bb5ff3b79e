"""In which CRS is a file read: as declared and checked, or by evidence that is clear enough?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.crs import Array, DatumShift, Stored, known_crs, to_stored
from geo.errors import CrsError
from geo.loaders.crs_evidence import (
    SHOWN,
    CrsEvidence,
    Known,
    clear_winner,
    evidence_of,
    in_this_town,
    is_clearly_better,
    scores,
    telling_rows,
    weigh,
)
from geo.loaders.crs_mixed import mixed
from geo.loaders.crs_readings import CrsGuess, in_china, on_earth, rows_turned
from geo.loaders.report import CrsReading, Problem

AUTO = "auto"
_PACKED = re.compile(r"[\s,+;]*(?:dms|度分秒)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Settled:
    """The CRS to read in, whether the columns are exchanged, and what the report says of it."""

    crs: str
    swapped: bool
    reading: CrsReading
    problems: list[Problem]


def is_packed(crs: str | None) -> bool:
    """Whether the declaration says that digits are degrees, minutes and seconds: `cgcs2000 dms`."""
    return bool(crs and _PACKED.search(crs))


def settle_crs(
    x: Array,
    y: Array,
    *,
    name: str,
    declared: str | None,
    of_file: str | None,
    known: Known,
    datum_shift: DatumShift | None = None,
    by_default: bool = False,
    numbers: NDArray[np.int64] | None = None,
) -> Settled:
    """Settle the CRS of a file's coordinates (x is the column called east).

    What the deliverer declares, or else what the file states (`of_file`), is used and checked.
    With `declared` "auto" a clear winner of the evidence is used, else what the file states.
    `by_default`: the file is silent, and its format says `of_file`. `numbers` are the rows'.
    Groups of rows that clearly fit different systems are reported, never converted on their own.
    Raises CrsError with the scores when nothing states the CRS and none wins clearly.
    """
    plain = _PACKED.sub("", declared) if declared else None
    if plain and plain.casefold() == AUTO:
        return _settle_by_evidence(x, y, name, of_file, known, by_default, numbers)
    stated = plain or of_file
    if stated is None:
        raise _undeclared(name, weigh(x, y, known), asked=False)
    crs = known_crs(stated)
    said = "交付方声明 · stated by the deliverer" if plain else _of_file(by_default)
    if plain and of_file and not by_default and known_crs(of_file) != crs:
        said += f"; 文件另写 {of_file} · the file says {of_file}"
    by = "declared" if plain else "default" if by_default else "stated"
    settled = _settle_as_stated(x, y, crs, said, plain or of_file, known, datum_shift, by)
    settled.problems.extend(mixed(x, y, known, numbers))
    return settled


def _of_file(by_default: bool) -> str:
    """Whether the file says its system, or its format says it of files that are silent."""
    if by_default:
        return "文件未写，依格式默认（RFC 7946） · by default of the format; the file is silent"
    return "文件声明 · stated by the file"


def _settle_by_evidence(
    x: Array, y: Array, name: str, of_file: str | None, known: Known, by_default: bool,
    numbers: NDArray[np.int64] | None,
) -> Settled:  # fmt: skip
    weighed = weigh(x, y, known)
    winner = clear_winner(weighed)
    groups = mixed(x, y, known, numbers)
    if winner is not None:
        shown = [one.as_json() for one in weighed[:SHOWN]]
        reading = CrsReading(AUTO, winner.guess.crs, shown, "evidence")
        problems = [*([columns_swapped()] if winner.swapped else []), *groups]
        return Settled(winner.guess.crs, winner.swapped, reading, problems)
    if of_file is None:
        raise _undeclared(name, weighed, asked=True, groups=groups)
    said = f"{_of_file(by_default)}; 证据不足以另作判断 · the evidence decides nothing else"
    by = "default" if by_default else "stated"
    settled = _settle_as_stated(x, y, known_crs(of_file), said, AUTO, known, None, by)
    settled.problems.extend(groups)
    return settled


def _settle_as_stated(
    x: Array, y: Array, crs: str, said: str, declared: str | None, known: Known,
    shift: DatumShift | None, by: str,
) -> Settled:  # fmt: skip
    """Use what was stated, put columns right that can only be swapped, and check it."""
    rows = telling_rows(x, y, known)
    part = known.take(rows)
    guess = _stated_guess(x[rows], y[rows], crs, said, shift)
    weighed = weigh(x, y, known)
    mine = evidence_of(guess, in_this_town(part, [evidence_of(guess, part), *weighed]))
    others = [
        one for one in weighed if (one.guess.crs, one.swapped) != (crs, guess.swapped)
        and not (crs == "EPSG:4326" and one.guess.crs == "EPSG:4490")
    ]  # fmt: skip
    reading = CrsReading(declared, crs, [one.as_json() for one in [mine, *others][:SHOWN]], by)
    problems = [columns_swapped()] if guess.swapped else []
    better = [
        one for one in others if one.why_stated is None and is_clearly_better(one, mine)
    ][:1]  # fmt: skip
    problems += [_doubtful(mine, one) for one in better]
    return Settled(crs, guess.swapped, reading, problems)


def _stated_guess(x: Array, y: Array, crs: str, said: str, shift: DatumShift | None) -> CrsGuess:
    """The stated CRS as a reading; with exchanged columns when it makes sense only so."""
    problem: CrsError | None = None
    try:
        lon, lat, _ = to_stored(x, y, crs, datum_shift=shift)
    except CrsError as found:
        problem, lon, lat = found, np.full(x.shape, np.nan), np.full(x.shape, np.nan)
    if x.size and not on_earth(lon, lat).any():
        try:
            other = to_stored(y, x, crs, datum_shift=shift)
        except CrsError:
            other = None
        if other is not None and in_china(other.lon, other.lat).all():
            return CrsGuess(crs, said, other.lon, other.lat, swapped=True)
    if problem is not None:
        raise problem
    placed, _, _ = rows_turned(x, y, crs, Stored(lon, lat, None), shift)
    return CrsGuess(crs, said, placed.lon, placed.lat)


def columns_swapped() -> Problem:
    """Tell that the axes of the whole file were exchanged."""
    message = (
        "两列坐标整列颠倒（经度与纬度，或横坐标与纵坐标），已对调 · "
        "the two columns of coordinates are exchanged in the whole file; put right"
    )
    return Problem(None, None, None, "axes_swapped", message)


def _doubtful(mine: CrsEvidence, other: CrsEvidence) -> Problem:
    message = (
        f"声明的坐标系可能有误，已按声明导入，请核对：{mine.crs} 得分 {_score(mine)}，"
        f"{other.crs} 得分 {_score(other)}（{other.evidence}） · the stated CRS was used, but the "
        f"evidence contradicts it: {other.crs} fits {_score(other)}, {mine.crs} {_score(mine)}"
    )
    return Problem(None, None, None, "crs_doubtful", message)


def _score(one: CrsEvidence) -> str:
    return "—" if one.score is None else f"{one.score:.3f}"


def _undeclared(
    name: str, weighed: list[CrsEvidence], *, asked: bool, groups: Sequence[Problem] = ()
) -> CrsError:
    """The question to the deliverer, with every reading and its score."""
    listed = scores(weighed) or "  没有可用的坐标 · no usable coordinates"
    why = (
        "证据不足以认定坐标系 · no reading wins clearly" if asked else
        "没有说明坐标系 · does not state its CRS"
    )  # fmt: skip
    listed += "".join(f"\n  ! {one.message}" for one in groups)
    hint = "" if asked else "，或 --crs auto 按证据认定 · or --crs auto to go by clear evidence"
    return CrsError(
        f"{name}：{why}。各坐标系的得分（可核对行中相符的比例） · scores (share of the rows that "
        f"can be checked and fit):\n{listed}\n"
        f"请用 --crs 说明（cgcs2000、gcj02、bd09、4549 …） · state it by --crs{hint}.",
        parameter="crs",
    )

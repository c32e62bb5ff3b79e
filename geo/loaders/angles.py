"""Which number does the text of a coordinate mean, in degrees, metres, or degrees and minutes?"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from geo.crs import Array
from geo.loaders.columns import plain_numbers

EAST, NORTH = 1, 2
"""Which axis a text names itself, by E, W, 东经 or N, S, 北纬; 0 where it does not."""


class Numbers(NamedTuple):
    """A column of coordinates: numbers (NaN where the text is none) and the axes that it names."""

    values: Array
    axis: NDArray[np.int8]


# NFKC takes ″ apart and makes a letter of º, so marks are made alike before it.
_MARKS = str.maketrans({
    "º": "°", "˚": "°", "o": "°", "度": "°", "′": "'", "’": "'", "‘": "'", "´": "'", "`": "'",
    "ʹ": "'", "＇": "'", "分": "'", "″": '"', "”": '"', "“": '"', "ʺ": '"', "＂": '"', "〃": '"',
    "秒": '"', "−": "-", "–": "-", "：": ":",
})  # fmt: skip
_SIDES = {
    "E": (EAST, 1), "W": (EAST, -1), "N": (NORTH, 1), "S": (NORTH, -1),
    "东经": (EAST, 1), "西经": (EAST, -1), "北纬": (NORTH, 1), "南纬": (NORTH, -1),
}  # fmt: skip
_SIDE = "|".join(_SIDES)
_ANGLE = re.compile(
    rf"(?P<before>{_SIDE})?\s*(?P<sign>[+-])?(?P<degrees>\d+(?:\.\d+)?)\s*(?:(?:°|:|-|\s)\s*"
    r"(?:(?P<minutes>\d{1,2}(?:\.\d+)?)\s*(?:'(?!')|:|-|\s|$)?\s*"
    r"(?:(?P<seconds>\d{1,2}(?:\.\d+)?)\s*(?:\"|''|$)?)?)?)?\s*"
    rf"(?P<after>{_SIDE})?"
)


def numbers(texts: pa.Array, *, packed: bool = False) -> Numbers:
    """Read a column of coordinates; plain numbers at once, others one distinct text at a time.

    Understands full-width digits, 31°14′25″N, 31 14 25.3, 31:14:25, 121度28分, 东经121.47°. Digits
    without marks (1212833.5 or 121.28335) are degrees, minutes and seconds only when `packed`.
    """
    values, plain = plain_numbers(texts)
    axis = np.zeros(len(texts), dtype=np.int8)
    if packed:
        values = unpacked(values)
    others = np.flatnonzero(~plain)
    if others.size:
        encoded = pc.dictionary_encode(texts.take(pa.array(others)))
        known = [_read(text, packed) for text in encoded.dictionary.to_pylist()]
        read = np.array([*known, (np.nan, 0)], dtype=np.float64)
        at = pc.fill_null(encoded.indices, len(known)).to_numpy(zero_copy_only=False)
        values = values.copy()  # what Arrow gives may be read-only
        values[others], axis[others] = read[at, 0], read[at, 1].astype(np.int8)
    return Numbers(values, axis)


def _read(text: str, packed: bool) -> tuple[float, int]:
    """The number of one text and the axis that it names."""
    try:
        value = float(text)
    except ValueError:
        return _angle(text, packed)
    return (_unpacked(value) if packed else value), 0


def _angle(text: str, packed: bool) -> tuple[float, int]:
    clean = unicodedata.normalize("NFKC", text.translate(_MARKS)).translate(_MARKS).strip().upper()
    found = _ANGLE.fullmatch(clean)
    if not found:
        return np.nan, 0
    before, after = (_SIDES.get(found[part] or "", (0, 1)) for part in ("before", "after"))
    if found["before"] and found["after"]:
        return np.nan, 0
    axis, sign = before if found["before"] else after
    if found["sign"] == "-":
        sign = -sign
    degrees = float(found["degrees"])
    if found["minutes"] is None:
        return sign * (_unpacked(degrees) if packed and not axis else degrees), axis
    minutes, seconds = float(found["minutes"]), float(found["seconds"] or 0)
    whole = _is_whole(found["degrees"]) and (found["seconds"] is None or _is_whole(minutes))
    if not whole or degrees > 180 or minutes >= 60 or seconds >= 60:
        return np.nan, 0
    return sign * (degrees + minutes / 60 + seconds / 3600), axis


def _is_whole(number: str | float) -> bool:
    return float(number) == int(float(number))


def _unpacked(value: float) -> float:
    """Degrees of DDDMMSS.s or, with up to three digits before the point, of DDD.MMSSs."""
    if not np.isfinite(value):
        return np.nan
    size = abs(value)
    # Rounded, for 121.2833 is 28′33″ and its binary fraction is a little less.
    total = size * 10_000 if size < 1000 else size
    minutes_part, seconds = divmod(round(total, 7), 100)
    degrees, minutes = divmod(minutes_part, 100)
    if minutes >= 60 or seconds >= 60 or degrees > 180:
        return np.nan
    return float(np.copysign(degrees + minutes / 60 + seconds / 3600, value))


def unpacked(values: Array) -> Array:
    """Degrees of packed degrees, minutes and seconds; NaN where a number cannot be that."""
    return np.array([_unpacked(value) for value in values], dtype=np.float64)

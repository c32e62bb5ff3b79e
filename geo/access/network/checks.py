"""Is an array what a calculation needs? Each refusal names the array, the place and the value."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.errors import BadArray, both

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]


def refuse(name: str, zh: str, en: str) -> BadArray:
    """The error for the argument `name`, ready to be raised."""
    return BadArray(both(f"参数 {name}：{zh}", f"Argument {name}: {en}"), parameter=name)


def count(name: str, value: Any) -> int:
    """A whole number, 0 or more."""
    try:
        number = None if isinstance(value, bool | np.bool_) else operator.index(value)
    except TypeError:
        number = None
    if number is None or number < 0:
        raise refuse(
            name,
            f"应为不小于 0 的整数，现为 {value!r}。",
            f"must be a whole number of 0 or more, not {value!r}.",
        )
    return number


def indices(name: str, values: ArrayLike, *, below: int) -> Ints:
    """A copy of 1-D whole numbers, each from 0 to below - 1."""
    array = _one_row(name, values)
    if array.size == 0:
        return np.empty(0, dtype=np.int64)
    if array.dtype.kind not in "iuf":
        raise refuse(
            name,
            f"应为整数序号，现为 {array.dtype}；布尔掩码请先用 np.flatnonzero 转换。",
            f"must hold whole numbers, not {array.dtype}; turn a mask into np.flatnonzero(mask).",
        )
    inside = (array >= 0) & (array < below)  # NaN is not inside
    if array.dtype.kind == "f":
        inside &= np.floor(array) == array
    _all_good(name, array, inside, f"不是 0 到 {below - 1} 的整数", f"is no index below {below}")
    return array.astype(np.int64)


def positive(name: str, values: ArrayLike) -> Floats:
    """A copy of 1-D finite numbers above 0."""
    array = numbers(name, values)
    good = np.isfinite(array) & (array > 0)
    _all_good(name, array, good, "不是大于 0 的有限数", "is no finite number above 0")
    return array


def fractions(name: str, values: ArrayLike) -> Floats:
    """A copy of 1-D numbers from 0 to 1."""
    array = numbers(name, values)
    good = (array >= 0) & (array <= 1)
    _all_good(name, array, good, "不在 0 与 1 之间", "is not from 0 to 1")
    return array


def finite(name: str, values: ArrayLike, *, least: float = -np.inf) -> Floats:
    """A copy of 1-D finite numbers of at least `least`."""
    array = numbers(name, values)
    good = np.isfinite(array) & (array >= least)
    _all_good(name, array, good, f"不是不小于 {least} 的有限数", f"is no finite number ≥ {least}")
    return array


def points(name: str, values: ArrayLike) -> Floats:
    """A copy of finite positions of shape (n, 2)."""
    array = _as_array(name, values)
    if array.size == 0 and array.ndim <= 2:
        return np.empty((0, 2))
    if array.ndim != 2 or array.shape[1] != 2 or array.dtype.kind not in "iuf":
        raise refuse(
            name,
            f"形状应为 (n, 2)，现为 {array.shape}。",
            f"must be numbers of shape (n, 2), not {array.dtype} of {array.shape}.",
        )
    array = np.array(array, dtype=np.float64, order="C")
    _all_good(name, array, np.isfinite(array).all(axis=1), "不是有限坐标", "is no finite position")
    return array


def truths(name: str, values: ArrayLike) -> NDArray[np.bool_]:
    """A copy of 1-D truth values."""
    array = _one_row(name, values)
    if array.size and array.dtype.kind != "b":
        raise refuse(
            name, f"应为布尔值，现为 {array.dtype}。", f"must be truths, not {array.dtype}."
        )
    return array.astype(np.bool_)


def amount(name: str, value: Any, *, above_zero: bool = False) -> float:
    """One number of 0 or more (or above 0), infinity included; NaN is refused."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = np.nan
    if not (number > 0 if above_zero else number >= 0):
        least = "above 0" if above_zero else "of 0 or more"
        zh = "大于 0" if above_zero else "不小于 0"
        raise refuse(
            name, f"应为{zh}的数，现为 {value!r}。", f"must be a number {least}: {value!r}."
        )
    return number


def same_length(**arrays: NDArray[Any]) -> None:
    """All arrays have one value for each thing."""
    if len({array.shape[0] for array in arrays.values()}) > 1:
        sizes = ", ".join(f"{name} {array.shape[0]}" for name, array in arrays.items())
        name = next(iter(arrays))
        raise refuse(name, f"各数组长度不一致：{sizes}。", f"the lengths differ: {sizes}.")


def _as_array(name: str, values: ArrayLike) -> NDArray[Any]:
    try:
        return np.asarray(values)
    except (TypeError, ValueError) as problem:
        raise refuse(name, "不是规则的数组。", "is not a regular array.") from problem


def _one_row(name: str, values: ArrayLike) -> NDArray[Any]:
    array = _as_array(name, values)
    if array.ndim != 1:
        raise refuse(
            name,
            f"应为一维数组，现有形状 {array.shape}。",
            f"must have one dimension, not the shape {array.shape}.",
        )
    return array


def numbers(name: str, values: ArrayLike) -> Floats:
    """A copy of 1-D numbers, NaN and infinity included."""
    array = _one_row(name, values)
    if array.size and array.dtype.kind not in "iuf":
        raise refuse(
            name, f"应为数值，现为 {array.dtype}。", f"must be numbers, not {array.dtype}."
        )
    return np.array(array, dtype=np.float64)


def _all_good(name: str, array: NDArray[Any], good: NDArray[np.bool_], zh: str, en: str) -> None:
    if not good.all():
        bad = np.flatnonzero(~good)
        first = int(bad[0])
        value = array[first]
        raise refuse(
            name,
            f"第 {first} 个值 {value} {zh}（共 {bad.size} 处）。",
            f"value {value} at position {first} {en} ({bad.size} such).",
        )

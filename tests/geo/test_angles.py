"""Is the text of a coordinate read as the angle or the number that it means, or as none?"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.loaders.angles import EAST, NORTH, numbers, unpacked


def one(text: str | None, *, packed: bool = False) -> tuple[float, int]:
    read = numbers(pa.array([text], pa.string()), packed=packed)
    return float(read.values[0]), int(read.axis[0])


@pytest.mark.parametrize(
    ("text", "degrees", "axis"),
    [
        ("121.47", 121.47, 0),
        (" -0.5 ", -0.5, 0),
        ("１２１．４７", 121.47, 0),
        ("121.47°", 121.47, 0),
        ("121.47度", 121.47, 0),
        ("东经121.47°", 121.47, EAST),
        ("121.47 E", 121.47, EAST),
        ("W0°7′39.9″", -0.12775, EAST),
        ("31°14′25″N", 31 + 14 / 60 + 25 / 3600, NORTH),
        ("31°14′25″S", -(31 + 14 / 60 + 25 / 3600), NORTH),
        ("31º14’25”", 31 + 14 / 60 + 25 / 3600, 0),
        ("31°14'25''", 31 + 14 / 60 + 25 / 3600, 0),
        ("３１°１４′２５″", 31 + 14 / 60 + 25 / 3600, 0),
        ("31 14 25.3", 31 + 14 / 60 + 25.3 / 3600, 0),
        ("31:14:25.3", 31 + 14 / 60 + 25.3 / 3600, 0),
        ("31-14-25.3", 31 + 14 / 60 + 25.3 / 3600, 0),
        ("31°14.417'", 31 + 14.417 / 60, 0),
        ("121度28分", 121 + 28 / 60, 0),
        ("北纬31度14分25.5秒", 31 + 14 / 60 + 25.5 / 3600, NORTH),
        ("1212833.5", 1212833.5, 0),  # metres, unless somebody says that it is not
    ],
)
def test_what_people_write(text: str, degrees: float, axis: int) -> None:
    value, named = one(text)
    assert value == pytest.approx(degrees, abs=1e-12)
    assert named == axis


@pytest.mark.parametrize(
    "text",
    [None, "", "abc", "31°61′", "31°14′60″", "31.5°14′", "N31°14′S", "200°10′", "31 14 25 36",
     "31. 5", "119,98", "°", "NaN°", "31°14.5′25″"],
)  # fmt: skip
def test_what_is_no_angle(text: str | None) -> None:
    assert np.isnan(one(text)[0])


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("1212833.5", 121 + 28 / 60 + 33.5 / 3600),
        ("121.28335", 121 + 28 / 60 + 33.5 / 3600),
        ("31.1425", 31 + 14 / 60 + 25 / 3600),
        ("311425", 31 + 14 / 60 + 25 / 3600),
        ("31°14′25″N", 31 + 14 / 60 + 25 / 3600),
    ],
)
def test_packed_only_when_it_is_said(text: str, degrees: float) -> None:
    assert one(text, packed=True)[0] == pytest.approx(degrees, abs=1e-9)


@given(st.integers(0, 179), st.integers(0, 59), st.integers(0, 5999))
def test_every_packed_angle_comes_back(degrees: int, minutes: int, hundredths: int) -> None:
    seconds = hundredths / 100
    meant = degrees + minutes / 60 + seconds / 3600
    long = degrees * 10_000 + minutes * 100 + seconds
    if degrees:
        assert unpacked(np.array([max(long, 1000.0)]))[0] == pytest.approx(meant, abs=1e-9)
    short = float(f"{degrees}.{minutes:02d}{hundredths:04d}")
    assert unpacked(np.array([short]))[0] == pytest.approx(meant, abs=1e-9)
    written = f"{degrees}°{minutes}′{seconds:.2f}″"
    assert one(written)[0] == pytest.approx(meant, abs=1e-12)


@given(st.lists(st.text(max_size=12)))
def test_no_text_is_an_error(texts: list[str]) -> None:
    read = numbers(pa.array(texts, pa.string()))
    assert len(read.values) == len(texts)

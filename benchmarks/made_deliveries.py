"""Which deliveries do the benchmarks load? Seeded ones of facilities and zones that nobody runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import wgs84_to_gcj02

_FIRST = "安康福寿乐和宁泰祥瑞春晖夕阳红松鹤金秋银龄颐养天怡温馨幸爱心仁德"
_KINDS = (("养老院", "养老院"), ("敬老院", "敬老院"), ("社区老年食堂", "老年食堂"),
          ("日间照料中心", "日间照料中心"), ("养老服务站", "养老服务站"))  # fmt: skip
_DISTRICTS = ("天宁区", "钟楼区", "新北区", "武进区", "经开区", "金坛区")
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CELL_DEG = 0.002
_PARTS = 8
"""Vertices of each side of a zone: 32 a zone."""


def write_facilities(path: Path, rows: int) -> None:
    """A CSV of facilities in GCJ-02 with a few defects of every kind."""
    rng = np.random.default_rng(20_221)
    lon, lat = wgs84_to_gcj02(rng.uniform(116.5, 121.5, rows), rng.uniform(31.0, 34.5, rows))
    words, kinds = rng.integers(0, len(_FIRST), (rows, 3)), rng.integers(0, len(_KINDS), rows)
    numbers, defects = rng.integers(1, 999, (rows, 4)), rng.random((rows, 3))
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(
            "区,名称,类型,地址,经度,纬度,床位,护理型床位,电话,统一社会信用代码,备案日期,备注\n"
        )
        for at in range(rows):
            a, b, c, d = (int(n) for n in numbers[at])
            suffix, kind = _KINDS[kinds[at]]
            name = "".join(_FIRST[i] for i in words[at]) + f"第{a}{suffix}"
            x = "" if defects[at, 0] < 0.001 else f"{lon[at]:.6f}"
            code = _credit_code(at) if defects[at, 1] > 0.3 else ""
            beds = "约五十" if defects[at, 2] < 0.002 else str(b)
            file.write(
                f"{_DISTRICTS[a % 6]},{name},{kind},和平路{c}号{d}幢,{x},{lat[at]:.6f},{beds},"
                f"{b // 2},0519-8{at % 10_000_000:07d},{code},"
                f"20{10 + a % 15}-{1 + b % 12:02d}-{1 + c % 28:02d},"
                f"{'' if d % 3 else '民办'}\n"
            )


def _credit_code(number: int) -> str:
    head = f"52320400MJ{number:07d}"
    total = sum(_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(head))
    return head + _ALPHABET[-total % 31]


def write_zones(path: Path, count: int) -> None:
    """A GeoPackage (EPSG:4490) of zones that cover a region like a net.

    Every side has eight vertices that the neighbour has too; a few zones cross themselves or their
    neighbours, as drawn ones do.
    """
    import geopandas

    shapes = shapely.polygons(_rings(count))
    columns = {
        "片区编码": [f"W{at:07d}" for at in range(count)],
        "名称": [f"第{at}网格" for at in range(count)],
        "类型": "网格",
        "区": [_DISTRICTS[at % 6] for at in range(count)],
        "备注": ["" if at % 5 else "新划" for at in range(count)],
    }
    frame = geopandas.GeoDataFrame(columns, geometry=shapes, crs=4490)
    frame.to_file(path, layer="zones", driver="GPKG")


def _rings(count: int) -> NDArray[np.float64]:
    """The closed rings of `count` cells of a crooked net: count × 33 × 2."""
    wide = int(np.sqrt(count * 1.6))
    high = -(-count // wide)
    rng = np.random.default_rng(20_222)
    corners = np.stack(
        np.meshgrid(
            118 + np.arange(wide + 1) * _CELL_DEG, 31 + np.arange(high + 1) * _CELL_DEG
        ), -1,
    )  # fmt: skip
    corners += rng.uniform(-0.25, 0.25, corners.shape) * _CELL_DEG
    across = _sides(rng, corners[:, :-1], corners[:, 1:])
    upward = _sides(rng, corners[:-1], corners[1:])
    back = np.concatenate([corners[1:, 1:, None], across[1:][:, :, :0:-1]], 2)
    down = np.concatenate([corners[1:, :-1, None], upward[:, :-1][:, :, :0:-1]], 2)
    rings = np.concatenate([across[:-1], upward[:, 1:], back, down], 2)
    rings = rings.reshape(-1, 4 * _PARTS, 2)[:count]
    moved = rng.random(count) < 0.0002  # a corner that the neighbours do not have
    rings[moved, _PARTS] += 0.1 * _CELL_DEG
    return np.concatenate([rings, rings[:, :1]], 1)


def _sides(
    rng: np.random.Generator, start: NDArray[np.float64], end: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Crooked lines between corners, each with its start and without its end."""
    along = np.arange(_PARTS)[:, None] / _PARTS
    lines = start[:, :, None] + (end - start)[:, :, None] * along
    bent = rng.normal(0, 0.02 * _CELL_DEG, lines.shape)
    bent[:, :, 0] = 0
    return np.asarray(lines + bent)

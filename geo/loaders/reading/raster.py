"""Which cells of a raster of people (GeoTIFF) hold how many people?"""

from __future__ import annotations

import hashlib
import math
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.loaders.personal import safe_file_name
from geo.loaders.reading.drafts import MAX_BYTES, MAX_ROWS, refused
from geo.loaders.reading.layers import crs_name

MAX_CELLS = 1_000_000_000
"""Cells of a raster, with people or without: China in cells of 100 m has about half as many."""
MAX_BLOCK = 64_000_000
"""Cells of one block (tile or strip) as the file stores it: a block is unpacked whole."""
WINDOW = 4_000_000
"""Cells that are looked at at one time."""
_CACHE_MB = 64
_MAGIC = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RasterCells:
    """The cells of a band that hold people: column and row from 0, people, and how many do not.

    `affine` (a, b, c, d, e, f) gives x = a·column + b·row + c and y = d·column + e·row + f of a
    cell's upper left corner in `crs`. `people` is exactly what the file holds.
    """

    columns: NDArray[np.int64]
    rows: NDArray[np.int64]
    people: Numbers
    empty: dict[str, int]
    affine: tuple[float, ...]
    crs: str | None
    band: int
    band_name: str
    sha256: str
    size_bytes: int

    @property
    def total(self) -> float:
        """The sum of all people, without an error of rounding."""
        return math.fsum(self.people)

    def corner(self, right: float, down: float) -> tuple[Numbers, Numbers]:
        """x and y of a point of each cell: 0, 0 is its upper left corner, 0.5, 0.5 its middle."""
        a, b, c, d, e, f = self.affine
        at, line = self.columns + right, self.rows + down
        return a * at + b * line + c, d * at + e * line + f


def is_tiff(path: Path) -> bool:
    """Whether a file begins like a TIFF."""
    try:
        with path.open("rb") as file:
            return file.read(4) in _MAGIC
    except OSError:
        return False


def read_raster(path: Path, band: str | None = None) -> RasterCells:
    """Read one band of a GeoTIFF by windows; `band` is its number or name where there are several.

    Cells without data, that are no finite number, negative, or 0 hold no people and are counted in
    `empty`. Raises DeliveryRefused for pictures, rasters without a place, and above the limits.
    """
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning, RasterioError

    name = safe_file_name(path.name)
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise refused(
            name, f"{size / 1e6:.0f} MB，超过 {MAX_BYTES / 1e6:.0f} MB；请裁切后交付。",
            f"is larger than {MAX_BYTES / 1e6:.0f} MB: cut it to your area.",
        )  # fmt: skip
    with path.open("rb") as file:
        sha = hashlib.file_digest(file, "sha256").hexdigest()
    try:
        with (
            warnings.catch_warnings(),
            rasterio.Env(GDAL_CACHEMAX=_CACHE_MB),
            rasterio.open(path, driver="GTiff") as source,
        ):
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            number = _band_of(source, name, band)
            _refuse_unfit(source, name)
            columns, rows, people, empty = _people(source, number, name)
            affine = tuple(float(one) for one in source.transform[:6])
            crs = crs_name(source.crs.to_wkt()) if source.crs else None
            title = str(source.descriptions[number - 1] or "")
    except (RasterioError, MemoryError, ValueError) as problem:
        said = str(problem).replace(str(path), name).splitlines()[0][:120]
        raise refused(
            name, f"栅格已损坏或传输不完整（{said}）；请重新导出。",
            f"the raster is damaged or cut off ({said}): export it again.",
        ) from None  # fmt: skip
    if not people.size:
        raise refused(name, "没有一个格网有人口。", "no cell of it holds people.")
    return RasterCells(
        columns, rows, people, empty, affine, crs, number, title, sha, size
    )  # fmt: skip


def _band_of(source: Any, name: str, wanted: str | None) -> int:
    """The number of the band to read."""
    from rasterio.enums import ColorInterp

    if ColorInterp.red in source.colorinterp or ColorInterp.palette in source.colorinterp:
        raise refused(name, "是图片，不是人口栅格。", "is a picture, no raster of people.")
    titles = [str(title or "") for title in source.descriptions]
    shown = "，".join(f"{n} {title}".strip() for n, title in enumerate(titles[:20], 1))
    if wanted is None:
        if source.count == 1:
            return 1
        raise refused(
            name, f"有 {source.count} 个波段：{shown}；请用 --layer 指定一个。",
            f"there are {source.count} bands, {shown}: choose one by --layer.",
        )  # fmt: skip
    if wanted.isdecimal() and 1 <= int(wanted) <= source.count:
        return int(wanted)
    if wanted in titles:
        return titles.index(wanted) + 1
    raise refused(
        name, f"没有波段「{wanted[:40]}」；现有：{shown}。",
        f"there is no band {wanted[:40]!r}; there are: {shown}.",
    )  # fmt: skip


def _refuse_unfit(source: Any, name: str) -> None:
    cells = source.width * source.height
    if cells > MAX_CELLS:
        raise refused(
            name, f"{source.width} × {source.height} 格，超过 {MAX_CELLS} 格；请裁切后交付。",
            f"{source.width} × {source.height} cells are over {MAX_CELLS}: cut it to your area.",
        )  # fmt: skip
    if any(height * width > MAX_BLOCK for height, width in source.block_shapes):
        raise refused(
            name, "内部分块过大；请以分块（tiled）方式重新导出。",
            "its blocks are too large: export it again as tiled.",
        )  # fmt: skip
    if source.transform.is_identity or source.transform.is_degenerate:
        raise refused(
            name, "没有地理参考；请导出为 GeoTIFF。",
            "it has no georeference: export it as GeoTIFF.",
        )  # fmt: skip
    if any(np.issubdtype(np.dtype(kind), np.complexfloating) for kind in source.dtypes):
        raise refused(name, "是复数栅格，不是人口。", "its numbers are complex, no people.")


def _people(
    source: Any, band: int, name: str
) -> tuple[NDArray[np.int64], NDArray[np.int64], Numbers, dict[str, int]]:
    """Look at the band strip by strip and keep the cells that hold people."""
    from rasterio.windows import Window

    high = max(1, WINDOW // source.width)
    scale, offset = source.scales[band - 1], source.offsets[band - 1]
    parts: list[tuple[Any, Any, Any]] = []
    empty = {"nodata": 0, "not_finite": 0, "negative": 0, "zero": 0}
    count = 0
    for top in range(0, source.height, high):
        window = Window(0, top, source.width, min(high, source.height - top))
        raw = source.read(band, window=window)
        is_data = source.read_masks(band, window=window) > 0
        values = raw.astype(np.float64) * scale + offset
        finite = np.isfinite(values)
        nan_is_nodata = source.nodata is not None and np.isnan(source.nodata)
        lost = is_data & ~finite
        empty["nodata"] += int((~is_data).sum())
        empty["nodata" if nan_is_nodata else "not_finite"] += int(lost.sum())
        known = is_data & finite
        empty["negative"] += int((known & (values < 0)).sum())
        empty["zero"] += int((known & (values == 0)).sum())
        rows, columns = np.nonzero(known & (values > 0))
        count += len(rows)
        if count > MAX_ROWS:
            raise refused(
                name, f"有人口的格网超过 {MAX_ROWS} 个；请裁切或合并后交付。",
                f"over {MAX_ROWS} cells hold people: cut it to your area or make coarser cells.",
            )  # fmt: skip
        parts.append((columns, rows + top, values[rows, columns]))
    columns, rows, people = (np.concatenate([part[n] for part in parts]) for n in range(3))
    return columns.astype(np.int64), rows.astype(np.int64), people, empty

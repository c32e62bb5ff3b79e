"""How does a raster of people become demand cells, so that nobody is lost or counted twice?"""

from __future__ import annotations

import math
import time
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import shapely
from sqlalchemy import text

from geo.crs import DatumShift, to_stored
from geo.errors import BadInput
from geo.loaders.bulk import Checked, Stated, store_checked
from geo.loaders.crs_evidence import Known
from geo.loaders.crs_settled import settle_crs
from geo.loaders.fields import Mapping
from geo.loaders.personal import safe_file_name
from geo.loaders.reading.drafts import refused
from geo.loaders.reading.raster import Numbers, RasterCells, read_raster
from geo.loaders.register import refuse_person
from geo.loaders.report import Problem, Report
from geo.loaders.secrecy import refuse_secret
from geo.loaders.staging import Target, points_as_ewkb
from geo.loaders.tables import Table
from geo.loaders.things.demand import BASES, DEMAND, RASTER_FIELDS, asks, fill_counties
from geo.loaders.things.rows import lacking
from geo.loaders.things.spec import Options
from geo.models import STORED_SRID
from geo.progress import Progress, silent
from geo.text import search_key

_EMPTY_WORDS = {
    "nodata": "无数据 without data", "not_finite": "不是有限的数 no finite number",
    "negative": "负数 negative", "zero": "0 人 with nobody",
}  # fmt: skip
_TYPES = {
    "code": "text", "people_60": "float8", "basis": "text", "base_year": "int",
    "projection": "text", "area": f"geometry(Polygon,{STORED_SRID})",
}  # fmt: skip
_DERIVED = {"admin_code": "text", "stated_code": "text", "method": "text"}


def load_raster(
    session: Target, path: Path, *, crs: str | None = None, on: date | None = None,
    dry_run: bool = False, secrecy: str = "unknown", datum_shift: DatumShift | None = None,
    options: Options | None = None, layer: str | None = None, by: str | None = None,
    progress: Progress = silent,
) -> Report:  # fmt: skip
    """Load a GeoTIFF of people of 60 and over per cell into the session's transaction.

    Rows are the cells that hold people; each is stored as its middle, its shape and its count. The
    sums before and after are reported. `layer` is the band. The caller commits. Raises
    DeliveryRefused, CrsError or BadInput when the file is refused whole.
    """
    started = time.perf_counter()
    refuse_secret(secrecy, path)
    refuse_person(by)
    options = options or Options()
    day = on or datetime.now(ZoneInfo("Asia/Shanghai")).date()
    name = safe_file_name(path.name)
    progress(0, None, f"读取 {name} · reading")
    cells = read_raster(path, layer)
    table = _table(cells)
    mapping = Mapping({"people_60": 0}, {}, {})
    if missing := asks(mapping, options):
        raise lacking(DEMAND, missing, table, path)
    if not 1950 <= (options.base_year or 0) <= 2100:
        raise BadInput(
            f"--base-year {options.base_year} 应在 1950 到 2100 之间。\n"
            f"--base-year {options.base_year} is not from 1950 to 2100.",
            parameter="base_year",
        )
    _refuse_other_counts(cells, name)
    progress(1, 3, "核对 · checking")
    checked = _check(cells, table, name, crs, datum_shift, options)
    progress(2, 3, "保存 · storing")
    report = store_checked(
        session, checked, DEMAND.destination(("people_60", "geom")),
        Stated(path, day, secrecy, by, dry_run, started), fill=fill_counties,
        after=lambda target, _: [_sum_after(target, cells.total), *_left_over(target)],
    )  # fmt: skip
    progress(3, 3, "完成 · done")
    return report


def _table(cells: RasterCells) -> Table:
    heading = cells.band_name[:80] or f"波段 band {cells.band}"
    return Table(
        [heading], [], [], "binary", "GeoTIFF", cells.crs, cells.sha256, cells.size_bytes,
        layer=str(cells.band), format="GeoTIFF", notes=[],
    )  # fmt: skip


def _refuse_other_counts(cells: RasterCells, name: str) -> None:
    """A band that says that it counts somebody else is no count of people of 60 and over."""
    said = search_key(cells.band_name)
    known = {search_key(word): field for field, words in RASTER_FIELDS.items() for word in words}
    if known.get(said, "people_60") != "people_60":
        raise refused(
            name,
            f"波段「{cells.band_name[:40]}」不是 60 岁及以上人口；请交付 60 岁及以上的栅格。",
            f"the band {cells.band_name[:40]!r} does not count people of 60 and over: deliver the "
            "raster that does.",
        )


def _check(
    cells: RasterCells, table: Table, name: str, crs: str | None, shift: DatumShift | None,
    options: Options,
) -> Checked:  # fmt: skip
    """Bring the cells to EPSG:4490 and lay them out for the stage."""
    x, y = cells.corner(0.5, 0.5)
    settled = settle_crs(
        x, y, name=name, declared=crs, of_file=cells.crs, known=Known.nothing(len(x)),
        datum_shift=shift,
    )  # fmt: skip
    if settled.swapped:
        raise refused(
            name, "栅格的两轴颠倒；请改正后重新导出。",
            "the axes of the raster are exchanged: correct and export it again.",
        )  # fmt: skip
    middle = to_stored(x, y, settled.crs, datum_shift=shift)
    _refuse_lost(middle.lon, middle.lat, name)
    count = len(x)
    places = [f"{lon:.6f},{lat:.6f}" for lon, lat in zip(middle.lon, middle.lat, strict=True)]
    columns = {
        "row_number": pa.array(np.arange(1, count + 1)),
        "code": pa.array([f"R{place}" for place in places], pa.string()),
        "people_60": pa.array(cells.people),
        "basis": _same(BASES[options.basis or ""], count),
        "base_year": pa.array(np.full(count, options.base_year)),
        "projection": _same("none", count),
        "area": _areas(cells, settled.crs, shift),
        "extra": pa.nulls(count, pa.string()),
        "geom": points_as_ewkb(middle.lon, middle.lat, STORED_SRID),
    }
    empty = "；".join(f"{_EMPTY_WORDS[why]} {n}" for why, n in cells.empty.items() if n)
    band = f"{cells.band} {cells.band_name}".strip()
    notes = [
        f"波段 {band}，按 60 岁及以上人口读取 · read as people of 60 and over",
        f"{count} 个格网有人口 · {count} cells hold people",
        *([f"没有人口的格网不是行 · cells without people are no rows: {empty}"] if empty else []),
    ]
    return Checked(
        kind=DEMAND.kind, table=table, headings={table.columns[0]: "people_60"}, personal=[],
        crs=settled.reading, note=middle.note, stored_type=DEMAND.stored_type, types=_TYPES,
        columns=columns, derived=_DERIVED, rows_read=count, row_of=lambda number: number,
        cells=lambda number: {
            "lon": f"{middle.lon[number - 1]:.7f}", "lat": f"{middle.lat[number - 1]:.7f}",
            table.columns[0]: repr(float(cells.people[number - 1])),
        },
        problems=settled.problems, notes=notes,
        options={"basis": options.basis, "base_year": options.base_year},
    )  # fmt: skip


def _same(word: str, count: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(
        pa.array(np.zeros(count, dtype=np.int32)), pa.array([word])
    ).cast(pa.string())


def _refuse_lost(lon: Numbers, lat: Numbers, name: str) -> None:
    """One cell off the earth means that all of them are misplaced."""
    with np.errstate(invalid="ignore"):
        lost = ~(np.isfinite(lon) & np.isfinite(lat) & (np.abs(lon) <= 180) & (np.abs(lat) <= 90))
    if lost.any():
        raise refused(
            name, f"{int(lost.sum())} 个格网不在地球或坐标系的范围内；请核对坐标系。",
            f"{int(lost.sum())} cells lie outside the earth or the CRS: check the CRS.",
        )  # fmt: skip


def _areas(cells: RasterCells, crs: str, shift: DatumShift | None) -> pa.Array:
    """The shape of each cell as hexadecimal EWKB, corner by corner."""
    corners = []
    for right, down in ((0, 0), (0, 1), (1, 1), (1, 0)):
        stored = to_stored(*cells.corner(right, down), crs, datum_shift=shift)
        corners.append(np.column_stack([stored.lon, stored.lat]))
    rings = np.stack([*corners, corners[0]], axis=1)
    polygons = shapely.set_srid(shapely.polygons(rings), STORED_SRID)
    written = np.asarray(shapely.to_wkb(polygons, hex=True, include_srid=True))
    return pa.array(written.tolist(), pa.string())


def _sum_after(target: Target, before: float) -> Problem:
    """The people in the file and those in the database, which must be as many."""
    stored = target.execute(
        text(
            "SELECT c.people_60 FROM stage s JOIN demand_cell c USING (code, basis, base_year, "
            "projection) WHERE s.fate <> ALL(:out)"
        ),
        {"out": ["synthetic_code", "published"]},
    ).scalars()
    after = math.fsum(stored)
    message = (
        f"栅格人口合计 {before:.6f}，入库合计 {after:.6f}，相差 {after - before:.6f} · people in "
        f"the raster {before:.6f}, stored {after:.6f}, difference {after - before:.6f}"
    )
    return Problem(None, None, f"{after:.6f}", "people_sum", message)


def _left_over(target: Target) -> list[Problem]:
    """Tell of cells that an earlier raster filled and this one does not: they keep their count.

    Cells within the frame of those delivered, of the same count and year.
    """
    # NOT IN is always hashed; NOT EXISTS, without statistics, compared each with each.
    count, people = target.execute(
        text("""
WITH frame AS (SELECT ST_SetSRID(ST_Extent(area), 4490) AS box, min(basis) AS basis,
                      min(base_year) AS base_year, min(projection) AS projection FROM stage)
SELECT count(*), coalesce(sum(c.people_60), 0) FROM demand_cell c JOIN frame f
    USING (basis, base_year, projection)
WHERE c.geom && f.box AND starts_with(c.code, 'R') AND c.people_60 > 0 AND NOT c.is_synthetic
    AND c.code NOT IN (SELECT s.code FROM stage s WHERE s.code IS NOT NULL)""")
    ).one()
    if not count:
        return []
    message = (
        f"范围内另有 {count} 个已入库的格网（共 {people:.6f} 人）在本栅格中没有人口，仍保留原值；"
        "如已变为 0，请用 atlas undo 由新到旧撤销旧交付，再导入 · stored cells within the frame "
        "that hold nobody here keep their counts; if they are empty now, undo the former deliveries"
    )
    return [Problem(None, None, str(count), "cells_left", message)]

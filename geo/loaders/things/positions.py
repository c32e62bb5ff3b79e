"""In which CRS are the shapes of a batch, and which of them have no believable place?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from geo.crs import DatumShift, known_crs
from geo.errors import CrsError
from geo.loaders.report import CrsReading
from geo.loaders.shapes import Moved, move_to_stored
from geo.loaders.tables import Table
from geo.loaders.things.spec import Batch, Spec, Thing

_OLD_DATUMS = (4610, 4214)  # Xian 80, Beijing 54
NO_PARAMETERS = (
    "近似: {} 未经转换参数, 位置可差上百米 · approximate: no transformation parameters were given"
)


def move_batch(
    batch: Batch, spec: Spec, table: Table, path: Path, crs: str | None, shift: DatumShift | None
) -> tuple[CrsReading, str | None]:
    """Bring the shapes of a batch to EPSG:4490 and refuse those that have no believable place.

    Raises CrsError when the CRS is neither stated by the deliverer nor by the file, or needs
    parameters that are not there (kinds that can mark a position approximate keep it as such).
    """
    if not any(shape is not None for shape in batch.shapes):
        return CrsReading(crs, known_crs(crs) if crs else "EPSG:4490", []), None
    stated = crs or table.crs
    if stated is None:
        raise CrsError(
            f"{path.name}: 没有说明坐标系; 请用 --crs 说明 (cgcs2000, gcj02, bd09, 4549 …)。\n"
            f"{path.name} does not state its CRS: give it by --crs.",
            parameter="crs",
        )
    used = known_crs(stated)
    said = "交付方声明 · stated by the deliverer" if crs else "文件声明 · stated by the file"
    reading = CrsReading(crs or table.crs, used, [{"crs": used, "score": None, "evidence": said}])
    if spec.marks_approximate and shift is None and (old := _old_datum(used)):
        moved, note = _unprojected(batch, old), NO_PARAMETERS.format(old.name)
    else:
        moved = move_to_stored(batch.shapes, used, shift)
        note = moved.note
    batch.shapes = moved.shapes
    _refuse_places(batch, moved)
    return reading, note


def _old_datum(used: str) -> CRS | None:
    """The CRS when it rests on Xian 80 or Beijing 54."""
    if not used.startswith("EPSG:"):
        return None
    found = CRS.from_user_input(used)
    geodetic = found.geodetic_crs
    return found if geodetic is not None and geodetic.to_epsg() in _OLD_DATUMS else None


def _unprojected(batch: Batch, old: CRS) -> Moved:
    """The shapes as longitudes and latitudes of their own datum, which is not CGCS2000."""
    given, owner = shapely.get_coordinates(batch.shapes, return_index=True)
    lon, lat = given[:, 0], given[:, 1]
    if old.is_projected:
        down = Transformer.from_crs(old, old.geodetic_crs, always_xy=True)
        lon, lat = (np.asarray(axis) for axis in down.transform(lon, lat))
    there = np.column_stack([lon, lat])
    finite = np.isfinite(there).all(axis=1)
    moved = shapely.set_coordinates(batch.shapes.copy(), np.where(finite[:, None], there, given))
    lon, lat = np.where(finite, lon, np.nan), np.where(finite, lat, np.nan)
    return Moved(moved, None, given[:, 0], given[:, 1], lon, lat, owner)


def _refuse_places(batch: Batch, moved: Moved) -> None:
    """Refuse a shape when one of its vertices is 0,0, swapped, or off the earth or the CRS."""
    lon, lat = moved.lon, moved.lat
    with np.errstate(invalid="ignore"):
        rules = (
            ("zero_position", "坐标为 0,0, 等于没有 · 0,0 stands for a missing position",
             (moved.given_x == 0) & (moved.given_y == 0)),
            ("axes_swapped", "经纬度疑似颠倒, 请对调 · longitude and latitude look swapped",
             (lat >= 73) & (lat <= 136) & (lon >= 3) & (lon <= 54)),
            ("coordinate_range", "坐标超出地球或所声明坐标系的范围 · outside the earth or the CRS",
             ~(np.isfinite(lon) & (np.abs(lon) <= 180) & (np.abs(lat) <= 90))),
        )  # fmt: skip
    why: list[tuple[Thing, str | None, str, str]] = []
    for rule, message, broken in rules:
        owners: NDArray[np.intp] = np.unique(moved.owner[broken])
        why += [(batch.things[index], None, rule, message) for index in owners]
    batch.refuse(why)

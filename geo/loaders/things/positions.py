"""In which CRS are the shapes of a batch, and which of them have no believable place?"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from geo.crs import STORED, Array, DatumShift, known_crs
from geo.loaders.crs_settled import AUTO, settle_crs
from geo.loaders.personal import safe_file_name
from geo.loaders.positions import locate
from geo.loaders.references import references
from geo.loaders.report import CrsReading
from geo.loaders.shapes import Moved, Shapes, move_to_stored
from geo.loaders.staging import Target
from geo.loaders.tables import Table
from geo.loaders.things.spec import Batch, Spec, Thing
from geo.loaders.unit_ids import UnitIds, division_columns

_OLD_DATUMS = (4610, 4214)  # Xian 80, Beijing 54
NO_PARAMETERS = (
    "近似：{} 未经转换参数，位置可差上百米 · approximate: no transformation parameters were given"
)


def move_batch(
    session: Target, batch: Batch, spec: Spec, table: Table, path: Path, crs: str | None,
    shift: DatumShift | None, on: date, unit_ids: UnitIds,
) -> tuple[CrsReading, str | None]:  # fmt: skip
    """Bring the shapes of a batch to EPSG:4490 and refuse those that have no believable place.

    The CRS is what the deliverer or the file states, checked, or with `crs` "auto" the clear
    winner of the evidence, as for facilities. Raises CrsError when nobody can tell, or when
    parameters are needed (kinds that can mark a position approximate keep it as such).
    """
    if not any(shape is not None for shape in batch.shapes):
        is_said = crs is not None and crs.casefold() != AUTO
        return CrsReading(crs, known_crs(crs) if crs and is_said else STORED, []), None
    old = _old_datum(crs or table.crs) if spec.marks_approximate and shift is None else None
    if old is not None:
        used = known_crs(crs or table.crs or "")
        note: str | None = NO_PARAMETERS.format(old.name)
        moved = _unprojected(batch, old)
        reading = CrsReading(
            crs or table.crs, used, [{"crs": used, "score": None, "evidence": note}]
        )
    else:
        reading, used = _settle(session, batch, table, path, crs, shift, on, unit_ids)
        moved = move_to_stored(batch.shapes, used, shift)
        note = moved.note
    batch.shapes = moved.shapes
    _refuse_places(batch, moved)
    return reading, note


def _settle(
    session: Target, batch: Batch, table: Table, path: Path, crs: str | None,
    shift: DatumShift | None, on: date, unit_ids: UnitIds,
) -> tuple[CrsReading, str]:  # fmt: skip
    """Settle the CRS by the middle of each shape; exchanged axes are put right and reported."""
    x, y = _middles(batch.shapes)
    stated, names, addresses = (
        pa.array([thing.values.get(field) for thing in batch.things], pa.string())
        for field in ("stated_unit", "name", "address")
    )
    stated = _with_ids(batch, stated, unit_ids)
    known = references(
        session, stated, names, on=on, sha256=table.sha256, addresses=addresses,
        drawn=batch.shapes,
    )  # fmt: skip
    settled = settle_crs(
        x,
        y,
        name=safe_file_name(path.name),
        declared=crs,
        of_file=table.crs,
        known=known,
        datum_shift=shift,
        by_default=table.crs_by_default,
        numbers=np.array([thing.number for thing in batch.things], dtype=np.int64),
    )
    batch.problems += settled.problems
    if settled.swapped:
        batch.shapes = _exchanged(batch.shapes, np.ones(len(x), dtype=bool))
    else:
        turned = locate(x, y, settled.crs, datum_shift=shift).swapped
        batch.shapes = _exchanged(batch.shapes, turned)
        for index in np.flatnonzero(turned):
            message = "本行两轴颠倒，已对调 · the axes of this row were swapped; put right"
            batch.report(batch.things[index], None, "axes_swapped", message)
    return settled.reading, settled.crs


def _with_ids(batch: Batch, stated: pa.Array, unit_ids: UnitIds) -> pa.Array:
    """The stated divisions, those of ids put in their place where a column gives ids only.

    They are evidence, and more exact than a superior that holds for all rows; nothing is stored.
    """
    extra = batch.mapping.extra
    columns = [extra[at] for at in division_columns(batch.columns) if at in extra]
    if not unit_ids or not columns:
        return stated
    said = [
        next((unit_ids[c] for n in columns if (c := thing.extra.get(n, "")) in unit_ids), own)
        for thing, own in zip(batch.things, stated.to_pylist(), strict=True)
    ]
    return pa.array(said, pa.string())


def _middles(shapes: Shapes) -> tuple[Array, Array]:
    """The centroids of the shapes; NaN where there is none."""
    middles = shapely.centroid(shapes)
    return shapely.get_x(middles), shapely.get_y(middles)


def _exchanged(shapes: Shapes, which: NDArray[np.bool_]) -> Shapes:
    """The shapes, some of them with their axes exchanged."""
    if not which.any():
        return shapes
    made = shapes.copy()
    chosen = made[which]
    made[which] = shapely.set_coordinates(chosen, shapely.get_coordinates(chosen)[:, ::-1])
    return made


def _old_datum(stated: str | None) -> CRS | None:
    """The stated CRS when it rests on Xian 80 or Beijing 54."""
    if stated is None or stated.casefold() == AUTO:
        return None
    used = known_crs(stated)
    if not used.startswith("EPSG:"):
        return None
    try:
        found = CRS.from_user_input(used)
    except CRSError:
        return None
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
    finite: NDArray[np.bool_] = np.isfinite(lon) & np.isfinite(lat)
    moved = shapely.set_coordinates(batch.shapes.copy(), np.where(finite[:, None], there, given))
    lon, lat = np.where(finite, lon, np.nan), np.where(finite, lat, np.nan)
    return Moved(moved, None, given[:, 0], given[:, 1], lon, lat, owner)


def _refuse_places(batch: Batch, moved: Moved) -> None:
    """Refuse a shape when one of its vertices is 0,0, swapped, or off the earth or the CRS."""
    lon, lat = moved.lon, moved.lat
    with np.errstate(invalid="ignore"):
        rules = (
            ("zero_position", "坐标为 0,0，等于没有 · 0,0 stands for a missing position",
             (moved.given_x == 0) & (moved.given_y == 0)),
            ("axes_swapped", "经纬度疑似颠倒，请对调 · longitude and latitude look swapped",
             (lat >= 73) & (lat <= 136) & (lon >= 3) & (lon <= 54)),
            ("coordinate_range", "坐标超出地球或所声明坐标系的范围 · outside the earth or the CRS",
             ~(np.isfinite(lon) & (np.abs(lon) <= 180) & (np.abs(lat) <= 90))),
        )  # fmt: skip
    why: list[tuple[Thing, str | None, str, str]] = []
    for rule, message, broken in rules:
        owners: NDArray[np.intp] = np.unique(moved.owner[broken])
        why += [(batch.things[index], None, rule, message) for index in owners]
    batch.refuse(why)

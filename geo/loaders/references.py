"""What is known of delivered rows apart from their coordinates: divisions, stored namesakes?"""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from geo.loaders.crs_evidence import MOST_ROWS, Known

# Names as in `store.place`: a name may begin with its superiors, and several divisions may bear it.
_AREAS = text("""
SELECT said.name, ST_AsBinary(u.geom) AS shape
FROM unnest(CAST(:names AS text[])) AS said (name)
JOIN admin_unit u ON said.name IN (u.name, u.short_name)
     OR right(said.name, length(u.name)) = u.name
WHERE u.level IN (2, 3, 4) AND u.validity @> CAST(:on AS date) AND u.geom IS NOT NULL
""")
# A file is no witness for itself: what came from the same bytes is left aside.
_NAMESAKES = text("""
SELECT f.name, min(ST_X(f.geom)), min(ST_Y(f.geom)) FROM facility f
LEFT JOIN delivery d ON d.id = f.delivery_id
WHERE f.name = ANY(:names) AND f.validity @> CAST(:on AS date) AND f.geom IS NOT NULL
    AND f.position_quality = 'point' AND NOT f.is_synthetic AND d.sha256 IS DISTINCT FROM :sha256
GROUP BY f.name HAVING count(*) = 1
""")


def references(
    target: Session | Connection,
    units: pa.Array,
    names: pa.Array,
    *,
    on: date,
    sha256: str,
) -> Known:
    """The divisions that rows state and the stored facilities of their names, in force on `on`.

    Looked up for a part of the rows, spread over the file: as many as are weighed, and a few more.
    Names that occur twice, here or in the store, are no evidence; nor are approximate positions.
    """
    rows = np.arange(0, len(units), max(1, len(units) // (2 * MOST_ROWS)))
    known = Known.nothing(len(units))
    shapes: dict[str, list[shapely.Geometry]] = {}
    said = units.take(pa.array(rows)).to_pylist()
    asked = sorted({unit for unit in said if unit})
    for name, shape in target.execute(_AREAS, {"names": asked, "on": on}) if asked else ():
        shapes.setdefault(name, []).append(shapely.from_wkb(bytes(shape)))
    number = {name: index for index, name in enumerate(shapes)}
    known.stated[rows] = [number.get(unit or "", -1) for unit in said]
    lon, lat = known.lon.copy(), known.lat.copy()
    places = _once(names, rows)
    bound = {"names": sorted(places), "on": on, "sha256": sha256}
    for name, x, y in target.execute(_NAMESAKES, bound) if places else ():
        lon[places[name]], lat[places[name]] = x, y
    areas = [parts[0] if len(parts) == 1 else shapely.union_all(parts) for parts in shapes.values()]
    return Known(known.stated, areas, lon, lat)


def _once(names: pa.Array, rows: NDArray[np.intp]) -> dict[str, int]:
    """The names at `rows` that occur once in the whole column, with their places."""
    counted = pc.value_counts(names)
    single = counted.field("values").filter(pc.equal(counted.field("counts"), 1))
    wanted = names.take(pa.array(rows))
    is_single = pc.fill_null(pc.is_in(wanted, single), False).to_pylist()
    return {
        name: int(at)
        for name, at, alone in zip(wanted.to_pylist(), rows, is_single, strict=True)
        if alone and name
    }

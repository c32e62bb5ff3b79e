"""What is known of delivered rows apart from their coordinates: divisions, stored namesakes?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from geo.loaders.addresses import House, house_of
from geo.loaders.crs_evidence import MOST_ROWS, NEAR_M, Known, metres

ENOUGH = 500
"""With so many rows that divisions or namesakes can tell of, addresses are not looked up."""
MOST_STORED = 20_000
"""Stored addresses that are compared with those of a file."""

# Names as in `store.place`: a name may begin with its superiors, and several divisions may bear it.
_AREAS = text("""
SELECT said.name, ST_AsBinary(u.geom) AS shape
FROM unnest(CAST(:names AS text[])) AS said (name)
JOIN admin_unit u ON said.name IN (u.name, u.short_name, u.code)
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
# The tail of an address (two characters of the road and the number) is found alike here and by
# `House.tail`; the whole address is compared afterwards. Positions called approximate only because
# they were converted from GCJ-02 or BD-09 count: the conversion is good to metres. What was read by
# the default of its format is no witness: nobody said or showed where it lies.
_SURE = "d.report->'crs'->>'by' IS DISTINCT FROM 'default'"
_ADDRESSES = f"""
SELECT f.address, ST_X(f.geom), ST_Y(f.geom) FROM facility f
LEFT JOIN delivery d ON d.id = f.delivery_id
WHERE substring(f.address from 'TAIL') = ANY(:tails) AND f.validity @> CAST(:on AS date)
    AND f.geom IS NOT NULL AND NOT f.is_synthetic
    AND (f.position_quality = 'point' OR d.crs_used IN ('GCJ-02', 'BD-09'))
    AND d.sha256 IS DISTINCT FROM :sha256 AND {_SURE}
UNION ALL
SELECT p.extra->>'address', ST_X(g.geom), ST_Y(g.geom) FROM place p
JOIN place_position g ON g.place_id = p.id LEFT JOIN delivery d ON d.id = p.delivery_id
WHERE substring(p.extra->>'address' from 'TAIL') = ANY(:tails)
    AND ST_GeometryType(g.geom) = 'ST_Point' AND NOT p.is_synthetic
    AND (g.quality IN ('surveyed', 'point') OR d.crs_used IN ('GCJ-02', 'BD-09'))
    AND d.sha256 IS DISTINCT FROM :sha256 AND {_SURE}
LIMIT :most
"""
_AT_HOUSE = text(_ADDRESSES.replace("TAIL", "([一-鿿]{2}[0-9]+)"))
_ON_ROAD = text(_ADDRESSES.replace("TAIL", "([一-鿿]{2})[0-9]"))
_ROADS = text(f"""
SELECT n.name, ST_AsBinary(ST_Collect(g.geom)) FROM place_name n
JOIN place p ON p.id = n.place_id JOIN place_position g ON g.place_id = p.id
LEFT JOIN delivery d ON d.id = p.delivery_id
WHERE n.name = ANY(:roads) AND ST_Dimension(g.geom) = 1 AND NOT p.is_synthetic
    AND d.sha256 IS DISTINCT FROM :sha256 AND {_SURE}
GROUP BY n.name
""")


def references(
    target: Session | Connection,
    units: pa.Array,
    names: pa.Array,
    *,
    on: date,
    sha256: str,
    addresses: pa.Array | None = None,
    drawn: NDArray[np.object_] | None = None,
) -> Known:
    """What is stored of the divisions, names and addresses that rows state, in force on `on`.

    Looked up for a part of the rows, spread over the file: as many as are weighed, and a few more.
    Names that occur twice, here or in the store, are no evidence; nor are approximate positions.
    `drawn` are the shapes as delivered: a line is a road, and known are the houses on it.
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
    places = _once(names, rows)
    bound = {"names": sorted(places), "on": on, "sha256": sha256}
    for name, x, y in target.execute(_NAMESAKES, bound) if places else ():
        known.lon[places[name]], known.lat[places[name]] = x, y
    areas = [parts[0] if len(parts) == 1 else shapely.union_all(parts) for parts in shapes.values()]
    known = Known(known.stated, areas, known.lon, known.lat, known.near, known.drawn)
    told = int((np.isfinite(known.lon) | (known.stated >= 0)).sum())
    if told < ENOUGH:
        bound = {"on": on, "sha256": sha256, "most": MOST_STORED}
        if addresses is not None:
            _add_houses(target, known, rows, addresses, bound)
        if drawn is not None:
            _add_roads(target, known, rows, names, drawn, bound)
    return known


def _add_houses(
    target: Session | Connection, known: Known, rows: NDArray[np.intp], addresses: pa.Array,
    bound: dict[str, object],
) -> None:  # fmt: skip
    """Add to rows without a namesake what stands at their address, or else the line of the road."""
    said = {
        int(at): house
        for at, address in zip(rows, addresses.take(pa.array(rows)).to_pylist(), strict=True)
        if np.isnan(known.lon[at]) and (house := house_of(address))
    }
    if not said:
        return
    tails = sorted({house.tail for house in said.values()})
    stored = _gathered(target.execute(_AT_HOUSE, {**bound, "tails": tails}))
    asked = {"roads": sorted({house.road for house in said.values()}), "sha256": bound["sha256"]}
    lines = {name: shapely.from_wkb(bytes(line)) for name, line in target.execute(_ROADS, asked)}
    for at, house in said.items():
        if (spot := _one_spot(stored.get(house, []))) is not None:
            known.near[at] = spot
        elif house.road in lines:
            known.near[at] = lines[house.road]


def _add_roads(
    target: Session | Connection, known: Known, rows: NDArray[np.intp], names: pa.Array,
    drawn: NDArray[np.object_], bound: dict[str, object],
) -> None:  # fmt: skip
    """Add to rows that are lines the stored houses whose address names the road."""
    roads = {
        int(at): name
        for at, name in zip(rows, names.take(pa.array(rows)).to_pylist(), strict=True)
        if name and drawn[at] is not None and drawn[at].geom_type.endswith("LineString")
    }
    if not roads:
        return
    tails = sorted({name[-2:] for name in roads.values()})
    houses: dict[str, list[tuple[float, float]]] = {}
    for house, spots in _gathered(target.execute(_ON_ROAD, {**bound, "tails": tails})).items():
        houses.setdefault(house.road, []).extend(spots)
    for at, name in roads.items():
        if name in houses:
            known.near[at] = shapely.multipoints(houses[name])
            known.drawn[at] = drawn[at]


def _gathered(found: Iterable[tuple[str, float, float]]) -> dict[House, list[tuple[float, float]]]:
    """Stored positions by road and number."""
    spots: dict[House, list[tuple[float, float]]] = {}
    for address, x, y in found:
        if house := house_of(address):
            spots.setdefault(house, []).append((x, y))
    return spots


def _one_spot(spots: list[tuple[float, float]]) -> shapely.Geometry | None:
    """The middle of what is stored at an address; None where it lies apart: two towns have one."""
    if not spots:
        return None
    lon, lat = np.array(spots).T
    middle = float(np.median(lon)), float(np.median(lat))
    if np.max(np.hypot(*metres(lon - middle[0], lat - middle[1], middle[1]))) > NEAR_M:
        return None
    return shapely.Point(middle)


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

"""How does a delivered road network become stored edges, whole or not at all?"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray
from sqlalchemy import text

from geo.crs import DatumShift
from geo.loaders.bulk import Checked, Stated, store_checked
from geo.loaders.columns import column_of
from geo.loaders.crs_evidence import Known
from geo.loaders.crs_settled import settle_crs
from geo.loaders.fields import public_column
from geo.loaders.mapping import told_mapping
from geo.loaders.personal import safe_file_name
from geo.loaders.register import refuse_marked, refuse_person
from geo.loaders.report import CrsReading, Problem, Report
from geo.loaders.roads.edges import (
    Edges,
    codes_by_nodes,
    edges_of,
    first_of_each,
    in_one_direction,
)
from geo.loaders.roads.rows import Meaning, Rows, Shapes, meaning_of, read_rows
from geo.loaders.roads.sources import Delivered, read_roads
from geo.loaders.secrecy import refuse_secret
from geo.loaders.shapes import move_to_stored
from geo.loaders.staging import Target, json_objects
from geo.loaders.things.headings import fields_of, map_headings
from geo.loaders.things.roads import ROADS, STAGED, TAGS, destination
from geo.loaders.things.rows import lacking
from geo.loaders.things.spec import Options
from geo.loaders.values import UNKNOWN
from geo.models import STORED_SRID
from geo.progress import Progress, silent

DIFFERS_SHARE = 0.02
DIFFERS_M = 1.0
"""A stated length that differs from the line's by more than both is reported."""
MOST_LISTED = 100


def load_roads(
    session: Target, path: Path, *, crs: str | None = None, on: date | None = None,
    dry_run: bool = False, secrecy: str = "unknown", datum_shift: DatumShift | None = None,
    options: Options | None = None, layer: str | None = None, by: str | None = None,
    mapping: Path | None = None, progress: Progress = silent,
) -> Report:  # fmt: skip
    """Load a road network into the session's transaction, whole or not at all.

    Rows are edges between junctions. Edges are never published, whatever the delivery's secrecy.
    `options` names the network (default: the file's name). The caller commits.
    Raises DeliveryRefused, CrsError or BadInput when the file is refused whole.
    """
    started = time.perf_counter()
    refuse_secret(secrecy, path)
    refuse_person(by)
    options = options or Options()
    day = on or datetime.now(ZoneInfo("Asia/Shanghai")).date()
    progress(0, None, f"读取 {safe_file_name(path.name)} · reading")
    delivered = read_roads(path, layer)
    table = delivered.table
    refuse_marked(table)
    told = told_mapping(session, ROADS.kind, table.columns, fields_of(ROADS), mapping, by)
    rows = read_rows(table, map_headings(table, ROADS, told.given), crs)
    if rows is None:
        what = (
            "线或坐标：图形、WKT、起点终点经纬度，或同名的节点坐标文件 .co · lines or coordinates: "
            "geometry, WKT, from_lon … to_lat, or a file of nodes of the same name, .co"
        )
        raise lacking(ROADS, [what], table, path)
    meaning = meaning_of(rows, is_osm=delivered.is_osm, needs_length=delivered.needs_length)
    progress(1, 3, "核对 · checking")
    reading, note, shapes = _move(rows, path, crs, datum_shift)
    edges = edges_of(rows, shapes, meaning)
    network = (options.network or safe_file_name(delivered.stem)).strip()[:200]
    checked = _check(rows, edges, meaning, delivered, reading, note, network)
    checked = replace(checked, mapping=told.as_json(rows.mapping.personal.values()))
    progress(2, 3, "保存 · storing")
    fields = rows.mapping.fields
    told_of = tuple(n for n in STAGED if n in fields or not _says_nothing(checked.columns[n]))
    report = store_checked(
        session, checked, destination(told_of), Stated(path, day, secrecy, by, dry_run, started),
        is_publishable=False, after=lambda target, _: _not_mentioned(target, network),
    )  # fmt: skip
    progress(3, 3, "完成 · done")
    return report


def _says_nothing(column: pa.Array) -> bool:
    return bool(column.null_count == len(column))


def _move(
    rows: Rows, path: Path, crs: str | None, shift: DatumShift | None
) -> tuple[CrsReading, str | None, Shapes]:
    """Settle the CRS by the middles of the lines, bring them to EPSG:4490, refuse lost ones."""
    shapes = rows.shapes.copy()
    shapes[~rows.is_left] = None
    middle = shapely.centroid(shapes)
    x, y = shapely.get_x(middle), shapely.get_y(middle)
    settled = settle_crs(
        x, y, name=safe_file_name(path.name), declared=crs, of_file=rows.table.crs,
        known=Known.nothing(len(x)), datum_shift=shift,
    )  # fmt: skip
    rows.problems += settled.problems
    if settled.swapped:
        shapes = _exchanged(shapes)
    moved = move_to_stored(shapes, settled.crs, shift)
    lon, lat = moved.lon, moved.lat
    with np.errstate(invalid="ignore"):
        rules = (
            ("coordinate_number", "坐标不是有限的数 · a coordinate is no finite number",
             ~(np.isfinite(moved.given_x) & np.isfinite(moved.given_y))),
            ("zero_position", "坐标为 0,0，等于没有 · 0,0 stands for a missing position",
             (moved.given_x == 0) & (moved.given_y == 0)),
            ("axes_swapped", "经纬度疑似颠倒，请对调 · longitude and latitude look swapped",
             (lat >= 73) & (lat <= 136) & (lon >= 3) & (lon <= 54)),
            ("coordinate_range", "坐标超出地球或所声明坐标系的范围 · outside the earth or the CRS",
             ~(np.isfinite(lon) & (np.abs(lon) <= 180) & (np.abs(lat) <= 90))),
        )  # fmt: skip
    for rule, message, broken in rules:
        which = np.zeros(len(rows.numbers), dtype=bool)
        which[moved.owner[broken]] = True
        rows.refuse(which, None, rule, message)
    return settled.reading, moved.note, moved.shapes


def _exchanged(shapes: Shapes) -> Shapes:
    made = shapes.copy()
    return np.asarray(shapely.set_coordinates(made, shapely.get_coordinates(made)[:, ::-1]))


def _check(
    rows: Rows, edges: Edges, meaning: Meaning, delivered: Delivered, reading: CrsReading,
    note: str | None, network: str,
) -> Checked:  # fmt: skip
    """Merge what comes twice, compare lengths, and lay the columns out for the stage."""
    read = len(edges.of) + len(rows.refused)
    if "code" not in rows.mapping.fields or not delivered.is_osm:
        edges = in_one_direction(edges)
    columns = _columns(rows, edges, meaning)
    kept = first_of_each(edges, [*columns.values()])
    merged = len(edges.of) - len(kept)
    if merged:
        rows.say(
            "repeat",
            f"{merged} 条路段重复（多为同一路段的反方向），每条只计一次 · {merged} edges come "
            "again, mostly in the other direction: each is counted once",
        )
    edges = edges.take(kept)
    columns = {name: column.take(pa.array(kept)) for name, column in columns.items()}
    codes, refused = _codes(rows, edges, columns.pop("own_code"), columns)
    if refused.any():
        good = np.flatnonzero(~refused)
        edges, codes = edges.take(good), codes[good]
        columns = {name: column.take(pa.array(good)) for name, column in columns.items()}
    _compare_lengths(rows, edges, columns)
    columns |= {
        "row_number": pa.array(np.arange(1, len(edges.of) + 1)),
        "code": pa.array(codes.tolist(), pa.string()),
        "network": pa.array([network] * len(edges.of), pa.string()),
        "from_node": pa.array(edges.tails.tolist(), pa.string()),
        "to_node": pa.array(edges.heads.tolist(), pa.string()),
        "oneway": pa.array(edges.oneway.tolist(), pa.bool_()),
        "length_m": pa.array(edges.length_m),
        "geom": pa.array(shapely.to_wkb(
            shapely.set_srid(edges.shapes, STORED_SRID), hex=True, include_srid=True
        ).tolist(), pa.string()),
    }  # fmt: skip
    numbers = rows.numbers[edges.of]
    return Checked(
        kind=ROADS.kind, table=rows.table, headings=rows.mapping.named(rows.table.columns),
        personal=sorted(rows.mapping.personal.values()), crs=reading, note=note,
        stored_type=ROADS.stored_type, types=STAGED, columns=columns, rows_read=read,
        row_of=lambda number: int(numbers[number - 1]), cells=rows.cells, merged=merged,
        refused=rows.refused, problems=rows.problems, licence=delivered.licence,
        notes=[f"路网 {network} · the network", *_licence_notes(delivered)],
        options={"network": network},
    )  # fmt: skip


def _licence_notes(delivered: Delivered) -> list[str]:
    return [f"数据许可 · licence: {delivered.licence}"] if delivered.licence else []


def _columns(rows: Rows, edges: Edges, meaning: Meaning) -> dict[str, pa.Array]:
    """What the rows say of the edges, one column a field; `own_code` is the deliverer's own."""
    of = pa.array(edges.of)
    sign = np.where(edges.is_turned, -1.0, 1.0)
    empty = pa.nulls(len(rows.numbers), pa.string())
    own = rows.text("code")
    said = {
        "road_class": pa.array(meaning.use("road_class").tolist(), pa.string()),
        "walkable": pa.array(meaning.use("walkable").tolist(), pa.bool_()),
        "drivable": pa.array(meaning.use("drivable").tolist(), pa.bool_()),
        "is_steps": pa.array(meaning.use("is_steps").tolist(), pa.bool_()),
        "speed_kmh": _known(meaning.speed_kmh),
        "name": empty if meaning.names is None else _filled(meaning.names),
        "extra": _extra(rows, meaning),
        "own_code": empty if own is None else _filled(own),
    }
    columns = {name: column.take(of) for name, column in said.items()}
    columns["slope"] = _known(meaning.slope[edges.of] * sign)
    columns["stated_length_m"] = _known(
        np.where(edges.part > 0, np.nan, meaning.stated_m[edges.of])
    )
    parts = pa.array([f"/{part}" if part else "" for part in edges.part.tolist()], pa.string())
    columns["own_code"] = pc.binary_join_element_wise(columns["own_code"], parts, "")
    return columns


def _known(numbers: NDArray[np.float64]) -> pa.Array:
    return pa.array(numbers, mask=np.isnan(numbers))


def _filled(texts: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)


def _extra(rows: Rows, meaning: Meaning) -> pa.Array:
    """The columns that have no field, and what a field could not say, as JSON; null for nothing."""
    columns: dict[str, pa.Array] = {}
    for index, heading in rows.mapping.extra.items():
        texts = pc.utf8_trim_whitespace(column_of(rows.table.rows, index))
        says_nothing = pc.is_in(pc.utf8_lower(texts), pa.array(sorted(UNKNOWN)))
        columns[heading] = public_column(pc.if_else(says_nothing, "", texts), None)[0]
    for name in (*TAGS, "speed_kmh", "slope", "grade"):
        cells = rows.text(name)
        if cells is None or name == "road_class":
            continue
        heading = rows.table.columns[rows.mapping.fields[name]]
        if name in ("speed_kmh", "slope", "grade"):
            numbers = meaning.speed_kmh if name == "speed_kmh" else meaning.slope
            cells = pc.if_else(pa.array(np.isnan(numbers)), cells, "")
        elif name == "oneway":
            is_unknown = pa.array([said is None for said in meaning.oneway], pa.bool_())
            cells = pc.if_else(is_unknown, cells, "")
        columns[heading] = public_column(cells, None)[0]
    columns = {name: _filled(cells) for name, cells in columns.items()}
    made = json_objects({name: c for name, c in columns.items() if c.null_count < len(c)})
    return pa.nulls(len(rows.numbers), pa.string()) if made is None else made


def _codes(
    rows: Rows, edges: Edges, own: pa.Array, columns: dict[str, pa.Array]
) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """The code of each edge: the deliverer's own, else by its nodes; and which contradict.

    Edges with one own code and other content are refused, each with the rows that share it.
    """
    stated = columns["stated_length_m"].to_numpy(zero_copy_only=False)
    by_nodes = codes_by_nodes(edges, stated)
    given = np.array(own.to_pylist(), dtype=object)
    has_own = np.array([bool(code) and not code.startswith("/") for code in given], dtype=bool)
    codes = np.where(has_own, given, by_nodes)
    _, inverse, counts = np.unique(
        codes.astype(str), return_inverse=True, return_counts=True
    )  # fmt: skip
    twice: NDArray[np.bool_] = counts[inverse] > 1
    numbers = rows.numbers[edges.of]
    for index in np.flatnonzero(twice).tolist():
        number, code = int(numbers[index]), str(codes[index])
        message = (
            f"另有路段用同一编码 {code} 而内容不同，请改正 · another edge has the code {code} and "
            "differs: correct one"
        )
        rows.refuse_edge(number, "code", code, "same_code", message)
    return codes, twice


def _compare_lengths(rows: Rows, edges: Edges, columns: dict[str, pa.Array]) -> None:
    """Report stated lengths that differ from the line's, the greatest differences first.

    A line of two points may stand for a bent road: there only a shorter statement contradicts.
    """
    stated = columns["stated_length_m"].to_numpy(zero_copy_only=False).astype(float)
    known = np.isfinite(stated)
    if not known.any():
        return
    over = np.where(known, stated - edges.length_m, 0.0)
    is_straight = shapely.get_num_points(edges.shapes) == 2
    limit = np.maximum(DIFFERS_SHARE * edges.length_m, DIFFERS_M)
    differs = np.where(is_straight, over < -limit, np.abs(over) > limit)
    said, drawn = float(stated[known].sum()), float(edges.length_m[known].sum())
    count, limits = int(differs.sum()), f"{DIFFERS_SHARE:.0%}, {DIFFERS_M:g} m"
    rows.say(
        "lengths",
        f"所述长度合计 {said:.0f} m，按图形量算 {drawn:.0f} m（量算值），{count} 条相差超过 "
        f"{limits} · stated lengths sum to {said:.0f} m, the lines to {drawn:.0f} m; {count} edges "
        f"differ by more than {limits}",
    )
    worst = np.flatnonzero(differs)
    for index in worst[np.argsort(-np.abs(over[worst]))][:MOST_LISTED].tolist():
        message = (
            f"所述长度 {stated[index]:.1f} m，量算 {edges.length_m[index]:.1f} m，两者都保留 · "
            f"stated {stated[index]:.1f} m, measured {edges.length_m[index]:.1f} m; both are kept"
        )
        rows.say("length_differs", message, int(rows.numbers[edges.of[index]]))


def _not_mentioned(target: Target, network: str) -> list[Problem]:
    """How many stored edges of the network the delivery does not have; they stay as they are."""
    count: Any = target.execute(
        text(
            "SELECT count(*) FROM road_edge e WHERE e.network = :network "
            "AND NOT EXISTS (SELECT FROM stage s WHERE s.code = e.code)"
        ),
        {"network": network},
    ).scalar_one()
    if not count:
        return []
    message = (
        f"库中同一路网有 {count} 条路段不在本次交付中，保持不变；新一版路网请另起名称"
        f"（--network）或先撤销旧交付 · {count} stored edges of this network are not "
        "in the delivery and stay: give a new "
        "edition a name of its own (--network), or undo the former delivery first"
    )
    return [Problem(None, None, str(count), "not_in_delivery", message)]

"""How does a delivered file become trusted rows, or a named refusal, whole or not at all?"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from geo.crs import Array, DatumShift
from geo.errors import BadInput
from geo.loaders.checks import (
    Refusal,
    public_cells,
    read_rows,
)
from geo.loaders.columns import release_memory, rows_numbered
from geo.loaders.fields import ALIASES, Mapping, map_columns
from geo.loaders.journal import ONE_AT_A_TIME
from geo.loaders.kinds import kind_given, kind_in_name
from geo.loaders.mapping import Told, told_mapping
from geo.loaders.matching import Sites, match_stored, reviews_with_codes, tell_sites_apart
from geo.loaders.personal import safe_file_name
from geo.loaders.positions import locate_rows
from geo.loaders.rasters import load_raster
from geo.loaders.reading import read_table
from geo.loaders.reading.points import part_points
from geo.loaders.reading.raster import is_tiff
from geo.loaders.register import refuse_marked, refuse_person, register_delivery, write_report
from geo.loaders.report import MOST_PROBLEMS, Counts, CrsReading, Placement, Problem, Report
from geo.loaders.roads.load import load_roads
from geo.loaders.secrecy import refuse_secret
from geo.loaders.sense import future_dates, settle_stated_units
from geo.loaders.store import Target, keep_refused, merge, place, stage
from geo.loaders.tables import Table
from geo.loaders.things import KINDS_OF_THING, SPECS, Options, load_things, stated
from geo.loaders.unit_ids import UnitIds
from geo.loaders.versions import NOT_MERGED, Merged
from geo.progress import Progress, silent

KINDS_OF_DELIVERY = ("facilities", *SPECS)


def load_delivery(
    session: Target,
    kind: str,
    path: str | Path,
    *,
    crs: str | None = None,
    on: date | None = None,
    dry_run: bool = False,
    secrecy: str = "unknown",
    facility_kind: str | None = None,
    datum_shift: DatumShift | None = None,
    by: str | None = None,
    layer: str | None = None,
    mapping: Path | None = None,
    options: Options | None = None,
    progress: Progress = silent,
    unit_ids: UnitIds | None = None,
) -> Report:
    """Load a file of one kind into the session's transaction, whole or not at all.

    `crs` is what the deliverer states; GeoJSON brings its own. `on` is the day from which the
    delivery is true (default today). `facility_kind` is the kind of all rows; else a type column,
    the file's name or each row's name tells. `by` is the office or role that delivers. `layer`
    names the layer or sheet to read, `mapping` a JSON file heading → field; without it what was
    last said of these headings holds. `options` says of other kinds what no column does;
    `unit_ids` names divisions by ids of the delivery, for the evidence only. With `dry_run`
    everything is done and taken back. The caller commits. Raises DeliveryRefused, CrsError or
    BadInput when the file is refused whole.
    """
    started = time.perf_counter()
    path = Path(path)
    if kind == "roads":
        return load_roads(
            session, path, crs=crs, on=on, dry_run=dry_run, secrecy=secrecy,
            datum_shift=datum_shift, options=options, layer=layer, by=by, mapping=mapping,
            progress=progress,
        )  # fmt: skip
    if kind == "demand" and is_tiff(path):
        return load_raster(
            session, path, crs=crs, on=on, dry_run=dry_run, secrecy=secrecy,
            datum_shift=datum_shift, options=options, layer=layer, by=by, progress=progress,
        )  # fmt: skip
    if kind in KINDS_OF_THING:
        return load_things(
            session, KINDS_OF_THING[kind], path, crs=crs, on=on, dry_run=dry_run,
            secrecy=secrecy, datum_shift=datum_shift, options=options, layer=layer, by=by,
            mapping=mapping, progress=progress, unit_ids=unit_ids,
        )  # fmt: skip
    if kind not in KINDS_OF_DELIVERY:
        raise BadInput(
            f"还不能导入 {kind!r}，可用：{' '.join(KINDS_OF_DELIVERY)}。\n"
            f"{kind!r} cannot be loaded yet; use {' '.join(KINDS_OF_DELIVERY)}.",
            parameter="kind",
        )
    refuse_secret(secrecy, path)
    refuse_person(by)
    day = on or datetime.now(ZoneInfo("Asia/Shanghai")).date()
    progress(0, None, f"读取 {safe_file_name(path.name)} · reading")
    prepared = _prepare(session, path, crs, facility_kind, datum_shift, day, layer, mapping, by)
    progress(1, 3, "核对 · checking")
    stored = store_prepared(session, prepared, path, kind, day, secrecy, dry_run, by, started)
    progress(3, 3, "完成 · done")
    return stored


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file read and checked as far as that goes without a database."""

    table: Table
    mapping: Mapping
    sites: Sites
    lon: Array
    lat: Array
    crs: CrsReading
    note: str | None
    problems: list[Problem]
    refused: list[Refusal]
    read: int
    left_off: int
    told: Told
    options: dict[str, Any]


def _prepare(
    session: Target, path: Path, crs: str | None, facility_kind: str | None,
    shift: DatumShift | None, on: date, layer: str | None, mapping_file: Path | None,
    by: str | None,
) -> Prepared:  # fmt: skip
    table = read_table(path, layer)
    refuse_marked(table)
    read = len(table.rows) + len(table.unreadable)
    table, shapes = part_points(table, path)
    told = told_mapping(session, "facilities", table.columns, ALIASES, mapping_file, by)
    mapping = map_columns(table, told.given)
    no_points = [
        Refusal(problem, public_cells(row, table.columns, mapping)) for row, problem in shapes
    ]
    kind = kind_given(facility_kind) if facility_kind else kind_in_name(path.stem)
    said = stated(Options(), shift) | ({"kind": kind} if kind else {})
    readings = read_rows(table, mapping, kind, is_stated=facility_kind is not None)
    problems, refused = [*readings.problems], [*readings.refused, *no_points]
    left_off, candidates = readings.problems_left_off, readings.candidates
    del readings
    for told_of, more in (
        settle_stated_units(session, candidates, on), future_dates(candidates, on)
    ):  # fmt: skip
        problems, left_off = [*problems, *told_of], left_off + more
    located = locate_rows(
        session, candidates, table, mapping, name=safe_file_name(path.name), declared=crs, on=on,
        datum_shift=shift,
    )  # fmt: skip
    del candidates  # of a large file each step holds its own copy and no other
    release_memory()
    sites = tell_sites_apart(located.rows)
    release_memory()
    return Prepared(
        table, mapping, sites, located.lon[sites.kept], located.lat[sites.kept],
        located.crs, located.note, [*problems, *located.problems, *sites.problems],
        [*refused, *located.refused], read, left_off + sites.problems_left_off, told, said,
    )  # fmt: skip


def store_prepared(
    session: Target, made: Prepared, path: Path, kind: str, on: date, secrecy: str,
    dry_run: bool, by: str | None, started: float,
) -> Report:  # fmt: skip
    """Stage, place and merge inside a savepoint; a dry run takes it back."""
    savepoint = session.begin_nested()
    try:
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
        delivery_id = register_delivery(
            session, made.table, path, kind, secrecy, made.crs,
            made.mapping.named(made.table.columns), by,
        )  # fmt: skip
        stage(session, made.sites, made.lon, made.lat)
        made.sites.rows.keep_only("name", "kind", "uscc", "phone")  # for matching; all is staged
        placed = place(session, on)
        matched = match_stored(session, made.sites, made.lon, made.lat, on)
        fields = {*made.mapping.fields, "kinds"}
        merged = merge(
            session, fields=fields, delivery_id=delivery_id, on=on, secrecy=secrecy, note=made.note
        )
        refused = sorted(
            [*made.refused, *_not_merged(made, merged)], key=lambda r: r.problem.row or 0
        )
        keep_refused(session, delivery_id, refused)
        counts = Counts(
            made.read, merged.kept, made.sites.merged, merged.updated, merged.unchanged,
            len(refused), matched.rows_in_review,
        )  # fmt: skip
        problems = [
            *(r.problem for r in refused), *placed.problems, *merged.problems, *matched.problems,
            *made.problems,
        ]  # fmt: skip
        report = _report(made, path, kind, on, secrecy, counts, placed.placement, problems)
        report = replace(
            report, dry_run=dry_run, delivery_id=None if dry_run else delivery_id,
            seconds=round(time.perf_counter() - started, 3),
            review_list=reviews_with_codes(session, matched.reviews),
            problems_left_off=report.problems_left_off + placed.problems_left_off + made.left_off,
        )  # fmt: skip
        write_report(session, delivery_id, report)
        session.execute(text("DROP TABLE pg_temp.stage, pg_temp.known"))
    except BaseException:
        savepoint.rollback()
        raise
    if dry_run:
        savepoint.rollback()
    else:
        savepoint.commit()
    return report


def _not_merged(made: Prepared, merged: Merged) -> list[Refusal]:
    """Rows that what is stored, or where they lie, keeps out."""
    cells = rows_numbered(made.table.rows, [number for number, _ in merged.not_merged])
    return [
        Refusal(
            Problem(number, None, None, rule, NOT_MERGED[rule]),
            public_cells(cells[number], made.table.columns, made.mapping),
        )
        for number, rule in merged.not_merged
    ]


def _report(
    made: Prepared, path: Path, kind: str, on: date, secrecy: str, counts: Counts,
    placement: Placement, problems: list[Problem],
) -> Report:  # fmt: skip
    headings = {name: made.table.columns[at] for name, at in made.mapping.fields.items()}
    problems = [
        replace(problem, column=headings.get(problem.column or "", problem.column))
        for problem in problems
    ]
    return Report(
        counts=counts,
        encoding=made.table.encoding,
        encoding_evidence=made.table.evidence,
        crs=made.crs,
        placement=placement,
        columns=made.mapping.named(made.table.columns),
        personal_columns=sorted(made.mapping.personal.values()),
        problems=problems[:MOST_PROBLEMS],
        problems_left_off=max(0, len(problems) - MOST_PROBLEMS),
        file_name=safe_file_name(path.name),
        sha256=made.table.sha256,
        kind=kind,
        on=on.isoformat(),
        secrecy=secrecy,
        dry_run=False,
        seconds=0.0,
        format=made.table.format,
        layer=made.table.layer,
        notes=made.table.notes,
        options=made.options,
        mapping=made.told.as_json(made.mapping.personal.values()),
    )

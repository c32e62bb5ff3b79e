"""How does a delivered file of any kind but facilities become trusted rows or named refusals?"""

from __future__ import annotations

import time
from dataclasses import asdict, astuple, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from geo.crs import DatumShift
from geo.loaders.journal import ONE_AT_A_TIME
from geo.loaders.mapping import told_mapping
from geo.loaders.personal import safe_file_name
from geo.loaders.reading import read_table
from geo.loaders.register import refuse_marked, refuse_person, register_delivery, write_report
from geo.loaders.report import MOST_PROBLEMS, Counts, CrsReading, Report
from geo.loaders.secrecy import refuse_secret
from geo.loaders.shapes import mend
from geo.loaders.staging import Target
from geo.loaders.store import keep_refused
from geo.loaders.tables import Table
from geo.loaders.things.headings import fields_of, map_headings
from geo.loaders.things.neighbours import neighbours_beside
from geo.loaders.things.positions import move_batch
from geo.loaders.things.rows import read_batch
from geo.loaders.things.sense import report_doubtful_values, settle_stated_units
from geo.loaders.things.spec import Batch, Options, Spec, Thing
from geo.loaders.things.stage import place_in_units, stage_batch
from geo.loaders.unit_ids import UnitIds
from geo.loaders.versions import NOT_MERGED, Destination, Merged, find_known, merge_versions
from geo.progress import Progress, silent
from geo.settings import LoadSettings, read


def load_things(
    session: Target, spec: Spec, path: Path, *, crs: str | None = None, on: date | None = None,
    dry_run: bool = False, secrecy: str = "unknown", datum_shift: DatumShift | None = None,
    options: Options | None = None, layer: str | None = None,
    by: str | None = None, mapping: Path | None = None, progress: Progress = silent,
    unit_ids: UnitIds | None = None,
) -> Report:  # fmt: skip
    """Load a file of one kind into the session's transaction, whole or not at all.

    `crs` is what the deliverer states; a file may bring its own. `on` is the day from which the
    delivery is true (default today). `mapping` is a JSON file heading → field; without it what was
    last said of these headings holds. With `dry_run` everything is done and taken back. The caller
    commits. Raises DeliveryRefused, CrsError or BadInput when the file is refused whole.
    """
    started = time.perf_counter()
    refuse_secret(secrecy, path)
    refuse_person(by)
    options = options or Options()
    day = on or datetime.now(ZoneInfo("Asia/Shanghai")).date()
    progress(0, None, f"读取 {safe_file_name(path.name)} · reading")
    table = read_table(path) if layer is None else read_table(path, layer=layer)
    refuse_marked(table)
    counted = [f.name for f in spec.fields if f.is_personal]
    told = told_mapping(
        session, spec.kind, table.columns, fields_of(spec), mapping, by, counted=counted
    )
    batch = read_batch(table, map_headings(table, spec, told.given), spec, path, options, crs)
    progress(1, 3, "核对 · checking")
    reading, note = move_batch(
        session, batch, spec, table, path, crs, datum_shift, day, unit_ids or {}
    )
    _mend(batch)
    with neighbours_beside(batch, spec) as report_neighbours:
        savepoint = session.begin_nested()
        try:
            session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
            columns = batch.mapping.named(table.columns)
            delivery_id = register_delivery(
                session, table, path, spec.kind, secrecy, reading, columns, by
            )
            merged = _store(session, batch, spec, delivery_id, day, secrecy, note, options)
            progress(2, 3, "保存 · storing")
            report_neighbours()
            report = _report(batch, spec, table, reading, merged, path, day, secrecy)
            report = replace(
                report, dry_run=dry_run, delivery_id=None if dry_run else delivery_id,
                options=stated(options, datum_shift),
                mapping=told.as_json(batch.mapping.personal.values()),
                seconds=round(time.perf_counter() - started, 3),
            )  # fmt: skip
            keep_refused(session, delivery_id, batch.refused)
            write_report(session, delivery_id, report)
            session.execute(text("DROP TABLE pg_temp.stage, pg_temp.known"))
        except BaseException:
            savepoint.rollback()
            raise
        if dry_run:
            savepoint.rollback()
        else:
            savepoint.commit()
    progress(3, 3, "完成 · done")
    return report


def stated(options: Options, shift: DatumShift | None) -> dict[str, Any]:
    """What was said by options, under their names, for the report."""
    said = {name: value for name, value in asdict(options).items() if value is not None}
    if shift is not None:
        said["datum_shift"] = ",".join(str(number) for number in astuple(shift))
    return said


def _mend(batch: Batch) -> None:
    """Repair invalid shapes; those whose area changes by more than the threshold are refused."""
    if not batch.has_shapes:
        return
    most = read(LoadSettings).repair_percent
    mended = mend(batch.shapes)
    batch.shapes = mended.shapes
    why: list[tuple[Thing, str | None, str, str]] = []
    for repair in mended.repairs:
        thing = batch.things[repair.index]
        percent = repair.percent
        is_refused = percent is None or percent > most
        change = repair.after_m2 - repair.before_m2
        batch.repairs.append(
            {"row": thing.number, "name": thing.values.get("name"), "reason": repair.reason,
             "area_before_m2": round(repair.before_m2, 1),
             "area_after_m2": round(repair.after_m2, 1), "change_m2": round(change, 1),
             "change_percent": None if percent is None else round(percent, 4),
             "outcome": "refused" if is_refused else "repaired"}
        )  # fmt: skip
        if is_refused:
            shown = "全部 all" if percent is None else f"{percent:.1f} %"
            message = (
                f"图形无效（{repair.reason}），修复会改变面积 {change:+.0f} m²（{shown}），"
                f"超过 {most:g} % · mending would change its area by {change:+.0f} m² ({shown})"
            )
            why.append((thing, None, "invalid_geometry", message))
        else:
            message = (
                f"图形无效（{repair.reason}），已修复，面积变化 {change:+.1f} m² · "
                f"invalid geometry mended, area changed by {change:+.1f} m²"
            )
            batch.report(thing, None, "repaired", message)
    batch.refuse(why)


def _store(
    session: Target, batch: Batch, spec: Spec, delivery_id: int, on: date, secrecy: str,
    note: str | None, options: Options,
) -> Merged:  # fmt: skip
    """Identify, stage, check and merge the rows that are left."""
    report_doubtful_values(batch, spec, on)
    states_units = any(f.name == "stated_unit" for f in spec.fields)
    if states_units:
        settle_stated_units(session, batch, spec, on, options)
    spec.identify(session, batch, on, options)
    told = tuple(
        f.name for f in spec.fields
        if f.is_stored and (f.name in batch.mapping.fields or f.default is not None or f.is_needed
                            or any(t.values.get(f.name) is not None for t in batch.things))
    )  # fmt: skip
    if batch.has_shapes:
        told = (*told, "geom")
    into = spec.destination(told)
    stage_batch(session, batch, spec, into.keys)
    staged = len(batch.things)
    if states_units:
        place_in_units(session, batch, on)
    if spec.check:
        spec.check(session, batch, on)
    if len(batch.things) < staged:
        _unstage_refused(session, batch)
    return _merge(session, batch, spec, into, delivery_id, on, secrecy, note)


def _unstage_refused(session: Target, batch: Batch) -> None:
    numbers = [thing.number for thing in batch.things]
    session.execute(
        text("DELETE FROM stage WHERE NOT row_number = ANY(CAST(:kept AS int[]))"),
        {"kept": numbers},
    )


def _merge(
    session: Target, batch: Batch, spec: Spec, into: Destination, delivery_id: int, on: date,
    secrecy: str, note: str | None,
) -> Merged:  # fmt: skip
    find_known(session, into, on)
    merged = merge_versions(
        session, into, delivery_id=delivery_id, on=on, secrecy=secrecy, note=note
    )
    if spec.finish:
        spec.finish(session, delivery_id)
    out = dict(merged.not_merged)
    batch.refuse(
        [(thing, None, out[thing.number], NOT_MERGED[out[thing.number]])
         for thing in batch.things if thing.number in out]
    )  # fmt: skip
    batch.problems += merged.problems
    return merged


def _report(
    batch: Batch, spec: Spec, table: Table, reading: CrsReading, merged: Merged, path: Path,
    on: date, secrecy: str,
) -> Report:  # fmt: skip
    batch.refused.sort(key=lambda refusal: refusal.problem.row or 0)
    problems = [*(refusal.problem for refusal in batch.refused), *batch.problems]
    return Report(
        counts=Counts(
            len(table.rows) + len(table.unreadable), merged.kept, batch.merged, merged.updated,
            merged.unchanged, len(batch.refused), batch.review,
        ),
        encoding=table.encoding,
        encoding_evidence=table.evidence,
        crs=reading,
        placement=batch.placement,
        columns=batch.mapping.named(table.columns),
        personal_columns=sorted(batch.mapping.personal.values()),
        problems=problems[:MOST_PROBLEMS],
        problems_left_off=max(0, len(problems) - MOST_PROBLEMS),
        repairs=batch.repairs,
        file_name=safe_file_name(path.name),
        sha256=table.sha256,
        kind=spec.kind,
        on=on.isoformat(),
        secrecy=secrecy,
        dry_run=False,
        seconds=0.0,
        format=table.format,
        layer=table.layer,
        notes=table.notes,
    )  # fmt: skip

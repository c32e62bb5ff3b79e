"""How do one or more delivered files become one loading, all of them or none?

The command line and the service load through this one function, so that both check alike.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

from geo.crs import DatumShift
from geo.errors import BadInput, CrsError, GeoError
from geo.loaders.crs_settled import AUTO
from geo.loaders.load import KINDS_OF_DELIVERY, load_delivery
from geo.loaders.personal import safe_file_name
from geo.loaders.report import MOST_PROBLEMS, REFUSED_SOME, Counts, Problem, Report
from geo.loaders.staging import Target
from geo.loaders.things import KINDS_OF_THING, Options
from geo.loaders.unit_ids import unit_ids
from geo.progress import Progress, silent

_STEPS = 100
"""Steps of progress that one of several files counts for."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the deliverer states about all files of one loading, as `load_delivery` takes it."""

    on: date | None = None
    secrecy: str = "unknown"
    facility_kind: str | None = None
    datum_shift: DatumShift | None = None
    by: str | None = None
    layer: str | None = None
    mapping: Path | None = None
    options: Options | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of the files of one loading, in their order; `seconds` is the whole time."""

    reports: tuple[Report, ...]
    seconds: float

    @property
    def counts(self) -> Counts:
        """The fates of all rows of all files."""
        each = [report.counts for report in self.reports]
        return Counts(*(sum(getattr(c, f.name) for c in each) for f in fields(Counts)))

    @property
    def exit_code(self) -> int:
        """0 when every row of every file found a place, 3 when some were refused."""
        return REFUSED_SOME if self.counts.refused else 0

    def unstored(self) -> Loaded:
        """The same told as a dry run: for what was taken back after all."""
        told = (replace(r, dry_run=True, delivery_id=None) for r in self.reports)
        return replace(self, reports=tuple(told))

    def as_json(self) -> dict[str, Any]:
        """The report of the one file as it is; of several the sums, and each under `files`."""
        if len(self.reports) == 1:
            return self.reports[0].as_json()
        return {**self._together(), "files": [report.as_json() for report in self.reports]}

    def _together(self) -> dict[str, Any]:
        """The keys of one report for all: sums, lists with the file's name, else what is common."""
        each = [report.as_json() for report in self.reports]
        whole = {key: _common([one.get(key) for one in each]) for key in each[0]}
        whole |= {f.name: getattr(self.counts, f.name) for f in fields(Counts)}
        for listed in ("problems", "repairs", "review_list"):
            whole[listed] = list(_with_file(each, listed))
        left_off = len(whole["problems"]) - MOST_PROBLEMS
        whole["problems"] = whole["problems"][:MOST_PROBLEMS]
        whole["problems_left_off"] = sum(one["problems_left_off"] for one in each)
        whole["problems_left_off"] += max(0, left_off)
        whole["placement"] = {
            key: sum(one["placement"][key] for one in each) for key in each[0]["placement"]
        }
        whole["personal_columns"] = sorted({c for one in each for c in one["personal_columns"]})
        whole["notes"] = [f"{one['file_name']}: {n}" for one in each for n in one["notes"]]
        used = _common([(one["crs"]["declared"], one["crs"]["used"]) for one in each])
        whole["crs"] = used and {"declared": used[0], "used": used[1], "candidates": []}
        return {**whole, "seconds": self.seconds}

    def dumps(self) -> str:
        """The report as JSON text, readable, Chinese as it is."""
        return json.dumps(self.as_json(), ensure_ascii=False, indent=2)


def _common(values: list[Any]) -> Any:
    """The value that all share, or None."""
    return values[0] if all(value == values[0] for value in values) else None


def _with_file(each: list[dict[str, Any]], key: str) -> Iterator[dict[str, Any]]:
    """The entries of a list of all reports, each with the name of its file."""
    for one in each:
        for entry in one[key]:
            yield {"file": one["file_name"], **entry}


def load_several(
    session: Target, kind: str, files: Sequence[Path], *, crs: Sequence[str] = (),
    said: Said | None = None, dry_run: bool = False, progress: Progress = silent,
) -> Loaded:  # fmt: skip
    """Load files of one kind in their order into the session's transaction: all or none.

    `crs` has nothing, one entry for all, or one per file. Each file becomes a delivery of its own;
    a later one sees what an earlier one brought. Of files with `crs` "auto" those that evidence
    settles go first: they are witnesses for the others; the reports stay in the files' order. With
    `dry_run` all is taken back at the end. The caller commits. Raises what `load_delivery` raises,
    with the file that was to blame; then nothing of any file is stored.
    """
    started = time.perf_counter()
    said = said or Said()
    stated = _crs_of_each(crs, len(files))
    ids = unit_ids(files, said.layer) if _needs_ids(kind, stated) else None
    savepoint = session.begin_nested()

    def load(at: int) -> Report:
        return load_delivery(
            session, kind, files[at], crs=stated[at], on=said.on, secrecy=said.secrecy,
            facility_kind=said.facility_kind, datum_shift=said.datum_shift,
            by=said.by, layer=said.layer, mapping=said.mapping,
            options=said.options, progress=_share(progress, at, files), unit_ids=ids,
        )  # fmt: skip

    try:
        reports = _in_order_of_evidence(session, load, files, stated)
    except BaseException:
        savepoint.rollback()
        raise
    if dry_run:
        savepoint.rollback()
    else:
        savepoint.commit()
    seconds = round(time.perf_counter() - started, 3)
    loaded = Loaded(tuple(_with_siblings(reports)), seconds)
    return loaded.unstored() if dry_run else loaded


def _needs_ids(kind: str, stated: Sequence[str | None]) -> bool:
    """Whether files of one delivery are to be told by evidence, which ids may give."""
    is_asked = any((crs or "").casefold() == AUTO for crs in stated)
    return is_asked and len(stated) > 1 and kind in KINDS_OF_THING


def _in_order_of_evidence(
    session: Target, load: Callable[[int], Report], files: Sequence[Path],
    stated: Sequence[str | None],
) -> list[Report]:  # fmt: skip
    """Load all files; those whose CRS nothing settles yet wait for what the others bring."""
    done: dict[int, Report] = {}
    waiting = list(range(len(files)))
    while waiting:
        settled = []
        for at in waiting:
            is_asked = (stated[at] or "").casefold() == AUTO and len(files) > 1
            report = None
            if is_asked:
                report = _settled_by_evidence(session, load, at)
            else:
                with _blamed(at, files):
                    report = load(at)
            if report is not None:
                done[at] = report
                settled.append(at)
        waiting = [at for at in waiting if at not in settled]
        if not settled:
            break
    for at in waiting:
        with _blamed(at, files):
            done[at] = load(at)
    return [done[at] for at in range(len(files))]


def _settled_by_evidence(session: Target, load: Callable[[int], Report], at: int) -> Report | None:
    """Load a file whose CRS its evidence settles, or that needs none; else leave no trace of it."""
    attempt = session.begin_nested()
    try:
        report = load(at)
    except CrsError:
        attempt.rollback()
        return None
    except BaseException as problem:
        attempt.rollback()
        if isinstance(problem, GeoError):
            return None  # told again, with the file's name, when its turn comes
        raise
    if report.crs.candidates and report.crs.by != "evidence":
        attempt.rollback()
        return None
    attempt.commit()
    return report


def _with_siblings(reports: Sequence[Report]) -> Iterator[Report]:
    """The reports; a file read as its format's default is told of others that evidence settled."""
    settled = [one for one in reports if one.crs.by == "evidence"]
    for report in reports:
        others = [one for one in settled if one.crs.used not in _SAME_AS.get(report.crs.used, ())]
        if report.crs.by != "default" or not others:
            yield report
            continue
        told = "; ".join(f"{one.file_name}: {one.crs.used} {_score_of(one)}" for one in others)
        used = report.crs.used
        message = (
            f"本文件未写坐标系，依格式默认按 {used} 读取，自身证据不足；"
            f"同批文件依证据认定为另一坐标系：{told}；请核对，必要时用 --crs 声明 · "
            f"read as {used} by default of its format, on no "
            f"evidence of its own; files of the same delivery were settled otherwise: {told}; "
            "check, and state it by --crs"
        )
        problem = Problem(None, None, None, "crs_siblings", message)
        yield replace(report, problems=[problem, *report.problems])


_SAME_AS = {"EPSG:4326": ("EPSG:4326", "EPSG:4490"), "EPSG:4490": ("EPSG:4326", "EPSG:4490")}


def _score_of(report: Report) -> str:
    """How well the system in use fits a file's rows."""
    score = report.crs.candidates[0]["score"]
    return "—" if score is None else f"{score:.3f}"


def _crs_of_each(crs: Sequence[str], files: int) -> list[str | None]:
    """One system per file: the one that is stated for all, or one each in the files' order."""
    if not files:
        raise BadInput("没有要导入的文件。\nThere is no file to load.", parameter="files")
    if len(crs) <= 1:
        return [crs[0] if crs else None] * files
    if len(crs) != files:
        raise BadInput(
            f"有 {files} 个文件、{len(crs)} 个坐标系：请写一个（用于全部），"
            "或按文件次序各写一个。\n"
            f"{files} files and {len(crs)} CRS: state one for all, or one per file in order.",
            parameter="crs",
        )
    return list(crs)


@contextmanager
def _blamed(at: int, files: Sequence[Path]) -> Iterator[None]:
    """Name the file of several that stops a loading, in the error that it raises."""
    try:
        yield
    except GeoError as problem:
        if len(files) > 1:
            name, which = safe_file_name(files[at].name), at + 1
            zh, _, en = str(problem).partition("\n")
            problem.args = (
                f"第 {which} 个文件（共 {len(files)} 个）{name} 被拒绝，所有文件都没有保存：{zh}\n"
                f"File {which} of {len(files)}, {name}, was refused; no file was stored. {en}",
            )
        raise


def _share(progress: Progress, at: int, files: Sequence[Path]) -> Progress:
    """The progress of one file as its share of the whole."""
    if len(files) == 1:
        return progress

    def tell(done: int, total: int | None, text: str) -> None:
        part = _STEPS * done // total if total else 0
        name = safe_file_name(files[at].name)
        words = text if name in text else f"{name}: {text}"
        progress(_STEPS * at + part, _STEPS * len(files), f"[{at + 1}/{len(files)}] {words}")

    return tell


def day_of(given: str | None) -> date | None:
    """The day from which a delivery is true; BadInput says how to write it."""
    if given is None:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise BadInput(
            f"on {given[:40]!r} 不是日期，请写成 2026-01-31。\n"
            f"on {given[:40]!r} is no date: write 2026-01-31.",
            parameter="on",
        ) from None


def shift_of(given: str | None) -> DatumShift | None:
    """Three or seven numbers parted by commas; BadInput says how to write them."""
    if given is None:
        return None
    try:
        numbers = [float(part) for part in given.split(",")]
        if len(numbers) not in (3, 7):
            raise ValueError
    except ValueError:
        raise BadInput(
            "datum-shift 需要 3 或 7 个数：dx,dy,dz[,rx,ry,rz,ppm]（米、角秒、百万分率）。\n"
            "datum-shift takes 3 or 7 numbers: dx,dy,dz[,rx,ry,rz,ppm].",
            parameter="datum_shift",
        ) from None
    return DatumShift(*numbers)


def known_kind(kind: str) -> str:
    """The kind when deliveries of it can be loaded; BadInput lists those that can."""
    if kind not in KINDS_OF_DELIVERY:
        known = " ".join(KINDS_OF_DELIVERY)
        raise BadInput(
            f"还不能导入 {kind[:40]!r}，可用：{known}。\n"
            f"{kind[:40]!r} cannot be loaded yet; use {known}.",
            parameter="kind",
        )
    return kind

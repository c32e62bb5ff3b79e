"""Which files make up a city, which of them are new, and in which order are they stored?"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from geo.loaders.city.changes import read_changes
from geo.loaders.city.divisions import CityRef, listed_divisions, resolve_city
from geo.loaders.city.extract import extract_city, extract_files
from geo.loaders.city.history import kin_of
from geo.loaders.city.listed import geonames_places, listed_places
from geo.loaders.city.places import (
    PlaceRecord,
    read_table,
    township_places,
    unit_places,
)
from geo.loaders.city.store import merge_units, store_changes, store_places
from geo.loaders.city.units import (
    UnitRow,
    all_versions,
    township_rows,
    version_rows,
)
from geo.loaders.packages import DATA, LOCK, ensure_packages
from geo.loaders.rules import rule_files, store_rules
from geo.models import Delivery, RefusedRow
from geo.progress import Progress, silent
from geo.settings import HomeSettings, read

KIND = "city-data"
# What a file's entry in SOURCES.toml says that a reader of the page of sources wants to know.
_ABOUT = ("title", "title_zh", "origin", "original_source", "date", "note", "note_zh")
READING = 1
"""Grows when this code reads the same files differently, so that loaded cities are read again."""
_LOCK_KEY = 0x6D7A6174  # one city is loaded at a time


@dataclass(frozen=True, slots=True)
class CityLoaded:
    """A city that is now in the database: 12-digit code, name, stored units and names."""

    code: str
    name: str
    units: int
    names: int
    skipped: bool


@dataclass(frozen=True, slots=True)
class CityFile:
    """One file of a city: its subject, where it lies, its checksum and what is known of it."""

    subject: str
    path: Path
    sha256: str
    origin: dict[str, Any]


def load_city(session: Session, city: str, progress: Progress = silent) -> CityLoaded:
    """Load a city by name or code with everything that is openly known of it.

    Changzhou and Chongqing come from `data/`; another city's part is extracted from the source
    packages, which are fetched once. Loading again does nothing while the files are unchanged;
    changed files are merged. The caller commits. Raises GeoError for an unknown or ambiguous city,
    and Unavailable where the packages cannot be fetched.
    """
    found = resolve_city(city)
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
    files = _city_files(found, progress)
    loaded = _loaded_before(session, found, files)
    if loaded is not None:
        progress(1, 1, f"{found.name} 已装载 · already loaded")
        return loaded
    progress(0, 3, f"装载 {found.name} 的区划 · loading divisions")
    deliveries = {file.subject: _deliver(session, found, file) for file in files}
    paths = {file.subject: file.path for file in files}
    reading = _Reading(found, paths, deliveries)
    units, places = reading.units(), reading.places()
    kept = merge_units(session, units, KIND)
    _report_kept(session, deliveries["boundaries"], kept)
    store_changes(session, reading.changes, deliveries["changes"])
    progress(1, 3, "装载地名 · loading place names")
    names = store_places(session, places, deliveries)
    progress(2, 3, "装载标准 · loading rule sets")
    for path in rule_files():
        store_rules(session, path, deliveries[path.stem])
    _complete(session, found, deliveries, len(units), names)
    progress(3, 3, f"{found.name} 已装载 · loaded")
    return CityLoaded(found.code, found.name, len(units), names, skipped=False)


def _city_files(city: CityRef, progress: Progress) -> list[CityFile]:
    """Every file of a city; extracted first when it is not one of those in `data/`."""
    code = city.short_code
    names = extract_files(code)
    folder = DATA
    if not (DATA / names["boundaries"]).is_file():
        pinned = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:8]
        folder = read(HomeSettings).folder / "extracts" / f"{pinned}-{READING}"
        if not all((folder / name).is_file() for name in names.values()):
            extract_city(ensure_packages(progress), code, folder, progress)
    paths = {subject: folder / name for subject, name in names.items()}
    for subject in ("heritage", "red-names", "old-names"):
        path = DATA / f"placenames/{subject}-{code}.csv"
        if path.is_file():
            paths[subject] = path
    paths |= {path.stem: path for path in rule_files()}
    paths["holidays"] = DATA / "standards/holidays.csv"  # read where it lies; here for its source
    register = _source_register()
    return [
        CityFile(
            subject, path, hashlib.sha256(path.read_bytes()).hexdigest(), _origin(path, register)
        )
        for subject, path in paths.items()
    ]


def _source_register() -> dict[str, dict[str, Any]]:
    """The entries of every SOURCES.toml of `data/` by file name."""
    register: dict[str, dict[str, Any]] = {}
    for path in sorted(DATA.glob("*/SOURCES.toml")):
        register |= tomllib.loads(path.read_text(encoding="utf-8"))["file"]
    return register


def _origin(path: Path, register: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """What SOURCES.toml says of a file; a fresh extract has the origin of its bundled sisters."""
    known = register.get(path.name)
    if known is None:
        known = register.get(re.sub(r"\d{6}", "320400", path.name), {})
    return known


def _loaded_before(session: Session, city: CityRef, files: list[CityFile]) -> CityLoaded | None:
    """The counts of an earlier load of exactly these files; None when one is new or changed."""
    row = session.execute(
        text("""
            SELECT report FROM delivery
            WHERE kind = :kind AND status = 'loaded' AND report ->> 'city' = :city
              AND report ? 'complete'
            ORDER BY id DESC LIMIT 1
        """),
        {"kind": KIND, "city": city.code},
    ).scalar()
    if row is None:
        return None
    is_same = row["complete"] == {file.subject: file.sha256 for file in files}
    if not is_same or row["reading"] != READING:
        return None
    return CityLoaded(city.code, city.name, row["units"], row["names"], skipped=True)


def _deliver(session: Session, city: CityRef, file: CityFile) -> int:
    """The delivery row of a file: the one of an earlier load while the file is the same."""
    known = session.execute(
        text("SELECT id FROM delivery WHERE kind = :kind AND file_name = :name AND sha256 = :sha"),
        {"kind": KIND, "name": file.path.name, "sha": file.sha256},
    ).scalar()
    if known is not None:
        return int(known)
    origin = file.origin
    crs = origin.get("crs")
    made = session.execute(
        insert(Delivery)
        .values(
            kind=KIND,
            file_name=file.path.name,
            sha256=file.sha256,
            size_bytes=file.path.stat().st_size,
            secrecy="public",
            licence=origin.get("licence"),
            encoding="UTF-8",
            crs_stated=crs,
            crs_used="EPSG:4490" if crs else None,
            report={
                "city": city.code, "subject": file.subject,
                "about": {name: origin[name] for name in _ABOUT if name in origin},
            },
        )
        .returning(Delivery.id)
    )  # fmt: skip
    return int(made.scalar_one())


def _complete(
    session: Session, city: CityRef, deliveries: dict[str, int], units: int, names: int
) -> None:
    """Write on the boundary file's delivery that the whole city is in, and from which files."""
    session.execute(
        text("""
            UPDATE delivery b SET report = b.report || jsonb_build_object(
                'complete', (SELECT jsonb_object_agg(s.subject, d.sha256)
                             FROM jsonb_each(CAST(:deliveries AS jsonb)) AS s (subject, id)
                             JOIN delivery d ON d.id = s.id::bigint),
                'units', CAST(:units AS int), 'names', CAST(:names AS int),
                'reading', CAST(:reading AS int))
            WHERE b.id = :id
        """),
        {
            "deliveries": json.dumps(deliveries), "units": units, "names": names,
            "reading": READING, "id": deliveries["boundaries"],
        },
    )  # fmt: skip


def _report_kept(session: Session, delivery_id: int, codes: list[str]) -> None:
    """Note the units that stay as another delivery brought them."""
    session.execute(
        text("DELETE FROM refused_row WHERE delivery_id = :id AND rule = 'kept-existing'"),
        {"id": delivery_id},
    )
    if codes:
        message = "已有其他来源的记录，予以保留 · kept as another delivery brought it"
        rows = [
            {
                "delivery_id": delivery_id, "row_number": number, "column_name": "code",
                "value": code, "rule": "kept-existing", "message": message, "data": {"code": code},
            }
            for number, code in enumerate(codes, start=1)
        ]  # fmt: skip
        session.execute(insert(RefusedRow), rows)


class _Reading:
    """A city's files, read into rows."""

    def __init__(self, city: CityRef, paths: dict[str, Path], deliveries: dict[str, int]) -> None:
        self.city = city
        self.paths = paths
        self.deliveries = deliveries
        self.features = self._json("boundaries")["features"]
        self.townships = self._json("townships")["townships"]
        self.changes = read_changes(self._json("changes")["events"])
        nodes = [(f["properties"]["code"], f["properties"]["name"]) for f in self.features]
        kin = kin_of(self.changes, nodes, city.short_code)
        self.versions = all_versions(self.changes, kin, self.features, listed_divisions())

    def _json(self, subject: str) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.paths[subject].read_text(encoding="utf-8"))
        return content

    def units(self) -> list[UnitRow]:
        """Rows of every division and state."""
        boundary, change = self.deliveries["boundaries"], self.deliveries["changes"]
        rows = version_rows(self.features, self.versions, boundary, change)
        return rows + township_rows(self.townships, self.deliveries["townships"])

    def places(self) -> list[PlaceRecord]:
        """Places of units, of GeoNames and of the lists."""
        code = self.city.short_code
        populated = read_table(self.paths["places"])
        former = read_table(self.paths["old-names"]) if "old-names" in self.paths else []
        townships = township_places(self.townships, populated)
        places = unit_places(self.features, self.versions, self.changes, former)
        places += townships + geonames_places(populated, townships, code)
        for subject in ("heritage", "red-names"):
            if subject in self.paths:
                rows = read_table(self.paths[subject])
                places += listed_places(rows, code, townships, subject)
        return places

"""How is everything that the atlas holds written into one file, as of one moment?"""

from __future__ import annotations

import os
import subprocess
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import file_digest
from io import BytesIO
from pathlib import Path

import psycopg

from geo.backup.fingerprints import Fingerprint, fingerprints
from geo.backup.manifest import DUMP, MANIFEST, Manifest
from geo.backup.programs import address_and_environment, program, told
from geo.db import Database
from geo.errors import BadInput, DatabaseProblem, both


@dataclass(frozen=True)
class Saved:
    """A backup: its file, size in bytes, the revision of its tables and what each of them holds."""

    file: Path
    size_bytes: int
    revision: str
    tables: Mapping[str, Fingerprint]


def save(database: Database, file: Path, *, version: str, replace: bool = False) -> Saved:
    """Write the database into `file` and answer what it holds.

    The file is a tar of two: `atlas.dump` (pg_dump's own form, both schemas) and `manifest.json`
    with the rows and the SHA-256 of every table. Both are taken from one snapshot, so others may
    write meanwhile. The file appears when it is whole; a killed command leaves a `.part` at most.
    It holds everything, also what is not public: readable by its owner alone (mode 600).
    Raises BadInput where the file exists (unless `replace`) or its folder does not, and
    DatabaseProblem with what pg_dump said.
    """
    if file.exists() and not replace:
        raise BadInput(
            both(
                f"文件 {file} 已存在；换一个名字，或加 --replace。",
                f"{file} exists; choose another name or add --replace",
            ),
            parameter="FILE",
        )
    if not file.parent.is_dir():
        raise BadInput(
            both(f"没有目录 {file.parent}。", f"there is no folder {file.parent}"),
            parameter="FILE",
        )
    dump, part = (file.with_name(f"{file.name}.{end}.part") for end in ("dump", "tar"))
    try:
        manifest = _dumped(database.owner_url, dump, version)
        _pack(part, manifest, dump)
        part.replace(file)
    except OSError as problem:
        raise DatabaseProblem(
            f"备份写不进 {file.parent}：{problem.strerror}。\n"
            f"The backup could not be written to {file.parent}: {problem.strerror}."
        ) from problem
    finally:
        dump.unlink(missing_ok=True)
        part.unlink(missing_ok=True)
    return Saved(file, file.stat().st_size, manifest.revision, manifest.tables)


def _dumped(url: str, dump: Path, version: str) -> Manifest:
    """Dump and fingerprint one snapshot; answer the manifest."""
    address, environment = address_and_environment(url)
    with psycopg.connect(address, password=environment.get("PGPASSWORD")) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ WRITE")
        revision = _revision(connection)
        snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert snapshot is not None
        _touch_private(dump)
        ran = subprocess.run(
            [program("pg_dump"), "--format=custom", "--schema=atlas", "--schema=atlas_public",
             "--no-owner", "--no-comments", f"--snapshot={snapshot[0]}", f"--file={dump}",
             f"--dbname={address}"],
            env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            errors="replace",
        )  # fmt: skip
        if ran.returncode != 0:
            raise told("pg_dump", ran.stderr)
        with dump.open("rb") as written:
            digest = file_digest(written, "sha256").hexdigest()
        return Manifest(
            version=version,
            revision=revision,
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            postgresql=connection.info.server_version,
            dump_sha256=digest,
            tables=fingerprints(connection),
        )


def _revision(connection: psycopg.Connection[tuple[object, ...]]) -> str:
    there = connection.execute("SELECT to_regclass('atlas.alembic_version')").fetchone()
    row = (
        connection.execute("SELECT version_num FROM atlas.alembic_version").fetchone()
        if there and there[0]
        else None
    )
    if row is None:
        raise DatabaseProblem(
            "数据库中还没有数据表，没有可备份的内容。请先运行 ./atlas up。\n"
            "The database has no tables yet: there is nothing to back up. Run ./atlas up first."
        )
    return str(row[0])


def _pack(part: Path, manifest: Manifest, dump: Path) -> None:
    """Write the tar: the manifest first, so that it can be read without the rest."""
    text = manifest.as_json().encode()
    _touch_private(part)
    with tarfile.open(part, "w") as tar:
        entry = tarfile.TarInfo(MANIFEST)
        entry.size = len(text)
        tar.addfile(entry, BytesIO(text))
        tar.add(dump, DUMP, filter=_of_nobody)


def _of_nobody(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


def _touch_private(path: Path) -> None:
    """Make an empty file that only its owner can read, in place of what was left or laid there."""
    path.unlink(missing_ok=True)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))

"""How does a backup become the database again: whole and the same, or not at all?"""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import asdict
from hashlib import file_digest
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql

from geo.backup.fingerprints import FUNCTION, PLAIN
from geo.backup.manifest import DUMP, Manifest, read_manifest
from geo.backup.programs import address_and_environment, program, told
from geo.db import Database
from geo.errors import BadInput, DatabaseProblem, Unavailable, both
from geo.migrations import known_revisions, migrate

PUBLIC = "atlas_public"


def restore(database: Database, file: Path, *, replace: bool = False) -> Manifest:
    """Bring the backup back, compare every table with its fingerprint, then bring it up to date.

    Dropping what was there, restoring and comparing are one transaction: whatever goes wrong, also
    a killed command, leaves the database as it was. `replace` is needed where it holds tables.
    A backup runs as SQL with the owner's rights: restore only files that you trust. Needs room for
    the unpacked dump in the temporary folder.
    Raises BadInput (no backup, a newer one, tables in the way), Unavailable where a service is
    running on the database, DatabaseProblem with the tables that are not the same.
    """
    manifest = read_manifest(file)
    if manifest.revision not in known_revisions():
        raise BadInput(
            both(
                f"备份来自更新的版本 {manifest.version}（数据表 {manifest.revision}），"
                "请先升级本程序。",
                f"the backup is of a newer version, {manifest.version} (tables"
                f" {manifest.revision}): bring this software up to date first",
            ),
            parameter="FILE",
        )
    has_role = _check_target(database.owner_url, replace=replace)
    with tempfile.TemporaryDirectory(prefix="minzheng-atlas-restore-") as folder:
        dump = _unpacked(file, manifest, Path(folder))
        _run(database.owner_url, dump, manifest, has_role=has_role)
    if has_role:
        _let_the_public_read(database.owner_url)
    migrate(database.owner_url)
    return manifest


def _check_target(url: str, *, replace: bool) -> bool:
    """Whether the server has the public's role. Raises where tables or users are in the way."""
    address, environment = address_and_environment(url)
    with psycopg.connect(address, password=environment.get("PGPASSWORD")) as connection:
        found = connection.execute(
            "SELECT to_regnamespace('atlas') IS NOT NULL,"
            " EXISTS (SELECT FROM pg_roles WHERE rolname = %s),"
            " (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            "  AND pid <> pg_backend_pid() AND application_name LIKE 'atlas %%')",
            (PUBLIC,),
        ).fetchone()
    assert found is not None
    has_tables, has_role, others = found
    if has_tables and not replace:
        raise BadInput(
            both(
                "数据库中已有数据；确认要用备份代替现有数据，请加 --replace。",
                "the database holds tables already; add --replace to put the backup in their place",
            ),
            parameter="--replace",
        )
    if others:
        raise Unavailable(
            both(
                "服务正在使用数据库；请先运行 ./atlas down。",
                "a service is using the database: run ./atlas down first",
            )
        )
    return bool(has_role)


def _unpacked(file: Path, manifest: Manifest, folder: Path) -> Path:
    """Take the dump out of the tar; it must be the one that the manifest names."""
    dump = folder / DUMP
    try:
        with tarfile.open(file, "r:") as tar:
            packed = tar.extractfile(DUMP)
            if packed is None:
                raise KeyError(DUMP)
            with dump.open("wb") as unpacked:
                shutil.copyfileobj(packed, unpacked, 1 << 20)
        with dump.open("rb") as unpacked:
            digest = file_digest(unpacked, "sha256").hexdigest()
    except (tarfile.TarError, KeyError) as problem:
        raise _damaged(file) from problem
    except OSError as problem:
        raise DatabaseProblem(
            f"备份无法解开到 {folder.parent}：{problem.strerror}。\n"
            f"The backup could not be unpacked to {folder.parent}: {problem.strerror}."
        ) from problem
    if digest != manifest.dump_sha256:
        raise _damaged(file)
    return dump


def _damaged(file: Path) -> BadInput:
    return BadInput(
        both(f"{file} 已损坏，没有恢复任何内容。", f"{file} is damaged; nothing was restored"),
        parameter="FILE",
    )


def _run(url: str, dump: Path, manifest: Manifest, *, has_role: bool) -> None:
    """Run the dump and the comparison as one transaction of psql."""
    address, environment = address_and_environment(url)
    unpack = [program("pg_restore"), "--no-owner", "--file=-", str(dump)]
    if not has_role:
        unpack.insert(1, "--no-privileges")
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as unpack_said:
        psql = subprocess.Popen(
            [program("psql"), "--no-psqlrc", "--quiet", "--output=/dev/null",
             "--set=ON_ERROR_STOP=1", f"--dbname={address}"],
            env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said,
        )  # fmt: skip
        assert psql.stdin is not None
        unpacked = 1
        try:
            psql.stdin.write(BEFORE.encode())
            psql.stdin.flush()
            unpacked = subprocess.run(
                unpack, env=environment, stdin=subprocess.DEVNULL, stdout=psql.stdin,
                stderr=unpack_said,
            ).returncode  # fmt: skip
            if unpacked == 0:  # without COMMIT the end of the input is a rollback
                psql.stdin.write(_after(manifest).encode())
            psql.stdin.close()
        except BrokenPipeError:
            pass  # psql has stopped at an error, and says at which
        except BaseException:  # Ctrl-C too: psql would wait for its input for ever
            psql.kill()
            raise
        finally:
            code = psql.wait()
        if code != 0:
            raise told("psql", _read(said))
        if unpacked != 0:
            raise told("pg_restore", _read(unpack_said))


BEFORE = """
BEGIN;
SET client_min_messages = warning;
DROP SCHEMA IF EXISTS atlas_public CASCADE;
DROP SCHEMA IF EXISTS atlas CASCADE;
"""


def _after(manifest: Manifest) -> str:
    """The comparison of every table with its fingerprint, then COMMIT."""
    kept = json.dumps({name: asdict(found) for name, found in manifest.tables.items()})
    compare = sql.SQL(COMPARE).format(kept=sql.Literal(kept)).as_string(None)
    return "\n".join([PLAIN, FUNCTION, compare, "COMMIT;", ""])


COMPARE = """
CREATE TEMPORARY TABLE kept ON COMMIT DROP AS
    SELECT key AS name, (value ->> 'rows')::bigint AS rows, value ->> 'sha256' AS sha256
    FROM jsonb_each({kept}::jsonb);
DO $compare$
DECLARE differ text;
BEGIN
    SELECT string_agg(
        format('%s (%s rows in the backup, %s restored)', name, k.rows, f.rows), ', ')
    INTO differ
    FROM kept k FULL JOIN pg_temp.fingerprints() f USING (name)
    WHERE (k.rows, k.sha256) IS DISTINCT FROM (f.rows, f.sha256);
    IF differ IS NOT NULL THEN
        RAISE EXCEPTION 'not as they were saved: %', differ;
    END IF;
END $compare$;
"""


def _let_the_public_read(url: str) -> None:
    """Grant what the migrations grant: a backup of a server without the role holds no grants."""
    address, environment = address_and_environment(url)
    with psycopg.connect(address, password=environment.get("PGPASSWORD")) as connection:
        role = sql.Identifier(PUBLIC)
        connection.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(role, role))
        connection.execute(
            sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA {} TO {}").format(role, role)
        )


def _read(said: IO[bytes]) -> str:
    said.seek(0)
    return said.read().decode(errors="replace")

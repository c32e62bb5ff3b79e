"""Is a backup the whole database as of one moment, and does it come back the same or not at all?"""

from __future__ import annotations

import gzip
import io
import json
import os
import signal
import stat
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from alembic import command

from geo.backup.fingerprints import Fingerprint, fingerprints
from geo.backup.manifest import DUMP, MANIFEST, read_manifest
from geo.backup.programs import address_and_environment
from geo.backup.restore import restore
from geo.backup.save import Saved, save
from geo.db import Database
from geo.db.embedded import Embedded
from geo.db.postmaster import connect_admin
from geo.db.preparation import make_database
from geo.errors import BadInput, DatabaseProblem, Unavailable
from geo.migrations import alembic_config, newest_revision
from tests.machine import database_at

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
RESTORE = (
    "import sys; from pathlib import Path; from geo.db import Database;"
    "from geo.backup.restore import restore;"
    "restore(Database(sys.argv[1], sys.argv[1]), Path(sys.argv[2]), replace=True)"
)
PUBLIC = (
    "SELECT (SELECT count(*) FROM atlas_public.facility), "
    "(SELECT md5(string_agg(ST_AsText(geom), '' ORDER BY id)) FROM atlas_public.admin_unit)"
)


@pytest.fixture(scope="module")
def saved(city: Database, tmp_path_factory: pytest.TempPathFactory) -> Saved:
    """A backup of the whole demonstration city, in a folder where links lie in its way."""
    folder, others = tmp_path_factory.mktemp("kept"), tmp_path_factory.mktemp("others") / "x"
    for ending in ("dump", "tar"):
        (folder / f"常州 (1).atlas.{ending}.part").symlink_to(others)
    made = save(city, folder / "常州 (1).atlas", version="0.1.0")
    assert not others.exists(), "nothing is written through a link"
    return made


@pytest.fixture
def empty(cluster: Embedded) -> Iterator[Database]:
    """A database without tables."""
    name = f"restored_{WORKER}"
    make_database(cluster.socket, name)
    yield database_at(cluster.socket, name)
    with connect_admin(cluster.socket) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _ask(url: str, question: str) -> list[tuple[object, ...]]:
    with psycopg.connect(address_and_environment(url)[0]) as connection:
        return connection.execute(question).fetchall()


def _prints(database: Database) -> dict[str, Fingerprint]:
    with psycopg.connect(address_and_environment(database.owner_url)[0]) as connection:
        connection.execute("SET TRANSACTION READ WRITE")
        return fingerprints(connection)


def _rewritten(file: Path, to: Path, **changes: object) -> Path:
    """The same backup with another manifest, as a careless hand would make it."""
    with tarfile.open(file) as tar:
        told = json.loads(tar.extractfile(MANIFEST).read())  # type: ignore[union-attr]
        dump = tar.extractfile(DUMP).read()  # type: ignore[union-attr]
    text = json.dumps({**told, **changes}).encode()
    with tarfile.open(to, "w") as tar:
        for name, content in ((MANIFEST, text), (DUMP, dump)):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return to


def test_the_city_comes_back_table_by_table(city: Database, saved: Saved, empty: Database) -> None:
    assert saved.tables["facility"].rows > 1000
    assert saved.tables == _prints(city)
    assert stat.S_IMODE(saved.file.stat().st_mode) == 0o600
    assert list(saved.file.parent.iterdir()) == [saved.file], "nothing half-made lies beside it"

    kept = restore(empty, saved.file)

    assert kept == read_manifest(saved.file)
    assert _prints(empty) == saved.tables
    assert _ask(empty.public_url, PUBLIC) == _ask(city.public_url, PUBLIC)
    (row,) = _ask(
        empty.owner_url, "SELECT nextval(pg_get_serial_sequence('atlas.facility', 'id')) >"
        " (SELECT max(id) FROM atlas.facility)",
    )  # fmt: skip
    assert row == (True,), "the next facility gets a number of its own"

    with pytest.raises(BadInput, match="--replace"):
        restore(empty, saved.file)


def test_what_is_not_the_same_is_not_taken(saved: Saved, empty: Database, tmp_path: Path) -> None:
    restore(empty, saved.file)
    _ask(empty.owner_url, "UPDATE atlas.facility SET phone = '12345' RETURNING id")
    mine = _prints(empty)
    told = json.loads(read_manifest(saved.file).as_json())["tables"]

    told["facility"]["rows"] += 1
    other = _rewritten(saved.file, tmp_path / "other.atlas", tables=told)
    with pytest.raises(DatabaseProblem, match=r"facility \(\d+ rows in the backup, \d+ restored\)"):
        restore(empty, other, replace=True)
    assert _prints(empty) == mine, "the old data stand untouched"

    restore(empty, saved.file, replace=True)
    assert _prints(empty) == saved.tables


def test_a_killed_restore_leaves_what_was_there(
    saved: Saved, empty: Database, tmp_path: Path
) -> None:
    restore(empty, saved.file)
    _ask(empty.owner_url, "UPDATE atlas.facility SET phone = '12345' RETURNING id")
    mine = _prints(empty)
    for patience in (0.9, 1.6):
        child = subprocess.Popen(
            [sys.executable, "-c", RESTORE, empty.owner_url, str(saved.file)],
            start_new_session=True,
        )
        time.sleep(patience)
        os.killpg(child.pid, 9)
        child.wait()
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:  # the server notices that nobody is there any more
            (row,) = _ask(
                empty.owner_url,
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid()",
            )
            if row == (0,):
                break
            time.sleep(0.1)
        now = _prints(empty)
        assert now in (mine, saved.tables), "whole or not at all"
        mine = now


def test_ctrl_c_ends_a_restore_at_once_and_nothing_is_changed(
    saved: Saved, empty: Database
) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", RESTORE, empty.owner_url, str(saved.file)],
        start_new_session=True, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    under_way = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'psql'"
    while _ask(empty.owner_url, under_way) == [(0,)] and child.poll() is None:
        time.sleep(0.01)
    child.send_signal(signal.SIGINT)  # to the command alone, as `kill -INT` and supervisors do
    _, said = child.communicate(timeout=120)
    assert "KeyboardInterrupt" in said
    assert _ask(empty.owner_url, "SELECT to_regnamespace('atlas') IS NULL") == [(True,)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "there is no file"),
        (b"", "no whole backup"),
        (b"PGDMP\x01\x0e\x00", "no whole backup"),
        (b"\x1f\x8b" + b"\x00" * 600, "no whole backup"),
        (gzip.compress(b"x" * 10_000, mtime=0)[:-9], "no whole backup"),
    ],
)
def test_what_is_no_backup_is_refused(
    empty: Database, tmp_path: Path, content: bytes | None, said: str
) -> None:
    file = tmp_path / "x.atlas"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BadInput, match=said):
        restore(empty, file)


def test_a_damaged_or_newer_backup_is_refused(
    saved: Saved, empty: Database, tmp_path: Path
) -> None:
    whole = saved.file.read_bytes()
    cut = tmp_path / "cut.atlas"
    cut.write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(BadInput, match=r"no whole backup|damaged"):
        restore(empty, cut)
    turned = bytearray(whole)
    turned[len(turned) // 2] ^= 0xFF
    cut.write_bytes(turned)
    with pytest.raises(BadInput, match="damaged"):
        restore(empty, cut)
    newer = _rewritten(saved.file, cut, revision="9999", version="9.0.0")
    with pytest.raises(BadInput, match=r"9\.0\.0"):
        restore(empty, newer)
    odd = _rewritten(saved.file, cut, format=2)
    with pytest.raises(BadInput, match=r"format 2"):
        restore(empty, odd)
    assert _ask(empty.owner_url, "SELECT to_regnamespace('atlas') IS NULL") == [(True,)]


def test_a_backup_of_the_first_release_is_brought_up_to_date(
    cluster: Embedded, empty: Database, tmp_path: Path
) -> None:
    command.upgrade(alembic_config(empty.owner_url), "0001")
    _ask(
        empty.owner_url,
        "INSERT INTO atlas.admin_unit (code, name, level, geometry_note, validity, is_published)"
        " VALUES ('320402000000', '天宁区', 3, '未交付图形', '[2015-01-01,)', true) RETURNING id",
    )
    old = save(empty, tmp_path / "old.atlas", version="0.1.0")
    assert old.revision == "0001"
    kept = restore(empty, old.file, replace=True)
    assert kept.revision == "0001"
    assert _ask(empty.owner_url, "SELECT version_num FROM atlas.alembic_version") == [
        (newest_revision(),)
    ]
    assert _ask(empty.public_url, "SELECT name FROM atlas_public.admin_unit") == [("天宁区",)]


def test_it_waits_for_nobody_and_overwrites_nothing(
    saved: Saved, empty: Database, city: Database, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match="exists"):
        save(city, saved.file, version="0.1.0")
    with pytest.raises(BadInput, match="no folder"):
        save(city, tmp_path / "nowhere" / "x.atlas", version="0.1.0")
    with pytest.raises(DatabaseProblem, match="no tables"):
        save(empty, tmp_path / "x.atlas", version="0.1.0")
    assert list(tmp_path.iterdir()) == []
    address = address_and_environment(empty.owner_url)[0]
    with (
        psycopg.connect(address, application_name="atlas owner"),
        pytest.raises(Unavailable, match="atlas down"),
    ):
        restore(empty, saved.file)


def test_no_password_stands_among_the_arguments() -> None:
    address, environment = address_and_environment("postgresql://u:s%40cret@db.example:5433/atlas")
    assert address == "postgresql://u@db.example:5433/atlas"
    assert environment["PGPASSWORD"] == "s@cret"


def test_one_changed_bit_changes_the_fingerprint(city: Database, saved: Saved) -> None:
    assert replace(saved, tables={}).tables != saved.tables
    with psycopg.connect(address_and_environment(city.owner_url)[0]) as connection:
        connection.execute("SET TRANSACTION READ WRITE")
        connection.execute(
            "UPDATE atlas.admin_unit SET geom = ST_Translate(geom, 1e-12, 0) WHERE id ="
            " (SELECT min(id) FROM atlas.admin_unit WHERE geom IS NOT NULL)"
        )
        changed = fingerprints(connection)
        connection.rollback()
    differ = {name for name in changed if changed[name] != saved.tables[name]}
    assert "admin_unit" in differ
    assert "facility" not in differ, "the other tables are as they were"

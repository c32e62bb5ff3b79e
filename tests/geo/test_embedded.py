"""Does the private PostGIS survive what befalls it: two at once, kills, leftovers, full disks?"""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from geo.db import cluster as clusters
from geo.db.cluster import open_cluster, start
from geo.db.embedded import Embedded, embedded, forget, shut_down, state
from geo.db.ground import LONGEST_SOCKET_PATH, ServerUser, server_user, socket_folder
from geo.db.postmaster import connect_admin, find_running
from geo.db.programs import find_programs
from geo.db.sharing import users
from geo.errors import DatabaseProblem
from geo.settings import CHECKOUT

Hold = Callable[..., "subprocess.Popen[str]"]


def _new_home() -> Path:
    home = Path(tempfile.mkdtemp(prefix="minzheng-atlas-embedded-"))
    home.chmod(0o755)
    return home


@pytest.fixture
def own_home() -> Iterator[Path]:
    """A home of the test's own, in /tmp where the server's user can enter it; not made yet."""
    home = _new_home()
    yield home
    forget(home)
    shutil.rmtree(home)


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A home with a cluster in it, copied by the tests that need one to damage."""
    home = _new_home()
    open_cluster(home, durable=False)
    yield home
    forget(home)
    shutil.rmtree(home)


@pytest.fixture
def ready(made: Path, own_home: Path) -> Path:
    """A home of the test's own that holds a made cluster, stopped."""
    subprocess.run(["cp", "-a", made / "pg", own_home / "pg"], check=True)
    return own_home


@pytest.fixture
def hold() -> Iterator[Hold]:
    """Start another process that holds the database of a home until told to go on."""
    started: list[subprocess.Popen[str]] = []

    def start_holding(
        home: Path, body: str = "sys.stdin.readline()", pg_bin: Path | None = None
    ) -> subprocess.Popen[str]:
        code = f"""
            import sys
            from pathlib import Path
            from geo.db.embedded import embedded
            programs = {str(pg_bin or "")!r}
            with embedded(
                Path({str(home)!r}), what="held", durable=False,
                pg_bin=Path(programs) if programs else None,
            ) as opened:
                print(opened.pid, flush=True)
                {body}
        """
        process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(code)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            cwd=CHECKOUT, start_new_session=True,
        )  # fmt: skip
        started.append(process)
        return process

    yield start_holding
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _ask(opened: Embedded) -> object:
    with connect_admin(opened.socket, "atlas") as admin:
        row = admin.execute("SELECT postgis_lib_version()").fetchone()
    return row and row[0]


def test_first_use_makes_and_starts_it_and_the_last_to_leave_stops_it(own_home: Path) -> None:
    with embedded(own_home, durable=False) as opened:
        assert _ask(opened)
        now = state(own_home)
        assert now.pid == opened.pid
        assert [user.pid for user in now.users] == [os.getpid()]
    after = state(own_home)
    assert (after.made, after.pid, after.users) == (True, None, [])
    assert not Path(opened.socket).exists()
    assert not list(own_home.glob("pg.*"))


def test_locale_roles_extensions_and_no_network(ready: Path) -> None:
    with embedded(ready, durable=False) as opened, connect_admin(opened.socket, "atlas") as admin:
        row = admin.execute(
            "SELECT datcollate, pg_encoding_to_char(encoding), datdba::regrole::text,"
            " current_setting('listen_addresses') FROM pg_database WHERE datname = 'atlas'"
        ).fetchone()
        assert row == ("C.UTF-8", "UTF8", "atlas", "")
        roles = admin.execute(
            "SELECT rolname, rolsuper, rolcreatedb FROM pg_roles WHERE rolname LIKE 'atlas%'"
            " ORDER BY 1"
        ).fetchall()
        assert roles == [
            ("atlas", False, False), ("atlas_admin", True, True), ("atlas_public", False, False),
        ]  # fmt: skip
        found = admin.execute("SELECT extname FROM pg_extension ORDER BY 1").fetchall()
        assert {"btree_gist", "postgis"} <= {name for (name,) in found}


def test_the_server_never_runs_as_root_and_its_socket_is_private_and_short(ready: Path) -> None:
    with embedded(ready, durable=False) as opened:
        assert Path(f"/proc/{opened.pid}").stat().st_uid != 0
        folder = Path(opened.socket).stat()
        assert stat.S_IMODE(folder.st_mode) == 0o700
        assert folder.st_uid != 0
        assert len(f"{opened.socket}/.s.PGSQL.5432") < LONGEST_SOCKET_PATH


def test_without_the_tests_own_haste_everything_is_synced(ready: Path) -> None:
    cluster = open_cluster(ready)
    start(cluster)
    text = (cluster.data / "postgresql.conf").read_text()
    assert "fsync" not in text
    assert "full_page_writes" not in text


def test_two_at_once_share_one_server_and_the_last_stops_it(own_home: Path, hold: Hold) -> None:
    first, second = hold(own_home), hold(own_home)  # both find no cluster: one makes it
    assert first.stdout
    assert second.stdout
    pids = {first.stdout.readline(), second.stdout.readline()}
    assert len(pids) == 1
    assert pids != {""}, first.communicate()[1] + second.communicate()[1]
    assert len(users(own_home)) == 2
    first.communicate("go\n")
    assert state(own_home).pid == int(pids.pop())
    second.communicate("go\n")
    assert (first.returncode, second.returncode) == (0, 0)
    assert state(own_home).pid is None


def test_a_killed_command_leaves_nothing_in_the_way(ready: Path, hold: Hold) -> None:
    process = hold(ready)
    assert process.stdout
    orphan = int(process.stdout.readline())
    process.kill()
    process.wait()
    assert users(ready) == []
    assert state(ready).pid == orphan  # left alone by the kill
    with embedded(ready, durable=False) as opened:
        assert opened.pid == orphan  # adopted
    assert state(ready).pid is None  # and stopped by the last to leave


def test_ctrl_c_stops_the_server_first(ready: Path, hold: Hold) -> None:
    process = hold(ready, "import signal; print('armed', flush=True); signal.pause()")
    assert process.stdout
    assert [process.stdout.readline() for _ in range(2)][1] == "armed\n"
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=120)
    assert state(ready).pid is None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_the_server_starts_leaves_none_running(
    ready: Path, hold: Hold, number: signal.Signals
) -> None:
    programs = slow_starting(ready)
    process = hold(ready, pg_bin=programs)
    wait_until((programs / "begun").exists)
    process.send_signal(number)
    process.communicate(timeout=120)
    time.sleep(1.0)  # what had been left to itself would be up by now
    assert state(ready).pid is None


def slow_starting(home: Path) -> Path:
    """A folder of PostgreSQL's programs whose pg_ctl starts the server after half a second."""
    real, folder = find_programs().folder, home / "programs"
    folder.mkdir()
    folder.chmod(0o777)  # the server's user notes there that it has begun
    for name in ("initdb", "postgres", "pg_config"):
        (folder / name).symlink_to(real / name)
    wrapper = folder / "pg_ctl"
    wrapper.write_text(
        f'#!/bin/sh\n[ "$1" = start ] || exec {real}/pg_ctl "$@"\n'
        f': >{folder}/begun\n(sleep 0.5; exec {real}/pg_ctl "$@") &\nwait $!\n'
    )
    wrapper.chmod(0o755)
    return folder


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait for something to hold, two minutes at most."""
    deadline = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_killed_while_making_the_half_made_cluster_is_made_anew(own_home: Path) -> None:
    half = own_home / "pg.making-1"
    half.mkdir()
    (half / "PG_VERSION").write_text("15\n")
    with embedded(own_home, durable=False) as opened:
        assert _ask(opened)
    assert not half.exists()


def test_killed_with_its_server_leaves_a_pid_file_and_a_socket(ready: Path) -> None:
    cluster = open_cluster(ready, durable=False)
    running = start(cluster)
    os.kill(running.pid, signal.SIGKILL)
    wait_until(lambda: find_running(cluster.data, wait_s=0) is None)
    assert (cluster.data / "postmaster.pid").exists()
    assert list(Path(running.socket).glob(".s.PGSQL.*"))
    with embedded(ready, durable=False) as opened:
        assert opened.pid != running.pid
        assert _ask(opened)


def test_a_pid_file_with_a_strangers_number_is_no_obstacle(ready: Path) -> None:
    with subprocess.Popen(["sleep", "60"]) as stranger:
        text = f"{stranger.pid}\n{ready / 'pg'}\n1700000000\n5432\n/tmp\n\n  1  1\nready   \n"
        (ready / "pg" / "postmaster.pid").write_text(text)
        with embedded(ready, durable=False) as opened:
            assert opened.pid != stranger.pid
            assert _ask(opened)
        assert stranger.poll() is None  # and it was left in peace
        stranger.kill()


def test_a_running_server_whose_socket_was_cleared_away_is_replaced(ready: Path) -> None:
    running = start(open_cluster(ready, durable=False))
    shutil.rmtree(running.socket)
    with embedded(ready, durable=False) as opened:
        assert opened.pid != running.pid
        assert _ask(opened)


def test_a_socket_folder_made_by_somebody_else_is_not_used(own_home: Path) -> None:
    user = server_user(own_home / "pg")
    usual = socket_folder(own_home, user)
    usual.rmdir()
    usual.mkdir(mode=0o777)
    usual.chmod(0o777)
    try:
        other = socket_folder(own_home, user)
        assert other != usual
        assert stat.S_IMODE(other.stat().st_mode) == 0o700
        other.rmdir()
    finally:
        usual.rmdir()


def test_a_socket_folder_that_is_a_link_is_not_followed(own_home: Path, tmp_path: Path) -> None:
    user = server_user(own_home / "pg")
    usual = socket_folder(own_home, user)
    usual.rmdir()
    usual.symlink_to(tmp_path)
    try:
        other = socket_folder(own_home, user)
        assert other != usual
        other.rmdir()
    finally:
        usual.unlink()


def test_a_deep_runtime_folder_gives_way_to_tmp(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("d" * 80)
    deep.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))
    me = ServerUser("me", os.geteuid(), os.getegid())
    folder = socket_folder(tmp_path, me)
    assert folder.parent == Path("/tmp")
    folder.rmdir()


def test_a_runtime_folder_of_ones_own_is_preferred(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(own_home))
    me = ServerUser("me", os.geteuid(), os.getegid())
    folder = socket_folder(own_home, me)
    assert folder.parent == own_home
    folder.rmdir()


def test_a_stranger_of_this_machine_cannot_connect(ready: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root, to become another account")
    with embedded(ready, durable=False) as opened:
        Path(opened.socket).chmod(0o755)  # even past the folder, the account is not in the map
        (Path(opened.socket) / ".s.PGSQL.5432").chmod(0o777)
        tried = subprocess.run(
            ["psql", "-h", opened.socket, "-U", "atlas", "-d", "atlas", "-c", "SELECT 1"],
            user="nobody", group="nogroup", extra_groups=[], cwd="/",
            capture_output=True, text=True,
        )  # fmt: skip
        assert tried.returncode != 0
        assert "authentication failed" in tried.stderr


def test_data_of_another_postgresql_version_are_named(ready: Path) -> None:
    (ready / "pg" / "PG_VERSION").write_text("9\n")
    with pytest.raises(DatabaseProblem, match="PostgreSQL 9"):
        open_cluster(ready)


def test_no_postgis_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(DatabaseProblem, match="apt-get install"):
        find_programs(tmp_path)


def test_too_old_programs_are_not_taken(tmp_path: Path) -> None:
    script = '#!/bin/sh\necho "postgres (PostgreSQL) 13.9"\n'
    (tmp_path / "postgres").write_text(script)
    (tmp_path / "postgres").chmod(0o755)
    with pytest.raises(DatabaseProblem, match="PostgreSQL 13"):
        find_programs(tmp_path)


def test_a_failed_initdb_is_told_and_leaves_nothing(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = 'initdb: error: could not write to file "x": No space left on device'
    monkeypatch.setattr(
        clusters.Cluster, "run", lambda *_, **__: subprocess.CompletedProcess([], 1, "", said)
    )
    with pytest.raises(DatabaseProblem, match="磁盘空间不足"):
        open_cluster(own_home, durable=False)
    assert not list(own_home.glob("pg*"))


def test_a_really_full_disk_gets_a_plain_message(own_home: Path) -> None:
    disk = own_home / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400m", "tmpfs", disk], capture_output=True, text=True
    )
    if mounted.returncode != 0:
        pytest.skip(f"needs root, to mount a small disk: {mounted.stderr.strip()}")
    try:
        disk.chmod(0o755)
        home = disk / "home"
        with embedded(home, durable=False) as opened:
            assert _ask(opened)
        free = shutil.disk_usage(disk).free
        with (disk / "ballast").open("wb") as ballast:
            os.posix_fallocate(ballast.fileno(), 0, free)
        with pytest.raises(DatabaseProblem, match="磁盘空间不足"), embedded(home, durable=False):
            pass
        (disk / "ballast").unlink()
        with embedded(home, durable=False) as opened:
            assert _ask(opened)
        forget(home)
        shutil.rmtree(home)
        with (disk / "ballast").open("wb") as ballast:
            os.posix_fallocate(ballast.fileno(), 0, 300_000_000)
        with pytest.raises(DatabaseProblem, match="磁盘空间不足"), embedded(home, durable=False):
            pass
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def test_a_home_the_server_cannot_enter_is_named() -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root: others run the server themselves")
    closed = Path(tempfile.mkdtemp(prefix="minzheng-atlas-closed-"))  # 0700, root's
    with pytest.raises(DatabaseProblem, match="ATLAS_HOME"):
        open_cluster(closed / "home", durable=False)
    shutil.rmtree(closed)


def test_an_unusable_home_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatabaseProblem, match="ATLAS_HOME"):
        open_cluster(tmp_path / "file" / "home")


def test_down_stops_an_orphan_but_not_a_server_in_use(ready: Path, hold: Hold) -> None:
    process = hold(ready)
    assert process.stdout
    process.stdout.readline()
    with pytest.raises(DatabaseProblem, match=f"held .pid {process.pid}"):
        shut_down(ready)
    process.kill()
    process.wait()
    assert shut_down(ready) is True
    assert shut_down(ready) is False


def test_reset_deletes_the_data_but_not_under_a_running_command(ready: Path, hold: Hold) -> None:
    process = hold(ready)
    assert process.stdout
    process.stdout.readline()
    with pytest.raises(DatabaseProblem, match="不能删除"):
        forget(ready)
    process.communicate("go\n")
    forget(ready)
    assert not (ready / "pg").exists()


def test_a_broken_configuration_is_told_with_the_servers_own_words(ready: Path) -> None:
    shutil.rmtree(ready / "pg" / "pg_xact")
    with (
        pytest.raises(DatabaseProblem, match=r"FATAL.*transaction"),
        embedded(ready, durable=False),
    ):
        pass
    assert users(ready) == []


@pytest.mark.full
def test_many_commands_come_and_go_and_some_are_killed(own_home: Path, hold: Hold) -> None:
    for _ in range(4):
        crowd = [hold(own_home, "import time; time.sleep(0.3)") for _ in range(6)]
        crowd[0].stdout.readline()  # type: ignore[union-attr]
        crowd[0].kill()
        crowd[1].kill()
        for process in crowd:
            process.communicate(timeout=120)
        assert all(process.returncode == 0 for process in crowd[2:])
    with embedded(own_home, durable=False) as opened:
        assert _ask(opened)
    assert state(own_home).pid is None


@pytest.mark.full
def test_a_kill_at_any_moment_of_the_first_start_leaves_a_way_on(
    own_home: Path, hold: Hold
) -> None:
    for tenths in range(1, 30, 2):
        process = hold(own_home)
        time.sleep(tenths / 10)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    with embedded(own_home, durable=False) as opened:
        assert _ask(opened)


def test_no_port_is_opened(ready: Path) -> None:
    with embedded(ready, durable=False) as opened:
        listed = Path(f"/proc/{opened.pid}/net/tcp")
        inodes = {line.split()[9] for line in listed.read_text().splitlines()[1:]}
        files = (os.readlink(entry) for entry in Path(f"/proc/{opened.pid}/fd").iterdir())
        held = {name[8:-1] for name in files if name.startswith("socket:")}
        assert not inodes & held

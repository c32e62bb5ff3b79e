"""Do up, serve, status and down do their whole job, also when they are disturbed?

What serves or loads runs as its own process on a home of the module's own, as a user runs it; what
only looks or refuses runs in this one.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from geo.db.embedded import forget, state
from geo.settings import CHECKOUT
from tests.machine import free_port

pytestmark = pytest.mark.xdist_group("up")

PATIENCE_S = 120.0
"""Far more than a busy machine needs to start or end a service: only what hangs is given up."""


@pytest.fixture(scope="module")
def ready() -> Iterator[Path]:
    """A home in which `up --no-serve` has loaded Changzhou."""
    home = Path(tempfile.mkdtemp(prefix="minzheng-atlas-up-"))
    home.chmod(0o755)
    done = atlas(home, "up", "--no-serve")
    assert done.returncode == 0, done.stdout + done.stderr
    yield home
    forget(home)
    shutil.rmtree(home)


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "api", *arguments]


def environment(home: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "ATLAS_HOME": str(home), "PYTHONUNBUFFERED": "1", **more}


def atlas(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments), env=environment(home, **more), cwd=CHECKOUT,
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip


def said(*arguments: str, **variables: str) -> Result:
    """Run a command in this process: quick, for those that are refused before anything starts."""
    from api.cli import app

    return CliRunner().invoke(app, arguments, env=variables)


@contextmanager
def serving(home: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A command that serves, once its health endpoint answers; its process and its address."""
    port = free_port()
    process = subprocess.Popen(
        command(*arguments, "--port", str(port)), env=environment(home), cwd=CHECKOUT,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    base = f"http://127.0.0.1:{port}"
    try:
        _wait_for(process, f"{base}/api/health")
        yield process, base
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _wait_for(process: subprocess.Popen[str], url: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < deadline, f"it did not come up within {PATIENCE_S:.0f} s"
        try:
            assert get(url) == 200
            return
        except (urllib.error.URLError, TimeoutError):  # the port answers after the imports
            time.sleep(0.1)


def get(url: str, wait_s: float = PATIENCE_S) -> int:
    with urllib.request.urlopen(url, timeout=wait_s) as answer:
        status: int = answer.status
        return status


def refused(done: subprocess.CompletedProcess[str] | Result) -> str:
    """The one plain message of a command that was refused."""
    code = done.exit_code if isinstance(done, Result) else done.returncode
    assert code == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    return done.stderr


def test_the_second_run_skips_what_is_done(ready: Path) -> None:
    done = atlas(ready, "up", "--no-serve")  # how long it takes: benchmarks/up.py
    assert done.returncode == 0, done.stderr
    steps = [line for line in done.stdout.splitlines() if line.startswith("✓")]
    assert len(steps) == 7
    assert all(line.endswith(" s") for line in steps)  # each step tells its time
    assert done.stdout.count("up to date") == 4
    assert state(ready).pid is None


def test_up_serves_every_page_and_ctrl_c_stops_both_servers(ready: Path) -> None:
    with serving(ready, "up") as (process, base):
        for page in ("/", "/elder-care", "/access", "/boundaries", "/names", "/data", "/docs"):
            assert get(base + page) == 200
        assert state(ready).pid is not None
        process.send_signal(signal.SIGINT)
        told, _ = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 0, told
        assert f"{base}/elder-care" in told
        assert "Traceback" not in told
    assert state(ready).pid is None


def test_two_share_one_database_and_one_may_be_killed(ready: Path) -> None:
    with serving(ready, "serve") as (first, _), serving(ready, "serve") as (second, base):
        assert len(state(ready).users) == 2
        first.kill()
        first.wait()
        assert get(f"{base}/api/health/ready") == 200
        second.send_signal(signal.SIGINT)
        second.wait(timeout=PATIENCE_S)
    assert state(ready).pid is None


def test_after_a_killed_service_the_next_serves_is_named_by_status_and_stopped_by_down(
    ready: Path,
) -> None:
    home = {"ATLAS_HOME": str(ready)}
    with serving(ready, "serve") as (process, _):
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    with serving(ready, "serve") as (process, base):
        assert get(f"{base}/api/health/ready") == 200
        told = said("status", **home).stdout
        assert base in told
        assert str(process.pid) in told
        assert "不能删除" in refused(said("up", "--reset", "--no-serve", **home))
        done = said("down", **home)
        assert done.exit_code == 0, done.stderr
        process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 128 + signal.SIGTERM  # asked to end, and ended in order
    assert state(ready).pid is None
    assert "没有在运行" in said("down", **home).stdout
    assert "未运行" in said("status", **home).stdout


def test_a_port_in_use_is_told_before_anything_starts() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert f"端口 {port} 已被占用" in refused(said("up", "--port", port))


@pytest.mark.parametrize("host", ["no-such-host.invalid", "192.0.2.1"])
def test_an_address_that_is_not_this_machines(host: str) -> None:
    assert "--host" in refused(said("up", "--host", host))


def test_an_unknown_city_is_said_plainly(ready: Path) -> None:
    assert "没有这个市" in refused(
        said("up", "--no-serve", "--city", "没有这个市", ATLAS_HOME=str(ready))
    )


def test_a_setting_that_cannot_be_used_is_named() -> None:
    assert "ATLAS_PORT" in refused(said("up", ATLAS_PORT="many"))


def test_reset_is_for_the_private_database_only() -> None:
    url = "postgresql://bureau@127.0.0.1:1/civil"
    assert "--reset" in refused(said("up", "--reset", "--no-serve", ATLAS_DATABASE_URL=url))


def test_status_hides_the_password_of_an_existing_server() -> None:
    done = said("status", ATLAS_DATABASE_URL="postgresql://bureau:hidden-word@127.0.0.1:1/civil")
    assert done.exit_code == 0
    assert "hidden-word" not in done.output
    assert "连接不上数据库服务器" in done.output


def test_an_error_of_our_own_is_kept_in_a_file_and_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(console: object) -> None:
        raise RuntimeError("of our own")

    monkeypatch.setattr("api.cli.tell_status", fail)
    done = said("status", ATLAS_HOME=str(tmp_path))
    assert done.exit_code == 70
    assert "Traceback" not in done.output
    assert "of our own" in (tmp_path / "errors.log").read_text()


def test_without_tables_a_command_says_what_to_run_first() -> None:
    home = Path(tempfile.mkdtemp(prefix="minzheng-atlas-up-"))
    home.chmod(0o755)
    try:
        assert "./atlas up" in refused(said("deliveries", ATLAS_HOME=str(home)))
    finally:
        forget(home)
        shutil.rmtree(home)


@pytest.mark.parametrize("seconds", [0.3, 1.5, 3.0, 5.0])
def test_ctrl_c_at_any_moment_ends_quietly(ready: Path, seconds: float) -> None:
    process = subprocess.Popen(
        command("up", "--no-serve"), env=environment(ready), cwd=CHECKOUT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    time.sleep(seconds)
    process.send_signal(signal.SIGINT)
    told, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode in (0, 130, -signal.SIGINT)  # 0: it was through already
    assert "Traceback" not in told
    assert state(ready).pid is None


@pytest.mark.full
def test_reset_makes_everything_anew(ready: Path) -> None:
    marker = ready / "pg" / "of-the-old-one"
    marker.write_text("")
    done = atlas(ready, "up", "--reset", "--no-serve")
    assert done.returncode == 0, done.stderr
    assert not marker.exists()


@pytest.mark.full
def test_a_kill_in_any_step_leaves_a_way_on() -> None:
    home = Path(tempfile.mkdtemp(prefix="minzheng-atlas-up-"))
    home.chmod(0o755)
    try:
        for seconds in (1, 2, 4, 6, 8, 10):
            process = subprocess.Popen(
                command("up", "--no-serve"), env=environment(home), cwd=CHECKOUT,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
            time.sleep(seconds)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        done = atlas(home, "up", "--no-serve")
        assert done.returncode == 0, done.stderr
    finally:
        forget(home)
        shutil.rmtree(home)


def test_a_city_without_demo_data_holds_nothing_synthetic() -> None:
    home = Path(tempfile.mkdtemp(prefix="minzheng-atlas-real-"))
    home.chmod(0o755)
    try:
        done = atlas(home, "up", "--no-serve", "--no-demo")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "没有人口数据" in done.stdout + done.stderr
        listed = atlas(home, "deliveries")
        assert "demo" not in listed.stdout
    finally:
        forget(home)
        shutil.rmtree(home)

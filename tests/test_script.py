"""Does ./atlas bring a fresh machine to a command, and say plainly what stands in the way?

The script runs here on a small checkout of its own: no packages to install, and a command line
that only tells its arguments. The whole of it runs on the real one every time `./atlas test` does.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from geo.settings import CHECKOUT

SCRIPT = CHECKOUT / "atlas"
TOLD = 'import os, sys; print("args", sys.argv[1:], "cwd", os.getcwd())\n'
SYSTEM = "cat cksum cut date dirname env expr grep head id ls mkdir printf pwd rm sed sh sleep tail"


@pytest.fixture(scope="module")
def quick_python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An interpreter whose `-m venv` copies an environment that was made once for all tests."""
    folder = tmp_path_factory.mktemp("python")
    subprocess.run([_python(), "-m", "venv", folder / "made"], check=True)
    quick = folder / "python3"
    quick.write_text(
        f"""#!/bin/sh
case "$*" in
"-m venv "*) mkdir -p "$3" && cp -a "{folder}/made/." "$3" &&
    sed -i "s|{folder}/made|$3|" "$3/pyvenv.cfg" ;;
*) exec {_python()} "$@" ;;
esac
"""
    )
    quick.chmod(0o755)
    return str(quick)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A small checkout in a folder with a blank and Chinese in its name."""
    folder = tmp_path / "民政 一张图"
    (folder / "api").mkdir(parents=True)
    shutil.copy(SCRIPT, folder / "atlas")
    (folder / "api" / "__init__.py").write_text("")
    (folder / "api" / "__main__.py").write_text(TOLD)
    (folder / "requirements.lock").write_text("# nothing\n")
    (folder / "requirements-dev.lock").write_text("# nothing, for tests\n")
    return folder


def run(
    checkout: Path, *arguments: str, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the script with an existing server named, so that it asks for no PostGIS here."""
    return subprocess.run(
        [checkout / "atlas", *arguments], capture_output=True, text=True, cwd=cwd or checkout,
        env=variables(**environment), timeout=400,
    )  # fmt: skip


def variables(**environment: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("ATLAS_", "PY"))}
    base = {"ATLAS_PYTHON": _python(), "ATLAS_DATABASE_URL": "postgresql://nobody@nowhere/none"}
    return {key: value for key, value in {**kept, **base, **environment}.items() if value}


def _python() -> str:
    """An interpreter outside any virtual environment."""
    return str(Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}")


def bare_path(tmp_path: Path, **programs: str) -> str:
    """A PATH with the system's plainest programs and the given scripts only."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in SYSTEM.split():
        found = shutil.which(name)
        if found and name not in programs:
            (folder / name).symlink_to(found)
    for name, script in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    return str(folder)


def refused(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1, done.stdout + done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 2, done.stderr  # Chinese, then English; nothing else
    return done.stderr


def test_shellcheck_finds_nothing() -> None:
    if not shutil.which("shellcheck"):
        pytest.skip("shellcheck is not installed")
    for script in (SCRIPT, CHECKOUT / ".ci" / "run"):
        done = subprocess.run(["shellcheck", script], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("shell", ["dash", "bash --posix", "busybox sh"])
def test_every_plain_shell_can_read_it(shell: str) -> None:
    if not shutil.which(shell.split()[0]):
        pytest.skip(f"{shell.split()[0]} is not installed")
    subprocess.run([*shell.split(), "-n", SCRIPT], check=True)


def test_from_nothing_to_a_command_and_nothing_to_do_the_second_time(checkout: Path) -> None:
    first = run(checkout, "find", "常州 市", cwd=Path("/"))
    assert first.returncode == 0, first.stderr
    assert "args ['find', '常州 市'] cwd /\n" in first.stdout  # arguments and folder untouched
    second = run(checkout, "find")
    assert (second.returncode, second.stderr) == (0, "")


def test_a_half_made_environment_is_made_anew(checkout: Path, quick_python: str) -> None:
    assert run(checkout, "find", ATLAS_PYTHON=quick_python).returncode == 0
    (checkout / ".venv" / ".installed-requirements.lock").unlink()
    (checkout / ".venv" / "leftover").write_text("")
    done = run(checkout, "find", ATLAS_PYTHON=quick_python)
    assert done.returncode == 0, done.stderr
    assert not (checkout / ".venv" / "leftover").exists()


def test_killed_in_the_middle_the_next_one_goes_on(checkout: Path) -> None:
    began = subprocess.Popen(
        [checkout / "atlas", "find"], env=variables(), cwd=checkout, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    deadline = time.monotonic() + 120
    while not (checkout / ".venv" / "bin").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(began.pid, signal.SIGKILL)
    began.wait()
    done = run(checkout, "find")
    assert done.returncode == 0, done.stderr


def test_a_changed_lock_is_installed_without_starting_over(
    checkout: Path, quick_python: str
) -> None:
    assert run(checkout, "find", ATLAS_PYTHON=quick_python).returncode == 0
    (checkout / ".venv" / "kept").write_text("")
    (checkout / "requirements.lock").write_text("# something else\n")
    done = run(checkout, "find", ATLAS_PYTHON=quick_python)
    assert "Python packages" in done.stderr
    assert (checkout / ".venv" / "kept").exists()
    assert run(checkout, "find", ATLAS_PYTHON=quick_python).stderr == ""


def test_a_moved_checkout_gets_an_environment_of_its_own(checkout: Path, quick_python: str) -> None:
    assert run(checkout, "find", ATLAS_PYTHON=quick_python).returncode == 0
    moved = checkout.with_name("elsewhere")
    checkout.rename(moved)
    done = run(moved, "find", ATLAS_PYTHON=quick_python)
    assert done.returncode == 0, done.stderr
    assert str(moved) in (moved / ".venv" / "pyvenv.cfg").read_text()


def test_two_at_once_build_one_environment(
    checkout: Path, quick_python: str, tmp_path: Path
) -> None:
    waiting, heard = tmp_path / "python3", tmp_path / "heard"  # builds once the other one waits
    waiting.write_text(
        f"""#!/bin/sh
case "$*" in "-m venv "*) until [ -e {heard} ]; do sleep 0.02; done ;; esac
exec {quick_python} "$@"
"""
    )
    waiting.chmod(0o755)
    said = [tmp_path / f"said-{number}" for number in range(2)]
    both = [
        subprocess.Popen(
            [checkout / "atlas", "find"], env=variables(ATLAS_PYTHON=str(waiting)), cwd=checkout,
            stdout=subprocess.DEVNULL, stderr=errors.open("w"),
        )
        for errors in said
    ]  # fmt: skip
    deadline = time.monotonic() + 120
    while not any("waiting for another" in errors.read_text("utf-8") for errors in said):
        assert time.monotonic() < deadline, [errors.read_text("utf-8") for errors in said]
        time.sleep(0.02)
    heard.touch()
    returned = [process.wait(timeout=120) for process in both]
    told = [errors.read_text("utf-8") for errors in said]
    assert returned == [0, 0], told
    assert sum("✓ Python" in errors for errors in told) == 1
    assert sum("waiting for another" in errors for errors in told) == 1


def test_a_lock_without_hashes_is_not_installed(checkout: Path, quick_python: str) -> None:
    (checkout / "requirements.lock").write_text("typer==0.15.0\n")
    done = run(checkout, "find", ATLAS_PYTHON=quick_python, PIP_NO_INDEX="1")
    assert done.returncode == 1
    assert "Python 依赖未能安装" in done.stderr
    assert not (checkout / ".venv" / ".installed-requirements.lock").exists()


def test_a_python_that_is_none(checkout: Path) -> None:
    assert "ATLAS_PYTHON=/bin/false" in refused(run(checkout, "find", ATLAS_PYTHON="/bin/false"))


def test_no_python_says_what_to_install(checkout: Path, tmp_path: Path) -> None:
    done = run(checkout, "find", ATLAS_PYTHON="", PATH=bare_path(tmp_path))
    assert "sudo apt-get install python3 python3-venv" in refused(done)


def test_only_an_old_python_says_what_to_install(checkout: Path, tmp_path: Path) -> None:
    done = run(checkout, "find", ATLAS_PYTHON="", PATH=bare_path(tmp_path, python3="exit 1"))
    assert "3.11" in refused(done)


def test_neither_root_nor_sudo_gets_the_exact_command(checkout: Path, tmp_path: Path) -> None:
    path = bare_path(
        tmp_path,
        id="echo 1000",
        **{"apt-get": "exit 1", "apt-cache": 'echo "  Depends: postgresql-17"'},
        python3=f'case "$*" in *ensurepip*) exit 1 ;; esac\nexec {_python()} "$@"',
    )
    said = refused(run(checkout, "find", ATLAS_PYTHON="", PATH=path))
    assert f"sudo apt-get install python3.{sys.version_info.minor}-venv" in said


def test_without_apt_the_needs_are_named(checkout: Path, tmp_path: Path) -> None:
    path = bare_path(
        tmp_path, python3=f'case "$*" in *ensurepip*) exit 1 ;; esac\nexec {_python()} "$@"'
    )
    assert "PostGIS ≥ 3.3" in refused(run(checkout, "find", ATLAS_PYTHON="", PATH=path))


def test_sudo_runs_apt_and_nothing_else(checkout: Path, tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    path = bare_path(
        tmp_path,
        id="echo 1000",
        sudo=f'echo "$*" >>{calls}; [ "$1" = -n ] && exit 0; exit 1',
        **{"apt-get": "exit 1", "apt-cache": 'echo "  Depends: postgresql-17"'},
        python3=f'case "$*" in *ensurepip*) exit 1 ;; esac\nexec {_python()} "$@"',
    )
    done = run(checkout, "find", ATLAS_PYTHON="", PATH=path)
    assert done.returncode == 1
    assert "系统软件包未能安装" in done.stderr
    for call in calls.read_text().splitlines():
        assert call == "-n true" or call.startswith("env DEBIAN_FRONTEND=noninteractive")
        assert call == "-n true" or " apt-get " in call
    assert "install --no-install-recommends" in calls.read_text()


def test_a_checkout_that_cannot_be_written(checkout: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    checkout.chmod(0o555)
    try:
        assert "不能写入" in refused(run(checkout, "find"))
    finally:
        checkout.chmod(0o755)


def test_a_folder_with_modules_of_the_same_names_does_not_disturb(
    checkout: Path, tmp_path: Path, quick_python: str
) -> None:
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "__init__.py").write_text("raise SystemExit('the wrong api')\n")
    done = run(checkout, "find", cwd=tmp_path, ATLAS_PYTHON=quick_python)
    assert "args ['find']" in done.stdout, done.stderr

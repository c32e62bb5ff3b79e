"""Does `./atlas up --bundle` take what fits this machine, and nothing else?

Packing and setting up a bare system with the network cut is tried by hand (docs/operations.md): it
moves 600 MB. Here: what the script reads, checks, refuses and hands to pip and apt.
"""

from __future__ import annotations

import hashlib
import platform
import re
import sys
import tarfile
from pathlib import Path

import pytest

from api.bundle import PACKAGES, TEST_PACKAGES, _release
from tests.test_script import SCRIPT, bare_path, checkout, quick_python, refused, run

__all__ = ["checkout", "quick_python"]
PYTHON = "{}.{}".format(*sys.version_info)


def _bundle(
    checkout: Path, to: Path, *, codename: str = "", lock: str = "", spoilt: bool = False
) -> Path:
    """A bundle for the small checkout: nothing but a page asset in it."""
    folder = to / "packed"
    (folder / "debs").mkdir(parents=True)
    (folder / "wheels").mkdir()
    (folder / "vendor" / "leaflet").mkdir(parents=True)
    (folder / "vendor" / "leaflet" / "leaflet.js").write_text("// here\n")
    (folder / "debs" / "Packages").write_text("")
    own = hashlib.sha256((checkout / "requirements.lock").read_bytes()).hexdigest()
    (folder / "bundle.env").write_text(
        f"bundle_codename='{codename or _release('VERSION_CODENAME')}'\n"
        f"bundle_machine='{platform.machine()}'\nbundle_python='{PYTHON}'\n"
        f"bundle_postgresql='15'\nbundle_lock='{lock or own}'\nbundle_tests=''\n"
    )
    sums = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n"
        for path in sorted(folder.rglob("*")) if path.is_file()
    ]  # fmt: skip
    (folder / "SHA256SUMS").write_text("".join(sums))
    if spoilt:
        (folder / "vendor" / "leaflet" / "leaflet.js").write_text("// elsewhere\n")
    file = to / "包 1.tar"
    with tarfile.open(file, "w") as tar:
        for path in sorted(folder.iterdir()):
            tar.add(path, path.name)
    return file


def test_a_bundle_sets_up_without_a_look_at_the_network(
    checkout: Path, quick_python: str, tmp_path: Path
) -> None:
    (checkout / "api" / "__main__.py").write_text(
        'import os, sys; print("args", sys.argv[1:], sorted(k for k in os.environ if "PIP" in k))\n'
    )
    (checkout / "maps" / "static").mkdir(parents=True)
    (checkout / "maps" / "__init__.py").write_text("")
    (checkout / "maps" / "assets.py").write_text("")
    file = _bundle(checkout, tmp_path)
    done = run(
        checkout, "up", "--no-serve", "--bundle", str(file), "--city", "常州市",
        ATLAS_PYTHON=quick_python, TMPDIR=str(tmp_path),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "['up', '--no-serve', '--city', '常州市']" in done.stdout, "the rest is handed on"
    assert (checkout / "maps/static/vendor/leaflet/leaflet.js").read_text() == "// here\n"
    assert not list(tmp_path.glob("tmp.*")), "what was unpacked is cleared away"


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"codename": "potato"}, "The bundle is for potato"),
        ({"lock": "0" * 64}, "packed by another version"),
        ({"spoilt": True}, "incomplete or damaged"),
    ],
)
def test_a_bundle_that_does_not_fit_is_refused(
    checkout: Path, quick_python: str, tmp_path: Path, how: dict[str, str], said: str
) -> None:
    file = _bundle(checkout, tmp_path, **how)  # type: ignore[arg-type]
    done = run(checkout, "up", f"--bundle={file}", ATLAS_PYTHON=quick_python, TMPDIR=str(tmp_path))
    assert said in done.stderr
    assert done.returncode == 1
    assert not (checkout / ".venv").exists()
    assert not list(tmp_path.glob("tmp.*"))


def test_no_file_no_bundle(checkout: Path, quick_python: str, tmp_path: Path) -> None:
    for arguments in (["--bundle"], ["--bundle", str(tmp_path / "none.tar")]):
        done = run(checkout, "up", *arguments, ATLAS_PYTHON=quick_python)
        assert "bundle" in refused(done)
    cut = tmp_path / "cut.tar"
    cut.write_bytes(_bundle(checkout, tmp_path).read_bytes()[:3000])
    done = run(checkout, "up", "--bundle", str(cut), ATLAS_PYTHON=quick_python)
    assert "incomplete or damaged" in refused(done)


def test_apt_reads_the_bundle_alone(checkout: Path, tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    file = _bundle(checkout, tmp_path)
    path = bare_path(
        tmp_path, sudo=f'echo "$*" >>{calls}; [ "$1" = -n ] && exit 0; exit 1',
        id="echo 1000", **{"apt-get": "exit 1"},
        python3=f'case "$*" in *ensurepip*) exit 1 ;; esac\nexec {_system_python()} "$@"',
    )  # fmt: skip
    for name in ("tar", "sha256sum", "mktemp", "chmod", "uname", "cp"):
        (tmp_path / "bin" / name).symlink_to(f"/usr/bin/{name}")
    done = run(checkout, "up", "--bundle", str(file), ATLAS_PYTHON="", PATH=path)
    assert "系统软件包未能安装" in done.stderr, done.stderr
    asked = [call for call in calls.read_text().splitlines() if " apt-get " in call]
    assert asked
    for call in asked:
        assert "Dir::Etc::sourceparts=- " in call
        assert "/sources.list" in call


def _system_python() -> str:
    return str(Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}")


def test_the_bundle_holds_what_the_script_installs() -> None:
    script = SCRIPT.read_text("utf-8")
    named = re.findall(r'wanted="\$wanted ([^"]+)"', script)
    assert sorted(" ".join(named).split()) == sorted([*PACKAGES, *TEST_PACKAGES])

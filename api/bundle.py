"""What does a machine without internet need to set the atlas up, packed by one that has it?

One tar: `wheels/` (all that the lock file names, by its hashes), `debs/` (system packages with all
that they need, as a small repository for apt), `vendor/` (scripts and styles of the pages),
`bundle.env` (for which system it is) and `SHA256SUMS`. `./atlas up --bundle FILE` reads it.
"""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from geo.errors import BadInput, GeoError, Unavailable, both
from geo.progress import Progress, silent
from geo.settings import CHECKOUT

PACKAGES = (
    "fonts-noto-cjk", "libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0",
)  # fmt: skip
"""What `./atlas` installs beside PostGIS and Python's venv module; a test holds them together."""
TEST_PACKAGES = ("chromium",)


@dataclass(frozen=True)
class Bundle:
    """A packed bundle: its file and size, and how many packages of each sort it holds."""

    file: Path
    size_bytes: int
    wheels: int
    debs: int


def bundle(
    file: Path, vendor: Path, *, for_tests: bool = False, progress: Progress = silent
) -> Bundle:
    """Pack what this system and this Python need; another machine of the same sort can be set up.

    `vendor`: the folder with the page assets. Needs the internet, apt and about 600 MB. Nothing is
    installed here. Raises BadInput where the file exists, Unavailable with what apt or pip said.
    """
    if file.exists():
        raise BadInput(both(f"文件 {file} 已存在。", f"{file} exists already"), parameter="--out")
    if shutil.which("apt-get") is None:
        raise Unavailable(
            both(
                "离线安装包需在 Debian 或 Ubuntu 上制作（需要 apt-get）。",
                "a bundle is packed on Debian or Ubuntu: apt-get is needed",
            )
        )
    with tempfile.TemporaryDirectory(prefix="minzheng-atlas-bundle-") as name:
        folder = Path(name)
        progress(0, 4, "wheels")
        wheels = _wheels(folder / "wheels", for_tests=for_tests)
        progress(1, 4, "debs")
        postgresql = _postgresql()
        debs = _debs(folder, postgresql, for_tests=for_tests)
        progress(2, 4, "vendor")
        shutil.copytree(vendor, folder / "vendor")
        (folder / "bundle.env").write_text(_about(postgresql, for_tests=for_tests))
        (folder / "SHA256SUMS").write_text("".join(_sums(folder)))
        progress(3, 4, "tar")
        _pack(folder, file)
        progress(4, 4, "")
    return Bundle(file, file.stat().st_size, wheels, debs)


def _about(postgresql: str, *, for_tests: bool) -> str:
    """For which system the bundle is, as the shell reads it."""
    lock = "requirements-dev.lock" if for_tests else "requirements.lock"
    facts = {
        "bundle_codename": _release("VERSION_CODENAME"),
        "bundle_machine": platform.machine(),
        "bundle_python": "{}.{}".format(*sys.version_info),
        "bundle_postgresql": postgresql,
        "bundle_lock": _digest(CHECKOUT / lock),
        "bundle_tests": "1" if for_tests else "",
    }
    return "".join(f"{name}='{value}'\n" for name, value in facts.items())


def _release(name: str) -> str:
    found = re.search(rf'^{name}="?([\w.-]+)"?$', Path("/etc/os-release").read_text(), re.MULTILINE)
    return found[1] if found else ""


def _wheels(folder: Path, *, for_tests: bool) -> int:
    """Download every wheel that the lock names, each with its hash."""
    lock = CHECKOUT / ("requirements-dev.lock" if for_tests else "requirements.lock")
    _run(
        sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
        "--no-input", "--require-hashes", "--only-binary=:all:", "--dest", str(folder),
        "--requirement", str(lock),
    )  # fmt: skip
    return len(list(folder.iterdir()))


def _postgresql() -> str:
    """The PostgreSQL version that this distribution brings."""
    told = _run("apt-cache", "depends", "postgresql")
    found = re.search(r"Depends: postgresql-(\d+)$", told, re.MULTILINE)
    if found is None:
        raise Unavailable(
            both(
                "apt 不知道 postgresql 软件包；请先运行 sudo apt-get update。",
                "apt knows no package postgresql: run sudo apt-get update first",
            )
        )
    return found[1]


def _debs(folder: Path, postgresql: str, *, for_tests: bool) -> int:
    """Download the packages with all that they need, as if nothing were installed; answer how many.

    So the other system may be as bare, or as old a point release, as it likes.
    """
    archives = folder / "debs"
    (archives / "partial").mkdir(parents=True)
    python = f"python{sys.version_info.major}.{sys.version_info.minor}"
    _run(
        "apt-get", "-y", "-q", "--download-only", "-o", "Dir::State::status=/dev/null",
        "-o", f"Dir::Cache::archives={archives}", "-o", "Debug::NoLocking=1",
        "-o", "APT::Sandbox::User=root", "install", "--no-install-recommends",
        "python3", f"{python}-venv", f"postgresql-{postgresql}-postgis-3", *PACKAGES,
        *(TEST_PACKAGES if for_tests else ()),
    )  # fmt: skip
    shutil.rmtree(archives / "partial")
    (archives / "lock").unlink(missing_ok=True)
    debs = sorted(archives.glob("*.deb"))
    (archives / "Packages").write_text("\n".join(map(_index_entry, debs)), encoding="utf-8")
    return len(debs)


def _index_entry(deb: Path) -> str:
    """What apt's index says of one package."""
    return (
        f"{_run('dpkg-deb', '--field', str(deb)).strip()}\nFilename: ./{deb.name}\n"
        f"Size: {deb.stat().st_size}\nSHA256: {_digest(deb)}\n"
    )


def _sums(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield f"{_digest(path)}  {path.relative_to(folder)}\n"


def _pack(folder: Path, file: Path) -> None:
    part = file.with_name(f"{file.name}.part")
    try:
        with tarfile.open(part, "w") as tar:
            for path in sorted(folder.iterdir()):
                tar.add(path, path.name)
        part.replace(file)
    except OSError as problem:
        raise GeoError(
            both(
                f"写不进 {file}：{problem.strerror}。",
                f"{file} cannot be written: {problem.strerror}",
            )
        ) from problem
    finally:
        part.unlink(missing_ok=True)


def _digest(path: Path) -> str:
    with path.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()


def _run(*command: str) -> str:
    """Run a program and answer what it printed. Raises Unavailable with its last lines."""
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode != 0:
        said = " / ".join((done.stderr or done.stdout).strip().splitlines()[-3:])
        raise Unavailable(
            both(
                f"{Path(command[0]).name} 失败：{said}",
                f"{Path(command[0]).name} failed: {said}",
            )
        )
    return done.stdout

"""Which PostgreSQL with PostGIS on this machine can run a private database?"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from geo.errors import DatabaseProblem

OLDEST_POSTGRESQL = 14
OLDEST_POSTGIS = (3, 3)

_USUAL_FOLDERS = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # Red Hat and relatives, from postgresql.org
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)


@dataclass(frozen=True)
class Programs:
    """One PostgreSQL installation that has PostGIS."""

    folder: Path
    version: int
    postgis: str

    def __getitem__(self, name: str) -> str:
        """The full path of one program, for example `programs["initdb"]`."""
        return str(self.folder / name)


def find_programs(pg_bin: Path | None = None, *, version: int | None = None) -> Programs:
    """Find the newest PostgreSQL ≥ 14 with PostGIS ≥ 3.3.

    `pg_bin` names the only folder to look at; `version` (a major version) keeps to the one that
    made the existing data. Raises DatabaseProblem that says what was found and what to install.
    """
    folders = [pg_bin] if pg_bin else list(_folders())
    seen: list[str] = []
    fit: list[Programs] = []
    for folder in folders:
        major, postgis = _postgresql_version(folder), _postgis_version(folder)
        seen.append(f"{folder} (PostgreSQL {major or '?'}, PostGIS {postgis or '—'})")
        if major is None or postgis is None:
            continue
        if major >= OLDEST_POSTGRESQL and version_numbers(postgis) >= OLDEST_POSTGIS:
            fit.append(Programs(folder, major, postgis))
    if version is not None:
        return _of_version(fit, version)
    if not fit:
        raise DatabaseProblem(_nothing_fits(seen))
    return max(fit, key=lambda programs: programs.version)


def version_numbers(text: str) -> tuple[int, int]:
    """Answer (3, 3) for `3.3.2` or `3.3 USE_GEOS=1 …`; (0, 0) where no number stands."""
    match = re.search(r"(\d+)\.(\d+)", text)
    return (int(match[1]), int(match[2])) if match else (0, 0)


def _of_version(fit: list[Programs], version: int) -> Programs:
    """The programs of the major version that made the data, or what to do without them."""
    for programs in fit:
        if programs.version == version:
            return programs
    have = "、".join(str(programs.version) for programs in fit) or "—"
    raise DatabaseProblem(
        f"现有数据由 PostgreSQL {version} 建立，而本机可用版本为 {have}，不能直接打开。请安装"
        f" postgresql-{version}-postgis-3，或用 ./atlas up --reset 重建（现有数据将被删除）。\n"
        f"The data were made by PostgreSQL {version}; this machine has {have}. Install"
        f" postgresql-{version}-postgis-3, or rebuild with ./atlas up --reset (deletes the data)."
    )


def _nothing_fits(seen: list[str]) -> str:
    found = "; ".join(seen) or "—"
    return (
        f"没有找到 PostgreSQL ≥ {OLDEST_POSTGRESQL} 与 PostGIS ≥ 3.3（已查看：{found}）。"
        "Debian/Ubuntu 请安装 postgresql-<版本>-postgis-3（如 sudo apt-get install"
        " postgresql-15-postgis-3），或用 ATLAS_DATABASE_URL 指定现有服务器。\n"
        f"No PostgreSQL ≥ {OLDEST_POSTGRESQL} with PostGIS ≥ 3.3 was found (looked at: {found})."
        " On Debian or Ubuntu install for example postgresql-15-postgis-3, or name an existing"
        " server in ATLAS_DATABASE_URL."
    )


def _folders() -> Iterator[Path]:
    """Folders that may hold PostgreSQL's server programs, each once."""
    candidates = [path for pattern in _USUAL_FOLDERS for path in _glob(pattern)]
    on_path = [shutil.which("postgres"), shutil.which("pg_config")]
    candidates += [Path(program).resolve().parent for program in on_path if program]
    seen: set[Path] = set()
    for folder in candidates:
        if folder not in seen and (folder / "initdb").exists() and (folder / "postgres").exists():
            seen.add(folder)
            yield folder


def _glob(pattern: str) -> list[Path]:
    return sorted(Path("/").glob(pattern.lstrip("/")))


def _postgresql_version(folder: Path) -> int | None:
    """The major version that `postgres --version` states, None where it does not run."""
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=10
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    return int(match[1]) if match else None


def _postgis_version(folder: Path) -> str | None:
    """The PostGIS version that this PostgreSQL would create, None where it has none."""
    for share in _share_folders(folder):
        control = share / "extension" / "postgis.control"
        if control.is_file():
            match = re.search(r"default_version\s*=\s*'([^']+)'", control.read_text())
            return match[1] if match else None
    return None


def _share_folders(folder: Path) -> Iterator[Path]:
    """Where this PostgreSQL keeps its shared files: as it says, then by Debian's custom."""
    try:
        answer = subprocess.run(
            [folder / "pg_config", "--sharedir"], capture_output=True, text=True, timeout=10
        )
        if answer.returncode == 0:
            yield Path(answer.stdout.strip())
    except (OSError, subprocess.TimeoutExpired):
        pass
    yield Path("/usr/share/postgresql") / folder.parent.name

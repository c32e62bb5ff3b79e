"""What is the answer of a run, and how is it kept?"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from geo.access.radius.distance import Floats, Indices
from geo.batch.piece import PARTS, Tally
from geo.errors import BadInput, both


@dataclass(frozen=True, slots=True)
class BatchCoverage:
    """Points and people by area (codes ascending), and those within `radius_m` metres.

    people, covered: NaN where the people of one of the area's points are unknown (`unknown` points
    of it). The first code may be "": points of no told area. pieces: into how many it was cut,
    which changes nothing; seconds: of the computation, the start of workers aside. network: the
    roads that were walked, None for straight lines; too_far: points farther from any of its ways
    than the snap limit, which nobody reaches on foot.
    """

    radius_m: float
    area_codes: tuple[str, ...]
    places: Indices
    covered_places: Indices
    people: Floats
    covered: Floats
    unknown: Indices
    pieces: int
    seconds: float
    computed_at: datetime
    network: str | None = None
    too_far: Indices | None = None
    has_synthetic: bool | None = None
    sources: tuple[str, ...] = ()
    note: str = ""

    @property
    def method(self) -> str:
        """The rule in words."""
        reach = f"{self.radius_m:g} m" if np.isfinite(self.radius_m) else "any distance"
        if self.network is not None:
            return (
                f"需求点与设施各接到路网 {self.network} 最近的道路（接路段按直线计入），"
                f"沿可步行道路到最近设施不超过 {reach} 即为覆盖，每点只计一次。"
                f"A point is covered when the walk along the ways of network {self.network!r} to "
                "its nearest facility, with what lies beside them on both ends, is at most "
                f"{reach}; each point counts once."
            )
        return (
            f"需求点到最近设施的直线（CGCS2000 椭球测地线）距离不超过 {reach} 即为覆盖，"
            "每点只计一次。A point is covered when the geodesic on the CGCS2000 ellipsoid to its "
            f"nearest facility is at most {reach}; each point counts once."
        )

    def as_json(self) -> dict[str, Any]:
        """Totals, method and sources; unknown is null."""
        people, covered = _known(self.people.sum()), _known(self.covered.sum())
        return {
            "radius_m": self.radius_m if np.isfinite(self.radius_m) else None,
            "places": int(self.places.sum()),
            "covered_places": int(self.covered_places.sum()),
            "people": people,
            "covered": covered,
            "share": covered / people if people and covered is not None else None,
            "places_with_unknown_people": int(self.unknown.sum()),
            "measure": "line" if self.network is None else "walk",
            "network": self.network,
            "places_too_far_from_ways": None if self.too_far is None else int(self.too_far.sum()),
            "areas": len(self.area_codes),
            "pieces": self.pieces,
            "seconds": round(self.seconds, 3),
            "method": self.method,
            "sources": list(self.sources),
            "has_synthetic": self.has_synthetic,
            "note": self.note,
            "computed_at": self.computed_at.isoformat(timespec="seconds"),
        }


def as_answer(
    counted: Tally,
    areas: tuple[str, ...],
    radius_m: float,
    pieces: int,
    seconds: float,
    network: str | None = None,
) -> BatchCoverage:
    """Counts as an answer; areas without a point are left out."""
    some = np.flatnonzero(counted.places)
    known = counted.unknown[some] == 0
    people = np.where(known, counted.people[some] / PARTS, np.nan)
    covered = np.where(known, counted.covered[some] / PARTS, np.nan)
    return BatchCoverage(
        radius_m, tuple(areas[i] for i in some), counted.places[some],
        counted.covered_places[some], people, covered, counted.unknown[some], pieces, seconds,
        datetime.now(UTC), network, None if network is None else counted.too_far[some],
    )  # fmt: skip


def empty_folder(folder: Path) -> Path:
    """The folder, made if need be. Raises BadInput for one that holds anything."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_empty = not any(folder.iterdir())
    except OSError as problem:
        raise BadInput(
            both(f"不能写入 {folder}：{problem.strerror}。",
                 f"cannot write to {folder}: {problem.strerror}"),
            parameter="out",
        ) from None  # fmt: skip
    if not is_empty:
        raise BadInput(
            both(f"{folder} 不是空文件夹。", f"{folder} is not empty; name a new folder"),
            parameter="out",
        )
    return folder.absolute()


def write_summary(made: BatchCoverage, folder: Path) -> None:
    """`areas.parquet` and, last of all, `summary.json`: without it the run did not end."""
    table = pa.table(
        {
            "area": pa.array(made.area_codes, pa.string()),
            "places": made.places,
            "covered_places": made.covered_places,
            "people": pa.array(made.people, from_pandas=True),
            "covered": pa.array(made.covered, from_pandas=True),
            "unknown": made.unknown,
        }
    )
    if made.too_far is not None:
        table = table.append_column("too_far", pa.array(made.too_far))
    pq.write_table(table, folder / "areas.parquet")
    text = json.dumps(made.as_json(), ensure_ascii=False, indent=2)
    (folder / "summary.json").write_text(text + "\n", encoding="utf-8")


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)

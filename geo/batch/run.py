"""How many people of a nation live within a radius of a facility, computed piece by piece?

covered(area) = Σ people over the points whose nearest facility is at most `radius_m` away, as
`geo.access.coverage` counts. The answer does not depend on the cut: a piece sees every facility
within the radius (its halo), a point is in one piece, distances are measured and not interpolated,
and people are added as whole numbers.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from geo.access.radius.distance import Floats, Indices
from geo.batch.cells import checked_points, grid_of, pieces_of
from geo.batch.cluster import each_done
from geo.batch.piece import PARTS, Tally, nearest_within, no_tally, tally
from geo.batch.sources import (
    NO_AREA,
    Columns,
    Demand,
    Piece,
    checked_people,
    file_pieces,
    given,
    write_part,
)
from geo.batch.stored import Asked, stored_pieces
from geo.errors import BadArray, BadInput, both
from geo.progress import Progress, silent

if TYPE_CHECKING:
    from distributed import Client

MOST_ROWS = 250_000
"""Points in one piece of arrays or files: some 50 MB with all that is computed on them."""

Done = tuple[int, Tally]


@dataclass(frozen=True, slots=True)
class BatchCoverage:
    """Points and people by area (codes ascending), and those within `radius_m` metres.

    people, covered: NaN where the people of one of the area's points are unknown (`unknown` points
    of it). The first code may be "": points of no told area. pieces: into how many it was cut,
    which changes nothing; seconds: of the computation, the start of workers aside.
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
    has_synthetic: bool | None = None
    sources: tuple[str, ...] = ()
    note: str = ""

    @property
    def method(self) -> str:
        """The rule in words."""
        reach = f"{self.radius_m:g} m" if np.isfinite(self.radius_m) else "any distance"
        return (
            f"需求点到最近设施的直线(CGCS2000 椭球测地线)距离不超过 {reach} 即为覆盖,"
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
            "areas": len(self.area_codes),
            "pieces": self.pieces,
            "seconds": round(self.seconds, 3),
            "method": self.method,
            "sources": list(self.sources),
            "has_synthetic": self.has_synthetic,
            "note": self.note,
            "computed_at": self.computed_at.isoformat(timespec="seconds"),
        }


def coverage_of_arrays(
    lon: Floats,
    lat: Floats,
    site_lon: Floats,
    site_lat: Floats,
    *,
    radius_m: float,
    people: Floats | None = None,
    area: NDArray[Any] | None = None,
    cut: float | NDArray[Any] = 0.5,
    client: Client | None = None,
    out: Path | None = None,
    progress: Progress = silent,
) -> BatchCoverage:
    """Coverage of points by facilities, all given as arrays (degrees of EPSG:4490).

    people: per point (None: 1 each; NaN: unknown); area: a code per point (None: no areas). cut:
    degrees of a grid, or a label per point. client: whose workers compute (None: this process).
    out: an empty folder for a Parquet file per piece and the summary. Raises BadArray, BadInput.
    """
    x, y = checked_points(lon, lat, "demand")
    sites = checked_points(site_lon, site_lat, "sites")
    weight = np.ones(len(x)) if people is None else np.asarray(people, dtype=np.float64)
    told = np.full(len(x), NO_AREA) if area is None else np.asarray(area).astype(str)
    codes, numbers = np.unique(told, return_inverse=True)
    if isinstance(cut, int | float):
        label: NDArray[Any] = grid_of(cut).cell_of(x, y)
    else:
        label = np.asarray(cut)
    if not len(x) == len(weight) == len(told) == len(label):
        raise BadArray(
            both("人数、区域、切块标签须与需求点一一对应。",
                 "people, area and cut must have one entry per point"),
            parameter="demand",
        )  # fmt: skip
    weight = checked_people(weight, "people")
    rows = pieces_of(label, MOST_ROWS) if len(x) else []
    pieces = (given(Demand(r, x[r], y[r], weight[r], numbers[r]), *sites, radius_m) for r in rows)
    areas = tuple(codes.tolist())
    return _run(pieces, len(rows), areas, radius_m, client=client, out=out, progress=progress)


def coverage_of_files(
    demand: Path,
    sites: Path,
    *,
    radius_m: float,
    people: str | None = None,
    area: str | None = None,
    rows: int = MOST_ROWS,
    client: Client | None = None,
    out: Path | None = None,
    progress: Progress = silent,
) -> BatchCoverage:
    """Coverage of the points of one GeoParquet file by those of another.

    Positions: columns lon and lat, or a geometry column of points. people, area: names of columns.
    Pieces are row groups of about `rows` rows together, so memory does not grow with the file.
    """
    pieces, areas = file_pieces(demand, sites, Columns(people, area), rows=rows)
    return _run(
        pieces, len(pieces), areas, radius_m, client=client, out=out, progress=progress,
        sources=(f"人口 people: {demand.name}", f"设施 facilities: {sites.name}"),
        note="文件未说明是否合成数据 · the files do not tell whether they are synthetic",
    )  # fmt: skip


def coverage_stored(
    url: str,
    asked: Asked,
    *,
    radius_m: float,
    cut: float | str = 0.5,
    client: Client | None = None,
    out: Path | None = None,
    progress: Progress = silent,
) -> BatchCoverage:
    """Coverage of the stored people by the stored open facilities; unpublished ones count too.

    Areas are the county-level divisions that cells are stored under. cut: degrees of a grid, or
    "division". Each piece is read by its worker, all in one snapshot of the database.
    """
    with stored_pieces(url, asked, cut) as source:
        asked = source.asked
        return _run(
            source.pieces, len(source.pieces), source.areas, radius_m, client=client, out=out,
            progress=progress, has_synthetic=source.has_synthetic, sources=source.sources,
            note=f"{asked.kind} · {asked.on} · {asked.people} · {asked.basis} {asked.base_year}",
        )  # fmt: skip


def do_piece(
    piece: Piece, number: int, radius_m: float, areas: Sequence[str], out: Path | None
) -> Done:
    """Read one piece, measure it, keep its points, and answer its number and its counts."""
    demand, site_lon, site_lat = piece.read(radius_m)
    nearest_m = nearest_within(demand.lon, demand.lat, site_lon, site_lat, radius_m)
    if out is not None:
        write_part(out, number, demand, nearest_m, areas)
    return number, tally(demand.people, demand.area, np.isfinite(nearest_m), len(areas))


def _run(
    pieces: Iterable[Piece],
    count: int,
    areas: tuple[str, ...],
    radius_m: float,
    *,
    client: Client | None,
    out: Path | None,
    progress: Progress,
    has_synthetic: bool | None = None,
    sources: tuple[str, ...] = (),
    note: str = "",
) -> BatchCoverage:
    """Send every piece to a worker and add up what comes back."""
    if not radius_m >= 0:
        raise BadInput(
            both(f"半径 {radius_m} 米须不小于 0。", f"radius {radius_m} m must not be negative"),
            parameter="radius_m",
        )
    if out is not None:
        out = _empty_folder(out)
    began = time.perf_counter()
    counted = no_tally(len(areas))
    tasks = ((piece, i, radius_m, areas, out) for i, piece in enumerate(pieces))
    progress(0, count, "覆盖率 coverage")
    done = 0
    for _, part in _each(client, do_piece, tasks):
        counted, done = counted.plus(part), done + 1
        progress(done, count, "覆盖率 coverage")
    assert done == count, "every piece counts once"
    made = _coverage(counted, areas, radius_m, count, time.perf_counter() - began)
    made = replace(made, has_synthetic=has_synthetic, sources=sources, note=note)
    if out is not None:
        _write_summary(made, out)
    return made


def _each(
    client: Client | None, work: Callable[..., Done], tasks: Iterable[tuple[Any, ...]]
) -> Iterator[Done]:
    if client is None:
        return (work(*task) for task in tasks)
    return each_done(client, work, tasks)


def _coverage(
    counted: Tally, areas: tuple[str, ...], radius_m: float, pieces: int, seconds: float
) -> BatchCoverage:
    """Counts as an answer; areas without a point are left out."""
    some = np.flatnonzero(counted.places)
    known = counted.unknown[some] == 0
    people = np.where(known, counted.people[some] / PARTS, np.nan)
    covered = np.where(known, counted.covered[some] / PARTS, np.nan)
    return BatchCoverage(
        radius_m, tuple(areas[i] for i in some), counted.places[some],
        counted.covered_places[some], people, covered, counted.unknown[some], pieces, seconds,
        datetime.now(UTC),
    )  # fmt: skip


def _empty_folder(folder: Path) -> Path:
    """The folder, made if need be. Raises BadInput for one that holds anything."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_empty = not any(folder.iterdir())
    except OSError as problem:
        raise BadInput(
            both(f"不能写入 {folder}: {problem.strerror}。",
                 f"cannot write to {folder}: {problem.strerror}"),
            parameter="out",
        ) from None  # fmt: skip
    if not is_empty:
        raise BadInput(
            both(f"{folder} 不是空文件夹。", f"{folder} is not empty; name a new folder"),
            parameter="out",
        )
    return folder.absolute()


def _write_summary(made: BatchCoverage, folder: Path) -> None:
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
    pq.write_table(table, folder / "areas.parquet")
    text = json.dumps(made.as_json(), ensure_ascii=False, indent=2)
    (folder / "summary.json").write_text(text + "\n", encoding="utf-8")


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)

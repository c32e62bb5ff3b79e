"""How many people of a nation live within a radius of a facility, computed piece by piece?

covered(area) = Σ people over the points whose nearest facility is at most `radius_m` away, as
`geo.access.coverage` counts. The answer does not depend on the cut: a piece sees every facility
within the radius (its halo), a point is in one piece, distances are measured and not interpolated,
and people are added as whole numbers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from geo.access.radius.distance import Floats
from geo.batch.answer import BatchCoverage, as_answer, empty_folder, write_summary
from geo.batch.cells import checked_points, grid_of, pieces_of
from geo.batch.cluster import each_done
from geo.batch.piece import Tally, nearest_within, no_tally, tally
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

__all__ = ["BatchCoverage", "coverage_of_arrays", "coverage_of_files", "coverage_stored"]

MOST_ROWS = 250_000
"""Points in one piece of arrays or files: some 50 MB with all that is computed on them."""

Done = tuple[int, Tally]


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
    measure: str = "line",
    network: str | None = None,
    client: Client | None = None,
    out: Path | None = None,
    progress: Progress = silent,
) -> BatchCoverage:
    """Coverage of the stored people by the stored open facilities; unpublished ones count too.

    Areas are the county-level divisions that cells are stored under. cut: degrees of a grid, or
    "division". Each piece is read by its worker, all in one snapshot of the database. measure:
    line, or walk along the ways of `network` (None: the only one stored). Raises BadInput for an
    unknown measure, NotFound without people or network, Ambiguous for several networks.
    """
    with stored_pieces(url, asked, cut) as source:
        asked = source.asked
        pieces: Sequence[Any] = source.pieces
        work: Callable[..., Done] = do_piece
        name: str | None = None
        if measure != "line":
            from geo.batch.foot import do_walk, on_foot  # its compiled searches load slowly

            pieces = on_foot(source.pieces, measure, network, radius_m)
            work, name = do_walk, pieces[0].network
        return _run(
            pieces, len(pieces), source.areas, radius_m, client=client, out=out,
            progress=progress, has_synthetic=source.has_synthetic, sources=source.sources,
            note=f"{asked.kind} · {asked.on} · {asked.people} · {asked.basis} {asked.base_year}",
            work=work, network=name,
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
    work: Callable[..., Done] = do_piece,
    network: str | None = None,
) -> BatchCoverage:
    """Send every piece to a worker and add up what comes back."""
    if not radius_m >= 0:
        raise BadInput(
            both(f"半径 {radius_m} 米须不小于 0。", f"radius {radius_m} m must not be negative"),
            parameter="radius_m",
        )
    if out is not None:
        out = empty_folder(out)
    began = time.perf_counter()
    counted = no_tally(len(areas))
    tasks = ((piece, i, radius_m, areas, out) for i, piece in enumerate(pieces))
    progress(0, count, "覆盖率 coverage")
    done = 0
    for _, part in _each(client, work, tasks):
        counted, done = counted.plus(part), done + 1
        progress(done, count, "覆盖率 coverage")
    assert done == count, "every piece counts once"
    made = as_answer(counted, areas, radius_m, count, time.perf_counter() - began, network)
    made = replace(made, has_synthetic=has_synthetic, sources=sources, note=note)
    if out is not None:
        write_summary(made, out)
    return made


def _each(
    client: Client | None, work: Callable[..., Done], tasks: Iterable[tuple[Any, ...]]
) -> Iterator[Done]:
    if client is None:
        return (work(*task) for task in tasks)
    return each_done(client, work, tasks)

"""Which shapes of a delivery share ground, and which ground do its neighbours leave open?

Only shapes of one layer are compared: cells counted on one basis in one year, zones of one kind,
divisions of one level. Areas are measured on the ellipsoid (量算值).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import numpy as np
import shapely

from geo.loaders.adjoining import Gap, Overlap, compare_neighbours
from geo.loaders.report import Problem
from geo.loaders.shapes import Shapes
from geo.loaders.things.spec import Batch, Spec, Thing
from geo.settings import LoadSettings, read

MOST_LISTED = 1000
"""Overlaps and gaps that one report lists, the largest first."""


@contextmanager
def neighbours_beside(batch: Batch, spec: Spec) -> Iterator[Callable[[], None]]:
    """Compare neighbours in a thread while the database stores the rows.

    What is found keeps no row out. The call that is handed over waits for it and puts it in the
    batch's problems, at the place where they were when the comparison began.
    """
    if not spec.tiles:
        yield lambda: None
        return
    things, shapes, place = batch.things, batch.shapes, len(batch.problems)
    layers = _layers(batch, spec)
    with ThreadPoolExecutor(1) as beside:
        found = beside.submit(_compared, shapes, layers, spec)

        def report() -> None:
            batch.problems[place:place] = _listed(batch, things, *found.result())

        yield report


def _compared(
    shapes: Shapes, layers: list[list[int]], spec: Spec
) -> tuple[list[Overlap], list[Gap]]:
    """The pairs of shapes that share ground, and the ground that none of them holds."""
    least = read(LoadSettings).overlap_m2
    crossing: list[Overlap] = []
    open_ground: list[Gap] = []
    for indices in layers:
        compared = compare_neighbours(shapes[indices], least_m2=least)
        if "overlap" in spec.tiles:
            crossing += [
                Overlap(indices[one.first], indices[one.second], one.area_m2)
                for one in compared.overlaps
            ]
        if "gap" in spec.tiles:
            open_ground += [
                Gap(one.shape, one.area_m2, [indices[n] for n in one.neighbours])
                for one in compared.gaps
            ]
    crossing.sort(key=lambda overlap: -overlap.area_m2)
    open_ground.sort(key=lambda gap: -gap.area_m2)
    return crossing, open_ground


def _layers(batch: Batch, spec: Spec) -> list[list[int]]:
    """The places of the rows that have shapes, by layer; one when the layer of any is unknown."""
    there = np.flatnonzero(~shapely.is_missing(batch.shapes)).tolist()
    found: dict[Any, list[int]] = {}
    for index in there:
        found.setdefault(spec.layer_of(batch.things[index]), []).append(index)
    return [there] if None in found else list(found.values())


def _listed(
    batch: Batch, things: list[Thing], crossing: list[Overlap], open_ground: list[Gap]
) -> list[Problem]:
    """The largest of each, and how many there are."""
    heading, problems = batch.heading("name") or "name", []
    for overlap in crossing[:MOST_LISTED]:
        one, other = things[overlap.first], things[overlap.second]
        message = (
            f"与第 {other.number} 行「{_name(other)}」重叠 {_area(overlap.area_m2)}（量算值） · "
            f"overlaps row {other.number} by {_area(overlap.area_m2)}"
        )
        said = one.values.get("name")
        shown = None if said is None else str(said)[:80]
        problems.append(Problem(one.number, heading, shown, "overlap", message))
    for gap in open_ground[:MOST_LISTED]:
        around = ", ".join(f"{things[i].number} {_name(things[i])}" for i in gap.neighbours[:6])
        message = (
            f"相邻各行之间有空隙 {_area(gap.area_m2)}（量算值）：第 {around} 行 · "
            f"a gap of {_area(gap.area_m2)} between these rows"
        )
        problems.append(Problem(things[gap.neighbours[0]].number, None, None, "gap", message))
    for rule, areas, words in (
        ("overlap", [one.area_m2 for one in crossing], "重叠 · overlapping pairs"),
        ("gap", [one.area_m2 for one in open_ground], "空隙 · gaps"),
    ):
        if areas:
            message = f"共 {len(areas)} 处{words}，{sum(areas) / 1e4:.2f} ha（量算值）"
            problems.append(Problem(None, None, str(len(areas)), f"{rule}_total", message))
    return problems


def _name(thing: Thing) -> str:
    return str(thing.values.get("name") or thing.values.get("code") or thing.code or "")


def _area(area_m2: float) -> str:
    return f"{area_m2 / 1e4:.2f} ha" if area_m2 >= 100 else f"{area_m2:.1f} m²"

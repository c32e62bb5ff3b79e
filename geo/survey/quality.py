"""Do the areas of a coverage fit each other, and where not: with size, place and a suggestion?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import shapely

from geo.survey.faults.areas import contradictions, enclaves, holes, overlaps_and_gaps
from geo.survey.faults.borders import line_faults
from geo.survey.faults.found import KIND_EN, KIND_ZH, Finding, Kind
from geo.survey.faults.shapes import same_codes, self_crossings, spikes
from geo.survey.lines import MEASURED
from geo.survey.topology.arcs import arcs_of
from geo.survey.topology.euler import Euler, euler
from geo.survey.topology.noding import noded
from geo.survey.topology.units import Shapes, Units

UNASKED = "建议未经采纳不会改动数据 · suggestions are never applied unasked"


@dataclass(frozen=True, slots=True)
class Quality:
    """What was found, faults first and the largest of each kind first; enclaves are no faults.

    checked: how many areas or lines were looked at. unmatched: vertices that neighbours do not
    share though their borders do. euler: counts of the net of borders, None for lines alone.
    """

    findings: tuple[Finding, ...]
    checked: int
    unmatched: int
    euler: Euler | None

    @property
    def counts(self) -> dict[Kind, int]:
        """How many findings there are of each kind."""
        seen = Counter(one.kind for one in self.findings)
        return {kind: seen[kind] for kind in KIND_ZH if seen[kind]}

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not any(one.is_fault for one in self.findings)


def check_units(units: Units, *, least_m2: float = 1.0, sliver_m: float = 20.0) -> Quality:
    """Check the areas of one level against each other; nothing is changed.

    least_m2: overlaps, gaps and holes up to this are not told. sliver_m: what is narrower on
    average is a sliver. Invalid polygons are reported and compared in their mended form.
    """
    found = spikes(units)
    crossing, sound = self_crossings(units)
    found += crossing + same_codes(units)
    fitted = noded(sound.shapes)
    sound = units.replaced(fitted.shapes)
    arcs = arcs_of(fitted.shapes)
    apart = overlaps_and_gaps(sound, least_m2=least_m2, sliver_m=sliver_m)
    found += apart + contradictions(sound, arcs, apart)
    found += holes(sound, least_m2=least_m2)
    found += enclaves(sound, sliver_m=sliver_m)
    net = euler(arcs) if len(units) else None
    return Quality(in_order(found), len(units), fitted.inserted + fitted.moved, net)


def check_lines(
    lines: Shapes, names: Sequence[str], left: Sequence[str | None], right: Sequence[str | None]
) -> Quality:
    """Check boundary lines alone: loose ends, crossings, one code on both sides."""
    found = line_faults(lines, names, left, right)
    return Quality(in_order(found), len(lines), 0, None)


def concerning(quality: Quality, codes: Collection[str]) -> Quality:
    """Only what concerns any of some units: what lies around them was given for comparison."""
    wanted = frozenset(codes)
    return replace(
        quality, findings=tuple(one for one in quality.findings if wanted & set(one.codes))
    )


def in_order(found: list[Finding]) -> tuple[Finding, ...]:
    """Faults by kind, the largest first; enclaves last."""
    kinds = list(KIND_ZH)

    def rank(one: Finding) -> tuple[bool, int, float, tuple[str, ...]]:
        size = one.area_m2 if one.area_m2 is not None else one.length_m or 0.0
        return (not one.is_fault, kinds.index(one.kind), -size, one.codes)

    return tuple(sorted(found, key=rank))


def as_geojson(quality: Quality) -> dict[str, Any]:
    """The places as GeoJSON features, each followed by the geometry of its suggestion, if any.

    Members of one finding carry its number; `role` is place or suggestion. Longitude, latitude.
    """
    features = []
    for number, one in enumerate(quality.findings, start=1):
        said = {
            "number": number, "kind": one.kind, "kind_zh": KIND_ZH[one.kind],
            "kind_en": KIND_EN[one.kind], "is_fault": one.is_fault, "codes": list(one.codes),
            "names": list(one.names), "area_m2": one.area_m2, "length_m": one.length_m,
            "measure": MEASURED, "suggestion_zh": one.suggestion_zh,
            "suggestion_en": one.suggestion_en,
        }  # fmt: skip
        features.append(_feature(one.place, said | {"role": "place"}))
        if one.repair is not None:
            features.append(_feature(one.repair, said | {"role": "suggestion"}))
    note = f"{MEASURED}；示意，不作为划界依据；{UNASKED}"
    return {"type": "FeatureCollection", "note": note, "features": features}


def _feature(geom: Any, properties: dict[str, Any]) -> dict[str, Any]:
    shape = None if geom is None else shapely.geometry.mapping(geom)
    return {"type": "Feature", "geometry": shape, "properties": properties}

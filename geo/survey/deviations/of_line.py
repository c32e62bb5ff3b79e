"""How does each marker of a line, or of a division's lines, stand: deviation, line, references?

The door with the session; what is computed lies in `compare`, `along` and `markers.references`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely
from sqlalchemy import text

from geo.queries.admin import Reader
from geo.survey.deviations.along import Foot, feet_on
from geo.survey.deviations.compare import Deviation, compare
from geo.survey.markers.kept import Observation, observations
from geo.survey.markers.positions import Position, meridian_of
from geo.survey.markers.references import ReferenceCheck, against_seen, recompute
from geo.survey.markers.register import Marker, markers
from geo.survey.markers.rules import Tolerance, Written, setting, tolerance, written

DERIVED = "所在界线由图形推导，是示意线，不作判定 · a derived line yields no verdict"
NO_LINE = "界线未登记，没有依据和比例尺 · the line is not on record"


@dataclass(frozen=True, slots=True)
class LineOnRecord:
    """A line as it is on record: its basis, the scale of its archive, its sides, its course."""

    code: str
    name: str | None
    level: int
    basis: str
    archive_scale: int | None
    left_code: str
    right_code: str
    geom: Any

    @property
    def is_archived(self) -> bool:
        """Whether it rests on an agreement or detailed map."""
        return self.basis != "derived"


_LINES = text("""
SELECT l.code, l.name, l.level, l.basis, l.archive_scale, l.left_code, l.right_code,
    ST_AsBinary(l.geom) AS geom
FROM boundary_line l WHERE l.code = ANY(CAST(:codes AS text[])) AND l.validity @> CAST(:on AS date)
""")


def lines_on_record(session: Reader, codes: Iterable[str], on: date) -> dict[str, LineOnRecord]:
    """Lines by code; those that are not on record are missing."""
    rows = session.execute(_LINES, {"codes": sorted(set(codes)), "on": on})
    return {
        row.code: LineOnRecord(**{**row._mapping, "geom": shapely.from_wkb(bytes(row.geom))})
        for row in rows
    }


@dataclass(frozen=True, slots=True)
class OnLine:
    """Where a marker stands along one of its lines, as archived and as measured (量算值)."""

    line: LineOnRecord
    archived: Foot | None
    measured: Foot | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A marker with its latest measurement: deviation, place on its lines, reference objects.

    references: objects as computed from where it was measured; seen: as measured in the field.
    """

    marker: Marker
    observation: Observation | None
    deviation: Deviation
    on_lines: tuple[OnLine, ...]
    references: tuple[ReferenceCheck, ...]
    seen: tuple[ReferenceCheck, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """The rules that verdicts rest on, as written."""

    marker: tuple[Written, ...]
    reference: tuple[Written, ...]
    k: float
    frame_m_per_year: float

    @classmethod
    def on(cls, session: Reader | None, on: date) -> Limits:
        """Those of a day."""
        k = setting(written(session, "marker_deviation", on))
        motion = setting(written(session, "marker_frame_motion", on))
        return cls(
            written(session, "marker_tolerance", on),
            written(session, "marker_tolerance_reference", on),
            2.0 if k is None else k, 0.0 if motion is None else motion,
        )  # fmt: skip


def standings(
    session: Reader, *, on: date, line: str | None = None, within: str | None = None
) -> list[Standing]:
    """Every marker of a line, or of all lines that touch a division, with its latest measurement.

    For callers with the right: it holds coordinates. Errors as `markers`.
    """
    return stand(session, markers(session, on=on, line=line, within=within), on)


def stand(session: Reader, chosen: Sequence[Marker], on: date) -> list[Standing]:
    """The same for markers that were read already."""
    lines = lines_on_record(session, (code for one in chosen for code in one.line_codes), on)
    held = observations(session, [one.number for one in chosen], on)
    limits = Limits.on(session, on)
    latest = {number: rows[-1] for number, rows in held.items()}
    feet = _feet(chosen, latest, lines)
    return [_standing(one, latest.get(one.number), lines, limits, feet) for one in chosen]


Feet = dict[tuple[str, str, str], Foot]
"""(line, marker, "archived" or "measured") → foot."""


def _feet(
    chosen: Sequence[Marker], latest: Mapping[str, Observation], lines: Mapping[str, LineOnRecord]
) -> Feet:
    """The feet of all firm places, one pass a line."""
    found: Feet = {}
    for line in lines.values():
        asked: list[tuple[str, str]] = []
        places: list[tuple[float, float]] = []
        for one in chosen:
            if line.code not in one.line_codes:
                continue
            observed = latest.get(one.number)
            for kind, place in (
                ("archived", one.archived),
                ("measured", observed.position if observed else None),
            ):
                if place is not None and place.is_firm:
                    asked.append((one.number, kind))
                    places.append(place.place)
        feet = feet_on(line.geom, *zip(*places, strict=True)) if places else []
        found |= {(line.code, *key): foot for key, foot in zip(asked, feet, strict=True)}
    return found


def _standing(
    one: Marker, observed: Observation | None, lines: Mapping[str, LineOnRecord], limits: Limits,
    feet: Feet,
) -> Standing:  # fmt: skip
    own = [lines[code] for code in one.line_codes if code in lines]
    measured = None if observed is None else observed.position
    deviation = compare(
        one.archived, measured, _strictest(limits.marker, own), k=limits.k,
        frame_m_per_year=limits.frame_m_per_year, no_verdict=_why_none(own),
    )  # fmt: skip
    return Standing(
        one, observed, deviation,
        tuple(
            OnLine(line, feet.get((line.code, one.number, "archived")),
                   feet.get((line.code, one.number, "measured")))
            for line in own
        ),
        _references(one, measured, own, limits),
        against_seen(one.objects, observed.objects if observed else ()),
    )  # fmt: skip


def _why_none(own: Sequence[LineOnRecord]) -> str | None:
    """Why no verdict may be given: none of its lines is on record, or each is derived."""
    if any(line.is_archived for line in own):
        return None
    return DERIVED if own else NO_LINE


def _strictest(rows: Sequence[Written], own: Sequence[LineOnRecord]) -> Tolerance | None:
    """The least tolerance of a marker's archived lines; None where no rule fits any."""
    found = [tolerance(rows, line.code, line.archive_scale) for line in own if line.is_archived]
    return min((one for one in found if one is not None), key=lambda one: one.metres, default=None)


def _references(
    one: Marker, measured: Position | None, own: Sequence[LineOnRecord], limits: Limits
) -> tuple[ReferenceCheck, ...]:
    if measured is None or not measured.is_firm:
        return tuple(ReferenceCheck(each, "unknown") for each in one.objects)
    limit = _strictest(limits.reference, own)
    crs = None if one.archived is None or not one.archived.is_firm else one.archived.crs
    return recompute(
        one.objects, measured, one.archived, meridian_deg=meridian_of(crs, measured.place[0]),
        tolerance_m=None if limit is None else limit.metres,
    )  # fmt: skip

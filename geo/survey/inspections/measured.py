"""How far do the places measured in a campaign lie from the archived ones?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from geo.queries.admin import Reader
from geo.survey.deviations.compare import Deviation, compare
from geo.survey.deviations.of_line import Limits
from geo.survey.inspections.ground import Marker
from geo.survey.inspections.log import Entry
from geo.survey.inspections.progress import Progress
from geo.survey.markers.positions import Position, doubt_of_archive
from geo.survey.markers.rules import tolerance

SKETCH = "推导的示意线，不作判定 · derived line: no verdict"


@dataclass(frozen=True, slots=True)
class Measured:
    """One side's measurement of a marker against the archive. agreed: both sides accept the form.

    deviation: pure comparison with its verdict and the reasons why it is not firmer.
    """

    number: str
    line_code: str
    side: str
    form: Entry
    agreed: bool
    deviation: Deviation


def measured_markers(session: Reader, found: Progress) -> tuple[Measured, ...]:
    """Every marker that was measured: by the agreed form, else by each side's own."""
    limits = Limits.on(session, found.on)
    made = []
    for standing in found.standings:
        forms = [standing.agreed] if standing.agreed else list(standing.forms.values())
        for form in forms:
            told = form.data["values"].get("position")
            if standing.kind != "marker" or not told:
                continue
            marker = next(m for m in found.ground.markers if m.number == standing.subject)
            line = found.ground.line(standing.line_code)
            deviation = compare(
                archived_place(marker), _measured(told),
                tolerance(limits.marker, line.code, line.archive_scale), k=limits.k,
                frame_m_per_year=limits.frame_m_per_year,
                no_verdict=SKETCH if line.basis == "derived" else None,
            )  # fmt: skip
            made.append(
                Measured(marker.number, line.code, form.side or "", form,
                         standing.agreed is not None, deviation)
            )  # fmt: skip
    return tuple(made)


def archived_place(marker: Marker) -> Position | None:
    """The archived place with whatever speaks against resting a verdict on it."""
    about = marker.about
    doubt = doubt_of_archive(
        about["archived_crs"], about["transformation"], about["is_approximate"],
        marker.lon is not None,
    )  # fmt: skip
    return Position(
        about["archived_crs"], about["archived_x"], about["archived_y"], marker.lon, marker.lat,
        about["archived_sigma_m"], about["height_m"], about["height_datum"], None,
        about["transformation"], doubt,
    )  # fmt: skip


def _measured(told: dict[str, Any]) -> Position:
    return Position(
        told["crs"], told["x"], told["y"], told["lon"], told["lat"], told.get("sigma_m"),
        told.get("height_m"), None, None, told.get("transformation"),
    )  # fmt: skip

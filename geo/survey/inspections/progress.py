"""How far is a campaign: its lines, what was walked, what is open, what has to be mended?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from geo.queries.admin import Reader
from geo.queries.work_states import WorkState, work_states
from geo.survey.inspections.both_sides import Standing, standings
from geo.survey.inspections.campaign import Campaign, campaign, line_states, state_of
from geo.survey.inspections.faults import SUBJECT_TYPE, Fault, faults_of
from geo.survey.inspections.ground import Ground, GroundLine, ground_of
from geo.survey.inspections.log import Entry, log
from geo.survey.inspections.walked import Walked, walked

_REFUSED = text(
    """SELECT i.file_name, r.place, r.reason FROM inspection_refusal r
    JOIN inspection_import i ON i.id = r.import_id WHERE i.campaign_id = :id ORDER BY r.id"""
)


@dataclass(frozen=True, slots=True)
class LineProgress:
    """One line of a campaign. step: its last step, None = planned. walked: None without a track.

    desk: stretches whose desk check is entered, of all.
    """

    line: GroundLine
    step: Entry | None
    walked: Walked | None
    standings: tuple[Standing, ...]
    desk: tuple[int, int]

    @property
    def state(self) -> str:
        """planned, desk_done, field_done or concluded."""
        return state_of(self.step)

    @property
    def still_open(self) -> tuple[str, ...]:
        """What has to be settled before the line can be concluded."""
        return tuple(s.why_open for s in self.standings if s.state != "settled")

    def counted(self, kind: str) -> tuple[int, int]:
        """How many markers or stretches are filed, of all."""
        of_kind = [s for s in self.standings if s.kind == kind]
        return sum(bool(s.forms) for s in of_kind), len(of_kind)


@dataclass(frozen=True, slots=True)
class Progress:
    """A campaign as it stands on a day. works: fault code → its work item."""

    campaign: Campaign
    ground: Ground
    on: date
    lines: tuple[LineProgress, ...]
    faults: tuple[Fault, ...]
    works: dict[str, WorkState]
    entries: tuple[Entry, ...]
    refused: tuple[tuple[str, str, str], ...]

    @property
    def standings(self) -> tuple[Standing, ...]:
        """Every marker and stretch."""
        return tuple(s for line in self.lines for s in line.standings)

    @property
    def has_synthetic(self) -> bool:
        """Whether any of it is made up."""
        return self.campaign.is_synthetic or self.ground.has_synthetic

    def line(self, code: str) -> LineProgress | None:
        """A line by its code."""
        return next((one for one in self.lines if one.line.code == code), None)


def progress_of(
    session: Reader, code: str, *, on: date, within_m: float | None = None
) -> Progress:  # fmt: skip
    """How far a campaign is, from its log. Raises NotFound for an unknown campaign."""
    one = campaign(session, code)
    ground = ground_of(session, one)
    entries = log(session, one.id)
    found = standings(one, ground, entries)
    states = line_states(one, entries)
    tracks = [entry.geom for entry in entries if entry.kind == "track"]
    desk = {entry.subject for entry in entries if entry.kind == "desk"}
    lines = []
    for line in ground.lines:
        parts = [s for s in ground.stretches if s.line_code == line.code]
        lines.append(
            LineProgress(
                line, states[line.code],
                walked(line.geom, tracks, within_m=within_m) if tracks else None,
                tuple(s for s in found if s.line_code == line.code),
                (sum(part.id in desk for part in parts), len(parts)),
            )
        )  # fmt: skip
    faults = faults_of(ground, found)
    works = work_states(session, SUBJECT_TYPE, [fault.code for fault in faults], on=on)
    refused = tuple(tuple(row) for row in session.execute(_REFUSED, {"id": one.id}))
    return Progress(one, ground, on, tuple(lines), faults, works, entries, refused)

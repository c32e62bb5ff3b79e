"""How do questions and answers about joint inspections look? For surveyors only, never kept."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import shapely
from fastapi import Path
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api.schemas.answers import Answer, Collection
from api.schemas.parameters import Division, Text, read_day
from geo.survey.inspections.campaign import Campaign
from geo.survey.inspections.due import STATUS_WORDS, Due
from geo.survey.inspections.files.keep import Imported
from geo.survey.inspections.log import Entry
from geo.survey.inspections.progress import Progress
from geo.survey.inspections.words import BASES, CHANGES, LINE_STATES, NOTICE, REASONS, STEPS

Number = Annotated[
    Text, Path(min_length=1, description="联检编号，如 LJ2026-001 · number of the campaign")
]
DayOf = Annotated[date, BeforeValidator(read_day)]
ZIP, DOCX = "application/zip", (
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
)  # fmt: skip
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SCHEMAS = {"InspectionFile": {"title": "InspectionFile", "type": "string", "format": "binary"}}
"""Schemas that no model describes; `api.app` adds them to the document."""


def file_of(media: str, words: str) -> dict[str, Any]:
    """The answer that is a file, for the OpenAPI document."""
    schema = {"$ref": "#/components/schemas/InspectionFile"}
    return {"description": words, "content": {media: {"schema": schema}}}


class Sent(BaseModel):
    """A body holds what it says here and nothing else."""

    model_config = ConfigDict(extra="forbid")


class CampaignSent(Sent):
    """A campaign to open. offices: division → office that acts for it; no persons."""

    title: Text
    lines: list[Text] = Field(min_length=1, max_length=100)
    role: Text = Field(description="office or role that signs")
    opened_on: DayOf
    until_on: DayOf | None = None
    reason: Text = Field("five_year", description=" ".join(REASONS))
    offices: dict[Division, Text] = {}
    lead: Division | None = None


class ChangeSent(Sent):
    """A change along a line, which calls for an inspection."""

    line: Text
    change: Text = Field(description=" ".join(CHANGES))
    role: Text
    on: DayOf
    note: Text | None = None


class StepSent(Sent):
    """A line goes one step on."""

    line: Text
    step: Text = Field(description=" ".join(STEPS))
    role: Text
    on: DayOf
    note: Text | None = None


class ConfirmationSent(Sent):
    """A side confirms that the form of the side `take` holds."""

    subject: Text
    side: Text
    take: Text
    role: Text
    on: DayOf
    note: Text | None = None


class UndoSent(Sent):
    """An entry of the campaign's log is undone by a new one."""

    entry: int = Field(ge=1, le=2**62)
    role: Text
    on: DayOf
    note: Text | None = None


class Entered(Answer):
    """What was asked stands in the log under this number."""

    entry: int
    notice: str = NOTICE


class DueTold(Answer):
    """A line and when it is due; null is unknown."""

    code: str
    label: str
    level: int
    basis: str
    basis_zh: str
    left_code: str
    left_name: str | None
    right_code: str
    right_name: str | None
    last_on: date | None
    due_on: date | None
    days_left: int | None
    status: str
    status_zh: str
    changes: list[str]
    lead_code: str | None
    lead_name: str | None
    is_disputed: bool
    is_synthetic: bool


class DueList(Answer):
    """Lines in the order in which they need attention; never inspected ones first."""

    on: date
    numberReturned: int
    lines: list[DueTold]
    method: str
    has_synthetic: bool
    notice: str


class SideTold(Answer):
    """A side of a campaign."""

    side: str
    unit_code: str
    unit_name: str | None
    office: str | None


class CampaignTold(Answer):
    """A campaign as it was opened."""

    code: str
    title: str
    reason: str
    lines: list[str]
    sides: list[SideTold]
    lead_side: str | None
    opened_on: date
    until_on: date | None
    role: str
    recorded_at: datetime
    is_synthetic: bool


class CampaignList(Answer):
    """Campaigns, the newest first."""

    numberReturned: int
    campaigns: list[CampaignTold]
    notice: str


class LineTold(Answer):
    """How far one line is; walked_share null: no track."""

    code: str
    label: str
    state: str
    state_zh: str
    markers_filed: int
    markers: int
    stretches_filed: int
    stretches: int
    desk_checked: int
    walked_share: float | None
    open: list[str]


class FaultTold(Answer):
    """Something to mend. work_item null: none was made of it."""

    code: str
    kind: str
    title: str
    line: str
    admin_code: str
    agreed: bool
    told_by: list[str]
    work_item: int | None
    work_state: str | None


class DifferenceTold(Answer):
    """What sides tell differently of one marker or stretch, or who has not confirmed it."""

    subject: str
    line: str
    state: str
    why: str
    fields: dict[str, dict[str, str]]


class RefusedTold(Answer):
    """A row that was refused."""

    file: str
    place: str
    reason: str


class ProgressTold(Answer):
    """A campaign as it stands on a day."""

    campaign: CampaignTold
    on: date
    lines: list[LineTold]
    faults: list[FaultTold]
    differences: list[DifferenceTold]
    refused: list[RefusedTold]
    sources: list[str]
    has_synthetic: bool
    notice: str


class EntryTold(Answer):
    """One entry of the log; undone_by: the entry that undoes it."""

    id: int
    kind: str
    line: str | None
    subject: str | None
    side: str | None
    on: date
    role: str
    recorded_at: datetime
    undoes: int | None
    undone_by: int | None


class LogTold(Answer):
    """Every entry of a campaign, in the order of entry."""

    numberReturned: int
    entries: list[EntryTold]
    notice: str


class GapProperties(Answer):
    """A stretch that no track came near."""

    line: str
    label: str
    from_m: float
    to_m: float
    length_m: float
    notice: str


class GapMap(Collection[GapProperties]):
    """Stretches that were not walked; shares: line → share walked, null without a track."""

    shares: dict[str, float | None]
    within_m: float | None
    method: str
    notice: str


class ImportTold(Answer):
    """What became of one file."""

    file: str
    kind: str
    was_known: bool
    forms: int
    tracks: int
    photos: int
    unchanged: int
    refused: list[RefusedTold]
    notes: list[str]


class ImportsTold(Answer):
    """What became of the files."""

    files: list[ImportTold]
    notice: str


class WorkMade(Answer):
    """Work items that were made of faults."""

    items: list[int]
    faults: int
    notice: str


def due_told(one: Due) -> dict[str, Any]:
    """A due line."""
    own = {name: getattr(one, name) for name in DueTold.model_fields if hasattr(one, name)}
    return own | {
        "basis_zh": BASES[one.basis], "status_zh": STATUS_WORDS[one.status],
        "changes": [CHANGES[str(change.data["change"])] for change in one.changes],
    }  # fmt: skip


def campaign_told(one: Campaign) -> dict[str, Any]:
    """A campaign."""
    own = {name: getattr(one, name) for name in CampaignTold.model_fields if hasattr(one, name)}
    sides = [
        {"side": s.side, "unit_code": s.unit_code, "unit_name": s.unit_name, "office": s.office}
        for s in one.sides
    ]
    return own | {"lines": list(one.line_codes), "sides": sides}


def progress_told(found: Progress) -> dict[str, Any]:
    """How far a campaign is."""
    lines = [
        {
            "code": one.line.code, "label": one.line.label, "state": one.state,
            "state_zh": LINE_STATES[one.state],
            "markers_filed": one.counted("marker")[0], "markers": one.counted("marker")[1],
            "stretches_filed": one.counted("segment")[0], "stretches": one.counted("segment")[1],
            "desk_checked": one.desk[0],
            "walked_share": round(one.walked.share, 6) if one.walked else None,
            "open": list(one.still_open),
        }
        for one in found.lines
    ]  # fmt: skip
    faults = []
    for fault in found.faults:
        work = found.works.get(fault.code)
        faults.append(
            {
                "code": fault.code, "kind": fault.kind, "title": fault.title,
                "line": fault.line_code, "admin_code": fault.admin_code, "agreed": fault.agreed,
                "told_by": list(fault.told), "work_item": work and work.item_id,
                "work_state": work and work.state,
            }
        )  # fmt: skip
    differences = [
        {
            "subject": s.subject, "line": s.line_code, "state": s.state, "why": s.why_open,
            "fields": {one.field: one.said for one in s.differences},
        }
        for s in found.standings
        if s.state != "settled"
    ]  # fmt: skip
    return {
        "campaign": campaign_told(found.campaign), "on": found.on, "lines": lines,
        "faults": faults, "differences": differences,
        "refused": [{"file": f, "place": p, "reason": r} for f, p, r in found.refused],
        "sources": list(found.ground.sources), "has_synthetic": found.has_synthetic,
        "notice": NOTICE,
    }  # fmt: skip


def gaps_told(found: Progress) -> dict[str, Any]:
    """What was not walked, as GeoJSON."""
    features = [
        {
            "type": "Feature", "geometry": shapely.geometry.mapping(gap.geom),
            "properties": {
                "line": one.line.code, "label": one.line.label, "from_m": round(gap.from_m, 1),
                "to_m": round(gap.to_m, 1), "length_m": round(gap.length_m, 1), "notice": NOTICE,
            },
        }
        for one in found.lines
        for gap in (one.walked.gaps if one.walked else ())
    ]  # fmt: skip
    known = [one.walked for one in found.lines if one.walked]
    return {
        "type": "FeatureCollection", "numberReturned": len(features),
        "has_synthetic": found.has_synthetic, "features": features,
        "shares": {
            one.line.code: round(one.walked.share, 6) if one.walked else None
            for one in found.lines
        },
        "within_m": known[0].within_m if known else None,
        "method": known[0].method if known else "没有轨迹", "notice": NOTICE,
    }  # fmt: skip


def log_told(entries: tuple[Entry, ...]) -> dict[str, Any]:
    """A log."""
    undone = {entry.undoes_id: entry.id for entry in entries if entry.undoes_id}
    told = [
        {
            "id": one.id, "kind": one.kind, "line": one.line_code, "subject": one.subject,
            "side": one.side, "on": one.on_date, "role": one.role,
            "recorded_at": one.recorded_at, "undoes": one.undoes_id,
            "undone_by": undone.get(one.id),
        }
        for one in entries
    ]  # fmt: skip
    return {"numberReturned": len(told), "entries": told, "notice": NOTICE}


def imports_told(reports: list[Imported]) -> dict[str, Any]:
    """What became of the files."""
    files = [
        {
            "file": one.file_name, "kind": one.kind, "was_known": one.was_known,
            "forms": one.forms, "tracks": one.tracks, "photos": one.photos,
            "unchanged": one.unchanged, "notes": one.notes,
            "refused": [
                {"file": one.file_name, "place": place, "reason": reason}
                for place, reason in one.refused
            ],
        }
        for one in reports
    ]  # fmt: skip
    return {"files": files, "notice": NOTICE}

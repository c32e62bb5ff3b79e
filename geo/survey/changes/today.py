"""What is an old code today: by which path, since which year, and by what share of the old unit?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from geo.queries.admin import Reader, Unit, full_code, versions
from geo.queries.succession import Member
from geo.survey.changes.crosswalk.outlines import measured_shares
from geo.survey.changes.succession import Trail
from geo.survey.changes.trails import Trails


@dataclass(frozen=True, slots=True)
class TodaysCode:
    """One answer to what became of a code: the unit at the end of a branch.

    share_area, share_people: of the old unit; None is unknown. share_basis: stated, whole (nothing
    was split off), measured (outlines of both sides, 量算值) or unknown. in_force: the end is a
    division of the day asked; else the trail is lost there. into_superior: the source names only
    the superior as destination.
    """

    code: str
    name: str
    in_force: bool
    year: int | None
    path: tuple[str, ...]
    share_area: float | None
    share_people: float | None
    share_basis: str
    into_superior: bool
    note: str | None


@dataclass(frozen=True, slots=True)
class CodeToday:
    """What an old code is on a day: one answer, or several after a split."""

    code: str
    name: str
    since: date | None
    on: date
    answers: tuple[TodaysCode, ...]


def code_today(
    session: Reader, code: str, *, on: date, since: date | None = None, name: str | None = None
) -> CodeToday:
    """Follow an old code to the codes in force on a day, with path, year and share.

    since: a day on which the code was used (None: its earliest unit of that name). Raises NotFound
    for a code that neither a version nor a change knows.
    """
    whole = full_code(code)
    trails = Trails(session, whole)
    start = trails.meant(name, since or on) if since or name else trails.first()
    found = trails.succession.forward(start, since, on)
    answers = [_answer(session, trail, on) for trail in found]
    if len(answers) > 1 and any(one.share_area is None for one in answers):
        answers = _measured(session, start, found, answers, on)
    ordered = sorted(answers, key=lambda one: (-(one.share_area or 0), one.code))
    return CodeToday(whole, start.name, since, on, tuple(ordered))


def _answer(session: Reader, trail: Trail, on: date) -> TodaysCode:
    held = [v for v in versions(session, trail.end.code) if _holds(v, on)]
    name = held[0].name if held else trail.end.name
    notes = []
    if trail.ended is not None:
        notes.append(
            f"{trail.ended.event_year} 年{trail.ended.kind}，去向未载 · no destination told"
        )
    if trail.into_superior:
        notes.append("资料只载明归入上级，具体去向未载 · only the superior is named as destination")
    whole = trail.share_area == 1.0 and trail.share_people == 1.0
    stated = trail.share_area is not None or trail.share_people is not None
    return TodaysCode(
        trail.end.code, name, bool(held) and trail.ended is None,
        trail.steps[-1].event.event_year if trail.steps else None,
        tuple(step.words for step in trail.steps), trail.share_area, trail.share_people,
        "whole" if whole else "stated" if stated else "unknown", trail.into_superior,
        "; ".join(notes) or None,
    )  # fmt: skip


def _measured(
    session: Reader, start: Member, trails: tuple[Trail, ...], answers: list[TodaysCode], on: date
) -> list[TodaysCode]:
    """Shares by area where both sides have outlines of their days; nothing where one lacks."""
    day = min(trail.steps[0].event.counted_from for trail in trails if trail.steps)
    shares = measured_shares(session, start.code, day, [one.code for one in answers], on)
    if shares is None:
        return answers
    return [
        replace(one, share_area=share, share_basis="measured")
        for one, share in zip(answers, shares, strict=True)
    ]


def _holds(version: Unit, on: date) -> bool:
    begun = version.valid_from is None or version.valid_from <= on
    return begun and (version.valid_until is None or version.valid_until > on)

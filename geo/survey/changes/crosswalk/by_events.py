"""Which links do the changes between two days give, where no outlines do? Pure, no database."""

from __future__ import annotations

from datetime import date

from geo.queries.succession import Member
from geo.survey.changes.crosswalk.answer import By, Link
from geo.survey.changes.succession import Step, Succession, Trail

OUTSIDE = "不在目标区划之内 · in none of the new divisions"
NO_WAY = "资料未载去向 · no source tells where it went"
NO_SHARE = "一分为数，份额未载 · it was divided, no source states the shares"


def tied(succession: Succession, start: Member, since: date, until: date) -> list[Member]:
    """The units of the day `since` that changes tie to a division of the day `until`."""
    if since < until:
        return [step.old for step in succession.backward(start, until, since)]
    return [trail.end for trail in succession.forward(start, until, since)]


def links_by_events(
    start: Member, succession: Succession, codes: set[str], *, by: By, since: date, until: date
) -> list[Link]:
    """The links that changes give a unit; a share only where it is whole or stated."""
    if since > until:
        return _backwards(start, succession.backward(start, since, until), codes)
    trails = succession.forward(start, since, until)
    return [_of_trail(start.code, trail, codes, by) for trail in trails]


def _of_trail(code: str, trail: Trail, codes: set[str], by: By) -> Link:
    path = tuple(step.words for step in trail.steps)
    share = trail.share_area if by == "area" else trail.share_people
    if trail.ended is not None or trail.into_superior:
        return Link(code, None, None, "unknown", path, NO_WAY)
    basis = "unknown" if share is None else "events" if share == 1.0 else "stated"
    if trail.end.code not in codes:
        return Link(code, None, share, basis, path, OUTSIDE)
    return Link(code, trail.end.code, share, basis, path, NO_SHARE if share is None else None)


def _backwards(start: Member, steps: tuple[Step, ...], codes: set[str]) -> list[Link]:
    """Links from a later unit to those it came from: all of it from one, or nobody knows how much.

    A unit that came from a single one lies wholly in it, whatever else that one was split into.
    """
    path = tuple(step.words for step in steps)
    made = {(step.new.code, step.new.name) for step in steps}
    origins = {step.old.code for step in steps if (step.old.code, step.old.name) not in made}
    origins = origins or {start.code}
    if any(step.into_superior for step in steps) or len(origins) > 1:
        return [
            Link(start.code, code if code in codes else None, None, "unknown", path, NO_SHARE)
            for code in sorted(origins)
        ]
    [code] = origins
    to = code if code in codes else None
    return [Link(start.code, to, 1.0, "events", path, None if to else OUTSIDE)]

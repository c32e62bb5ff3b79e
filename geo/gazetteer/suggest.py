"""Which names may a reader be typing?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, text
from sqlalchemy.orm import Session

from geo.errors import BadInput, both
from geo.gazetteer.finding.asked import check_text
from geo.gazetteer.finding.lookup import Filters, look_up
from geo.gazetteer.matching import Match, best_by_place, judge
from geo.gazetteer.places import AROUND, NAME_SHOWN
from geo.gazetteer.probes import beginning_probes, close_probes, sound_probes

MOST = 20
PER_PROBE = 40


@dataclass(frozen=True)
class Suggestion:
    """A place that is perhaps being typed: its name today, its division, and why it is offered.

    `matched_name` is the name that begins so, `how` the kind of match (see `matching.HOW`), told
    in words by `how_zh` and `how_en`; `division` is the division around the place.
    """

    place_id: int
    code: str
    name: str
    pinyin: str | None
    feature_class: str
    unit_code: str | None
    matched_name: str
    matched_kind: str
    how: str
    how_zh: str
    how_en: str
    score: float
    division: str | None
    division_code: str | None
    is_synthetic: bool


# The name in force and the division around: what `places.facts_of` tells, without positions.
_LABELS = text(
    f"""
    SELECT p.id, p.code, p.feature_class, p.unit_code, p.is_synthetic, shown.name, shown.pinyin,
           around.code AS division_code, around.name AS division
    FROM place p
    {NAME_SHOWN}
    LEFT JOIN LATERAL (
        SELECT a.parent_code FROM admin_unit a WHERE a.code = p.unit_code
        ORDER BY (a.validity @> CAST(:on AS date)) DESC, upper(a.validity) DESC NULLS FIRST
        LIMIT 1
    ) own ON p.unit_code IS NOT NULL
    {AROUND}
    WHERE p.id = ANY(CAST(:ids AS bigint[]))
    """
)


def suggest(
    session: Session | Connection, typed: str, *, on: date, limit: int = 8
) -> list[Suggestion]:
    """Answer the places whose name `typed` is or begins, in Chinese, pinyin or initials.

    Two round trips: the keys, then the labels of the few that are shown. Names not in use on `on`
    come later. A wrong character is forgiven only where it sounds the same: the search forgives
    more. Raises BadInput for an empty or overlong text or a limit outside 1 to MOST.
    """
    check_text(typed)
    if not 1 <= limit <= MOST:
        raise BadInput(
            both(
                f"条数须在 1 至 {MOST} 之间，现为 {limit}。",
                f"limit {limit} is not between 1 and {MOST}",
            ),
            parameter="limit",
        )
    probes = [*close_probes(typed), *beginning_probes(typed), *sound_probes(typed)]
    found = look_up(session, probes, Filters(), most=PER_PROBE)
    judged = (judge(typed, row, probe, on) for row, probe in found)
    matches = best_by_place([match for match in judged if match is not None])
    best = sorted(matches.values(), key=lambda m: m.order)[:limit]
    rows = session.execute(
        _LABELS, {"ids": [match.place_id for match in best], "on": on, "year": on.year}
    )
    labels = {row.id: row for row in rows}
    return [_told(match, labels[match.place_id]) for match in best if match.place_id in labels]


def _told(match: Match, label: Row[Any]) -> Suggestion:
    zh, en = match.words(label.name)
    return Suggestion(
        place_id=label.id,
        code=label.code,
        name=label.name,
        pinyin=label.pinyin,
        feature_class=label.feature_class,
        unit_code=label.unit_code,
        matched_name=match.name,
        matched_kind=match.name_kind,
        how=match.how,
        how_zh=zh,
        how_en=en,
        score=round(match.score, 1),
        division=label.division,
        division_code=label.division_code,
        is_synthetic=label.is_synthetic,
    )

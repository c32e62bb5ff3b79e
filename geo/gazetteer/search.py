"""Which places does a reader mean by what was typed?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from geo.gazetteer.finding.asked import (
    FAMILIES,
    FEATURE_CLASSES,
    LEVELS,
    LONGEST_TEXT,
    check_asked,
    check_text,
)
from geo.gazetteer.finding.distances import distances_m, points_away
from geo.gazetteer.finding.lookup import Filters, hexadecimal, look_up, look_up_part
from geo.gazetteer.finding.several import inside_named_division, tokens
from geo.gazetteer.index import refresh_keys
from geo.gazetteer.matching import Match, best_by_place, judge
from geo.gazetteer.places import PlaceFacts, facts_of, units_within
from geo.gazetteer.probes import (
    Probe,
    beginning_probes,
    close_probes,
    loose_probes,
    misspelt_probes,
    shared_probes,
    sound_probes,
)

PER_PROBE = 40
PER_PROBE_NEAR = 200
CALLED_SO = 85.0
UNMATCHED = 20.0


@dataclass(frozen=True)
class Hit(PlaceFacts):
    """A place that was found, which of its names matched, and how.

    `how` is the kind of match (see `matching.POINTS`), `how_zh` and `how_en` say it in words;
    `matched_kind` is the kind of the name that matched, `use` whether that name is in use on the
    day (`in_use`, `ended`, `not_yet`; unknown years count as in use); `score` lies between 0 and
    100; `distance_m` is geodesic, None where nothing near was asked or the position is vague.
    """

    matched_name: str
    matched_kind: str
    how: str
    how_zh: str
    how_en: str
    score: float
    use: str = "in_use"
    distance_m: float | None = None


def search(
    session: Session | Connection,
    typed: str,
    *,
    on: date,
    limit: int = 10,
    within: str | None = None,
    feature_class: str | None = None,
    category: str | None = None,
    family: str | None = None,
    level: str | None = None,
    area: BaseGeometry | None = None,
    near: tuple[float, float] | None = None,
    in_use: bool = False,
) -> list[Hit]:
    """Answer the places that `typed` may mean, the likeliest first.

    `typed`: Chinese in either script, pinyin with or without tones, initials, English, an old
    name, a part of a name, a name with one wrong, missing, extra or swapped character, or several
    names of which one is inside the other. Ranked by how well it matches, by the kind of name, the
    standing of the place, the distance to `near` (lon, lat), and use on the day: names known not
    to be in use on `on` stand back, or are left out with `in_use`. `within` is a division's code
    (12 digits), `category` the beginning of a category code, `family` `heritage` or `red`, `level`
    a level of those lists, `area` a polygon in degrees (places with a
    known point or territory that touch it).
    Raises BadInput for an empty or overlong text, an unknown class, family or level.
    """
    check_text(typed)
    check_asked(limit, feature_class, family, level)
    filters = Filters(
        units=None if within is None else units_within(session, within, on),
        feature_class=feature_class,
        category=category,
        family=family,
        level=level,
        year=on.year if in_use else None,
        area=None if area is None else hexadecimal(area),
    )
    return _search(session, typed, filters, on=on, limit=limit, near=near)


def sharing(session: Session | Connection, typed: str, *, on: date, limit: int = 10) -> list[Hit]:
    """Answer the places whose name stands inside `typed`: what may help where nothing is found.

    红梅公园 is not known, 红梅街道 is. None of it is what was typed. Raises BadInput as `search`.
    """
    check_text(typed)
    check_asked(limit, None, None, None)
    rows = look_up(session, shared_probes(typed), Filters(), most=limit)
    judged = (judge(typed, row, probe, on) for row, probe in rows)
    found = best_by_place([match for match in judged if match is not None])
    return _hits(session, found, on=on, limit=limit, near=None)


def _search(
    session: Session | Connection,
    typed: str,
    filters: Filters,
    *,
    on: date,
    limit: int,
    near: tuple[float, float] | None,
    is_rest: bool = False,
) -> list[Hit]:
    most = PER_PROBE if near is None else PER_PROBE_NEAR

    def matches(probes: Sequence[Probe]) -> list[Match]:
        rows = look_up(session, probes, filters, most=most)
        if not filters:
            rows += look_up_part(session, rows, probes, most=most)
        judged = (judge(typed, row, probe, on) for row, probe in rows)
        return [match for match in judged if match is not None]

    found = best_by_place(matches(close_probes(typed)))
    if not found:
        for inside in inside_named_division(session, typed, on=on, units=filters.units):
            narrower = replace(filters, units=units_within(session, inside.division, on))
            hits = _search(
                session, inside.rest, narrower, on=on, limit=limit, near=near, is_rest=True
            )
            if hits:
                return [_told_inside(hit, inside.division_name) for hit in hits]
    if len(found) < limit:
        # Where a place is called so, misspellings of other names are nobody's question.
        is_called_so = any(match.score >= CALLED_SO for match in found.values())
        others = sound_probes(typed) if is_called_so else loose_probes(typed)
        loose = matches([*others, *beginning_probes(typed)])
        found = best_by_place([*found.values(), *loose])
    if not found:
        found = best_by_place(matches(misspelt_probes(typed)))
    if not found and not is_rest:
        return _by_one_word(session, typed, filters, on=on, limit=limit, near=near)
    return _hits(session, found, on=on, limit=limit, near=near)


def _hits(
    session: Session | Connection,
    found: dict[int, Match],
    *,
    on: date,
    limit: int,
    near: tuple[float, float] | None,
) -> list[Hit]:
    """The best matches with what is shown of their places; distance counts where it was asked."""
    away: dict[int, float | None] = {}
    if near is not None:
        away = distances_m(session, list(found), *near)
        found = {
            place: replace(match, score=max(match.score - points_away(away.get(place)), 0.0))
            for place, match in found.items()
        }
    best = sorted(found.values(), key=lambda match: match.order)[:limit]
    facts = facts_of(session, [match.place_id for match in best], on)
    return [
        _hit(match, facts[match.place_id], away.get(match.place_id))
        for match in best
        if match.place_id in facts
    ]


def _by_one_word(
    session: Session | Connection,
    typed: str,
    filters: Filters,
    *,
    on: date,
    limit: int,
    near: tuple[float, float] | None,
) -> list[Hit]:
    """Nothing fits the whole: what each word finds, from the last to the first, with what is left.

    江苏 常州 where only the city is loaded.
    """
    words = tokens(typed)
    if len(words) != 2:
        return []
    for word, other in ((words[1], words[0]), (words[0], words[1])):
        hits = _search(session, word, filters, on=on, limit=limit, near=near, is_rest=True)
        if hits:
            return [
                replace(
                    hit,
                    how_zh=f"{hit.how_zh}；未查到「{other}」",
                    how_en=f"{hit.how_en}; nothing found for “{other}”",
                    score=max(hit.score - UNMATCHED, 0.0),
                )
                for hit in hits
            ]
    return []


def _told_inside(hit: Hit, division: str) -> Hit:
    return replace(
        hit,
        how_zh=f"在「{division}」内：{hit.how_zh}",
        how_en=f"inside {division}: {hit.how_en}",
    )


def _hit(match: Match, facts: PlaceFacts, distance_m: float | None) -> Hit:
    zh, en = match.words(facts.name)
    return Hit(
        **vars(facts),
        matched_name=match.name,
        matched_kind=match.name_kind,
        use=match.use,
        how=match.how,
        how_zh=zh,
        how_en=en,
        score=round(match.score, 1),
        distance_m=None if distance_m is None else round(distance_m, 1),
    )


__all__ = [
    "FAMILIES",
    "FEATURE_CLASSES",
    "LEVELS",
    "LONGEST_TEXT",
    "Hit",
    "refresh_keys",
    "search",
    "sharing",
]

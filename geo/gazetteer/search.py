"""Which places does a reader mean by what was typed?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from geo.errors import BadInput, NotFound, both
from geo.gazetteer.index import refresh_keys
from geo.gazetteer.matching import PAST_KINDS, Match, judge
from geo.gazetteer.places import PlaceFacts, facts_of, units_within
from geo.gazetteer.probes import Probe, close_probes, is_latin, loose_probes
from geo.text import search_key

LONGEST_TEXT = 100
MOST_HITS = 100
PER_PROBE = 200
SHORTEST_WITH_DIVISION = 4
MOST_DIVISIONS_TRIED = 3
FEATURE_CLASSES = {
    "A": "政区", "H": "水系", "L": "区域", "P": "居民点", "R": "道路", "S": "场所", "T": "地形",
}  # fmt: skip
FAMILIES = {"heritage": "地名文化遗产", "red": "红色地名"}


@dataclass(frozen=True)
class Hit(PlaceFacts):
    """A place that was found, which of its names matched, and how.

    `how` is the kind of match (see `matching.POINTS`), `how_zh` and `how_en` say it in words;
    `matched_kind` is the kind of the name that matched; `score` lies between 0 and 100.
    """

    matched_name: str
    matched_kind: str
    how: str
    how_zh: str
    how_en: str
    score: float


# One index range (key, rank) per probe; the filters stand inside, so that a limit cannot starve
# them. Bulky kinds carry a mark in the key, so a range holds one kind or two small ones; the empty
# string keeps the planner from the primary key, which finds the kind but must sort by rank.
FIND = text(
    """
    SELECT probe.at AS probe, found.*
    FROM unnest(CAST(:keys AS text[]), CAST(:kinds AS text[]))
        WITH ORDINALITY AS probe (key, kind, at)
    CROSS JOIN LATERAL (
        SELECT k.key, k.rank, n.id AS name_id, n.name, n.kind AS name_kind, n.pinyin,
               n.reading_status, n.start_earliest, n.end_latest, n.place_id
        FROM name_key k
        JOIN place_name n ON n.id = k.name_id
        JOIN place p ON p.id = n.place_id
        WHERE k.key = probe.key AND k.kind || '' = probe.kind
          AND (n.start_earliest IS NULL OR n.start_earliest <= :year)
          AND (CAST(:units AS text[]) IS NULL
               OR p.unit_code = ANY(:units) OR p.located_in = ANY(:units))
          AND (CAST(:feature_class AS text) IS NULL OR p.feature_class = :feature_class)
          AND (CAST(:family AS text) IS NULL OR EXISTS (
               SELECT FROM heritage_listing h WHERE h.place_id = p.id AND h.family = :family))
        ORDER BY k.rank
        LIMIT :per_probe
    ) AS found
    """
).bindparams(bindparam("units", type_=ARRAY(Text)))

# The beginning of a spelling is a range of keys; its size is bounded, see docs/gazetteer.md.
FIND_PREFIX = text(
    """
    SELECT 0 AS probe, k.key, k.rank, n.id AS name_id, n.name, n.kind AS name_kind, n.pinyin,
           n.reading_status, n.start_earliest, n.end_latest, n.place_id
    FROM (SELECT * FROM (SELECT key, rank, name_id FROM name_key
                         WHERE key >= :low AND key < :high AND kind = 'pinyin'
                         ORDER BY key LIMIT 2000) r
          ORDER BY r.rank LIMIT :most) k
    JOIN place_name n ON n.id = k.name_id
    JOIN place p ON p.id = n.place_id
    WHERE (n.start_earliest IS NULL OR n.start_earliest <= :year)
      AND (CAST(:units AS text[]) IS NULL
           OR p.unit_code = ANY(:units) OR p.located_in = ANY(:units))
      AND (CAST(:feature_class AS text) IS NULL OR p.feature_class = :feature_class)
      AND (CAST(:family AS text) IS NULL OR EXISTS (
           SELECT FROM heritage_listing h WHERE h.place_id = p.id AND h.family = :family))
    ORDER BY k.rank
    LIMIT :per_probe
    """
).bindparams(bindparam("units", type_=ARRAY(Text)))


def search(
    session: Session | Connection,
    text: str,
    *,
    on: date,
    limit: int = 10,
    within: str | None = None,
    feature_class: str | None = None,
    family: str | None = None,
) -> list[Hit]:
    """Answer the places that `text` may mean, the likeliest first.

    `text`: Chinese in either script, pinyin with or without tones, initials, an old name, a part
    of a name, or a name with one wrong, missing or extra character. Ranked by how well it matches,
    by what kind of name matched and by the place's standing. Names that began after `on` are not
    searched; `within` is a division's code (12 digits), `family` is `heritage` or `red`.
    Raises BadInput for an empty or overlong text, an unknown class or family.
    """
    _check(text, limit, feature_class, family)
    units = None if within is None else units_within(session, within, on)
    filters = {
        "year": on.year,
        "units": units,
        "feature_class": feature_class,
        "family": family,
        "per_probe": PER_PROBE,
    }
    matches = _best_by_place(_matches(session, text, close_probes(text), filters, on))
    if not matches:
        inside = _inside_named_division(
            session, text, units,
            on=on, limit=limit, feature_class=feature_class, family=family,
        )  # fmt: skip
        if inside:
            return inside
    if len(matches) < limit:
        loose = _matches(session, text, loose_probes(text), filters, on)
        loose += _prefix_matches(session, text, filters, on)
        matches = _best_by_place([*matches.values(), *loose])
    best = sorted(matches.values(), key=lambda m: (-m.score, m.rank, len(m.name), m.place_id))
    best = best[:limit]
    facts = facts_of(session, [match.place_id for match in best], on)
    return [_hit(match, facts[match.place_id]) for match in best if match.place_id in facts]


def _inside_named_division(
    session: Session | Connection, typed: str, units: list[str] | None, **asked: Any
) -> list[Hit]:
    """溧阳市竹箦镇 is 竹箦镇 inside 溧阳市: look the rest up inside the division named first."""
    key = search_key(typed)
    if is_latin(typed) or len(key) < SHORTEST_WITH_DIVISION:
        return []
    beginnings = [key[:length] for length in range(len(key) - 1, 1, -1)]
    probes = [Probe(key, kind, "exact") for key in beginnings for kind in ("exact", "core")]
    on = asked["on"]
    filters = {"year": on.year, "units": units, "feature_class": "A", "family": None}
    values = {"keys": [p.key for p in probes], "kinds": [p.kind for p in probes], "per_probe": 5}
    rows = session.execute(FIND, {**filters, **values}).all()
    facts = facts_of(session, [row.place_id for row in rows], on)
    tried: set[str] = set()
    # The longest beginning first; a division of today before one that only was called so.
    for row in sorted(rows, key=lambda row: (-len(row.key), row.name_kind in PAST_KINDS, row.rank)):
        division = facts[row.place_id].unit_code if row.place_id in facts else None
        if division is None or division in tried or len(tried) == MOST_DIVISIONS_TRIED:
            continue
        tried.add(division)
        if not _is_stored(session, division, on):
            continue
        hits = search(session, key[len(row.key) :], within=division, **asked)
        if hits:
            return [_told_inside(hit, facts[row.place_id].name) for hit in hits]
    return []


def _is_stored(session: Session | Connection, division: str, on: date) -> bool:
    try:
        return bool(units_within(session, division, on))
    except NotFound:  # its place is known, but none of its versions
        return False


def _told_inside(hit: Hit, division: str) -> Hit:
    return replace(
        hit,
        how_zh=f"在「{division}」内:{hit.how_zh}",
        how_en=f"inside {division}: {hit.how_en}",
    )


def _check(text: str, limit: int, feature_class: str | None, family: str | None) -> None:
    if not search_key(text):
        raise BadInput(
            both(
                "请输入地名、拼音或首字母。",
                "nothing to search for: give a name, pinyin or initials",
            ),
            parameter="q",
        )
    if len(text) > LONGEST_TEXT:
        raise BadInput(
            both(
                f"地名最多 {LONGEST_TEXT} 字,现有 {len(text)} 字。",
                f"{len(text)} characters are too many for a name (at most {LONGEST_TEXT})",
            ),
            parameter="q",
        )
    if not 1 <= limit <= MOST_HITS:
        raise BadInput(
            both(
                f"条数须在 1 至 {MOST_HITS} 之间,现为 {limit}。",
                f"limit {limit} is not between 1 and {MOST_HITS}",
            ),
            parameter="limit",
        )
    if feature_class is not None and feature_class not in FEATURE_CLASSES:
        raise _unknown_word("地名类别", "class", feature_class, FEATURE_CLASSES, "feature_class")
    if family is not None and family not in FAMILIES:
        raise _unknown_word("名录", "family", family, FAMILIES, "family")


def _unknown_word(zh: str, en: str, value: str, known: dict[str, str], parameter: str) -> BadInput:
    """The refusal of a value that is none of the known ones, which it lists in words."""
    return BadInput(
        both(
            f"没有「{value[:40]}」这种{zh};可用:"
            + "、".join(f"{code} {word}" for code, word in known.items())
            + "。",
            f"unknown {en} {value[:40]!r}; known: {', '.join(known)}",
        ),
        parameter=parameter,
    )


def _matches(
    session: Session | Connection,
    typed: str,
    probes: Sequence[Probe],
    filters: dict[str, Any],
    on: date,
) -> list[Match]:
    if not probes:
        return []
    rows = session.execute(
        FIND,
        {
            "keys": [probe.key for probe in probes],
            "kinds": [probe.kind for probe in probes],
            **filters,
        },
    ).all()
    return _judged(typed, [(row, probes[row.probe - 1]) for row in rows], on)


def _prefix_matches(
    session: Session | Connection, typed: str, filters: dict[str, Any], on: date
) -> list[Match]:
    beginning = Probe.beginning(typed)
    if beginning is None:
        return []
    # '{' follows 'z': the range of all keys that begin so, in byte order (locale C).
    is_filtered = any(filters[name] is not None for name in ("units", "feature_class", "family"))
    most = 2000 if is_filtered else PER_PROBE
    bounds = {"low": beginning.key, "high": beginning.key + "{", "most": most}
    rows = session.execute(FIND_PREFIX, {**filters, **bounds}).all()
    fitting = [row for row in rows if row.key.startswith(beginning.key)]
    return _judged(typed, [(row, beginning) for row in fitting], on)


def _judged(typed: str, found: list[tuple[Row[Any], Probe]], on: date) -> list[Match]:
    judged = (judge(typed, row, probe, on) for row, probe in found)
    return [match for match in judged if match is not None]


def _best_by_place(matches: Sequence[Match]) -> dict[int, Match]:
    best: dict[int, Match] = {}
    for match in matches:
        if match.place_id not in best or match.score > best[match.place_id].score:
            best[match.place_id] = match
    return best


def _hit(match: Match, facts: PlaceFacts) -> Hit:
    zh, en = match.words(facts.name)
    return Hit(
        **vars(facts),
        matched_name=match.name,
        matched_kind=match.name_kind,
        how=match.how,
        how_zh=zh,
        how_en=en,
        score=round(match.score, 1),
    )


__all__ = ["Hit", "refresh_keys", "search"]

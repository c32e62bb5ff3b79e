"""What is told of an address line, and how are its parts looked up?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from geo.gazetteer.matching import HOW, KINDS, PAST_KINDS


@dataclass(frozen=True)
class AddressPart:
    """A part of an address: as written, and what of the register it is.

    `kind`: division, place, or by its shape alone township, community, road, number, building,
    unit; then `code` is None and nothing is claimed. `how` as in `matching.HOW`; `matched_kind`
    the kind of the name that was written; `is_current` False for a division that has ended, with
    what followed it in `successors` as (code, name).
    """

    kind: str
    written: str
    code: str | None = None
    name: str | None = None
    level: int | None = None
    how: str | None = None
    how_zh: str = "名录中没有，按字形判断"
    how_en: str = "not in the register: told by its shape"
    matched_name: str | None = None
    matched_kind: str | None = None
    is_current: bool | None = None
    successors: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class AddressReading:
    """One way to read the line. `unit_code`, `place_code`: the deepest that were found, or None.

    `score`: 0 to 100, the share of the line's name part that the register holds, less for parts
    of names and for old ones.
    """

    parts: tuple[AddressPart, ...]
    rest: str
    score: float
    unit_code: str | None
    place_code: str | None


@dataclass(frozen=True)
class AddressAnswer:
    """The ways to read a line, likeliest first; `is_ambiguous` where the first two weigh alike."""

    line: str
    readings: tuple[AddressReading, ...]
    is_ambiguous: bool


DIVISIONS = text(
    """
    SELECT k.key, k.kind AS key_kind, k.rank, n.name AS matched_name, n.kind AS matched_kind,
           p.code, p.unit_code, own.level, own.name, own.parent_code, own.is_current
    FROM unnest(CAST(:keys AS text[])) AS probe (key)
    CROSS JOIN LATERAL (
        SELECT key, kind, rank, name_id FROM name_key
        WHERE key = probe.key AND kind = ANY(ARRAY['exact', 'core'])
        ORDER BY rank LIMIT 400
    ) k
    JOIN place_name n ON n.id = k.name_id
    JOIN place p ON p.id = n.place_id
    JOIN LATERAL (
        SELECT a.level, a.name, a.parent_code, a.validity @> CAST(:on AS date) AS is_current
        FROM admin_unit a WHERE a.code = p.unit_code
        ORDER BY (a.validity @> CAST(:on AS date)) DESC, upper(a.validity) DESC NULLS FIRST
        LIMIT 1
    ) own ON true
    WHERE p.unit_code IS NOT NULL AND own.level > :level AND n.language = 'zh'
      AND (CAST(:units AS text[]) IS NULL OR p.unit_code = ANY(:units))
    """
).bindparams(bindparam("units", type_=ARRAY(Text)))
PLACES = text(
    """
    SELECT k.key, k.kind AS key_kind, k.rank, n.name AS matched_name, n.kind AS matched_kind,
           p.code,
           (SELECT s.name FROM place_name s WHERE s.place_id = p.id
            ORDER BY s.kind = 'standard' DESC, s.id LIMIT 1) AS name
    FROM unnest(CAST(:keys AS text[])) AS probe (key)
    CROSS JOIN LATERAL (
        SELECT key, kind, rank, name_id FROM name_key
        WHERE key = probe.key AND kind = 'exact' ORDER BY rank LIMIT 2000
    ) k
    JOIN place_name n ON n.id = k.name_id
    JOIN place p ON p.id = n.place_id
    WHERE p.unit_code IS NULL
      AND (CAST(:units AS text[]) IS NULL OR p.located_in = ANY(:units))
    ORDER BY length(k.key) DESC, k.rank, p.code
    LIMIT :most
    """
).bindparams(bindparam("units", type_=ARRAY(Text)))


def weight_of(row: Row[Any]) -> float:
    """Characters that are explained; less where only the specific part or an old name fits."""
    points = len(row.key) - (0.2 if row.key_kind == "core" else 0.0)
    return points - (0.1 if row.matched_kind in PAST_KINDS else 0.0)


def part_of(written: str, kind: str, row: Row[Any]) -> AddressPart:
    """Answer what a part of the line is in the register, and how it fits."""
    how = "exact" if row.key_kind == "exact" else "core"
    (zh, en), (kind_zh, kind_en) = HOW[how], KINDS[row.matched_kind]
    if row.matched_name != row.name:
        zh, en = f"{kind_zh}「{row.matched_name}」{zh}", f"{kind_en} “{row.matched_name}”: {en}"
    return AddressPart(
        kind, written, row.code, row.name, how=how, how_zh=zh, how_en=en,
        matched_name=row.matched_name, matched_kind=row.matched_kind,
    )  # fmt: skip

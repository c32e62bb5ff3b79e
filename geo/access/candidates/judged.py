"""By which limits is one candidate site excluded, and what does it not tell?

What a candidate does not tell (its storey, its area, a use that no rule knows) excludes nothing and
is listed as `unknown`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from geo.access.candidates.limits import SELF_EVIDENT, InForce, Limit


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a candidate is excluded, with its own figures, and the limit behind it."""

    code: str
    zh: str
    en: str
    limit: Limit


@dataclass(frozen=True, slots=True)
class Candidate:
    """One candidate site; None is unknown. lon, lat: a point on it, EPSG:4490.

    unknown: what the limits ask for and it does not tell.
    """

    code: str
    name: str
    candidate_kind: str | None
    floor: str | None
    land_use: str | None
    area_m2: float | None
    use_right: str | None
    build_cost_cny: float | None
    capacity: int | None
    admin_code: str | None
    lon: float | None
    lat: float | None
    source: str | None
    source_date: date | None
    is_synthetic: bool
    reasons: tuple[Reason, ...] = ()
    unknown: tuple[str, ...] = ()


def judged(row: Any, limits: InForce) -> Candidate:
    """A row as a candidate with every reason that excludes it."""
    values = {name: row._mapping[name] for name in row._mapping if name in _OWN_COLUMNS}
    reasons = (*_by_floor(row.floor, limits), *_by_fitness(row, limits), *_by_place(row, limits))
    return Candidate(**values, reasons=reasons, unknown=_untold(row, limits))


_OWN_COLUMNS = frozenset(Candidate.__dataclass_fields__) - {"reasons", "unknown"}
_STOREYS = ("basement", "mezzanine", "highest_floor")
_USES = ("forbidden_use", "permitted_use")
_LOWEST = re.compile(r"-?\d+")


def _untold(row: Any, limits: InForce) -> tuple[str, ...]:
    """What the limits ask for and the candidate does not tell. Land has no storeys."""
    named = row.candidate_kind != "planned_land"
    floor = row.floor is None and named and any(limits.get(one) for one in _STOREYS)
    least = limits.get("least_area")
    area = row.area_m2 is None and least is not None
    asks_use = any(limit.words for one in _USES if (limit := limits.get(one)))
    use = asks_use and (row.land_use is None or not _is_known(row.land_use, limits))
    asked = (("floor", floor), ("area_m2", area), ("land_use", use))
    return tuple(name for name, is_untold in asked if is_untold)


def _is_known(use: str, limits: InForce) -> bool:
    """Can the use be judged: does some rule know it, or is there no list of permitted ones?"""
    return limits.get("permitted_use") is None or _word_of(use, limits.known_uses) is not None


def _by_floor(floor: str | None, limits: InForce) -> list[Reason]:
    if floor is None:
        return []
    if floor == "M":
        limit = limits.get("mezzanine")
        return [_reason(limit)] if limit else []
    found = _LOWEST.match(floor)
    lowest = int(found[0]) if found else 1
    if lowest < 0:
        limit = limits.get("basement")
        return [_reason(limit, f"{-lowest} 层", f"level {lowest}")] if limit else []
    limit = limits.get("highest_floor")
    if limit is not None and limit.value is not None and lowest > limit.value:
        most = f"{limit.value:g}"
        return [_reason(limit, f"{lowest} 层，限 {most} 层", f"floor {lowest}, at most {most}")]
    return []


def _by_fitness(row: Any, limits: InForce) -> list[Reason]:
    made = []
    least = limits.get("least_area")
    if least and least.value and row.area_m2 is not None and row.area_m2 < least.value:
        figures = f"{row.area_m2:g} m² < {least.value:g} m²"
        made.append(_reason(least, figures, figures))
    use = row.land_use
    if use is not None:
        made += _by_use(use, limits)
    return made


def _by_use(use: str, limits: InForce) -> list[Reason]:
    """Excluded by a forbidden word, or because the use is known and none of the permitted ones."""
    forbidden, permitted = limits.get("forbidden_use"), limits.get("permitted_use")
    if forbidden and _word_of(use, forbidden.words) is not None:
        return [_reason(forbidden, use, use)]
    if permitted is None or _word_of(use, permitted.words) is not None:
        return []
    if _word_of(use, limits.known_uses) is None:
        return []
    return [_reason(permitted, f"{use}，不在允许用途之内", f"{use}, not among those permitted")]


def _word_of(use: str, words: tuple[str, ...]) -> str | None:
    """The first word that the use holds; digits are the first ones of its code."""
    plain = use.strip()
    return next((w for w in words if (plain.startswith(w) if w.isdigit() else w in plain)), None)


def _by_place(row: Any, limits: InForce) -> list[Reason]:
    if row.lon is None:
        return [_reason(SELF_EVIDENT["no_position"])]
    made = [] if row.is_inside else [_reason(SELF_EVIDENT["outside_city"])]
    limit = limits.get("forbidden_zone")
    if limit and row.forbidden is not None:
        made.append(_reason(limit, row.forbidden, row.forbidden))
    return made


def _reason(limit: Limit, zh: str = "", en: str = "") -> Reason:
    return Reason(
        limit.code,
        f"{limit.zh}（{zh}）" if zh else limit.zh,
        f"{limit.en} ({en})" if en else limit.en,
        limit,
    )

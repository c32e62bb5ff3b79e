"""Which candidate sites may be built on, and why not the others?

Candidates are loaded (`atlas load candidates`): idle buildings and planned land. Each is held
against limits, and each limit says where it comes from and whether someone has verified it. What a
candidate does not tell (its storey, its area) excludes nothing and is listed as `unknown`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import text

from geo.errors import BadInput, NotFound, both
from geo.models.kinds import kinds_of
from geo.queries.admin import BELOW, Reader, unit
from geo.queries.filters import kind_code

STATUS_ZH = {"verified": "已核实", "second_hand": "转引", "assumed": "假定,待核实"}


@dataclass(frozen=True, slots=True)
class Limit:
    """One ground for exclusion: its words, where it comes from, whether that is verified."""

    code: str
    zh: str
    en: str
    source: str
    status: str


_GUIDE = "2025 年全国养老服务设施布局规划指引(转引)· national layout guide of 2025, quoted"
_OWN = "本系统取值 · this system's own"
_UNITS = "区划边界 · divisions"
_GIVEN = "交付数据 · the delivery"
LIMITS = {
    limit.code: limit
    for limit in (
        Limit("basement", "位于地下或半地下", "in a basement", _GUIDE, "second_hand"),
        Limit("mezzanine", "位于夹层", "on a mezzanine", _GUIDE, "second_hand"),
        Limit("too_high", "楼层过高", "too many storeys up", _OWN, "assumed"),
        Limit("too_small", "面积不足", "too small", _OWN, "assumed"),
        Limit("wrong_use", "用途不符", "wrong use", _OWN, "assumed"),
        Limit("outside_city", "不在本市范围内", "outside the city", _UNITS, "verified"),
        Limit("forbidden_zone", "位于禁止建设的片区", "in a forbidden zone", _OWN, "assumed"),
        Limit("no_position", "没有位置", "without a position", _GIVEN, "verified"),
    )
}  # fmt: skip

_LEAST_M2 = MappingProxyType(
    {
        "rehab_rental": 30.0, "canteen": 100.0, "bathing": 40.0, "service_station": 120.0,
        "day_care": 300.0, "activity_centre": 200.0, "care_complex": 1000.0, "small_home": 300.0,
    }
)  # fmt: skip
"""Floor area below which a kind is not planned, m²: this system's assumption, to be confirmed."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What excludes a candidate. Every value can be set; None or () switches a limit off.

    `least_m2` None: by kind, where one is assumed. `wrong_uses`: words in the stated use;
    `forbidden_zones`: kinds of planning zones.
    """

    least_m2: float | None = None
    highest_floor: int | None = None
    basement: bool = True
    mezzanine: bool = True
    wrong_uses: tuple[str, ...] = (
        "工业", "仓储", "物流", "采矿", "危险品", "殡葬", "墓地", "加油", "变电", "垃圾",
    )  # fmt: skip
    forbidden_zones: tuple[str, ...] = (
        "禁建区", "生态保护红线", "永久基本农田", "危险品防护区", "洪涝风险区", "地质灾害易发区",
    )  # fmt: skip

    def least(self, kind: str) -> float | None:
        """The floor area that a kind needs, m²; None where no limit is known."""
        return _LEAST_M2.get(kind) if self.least_m2 is None else self.least_m2


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a candidate is excluded, with its own figures."""

    code: str
    zh: str
    en: str

    @property
    def limit(self) -> Limit:
        """The limit behind it, with its source and status."""
        return LIMITS[self.code]


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


@dataclass(frozen=True, slots=True)
class Candidates:
    """The candidates of a city on a day, by code: those that may be used, and the excluded."""

    city: str
    kind: str
    on: date
    limits: Limits
    usable: tuple[Candidate, ...]
    excluded: tuple[Candidate, ...]
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def has_synthetic(self) -> bool:
        """Some candidate is made up."""
        return any(one.is_synthetic for one in (*self.usable, *self.excluded))

    def in_words(self) -> tuple[str, str]:
        """How many there are and why others were excluded, in Chinese and in English."""
        zh = "、".join(f"{LIMITS[code].zh} {count}" for code, count in self.counts.items())
        en = ", ".join(f"{count} {LIMITS[code].en}" for code, count in self.counts.items())
        return (
            f"候选点 {len(self.usable)} 处可用,{len(self.excluded)} 处排除"
            + (f"(一处可有多个原因:{zh})" if zh else "")
            + "。",
            f"{len(self.usable)} candidates can be used, {len(self.excluded)} are excluded"
            + (f" (one may have several reasons: {en})" if en else "")
            + ".",
        )


# A box around the city, wider by 0.1°: what lies just outside is listed as outside, not hidden.
_READ = text(
    f"""WITH RECURSIVE {BELOW}, outline AS (
    SELECT u.geom FROM below b JOIN admin_unit u ON u.code = b.code
    WHERE u.validity @> CAST(:on AS date) AND u.geom IS NOT NULL
), box AS (
    SELECT ST_Expand(ST_SetSRID(ST_Extent(geom)::geometry, 4490), 0.1) AS around FROM outline
)
SELECT c.code, c.name, c.candidate_kind, c.floor, c.land_use, c.area_m2, c.use_right,
    c.build_cost_cny, c.capacity, c.admin_code, ST_X(p.at) AS lon, ST_Y(p.at) AS lat,
    c.source, c.source_date, c.is_synthetic,
    CASE WHEN c.geom IS NULL THEN NULL
         WHEN EXISTS (SELECT FROM outline) THEN
            EXISTS (SELECT FROM outline o WHERE ST_Intersects(o.geom, p.at))
         ELSE c.admin_code IN (SELECT code FROM below) END AS is_inside,
    (SELECT string_agg(DISTINCT z.kind || ' ' || z.name, '、') FROM planning_zone z
        WHERE z.validity @> CAST(:on AS date) AND z.kind = ANY(CAST(:forbidden AS text[]))
          AND ST_Intersects(z.geom, c.geom)) AS forbidden
FROM candidate_site c CROSS JOIN LATERAL (SELECT ST_PointOnSurface(c.geom) AS at) p
WHERE c.validity @> CAST(:on AS date)
  AND (c.geom && (SELECT around FROM box) OR c.admin_code IN (SELECT code FROM below))
  AND (CAST(:codes AS text[]) IS NULL OR c.code = ANY(CAST(:codes AS text[])))
ORDER BY c.code"""
)


def candidates(
    session: Reader,
    *,
    city: str,
    kind: str,
    on: date,
    limits: Limits | None = None,
    codes: Sequence[str] | None = None,
) -> Candidates:
    """The candidate sites of a city for one kind of facility, each excluded one with its reasons.

    codes: only these. Raises NotFound for an unknown city or code, BadInput for an unknown kind or
    limits that cannot be.
    """
    kind = kind_code(kind)
    kinds_of(kind)
    limits = _checked(limits or Limits())
    code = unit(session, city, on).code
    asked = {"code": code, "on": on, "forbidden": list(limits.forbidden_zones)}
    rows = session.execute(_READ, asked | {"codes": None if codes is None else list(codes)}).all()
    strange = sorted(set(codes or ()) - {row.code for row in rows})
    if strange:
        raise NotFound(
            both(
                f"没有这些候选点:{'、'.join(strange[:5])}。",
                f"there are no such candidates: {', '.join(strange[:5])}",
            )
        )
    judged = [_judged(row, kind, limits) for row in rows]
    excluded = tuple(one for one in judged if one.reasons)
    told = [reason.code for one in excluded for reason in one.reasons]
    return Candidates(
        code, kind, on, limits,
        tuple(one for one in judged if not one.reasons),
        excluded,
        {name: told.count(name) for name in LIMITS if name in told},
    )  # fmt: skip


def _checked(limits: Limits) -> Limits:
    if limits.least_m2 is not None and not 0 <= limits.least_m2 < 1e7:
        raise BadInput(
            both("面积下限应为 0 到一千万平方米。", "the least area is 0 to 10 million m²"),
            parameter="least_m2",
        )
    if limits.highest_floor is not None and not 1 <= limits.highest_floor <= 120:
        raise BadInput(
            both("最高楼层应为 1 到 120。", "the highest floor is 1 to 120"),
            parameter="highest_floor",
        )
    return limits


def _judged(row: Any, kind: str, limits: Limits) -> Candidate:
    """A row as a candidate with every reason that excludes it."""
    values = {name: row._mapping[name] for name in row._mapping if name in _OWN_COLUMNS}
    reasons = (*_by_floor(row.floor, limits), *_by_fitness(row, kind, limits), *_by_place(row))
    asked = {
        "floor": limits.basement or limits.mezzanine or limits.highest_floor is not None,
        "area_m2": limits.least(kind) is not None,
        "land_use": bool(limits.wrong_uses),
    }
    unknown = tuple(name for name, is_asked in asked.items() if is_asked and values[name] is None)
    # Storeys are asked of buildings only: land has none.
    if values["candidate_kind"] == "planned_land":
        unknown = tuple(name for name in unknown if name != "floor")
    return Candidate(**values, reasons=reasons, unknown=unknown)


_OWN_COLUMNS = frozenset(Candidate.__dataclass_fields__) - {"reasons", "unknown"}
_LOWEST = re.compile(r"-?\d+")


def _by_floor(floor: str | None, limits: Limits) -> list[Reason]:
    if floor is None:
        return []
    if floor == "M":
        return [_reason("mezzanine")] if limits.mezzanine else []
    found = _LOWEST.match(floor)
    lowest = int(found[0]) if found else 1
    if lowest < 0:
        return [_reason("basement", f"{-lowest} 层", f"level {lowest}")] if limits.basement else []
    most = limits.highest_floor
    if most is not None and lowest > most:
        return [_reason("too_high", f"{lowest} 层,限 {most} 层", f"floor {lowest}, at most {most}")]
    return []


def _by_fitness(row: Any, kind: str, limits: Limits) -> list[Reason]:
    made = []
    least = limits.least(kind)
    if least is not None and row.area_m2 is not None and row.area_m2 < least:
        figures = f"{row.area_m2:g} m² < {least:g} m²"
        made.append(_reason("too_small", figures, figures))
    word = next((word for word in limits.wrong_uses if word in (row.land_use or "")), None)
    if word is not None:
        made.append(_reason("wrong_use", row.land_use, row.land_use))
    return made


def _by_place(row: Any) -> list[Reason]:
    if row.lon is None:
        return [_reason("no_position")]
    made = [] if row.is_inside else [_reason("outside_city")]
    if row.forbidden is not None:
        made.append(_reason("forbidden_zone", row.forbidden, row.forbidden))
    return made


def _reason(code: str, zh: str = "", en: str = "") -> Reason:
    limit = LIMITS[code]
    return Reason(
        code,
        f"{limit.zh}({zh})" if zh else limit.zh,
        f"{limit.en} ({en})" if en else limit.en,
    )

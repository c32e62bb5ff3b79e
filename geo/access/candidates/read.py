"""Which candidate sites may be built on, and why not the others?

Candidates are loaded (`atlas load candidates`): idle buildings and planned land. Each is held
against the limits in force, and each limit says which rule it is, where that comes from and whether
someone has verified it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import text

from geo.access.candidates.judged import Candidate, judged
from geo.access.candidates.limits import WORDS, Limit, Limits, limits_in_force
from geo.errors import NotFound, both
from geo.models.kinds import kinds_of
from geo.queries.admin import BELOW, Reader, unit
from geo.queries.filters import kind_code


@dataclass(frozen=True, slots=True)
class Candidates:
    """The candidates of a city on a day, by code: those that may be used, and the excluded."""

    city: str
    kind: str
    on: date
    limits: tuple[Limit, ...]
    usable: tuple[Candidate, ...]
    excluded: tuple[Candidate, ...]
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def has_synthetic(self) -> bool:
        """Some candidate is made up."""
        return any(one.is_synthetic for one in (*self.usable, *self.excluded))

    def in_words(self) -> tuple[str, str]:
        """How many there are and why others were excluded, in Chinese and in English."""
        zh = "、".join(f"{WORDS[code][0]} {count}" for code, count in self.counts.items())
        en = ", ".join(f"{count} {WORDS[code][1]}" for code, count in self.counts.items())
        return (
            f"候选点 {len(self.usable)} 处可用，{len(self.excluded)} 处排除"
            + (f"（一处可有多个原因：{zh}）" if zh else "")
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
    CAST(c.build_cost_cny AS float8) AS build_cost_cny, c.capacity, c.admin_code,
    ST_X(p.at) AS lon, ST_Y(p.at) AS lat,
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
    code = unit(session, city, on).code
    in_force = limits_in_force(session, city=code, kind=kind, on=on, given=limits)
    zones = in_force.get("forbidden_zone")
    asked = {"code": code, "on": on, "forbidden": list(zones.words if zones else ())}
    rows = session.execute(_READ, asked | {"codes": None if codes is None else list(codes)}).all()
    strange = sorted(set(codes or ()) - {row.code for row in rows})
    if strange:
        raise NotFound(
            both(
                f"没有这些候选点：{'、'.join(strange[:5])}。",
                f"there are no such candidates: {', '.join(strange[:5])}",
            )
        )
    found = [judged(row, in_force) for row in rows]
    excluded = tuple(one for one in found if one.reasons)
    told = [reason.code for one in excluded for reason in one.reasons]
    return Candidates(
        code, kind, on, in_force.all,
        tuple(one for one in found if not one.reasons),
        excluded,
        {name: told.count(name) for name in WORDS if name in told},
    )  # fmt: skip

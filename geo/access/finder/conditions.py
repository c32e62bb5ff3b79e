"""Does a facility fit? Yes, no, or unknown: SQL's three-valued logic says it as it is.

Each condition is TRUE, FALSE or NULL for the facility `f`. Joined by AND they are TRUE for what
fits, FALSE where one known fact speaks against it, and NULL where nothing does but something is not
known: those are listed apart, neither dropped nor counted as a yes. The text of a condition depends
on the filter's name alone; the values are bound.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from geo.access.finder.hours import ALL_DAY, day_of
from geo.access.finder.offered import NOT_LIVING
from geo.access.finder.question import Question
from geo.models.kinds import KINDS
from geo.queries.filters import CONDITIONS as PLAIN
from geo.queries.filters import DAYS

# The lowest known price of the asked unit and care level decides: 「…元起」. Of a price without a
# low end (「10元以下」) a cap below its high end says nothing. Day care and things on loan are paid
# by the month too, and are no price of living there.
_PRICED = f"""FROM facility_price p
    WHERE (CAST(:price_unit AS text) IS NULL OR p.unit = :price_unit
           AND (p.unit <> 'month' OR p.item NOT IN {NOT_LIVING}))
      AND (CAST(:price_item AS text) IS NULL OR p.item = :price_item)"""
LOWEST = f"(SELECT min(coalesce(p.low, p.high)) {_PRICED} AND p.facility_id = f.id)"
_AFFORDED = """CASE WHEN bool_or(coalesce(p.low, p.high) <= :max_price) THEN true
    WHEN bool_and(coalesce(p.low > :max_price, false)) THEN false END"""

# Only the national scale is compared, and only while it is valid; other scales are not the same.
_LEVEL = """nullif(greatest(
        strpos('一二三四五', substring(r.level from '[一二三四五1-5]')),
        strpos('12345', substring(r.level from '[一二三四五1-5]'))), 0)"""
_RATED = """FROM facility_rating r
    WHERE r.scheme LIKE '%37276%'
      AND (r.valid_until IS NULL OR r.valid_until >= CAST(:on AS date))"""
BEST_LEVEL = f"(SELECT max({_LEVEL}) {_RATED} AND r.facility_id = f.id)"

_MEALS = """('canteen' = ANY(f.kinds)
    OR nullif(array_to_string(f.services, '、'), '') LIKE '%餐%'
    OR EXISTS (SELECT FROM facility_price p WHERE p.facility_id = f.id
        AND (p.includes LIKE '%餐%' OR p.includes LIKE '%伙食%')))"""

_ROUND_THE_CLOCK = (
    "'{" + ", ".join(f'"{day}": [["{s}", "{e}"]]' for day in DAYS for s, e in ALL_DAY) + "}'::jsonb"
)
# A JSON null and an empty week say nothing either. The paths hold the day and the time of binds_of.
_ORDINARY = """CASE WHEN jsonb_typeof(f.hours) = 'object' AND f.hours <> '{}'::jsonb THEN
    coalesce(jsonb_path_exists(f.hours, CAST(:open_path AS jsonpath), '{}', true), false)
    OR coalesce(jsonb_path_exists(f.hours, CAST(:over_path AS jsonpath), '{}', true), false) END"""
_OPEN = {
    "ordinary": _ORDINARY,
    "holiday": f"CASE WHEN f.hours @> {_ROUND_THE_CLOCK} THEN true END",
    "workday": "CASE WHEN (f.hours -> :open_dow) IS NOT DISTINCT FROM (f.hours -> 'mon')"
    f" THEN ({_ORDINARY}) END",
}
"""Kind of day → whether it is open then; see hours.py."""

CONDITIONS = {
    "ownership": "f.ownership = :ownership",
    "operation": "f.operation = :operation",
    "care_level": "CAST(:care_level AS text) = ANY(nullif(f.care_levels, '{}'))",
    "max_price": f"(SELECT {_AFFORDED} {_PRICED} AND p.facility_id = f.id)",
    "rating": f"{BEST_LEVEL} >= :rating",
    "free_beds": "f.beds_free > 0",
    "medical": "f.medical_link NOT IN ('none', '无', '')",
    "meals": _MEALS,
    "barrier_free": "f.has_lift AND f.has_ramp",
    "lift": "f.has_lift",
    "ramp": "f.has_ramp",
    "fire_ok": "f.fire_state = 'passed'",
    "q": "coalesce(" + PLAIN["text"] + ", false)",
    **{
        f"open_now {kind}": "CASE WHEN NOT (CAST(:of_service AS boolean)"
        f" AND f.kinds && CAST(:residential AS text[])) THEN ({condition}) END"
        for kind, condition in _OPEN.items()
    },
}
"""Condition → its text; each stands alone and may be NULL. For few facilities."""

FOR_ALL = CONDITIONS | {
    "max_price": "priced.afforded",
    "rating": "rated.level >= :rating",
}
"""The same where many facilities are judged at one time, beside the tables of JOINED."""

JOINED = {
    "max_price": f"""LEFT JOIN (SELECT p.facility_id, {_AFFORDED} AS afforded {_PRICED}
        GROUP BY p.facility_id) AS priced ON priced.facility_id = f.id""",
    "rating": f"""LEFT JOIN (SELECT r.facility_id, max({_LEVEL}) AS level {_RATED}
        GROUP BY r.facility_id) AS rated ON rated.facility_id = f.id""",
}
"""Condition → the facts that it needs, gathered once instead of looked up for each facility."""


def shape_of(asked: Question) -> tuple[str, ...]:
    """The conditions of a question: the key under which its statements are built once."""
    kind = day_of(asked.moment.date()).kind
    return tuple(f"open_now {kind}" if n == "open_now" else n for n in asked.conditions)


def filter_of(condition: str) -> str:
    """The filter that a condition belongs to."""
    return condition.partition(" ")[0]


def binds_of(asked: Question) -> dict[str, Any]:
    """The values that the conditions and the ground of a question name."""
    moment = asked.moment
    made: dict[str, Any] = {"kinds": asked.kinds, "on": moment.date()}
    for name in ("ownership", "operation", "care_level", "max_price", "rating"):
        if getattr(asked, name) is not None:
            made[name] = getattr(asked, name)
    if asked.max_price is not None:
        made |= {"price_unit": asked.asked.price_unit, "price_item": asked.care_level}
    if asked.open_now:
        made |= _paths(moment)
        made["open_dow"] = DAYS[moment.weekday()]
        made["residential"] = [kind.code for kind in KINDS.values() if kind.is_residential]
        made["of_service"] = not {*made["residential"]} & {*asked.kinds}
    if asked.q:
        made["text"] = asked.q.strip().lower()
    if asked.lon is not None:
        made |= {"lon": asked.lon, "lat": asked.lat}
    return made


def _paths(moment: datetime) -> dict[str, str]:
    """JSON paths to intervals that hold a moment: its day's, and the day before's past midnight."""
    today, before, clock = DAYS[moment.weekday()], DAYS[moment.weekday() - 1], f"{moment:%H:%M}"
    return {
        "open_path": f'strict $.{today}[*] ? (@[0] <= "{clock}"'
        f' && ("{clock}" < @[1] || @[1] <= @[0]))',
        "over_path": f'strict $.{before}[*] ? (@[1] <= @[0] && "{clock}" < @[1])',
    }

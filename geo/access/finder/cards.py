"""What is known of one facility, as a card of the list says it? None is unknown, never 0."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import text

from geo.access.finder.hours import Opening, is_home_besides, opening, speak_for
from geo.access.finder.map_links import MapLink, map_links
from geo.access.finder.offered import NOT_LIVING, Price, Rating, is_stale, price_of, rating_of
from geo.access.finder.question import Question
from geo.access.finder.ranking import Spot
from geo.access.walking.pace import speed_of
from geo.models.kinds import KINDS
from geo.queries.admin import Reader
from geo.queries.features import PRICES, RATINGS
from geo.settings import FinderSettings, read


@dataclass(frozen=True, slots=True)
class Card:
    """One facility of the list.

    number: its place in the whole list, the same on map and print. line_m, walk_m: metres;
    walk_min: minutes at the elders' pace. measured_by: walk, line or None without a start.
    on_foot: reached, too_far (not within an hour), off_network, None. price: the one that is
    shown, of the asked care level; price_fits: all of its range is within the cap, only from its
    low end, or None. beds_stale: the count is old or undated. unknown_for: filters of which it is
    not known whether it passes. ways: links to map apps. is_beside: what is asked for is offered
    beside the site's main service. hours: of what is asked for; home_hours: of the beds of a home
    that offers something else too, whatever is asked for.
    """

    number: int
    code: str
    name: str
    kinds: tuple[str, ...]
    kind: str
    kind_zh: str
    kind_en: str
    state: str
    address: str | None
    admin_code: str | None
    district: str | None
    street: str | None
    lon: float
    lat: float
    line_m: float | None
    walk_m: float | None
    walk_min: float | None
    measured_by: str | None
    on_foot: str | None
    open: Opening
    hours: dict[str, Any] | None
    home_hours: dict[str, Any] | None
    is_beside: bool
    phone: str | None
    website: str | None
    prices: tuple[Price, ...]
    price: Price | None
    price_fits: str | None
    beds_total: int | None
    beds_nursing: int | None
    beds_free: int | None
    beds_on: date | None
    beds_stale: bool
    ratings: tuple[Rating, ...]
    fire_state: str | None
    fire_checked_on: date | None
    care_levels: tuple[str, ...] | None
    services: tuple[str, ...] | None
    medical_link: str | None
    has_lift: bool | None
    has_ramp: bool | None
    meals_per_day: int | None
    ownership: str | None
    operation: str | None
    uscc: str | None
    filing_no: str | None
    filed_on: date | None
    nearest_stop: str | None
    photos: tuple[str, ...]
    unknown_for: tuple[str, ...]
    checked_on: date | None
    source: str | None
    source_date: date | None
    is_synthetic: bool
    method: str | None
    position_quality: str | None
    position_note: str | None
    ways: tuple[MapLink, ...]


_ROWS = text(
    f"""SELECT f.id, f.code, f.name, f.kinds, f.state, f.address, f.admin_code,
        ST_X(f.geom) AS lon, ST_Y(f.geom) AS lat, f.hours, f.phone, f.website, f.beds_total,
        f.beds_nursing, f.beds_free, f.beds_on, f.fire_state, f.fire_checked_on, f.care_levels,
        f.services, f.medical_link, f.has_lift, f.has_ramp, f.meals_per_day, f.ownership,
        f.operation, f.uscc, f.filing_no, f.filed_on, f.checked_on, f.source, f.source_date,
        f.is_synthetic, f.method, f.position_quality, f.position_note, {PRICES}, {RATINGS},
        CASE WHEN own.level = 3 THEN own.name ELSE above.name END AS district,
        CASE WHEN own.level > 3 THEN own.name END AS street
    FROM facility f
    LEFT JOIN admin_unit own ON own.code = f.admin_code AND own.validity @> CAST(:on AS date)
    LEFT JOIN admin_unit above ON own.level > 3 AND above.code = own.parent_code
        AND above.level = 3 AND above.validity @> CAST(:on AS date)
    WHERE f.id = ANY(:ids)"""
)
_SAME = (
    "code", "name", "state", "address", "admin_code", "district", "street", "lon", "lat", "phone",
    "website", "beds_total", "beds_nursing", "beds_free", "beds_on", "fire_state",
    "fire_checked_on", "medical_link", "has_lift", "has_ramp", "meals_per_day", "ownership",
    "operation", "uscc", "filing_no", "filed_on", "checked_on", "source", "source_date",
    "is_synthetic", "method", "position_quality", "position_note",
)  # fmt: skip


def cards(session: Reader, asked: Question, spots: Sequence[Spot], first: int) -> tuple[Card, ...]:
    """The cards of some spots, in their order, numbered from `first`."""
    if not spots:
        return ()
    binds = {"ids": [spot.id for spot in spots], "on": asked.moment.date()}
    rows = {row.id: row for row in session.execute(_ROWS, binds)}
    numbered = enumerate(spots, start=first)
    there = [(number, spot, rows[spot.id]) for number, spot in numbered if spot.id in rows]
    links = map_links(
        [row.lon for _, _, row in there], [row.lat for _, _, row in there],
        [row.name for _, _, row in there],
    )  # fmt: skip
    said = _Said(asked, asked.moment, read(FinderSettings), speed_of("elder") * 60)
    return tuple(
        _card(said, spot, row, number, ways)
        for (number, spot, row), ways in zip(there, links, strict=True)
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """What all cards of one answer share; metres_min: metres that are walked in a minute."""

    asked: Question
    moment: datetime
    rules: FinderSettings
    metres_min: float


def _card(said: _Said, spot: Spot, row: Any, number: int, ways: tuple[MapLink, ...]) -> Card:
    asked, today = said.asked, said.moment.date()
    kind = KINDS[next((kind for kind in row.kinds if kind in asked.kinds), row.kinds[0])]
    prices = tuple(
        price_of(price, today, said.rules.price_stale_days) for price in row.prices or ()
    )
    price = _shown(prices, asked)
    hours = (row.hours or None) if speak_for(row.kinds, asked.kinds) else None
    return Card(
        **{name: getattr(row, name) for name in _SAME},
        number=number,
        kinds=tuple(row.kinds),
        kind=kind.code, kind_zh=kind.zh, kind_en=kind.en,
        line_m=spot.line_m,
        walk_m=spot.walk_m,
        walk_min=None if spot.walk_m is None else spot.walk_m / said.metres_min,
        measured_by=None if spot.line_m is None else "walk" if spot.walk_m is not None else "line",
        on_foot=spot.on_foot,
        hours=hours,
        home_hours=(row.hours or None) if is_home_besides(row.kinds) else None,
        is_beside=kind.code != row.kinds[0],
        open=opening(hours, said.moment, said.rules.closes_soon_min),
        prices=prices,
        price=price,
        price_fits=_fits(price, asked),
        beds_stale=row.beds_free is not None
        and is_stale(row.beds_on, today, said.rules.beds_stale_days),
        ratings=tuple(rating_of(rating, today) for rating in row.ratings or ()),
        care_levels=tuple(row.care_levels) if row.care_levels else None,
        services=tuple(row.services) if row.services else None,
        nearest_stop=None,
        photos=(),
        unknown_for=spot.unknown_for,
        ways=ways,
    )  # fmt: skip


def _shown(prices: Sequence[Price], asked: Question) -> Price | None:
    """The price that a card shows: of the asked care level where one is asked, else the lowest."""
    unit = asked.asked.price_unit
    fitting = [
        price
        for price in prices
        if (unit is None or price.unit == unit)
        and not (unit == "month" and price.item in NOT_LIVING)
        and (asked.care_level is None or price.item == asked.care_level)
    ]
    return min(fitting, key=_least, default=None)


def _least(price: Price) -> float:
    """The end that a price is ordered by: the low one, else the high one."""
    ends = [end for end in (price.low, price.high) if end is not None]
    return ends[0]


def _fits(price: Price | None, asked: Question) -> str | None:
    if price is None or asked.max_price is None or _least(price) > asked.max_price:
        return None
    return "all" if price.high is not None and price.high <= asked.max_price else "from"

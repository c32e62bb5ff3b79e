"""What was here, what was it called in a year, and what is all that is known of it?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from geo.errors import BadInput, both
from geo.gazetteer.card import Card, card, place_id
from geo.gazetteer.life import LifeLine, count_once, life_line
from geo.gazetteer.places import PlaceFacts, facts_of
from geo.gazetteer.years import NameInYear, names_in_year
from geo.queries.filters import check_point
from geo.validity import today_in_china

MOST_NEAR = 100
EARLIEST_YEAR, LATEST_YEAR = -4000, 2200


@dataclass(frozen=True)
class NearName(PlaceFacts):
    """A place near a point, how far it is in metres, and its name in the year asked.

    `distance_m` is geodesic, to the nearest part of the place. `in_year` is the likeliest name in
    the year asked with its verdict, None where no year was asked; `name` is always today's.
    """

    distance_m: float
    in_year: NameInYear | None


# Nearest by the index on geography (on the sphere), then measured on the ellipsoid.
NEAR = text(
    """
    SELECT s.place_id,
           ST_Distance(s.geom::geography,
                       CAST(ST_SetSRID(ST_Point(:lon, :lat), 4490) AS geography)) AS distance_m
    FROM place_position s
    WHERE s.quality IN ('surveyed', 'point', 'approximate') AND s.geom IS NOT NULL
      AND (CAST(:year AS int) IS NULL OR s.start_year IS NULL OR s.start_year <= :year)
      AND (CAST(:year AS int) IS NULL OR s.end_year IS NULL OR s.end_year >= :year)
    ORDER BY s.geom::geography <-> CAST(ST_SetSRID(ST_Point(:lon, :lat), 4490) AS geography)
    LIMIT :many
    """
)


def names_near(
    session: Session | Connection,
    lon: float,
    lat: float,
    *,
    year: int | None = None,
    limit: int = 10,
    on: date | None = None,
) -> list[NearName]:
    """Answer the places nearest to a point (degrees of CGCS2000), nearest first.

    Only positions known as a point (surveyed, point or approximate) are near anything: a place
    known only by its district is left out. With `year`, each place carries its name in that year
    and whether that is certain; a place with no name in that year is left out. `on` (default
    today) is the date of the other facts. Raises BadInput for a bad point, year or limit.
    """
    check_point(lon, lat)
    _check_year(year)
    if not 1 <= limit <= MOST_NEAR:
        raise BadInput(
            both(
                f"条数须在 1 至 {MOST_NEAR} 之间，现为 {limit}。",
                f"limit {limit} is not between 1 and {MOST_NEAR}",
            ),
            parameter="limit",
        )
    # A place may have several positions, or no name in the year: look at some more than asked.
    rows = session.execute(NEAR, {"lon": lon, "lat": lat, "year": year, "many": limit * 4 + 20})
    distances: dict[int, float] = {}
    for row in sorted(rows, key=lambda row: row.distance_m):
        distances.setdefault(row.place_id, row.distance_m)
    places = list(distances)
    if year is None:
        places = places[:limit]
    else:
        then = names_in_year(session, places, year)
        places = [place for place in places if then.get(place)][:limit]
    facts = facts_of(session, places, on or today_in_china())
    return [
        NearName(
            **vars(facts[place]),
            distance_m=distances[place],
            in_year=then[place][0] if year is not None else None,
        )
        for place in places
        if place in facts
    ]


def called_in(session: Session | Connection, place_code: str, year: int) -> list[NameInYear]:
    """Answer what a place was called in a year (0 = 1 BCE), certain names first.

    An unknown date makes a name possible, never certain; names whose known years exclude the year
    are left out. Raises NotFound for an unknown place, BadInput for a year out of range.
    """
    _check_year(year)
    place = place_id(session, place_code)
    return names_in_year(session, [place], year).get(place, [])


def _check_year(year: int | None) -> None:
    if year is not None and not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise BadInput(
            both(
                f"年份须在 {EARLIEST_YEAR} 至 {LATEST_YEAR} 之间，现为 {year}。",
                f"year {year} is not between {EARLIEST_YEAR} and {LATEST_YEAR}",
            ),
            parameter="year",
        )


__all__ = [
    "Card",
    "LifeLine",
    "NameInYear",
    "NearName",
    "called_in",
    "card",
    "count_once",
    "life_line",
    "names_near",
]

"""How far are these places from a spot?"""

from __future__ import annotations

import math
from collections.abc import Sequence

from sqlalchemy import text

from geo.gazetteer.finding.lookup import Reader

# A division is as far as its territory: 0 inside. Vague positions are no distance.
_DISTANCES = text(
    """
    SELECT p.id, LEAST(
        (SELECT min(ST_Distance(s.geom::geography, here.spot)) FROM place_position s
         WHERE s.place_id = p.id AND s.quality IN ('surveyed', 'point', 'approximate')),
        (SELECT min(ST_Distance(a.geom::geography, here.spot)) FROM admin_unit a
         WHERE a.code = p.unit_code AND upper_inf(a.validity))) AS distance_m
    FROM place p, (SELECT ST_SetSRID(ST_Point(:lon, :lat), 4490)::geography AS spot) here
    WHERE p.id = ANY(CAST(:ids AS bigint[]))
    """
)
MOST_AWAY = 6.0
UNKNOWN = 4.0


def distances_m(
    session: Reader, place_ids: Sequence[int], lon: float, lat: float
) -> dict[int, float | None]:
    """Answer the geodesic distance of each place in metres; None where its position is vague."""
    rows = session.execute(_DISTANCES, {"ids": list(place_ids), "lon": lon, "lat": lat})
    return {row.id: row.distance_m for row in rows}


def points_away(distance_m: float | None) -> float:
    """Answer what distance takes from a score: 0.6 at 1 km, 2 at 10 km, 4 at 100 km, at most 6.

    An unknown distance takes as much as 100 km.
    """
    if distance_m is None:
        return UNKNOWN
    return min(2 * math.log10(1 + distance_m / 1000), MOST_AWAY)

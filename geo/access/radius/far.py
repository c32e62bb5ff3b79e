"""How far is everybody from the nearest facility, when the radius is too large to list all pairs?

Pairs of cells and facilities within a radius grow with its square. Beyond `FAR_M` only the nearest
matter anyway, and `geo.access.radius.distance` finds these exactly, at a cost that does not depend
on the radius. The distances are the same geodesics as PostGIS's; a test holds both ways together.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geo.access.radius.distance import Floats, Indices, nearest_site
from geo.access.radius.sites import ANYWHERE, Reach, Site

FAR_M = 3000.0


def far_reach(
    kind: str, sites: Sequence[Site], area: Indices, lon: Floats, lat: Floats, longest_m: float
) -> Reach:
    """The distances of one kind that can decide anything, as `Ground.reaches` holds them.

    area, lon, lat: of the cells. For each cell the nearest facility anywhere and the nearest in its
    own area; for each facility that lies in no area its nearest cell.
    """
    own = [site for site in sites if kind in site.kinds]
    every = np.arange(len(area))
    parts = [_rows(every, ANYWHERE, -1, _nearest(lon, lat, own))]
    for number in np.unique(area):
        inside = np.flatnonzero(area == number)
        at_home = [site for site in own if number in site.homes]
        parts.append(_rows(inside, int(number), -1, _nearest(lon[inside], lat[inside], at_home)))
    for site in own:
        if not site.homes and len(lon):
            near = nearest_site(np.array([site.lon]), np.array([site.lat]), lon, lat)
            parts.append(_rows(near.site, -1, site.id, near.distance_m))
    cell, home, outsider = (np.concatenate([part[i] for part in parts]) for i in range(3))
    distance_m = np.concatenate([part[3] for part in parts])
    within = distance_m <= longest_m
    return Reach(cell[within], home[within], outsider[within], distance_m[within])


def _nearest(lon: Floats, lat: Floats, sites: Sequence[Site]) -> Floats:
    at = np.array([(site.lon, site.lat) for site in sites], dtype=np.float64).reshape(-1, 2)
    return nearest_site(lon, lat, at[:, 0], at[:, 1]).distance_m


def _rows(
    cells: Indices, home: int, outsider: int, distance_m: Floats
) -> tuple[Indices, Indices, Indices, Floats]:
    count = len(cells)
    return cells, np.full(count, home), np.full(count, outsider), distance_m

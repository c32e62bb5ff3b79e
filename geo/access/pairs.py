"""Which cells of a ground reach which facilities of a kind, and how far is it for each pair?"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from geo.access.radius.distance import Floats, Indices, pairs_within
from geo.access.radius.ground import Ground
from geo.access.radius.question import Question
from geo.access.walking.walks import least
from geo.models.kinds import kinds_of


def sites_of(ground: Ground, kind: str) -> Indices:
    """The positions in `ground.sites` of the facilities of a kind or group."""
    members = set(kinds_of(kind))
    found = [i for i, site in enumerate(ground.sites) if members.intersection(site.kinds)]
    return np.array(found, dtype=np.int64)


def reachable(ground: Ground, question: Question, sites: Indices) -> csr_array:
    """Metres of each pair within the question's radius, shape (cells, sites); absent = farther.

    Distances are those of the question's measure: the pairs of coverage, all of them. Columns are
    positions in `sites`; across_border False keeps facilities in the cell's own area.
    """
    shape = (len(ground.cell_area), len(sites))
    rows, columns, metres = [], [], []
    lined = np.arange(shape[0])
    walked = ground.walked
    if walked is not None:
        lined = np.flatnonzero(walked.fallen_back())
        if walked.walks is not None:
            near = walked.walks.pairs(sites, question.radius_m).tocoo()
            own = walked.on_foot()[near.row]
            rows.append(near.row[own].astype(np.int64))
            columns.append(near.col[own].astype(np.int64))
            metres.append(near.data[own])
    at = np.array([(ground.sites[i].lon, ground.sites[i].lat) for i in sites]).reshape(-1, 2)
    lon, lat = ground.cell_lon[lined], ground.cell_lat[lined]
    cell, site, geodesic = pairs_within(lon, lat, at[:, 0], at[:, 1], question.radius_m)
    row = np.concatenate([*rows, lined[cell]])
    column = np.concatenate([*columns, site])
    values: Floats = np.concatenate([*metres, geodesic])
    if not question.across_border:
        home = np.zeros((len(sites), len(ground.area_codes)), dtype=bool)
        for position, number in enumerate(sites):
            home[position, list(ground.sites[number].homes)] = True
        kept = home[column, ground.cell_area[row]]
        row, column, values = row[kept], column[kept], values[kept]
    return least(row, column, values, shape)

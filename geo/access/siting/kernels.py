"""What do the loops over all entries of gains and over all demands say? Compiled, arrays only."""

from __future__ import annotations

from typing import Any

import numpy as np

from geo.access.network.searches import compiled


@compiled
def net_worths(row: Any, column: Any, gain: Any, multiplier: Any, columns: int) -> Any:
    """What each column gains above the rows' multipliers: Σ max(0, gain − multiplier[row])."""
    worth = np.zeros(columns)
    for entry in range(row.size):
        rest = gain[entry] - multiplier[row[entry]]
        if rest > 0.0:
            worth[column[entry]] += rest
    return worth


@compiled
def times_served(row: Any, column: Any, gain: Any, multiplier: Any, part: Any) -> Any:
    """How often the opened parts of columns count for each row, at its multiplier."""
    served = np.zeros(multiplier.size)
    for entry in range(row.size):
        opened = part[column[entry]]
        if opened > 0.0 and gain[entry] > multiplier[row[entry]]:
            served[row[entry]] += opened
    return served


@compiled
def two_best(row: Any, column: Any, gain: Any, inside: Any, rows: int) -> Any:
    """Of every row: the best and the second best open gain (0 for none), and whose the best is.

    Entries are sorted by row, then column: of equal gains the lowest column is the best one's.
    """
    best, second = np.zeros(rows), np.zeros(rows)
    owner = np.full(rows, -1, dtype=np.int64)
    for entry in range(row.size):
        if not inside[column[entry]]:
            continue
        at, value = row[entry], gain[entry]
        if owner[at] < 0 or value > best[at]:
            second[at] = best[at]
            best[at] = value
            owner[at] = column[entry]
        elif value > second[at]:
            second[at] = value
    return best, second, owner


@compiled
def exchanges(
    row: Any, column: Any, gain: Any, inside: Any, place: Any, rows: int, leave: int, enter: int
) -> Any:
    """What the sum changes by when one of `leave` open columns closes and one of `enter` opens.

    place: of each column among the open, or among the closed ones. Gives the changes, of shape
    (leave, enter), and what each closed column adds when none closes.
    """
    best, second, owner = two_best(row, column, gain, inside, rows)
    change = np.zeros((leave, enter))
    added, lost = np.zeros(enter), np.zeros(leave)
    for at in range(rows):
        if owner[at] >= 0:
            lost[place[owner[at]]] += best[at] - second[at]
    for entry in range(row.size):
        at, value = row[entry], gain[entry]
        if inside[column[entry]] or value <= second[at]:
            continue
        new = place[column[entry]]
        if value > best[at]:
            added[new] += value - best[at]
        if owner[at] >= 0:
            change[place[owner[at]], new] += min(value, best[at]) - second[at]
    for old in range(leave):
        for new in range(enter):
            change[old, new] += added[new] - lost[old]
    return change, added


@compiled
def fill(
    order: Any,
    starts: Any,
    site: Any,
    cost: Any,
    weight: Any,
    is_open: Any,
    room: Any,
    limit: float,
) -> Any:
    """Send demands in their order each to the first open site on its list that has room.

    starts, site, cost: the list of each demand, cheapest first; none goes farther than `limit`.
    room is used up. Gives whom each went to (−1: nobody), the weight served, Σ weight × cost.
    """
    assignment = np.full(weight.size, -1, dtype=np.int64)
    served, travel = 0.0, 0.0
    for at in range(order.size):
        demand = order[at]
        need = weight[demand]
        for entry in range(starts[demand], starts[demand + 1]):
            to = site[entry]
            if cost[entry] > limit:
                break
            if is_open[to] and room[to] >= need:
                room[to] -= need
                assignment[demand] = to
                served += need
                travel += need * cost[entry]
                break
    return assignment, served, travel


@compiled
def pulls(starts: Any, site: Any, weight: Any, assignment: Any, sites: int) -> Any:
    """The weight that still waits around each site."""
    pull = np.zeros(sites)
    for demand in range(weight.size):
        if assignment[demand] < 0:
            for entry in range(starts[demand], starts[demand + 1]):
                pull[site[entry]] += max(weight[demand], 1e-9)
    return pull


@compiled
def one_by_one(starts: Any, demand: Any, cost: Any, least: Any, count: int) -> Any:
    """Open `count` sites: always the one that leaves fewest unreached, then the least worst cost.

    starts, demand, cost: the list of each site. least: what each demand costs before; is lowered.
    Ties take the lowest site. Gives the opened.
    """
    opened = np.full(count, -1, dtype=np.int64)
    sites = starts.size - 1
    order = np.empty(least.size, dtype=np.int64)
    own = np.full(least.size, np.inf)
    for step in range(count):
        order[:] = np.argsort(-least)
        fewest, lowest, best = least.size + 1, np.inf, -1
        for site in range(sites):
            for entry in range(starts[site], starts[site + 1]):
                own[demand[entry]] = cost[entry]
            lost, worst = 0, 0.0
            for at in order:
                if least[at] <= worst:
                    break  # all that follow cost less
                after = min(least[at], own[at])
                if after == np.inf:
                    lost += 1
                    if lost > fewest:
                        break
                elif after > worst:
                    worst = after
                    if lost == fewest and worst >= lowest:
                        break
            if lost < fewest or (lost == fewest and worst < lowest):
                fewest, lowest, best = lost, worst, site
            for entry in range(starts[site], starts[site + 1]):
                own[demand[entry]] = np.inf
        opened[step] = best
        for entry in range(starts[best], starts[best + 1]):
            at = demand[entry]
            least[at] = min(least[at], cost[entry])
    return opened


@compiled
def column_sums(starts: Any, inside: Any, value: Any) -> Any:
    """The sum of the rows' values in each column."""
    found = np.zeros(starts.size - 1)
    for column in range(found.size):
        for entry in range(starts[column], starts[column + 1]):
            found[column] += value[inside[entry]]
    return found


@compiled
def row_counts(row: Any, column: Any, chosen: Any, rows: int) -> Any:
    """How many chosen columns reach each row."""
    found = np.zeros(rows)
    for entry in range(row.size):
        if chosen[column[entry]]:
            found[row[entry]] += 1.0
    return found


@compiled
def completed(starts: Any, inside: Any, row: Any, column: Any, reduced: Any, rows: int) -> Any:
    """A cover that begins with the columns of negative reduced cost, without what is not needed.

    Rows that are left take the column of least reduced cost among theirs. Entries are by row.
    """
    columns = starts.size - 1
    chosen = np.zeros(columns, dtype=np.bool_)
    times = np.zeros(rows, dtype=np.int64)
    for at in np.argsort(reduced):
        if reduced[at] >= 0:
            break
        helps = False
        for entry in range(starts[at], starts[at + 1]):
            if times[inside[entry]] == 0:
                helps = True
                break
        if helps:
            chosen[at] = True
            for entry in range(starts[at], starts[at + 1]):
                times[inside[entry]] += 1
    entry = 0
    while entry < row.size:
        at, best = row[entry], -1
        while entry < row.size and row[entry] == at:
            if best < 0 or reduced[column[entry]] < reduced[best]:
                best = column[entry]
            entry += 1
        if times[at] == 0:
            chosen[best] = True
            for each in range(starts[best], starts[best + 1]):
                times[inside[each]] += 1
    for at in np.argsort(-reduced):
        if not chosen[at]:
            continue
        needed = False
        for entry in range(starts[at], starts[at + 1]):
            if times[inside[entry]] == 1:
                needed = True
                break
        if not needed:
            chosen[at] = False
            for entry in range(starts[at], starts[at + 1]):
                times[inside[entry]] -= 1
    return np.flatnonzero(chosen)

"""Which nodes are reached, how far, from which source? Compiled searches on arcs in CSR form.

`spread` is the one search: nodes wait in buckets of `width` metres, the nearest bucket is emptied
first, in any order; a node that comes nearer waits again. A compiled function calls those of its
own file only: numba's cache on disk would not notice a change of another file.
Sums of lengths are folded from the source outwards, so that every search gives the same floats.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from geo.access.network.checks import Floats, Ints

F = TypeVar("F", bound=Callable[..., Any])
Words = NDArray[np.uint64]

EPSILON = float(np.finfo(np.float64).eps)

MOST_BUCKETS = 2**16


def compiled(function: F) -> F:
    """The function compiled on its first call, kept on disk where a folder can be written.

    It runs without Python's lock: threads may search side by side.
    """
    try:
        return cast(F, numba.njit(cache=True, nogil=True)(function))
    except RuntimeError:  # no folder for the cache can be written
        return cast(F, numba.njit(nogil=True)(function))


# A heap with four children a node; stale entries stay and are skipped when they surface.


@compiled
def push(keys: Floats, items: Ints, size: int, key: float, item: int) -> int:
    """Put an item into the heap of `size` entries; gives the new size."""
    hole = size
    while hole > 0:
        parent = (hole - 1) >> 2
        if keys[parent] <= key:
            break
        keys[hole] = keys[parent]
        items[hole] = items[parent]
        hole = parent
    keys[hole] = key
    items[hole] = item
    return size + 1


@compiled
def drop_first(keys: Floats, items: Ints, size: int) -> int:
    """Take the first entry off the heap; gives the new size."""
    size -= 1
    key = keys[size]
    item = items[size]
    hole = 0
    while True:
        child = 4 * hole + 1
        if child >= size:
            break
        least = child
        least_key = keys[child]
        last = min(child + 4, size)
        for other in range(child + 1, last):
            if keys[other] < least_key:
                least = other
                least_key = keys[other]
        if least_key >= key:
            break
        keys[hole] = least_key
        items[hole] = items[least]
        hole = least
    keys[hole] = key
    items[hole] = item
    return size


# Reached nodes are marked in a bit each, with a summary bit for 64 words, and so come out sorted
# without sorting: reading the marks of one source costs one look per 4096 nodes.

_SPREAD = np.uint64(0x03F79D71B4CB0A89)  # de Bruijn: a different top six bits for each single bit
_BIT = np.zeros(64, dtype=np.int64)
for _shift in range(64):
    _BIT[((int(_SPREAD) << _shift) & (2**64 - 1)) >> 58] = _shift
ONE = np.uint64(1)
TOP = np.uint64(58)


@compiled
def lowest_bit(word: np.uint64) -> Any:
    """The position of the lowest bit that is set; the word is not 0."""
    return _BIT[((word & (~word + ONE)) * _SPREAD) >> TOP]


class Arcs(NamedTuple):
    """The ways out of each node in CSR form, both directions of every edge, and their size."""

    starts: Ints
    ends: Ints
    lengths: Floats
    mean: float
    longest: float


class Scratch(NamedTuple):
    """What searches write on. Before a search distance is inf, marks 0, buckets -1."""

    distance: Floats
    owner: Ints
    marks: Words
    summary: Words
    width: float
    buckets: Ints
    waiting_key: Floats
    waiting_item: Ints
    waiting_next: Ints
    keys: Floats
    items: Ints


def scratch(arcs: Arcs, seeds: int, limit: float) -> Scratch:
    """Room for searches from `seeds` nodes at once, up to a limit."""
    nodes = arcs.starts.size - 1
    ends = arcs.ends
    words = (nodes + 63) // 64
    width = arcs.mean / 4
    # Lengths that differ too much would make too many buckets: then there is none, only the heap.
    ahead = min(arcs.longest, limit) / width if 1e-200 < width < 1e200 else np.inf
    buckets = 1 << math.ceil(math.log2(ahead + 3)) if ahead < MOST_BUCKETS else 0
    room = ends.size + seeds
    return Scratch(
        distance=np.full(nodes, np.inf),
        owner=np.zeros(nodes, dtype=np.int64),
        marks=np.zeros(words, dtype=np.uint64),
        summary=np.zeros((words + 63) // 64, dtype=np.uint64),
        width=width,
        buckets=np.full(buckets, -1, dtype=np.int64),
        waiting_key=np.empty(room),
        waiting_item=np.empty(room, dtype=ends.dtype),
        waiting_next=np.empty(room, dtype=np.int64),
        keys=np.empty(2 * room + 1),
        items=np.empty(2 * room + 1, dtype=ends.dtype),
    )


@compiled
def spread(
    arcs: Arcs,
    seeds: Ints,
    used: Floats,
    limit: float,
    scratch: Scratch,
) -> int:
    """Fill distance and owner of the nodes within `limit` of any seed; gives how many they are.

    used: what each seed has walked before it starts. owner: the position of the nearest seed; equal
    sums take the lowest position, up to what `settle_ties` mends. Should the buckets cause too much
    repeated work (lengths of very different size), what waits goes into a heap, which does none.
    """
    starts, ends, lengths = arcs.starts, arcs.ends, arcs.lengths
    distance, owner, marks, summary, width, buckets, key, item, after, keys, items = scratch
    reached = 0
    waiting = 0  # entries in buckets
    fresh = 0  # entries never used yet
    free = -1  # first of the entries to use again
    size = 0  # entries in the heap
    per_width = 1.0 / width if buckets.size > 0 else 0.0
    mask = buckets.size - 1
    for position in range(seeds.size):
        seed = seeds[position]
        there = used[position]
        if there <= limit and there < distance[seed]:
            if distance[seed] == np.inf:
                marks[seed >> 6] |= ONE << np.uint64(seed & 63)
                summary[seed >> 12] |= ONE << np.uint64((seed >> 6) & 63)
                reached += 1
            distance[seed] = there
            owner[seed] = position
            size = push(keys, items, size, there, seed)
    bucket = np.int64(0)
    in_buckets = buckets.size > 0 and size > 0
    if in_buckets:
        # Seeds may start far apart: those beyond the reach of the buckets wait in the heap.
        bucket = np.int64(keys[0] * per_width)
        kept = 0
        for entry in range(size):
            if np.int64(keys[entry] * per_width) - bucket <= mask:
                to = np.int64(keys[entry] * per_width) & mask
                key[fresh] = keys[entry]
                item[fresh] = items[entry]
                after[fresh] = buckets[to]
                buckets[to] = fresh
                fresh += 1
            else:
                kept = push(keys, items, kept, keys[entry], items[entry])
        size = kept
        waiting = fresh
    visits = 0
    while waiting + size > 0:
        if waiting > 0:
            while buckets[bucket & mask] < 0:
                bucket += 1
            entry = buckets[bucket & mask]
            buckets[bucket & mask] = after[entry]
            after[entry] = free
            free = entry
            waiting -= 1
            here = key[entry]
            node = item[entry]
        else:
            in_buckets = False
            here = keys[0]
            node = items[0]
            size = drop_first(keys, items, size)
        if here > distance[node]:
            continue
        visits += 1
        degree = starts[node + 1] - starts[node]
        if in_buckets and (visits > 8 * reached + 1000 or waiting + degree > key.size):
            for slot in range(buckets.size):
                entry = buckets[slot]
                buckets[slot] = -1
                while entry >= 0:
                    size = push(keys, items, size, key[entry], item[entry])
                    entry = after[entry]
            size = push(keys, items, size, here, node)
            waiting = 0
            in_buckets = False
            continue
        mine = owner[node]
        for arc in range(starts[node], starts[node + 1]):
            there = here + lengths[arc]
            end = ends[arc]
            if there > distance[end] or there > limit:
                continue
            if there < distance[end]:
                if distance[end] == np.inf:
                    marks[end >> 6] |= ONE << np.uint64(end & 63)
                    summary[end >> 12] |= ONE << np.uint64((end >> 6) & 63)
                    reached += 1
                distance[end] = there
                owner[end] = mine
            elif mine < owner[end]:
                owner[end] = mine
                if not in_buckets:  # it waits still, or `settle_ties` mends it
                    continue
            else:
                continue
            if in_buckets:
                if free >= 0:
                    entry = free
                    free = after[entry]
                else:
                    entry = fresh
                    fresh += 1
                to = np.int64(there * per_width) & mask
                key[entry] = there
                item[entry] = end
                after[entry] = buckets[to]
                buckets[to] = entry
                waiting += 1
            else:
                size = push(keys, items, size, there, end)
    return reached


@compiled
def search_rows(
    arcs: Arcs,
    sources: Ints,
    limit: float,
    first: int,
    scratch: Scratch,
    row_starts: Ints,
    columns: Ints,
    values: Floats,
) -> int:
    """Fill rows of a CSR matrix from the row `first` on while they fit; gives the next row."""
    distance, marks, summary = scratch.distance, scratch.marks, scratch.summary
    used = np.zeros(1)
    for row in range(first, sources.size):
        seed = sources[row : row + 1]
        count = spread(arcs, seed, used, limit, scratch)
        at = row_starts[row]
        fits = at + count <= columns.size
        for block in range(summary.size):
            block_word = summary[block]
            summary[block] = 0
            while block_word != 0:
                word_at = (block << 6) + lowest_bit(block_word)
                block_word &= block_word - ONE
                word = marks[word_at]
                marks[word_at] = 0
                while word != 0:
                    node = (word_at << 6) + lowest_bit(word)
                    word &= word - ONE
                    if fits:
                        columns[at] = node
                        values[at] = distance[node]
                        at += 1
                    distance[node] = np.inf
        if not fits:
            return row
        row_starts[row + 1] = at
    return sources.size


@compiled
def settle_ties(arcs: Arcs, seeds: Ints, distance: Floats, owner: Ints) -> None:
    """Give each node, in place, to the lowest position whose own distance is the least one.

    `spread` misses a tie that only rounding makes: at a node a lower position is behind by less
    than a later sum can hold. Rounding takes at most half a unit in the last place per arc, so
    such a position comes within `slack` of the least distance on its whole way: those are searched
    again, within that slack only. On ordinary lengths there is none.
    """
    starts, ends, lengths = arcs.starts, arcs.ends, arcs.lengths
    farthest = 0.0
    for node in range(distance.size):
        if owner[node] >= 0 and distance[node] > farthest:
            farthest = distance[node]
    slack = EPSILON * farthest * (distance.size + 1)
    suspect = np.zeros(seeds.size, dtype=np.bool_)
    any_suspect = False
    for node in range(distance.size):
        for arc in range(starts[node], starts[node + 1]):
            end = ends[arc]
            if -1 < owner[node] < owner[end] and (
                distance[node] + lengths[arc] - distance[end] <= slack
            ):
                suspect[owner[node]] = True
                any_suspect = True
    if not any_suspect:
        return
    own = np.full(distance.size, np.inf)
    touched = np.empty(distance.size, dtype=np.int64)
    keys = np.empty(ends.size + 1)
    items = np.empty(ends.size + 1, dtype=ends.dtype)
    for position in range(seeds.size):
        if not suspect[position]:
            continue
        own[seeds[position]] = 0.0
        touched[0] = seeds[position]
        count = 1
        size = push(keys, items, 0, 0.0, seeds[position])
        while size > 0:
            here = keys[0]
            node = items[0]
            size = drop_first(keys, items, size)
            if here > own[node] or owner[node] < position:
                continue  # stale, or a lower position is never farther beyond this node
            if here == distance[node]:
                owner[node] = position
            for arc in range(starts[node], starts[node + 1]):
                there = here + lengths[arc]
                end = ends[arc]
                if there < own[end] and there - distance[end] <= slack:
                    if own[end] == np.inf:
                        touched[count] = end
                        count += 1
                    own[end] = there
                    size = push(keys, items, size, there, end)
        for index in range(count):
            own[touched[index]] = np.inf

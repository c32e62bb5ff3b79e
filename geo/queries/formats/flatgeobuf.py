"""How does a FlatGeobuf file get its spatial index without holding more than the boxes in memory?

GDAL keeps a list of all features and a buffer of 100 MB while it makes the index; so it writes the
features only, in any order, and here they are put into the order of a Hilbert curve behind a packed
R-tree of their boxes (https://flatgeobuf.org, written from its specification). A million features
take some 70 MB.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

NODE = 16
"""Children of a node."""
_ITEM = np.dtype([("box", "<f8", 4), ("offset", "<u8")])
_MAGIC = 8
_NODE_SIZE_FIELD = 9
"""Where `index_node_size` stands among the fields of a header."""
_CURVE_BITS = 16
_AT_A_TIME = NODE * 1_000
_BUFFER = 1 << 20


def write_indexed(plain: Path, path: Path, boxes: NDArray[np.float64]) -> None:
    """Write the features of a file without an index in the order of the curve, with an index.

    boxes: west, south, east, north of each feature in the order of `plain`; NaN where a shape is
    empty. Without features the file is the same, for there is nothing to find.
    """
    with plain.open("rb", _BUFFER) as source, path.open("wb", _BUFFER) as made:
        head = _head(source, has_index=len(boxes) > 0)
        starts = _starts(source, len(head), len(boxes))
        made.write(head)
        if len(boxes) == 0:
            return
        order = np.argsort(along_curve(boxes), kind="stable")
        sizes = np.diff(starts)[order]
        _write_tree(made, boxes, order, np.cumsum(sizes) - sizes)
        for first in range(0, len(order), _AT_A_TIME):
            some = slice(first, first + _AT_A_TIME)
            at = starts[order[some]].tolist()
            for place, size in zip(at, sizes[some].tolist(), strict=True):
                made.write(os.pread(source.fileno(), size, place))


def _head(source: BinaryIO, *, has_index: bool) -> bytes:
    """Magic bytes and header; it says of how many children a node of the index is, 0 for none."""
    start = source.read(_MAGIC + 4)
    (size,) = struct.unpack_from("<I", start, _MAGIC)
    header = bytearray(source.read(size))
    (root,) = struct.unpack_from("<I", header)
    table = root - struct.unpack_from("<i", header, root)[0]
    (at,) = struct.unpack_from("<H", header, table + 4 + 2 * _NODE_SIZE_FIELD)
    struct.pack_into("<H", header, root + at, NODE if has_index else 0)
    return start + bytes(header)


def _starts(source: BinaryIO, first: int, number: int) -> NDArray[np.int64]:
    """Where each feature begins, and where the last one ends: each begins with its size."""
    starts = np.empty(number + 1, dtype=np.int64)
    at = first
    for place in range(number):
        starts[place] = at
        size = int.from_bytes(source.read(4), "little")
        source.seek(size, os.SEEK_CUR)
        at += 4 + size
    starts[number] = at
    return starts


def along_curve(boxes: NDArray[np.float64]) -> NDArray[np.uint32]:
    """How far along a Hilbert curve over all boxes the middle of each one lies."""
    made = np.empty(len(boxes), dtype=np.uint32)
    edges = [np.nan_to_num(edge) for edge in
             (*np.fmin.reduce(boxes[:, :2]), *np.fmax.reduce(boxes[:, 2:]))]  # fmt: skip
    most = (1 << _CURVE_BITS) - 1
    for first in range(0, len(boxes), _AT_A_TIME):
        some = boxes[first : first + _AT_A_TIME]
        cells = []
        for axis in (0, 1):
            low, width = edges[axis], edges[axis + 2] - edges[axis]
            middle = (some[:, axis] + some[:, axis + 2]) / 2
            share = np.nan_to_num((middle - low) / width) if width > 0 else np.zeros(len(some))
            cells.append((share * most).astype(np.uint32))
        made[first : first + _AT_A_TIME] = _hilbert(*cells)
    return made


def _hilbert(x: NDArray[np.uint32], y: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The place of a cell on the curve: quadrant by quadrant, each turned as the curve turns."""
    place: NDArray[Any] = np.zeros_like(x)
    for bit in reversed(range(_CURVE_BITS)):
        east, north = (x >> bit) & 1, (y >> bit) & 1
        place = (place << 2) | ((3 * east) ^ north)
        turned = (east == 1) & (north == 0)
        x, y = np.where(turned, ~x, x), np.where(turned, ~y, y)
        x, y = np.where(north == 0, y, x), np.where(north == 0, x, y)
    return place


def _write_tree(
    made: BinaryIO,
    boxes: NDArray[np.float64],
    order: NDArray[np.intp],
    offsets: NDArray[np.int64],
) -> None:
    """The nodes, root first: a box around each sixteen of the level below, and which is the first.

    A leaf tells where its feature begins, counted from the first feature. Leaves are made when
    they are written: they would take more memory than all the rest.
    """
    pieces = [order[at : at + _AT_A_TIME] for at in range(0, len(order), _AT_A_TIME)]
    levels = [np.concatenate([_around(boxes[piece]) for piece in pieces])]
    while len(levels[-1]) > 1:
        levels.append(_around(levels[-1]))
    before = 0
    sizes = [len(order), *map(len, levels)]
    for level, size in zip(reversed(levels), reversed(sizes[:-1]), strict=True):
        before += len(level)
        firsts = np.arange(before, before + size, NODE)
        made.write(_nodes(level, firsts))
    for number, piece in enumerate(pieces):
        first = number * _AT_A_TIME
        made.write(_nodes(boxes[piece], offsets[first : first + len(piece)]))


def _around(below: NDArray[np.float64]) -> NDArray[np.float64]:
    """The box around each sixteen boxes."""
    firsts = np.arange(0, len(below), NODE)
    low, high = np.fmin.reduceat(below, firsts), np.fmax.reduceat(below, firsts)
    return np.hstack([low[:, :2], high[:, 2:]])


def _nodes(boxes: NDArray[np.float64], offsets: NDArray[np.int64]) -> bytes:
    made = np.empty(len(boxes), dtype=_ITEM)
    made["box"], made["offset"] = boxes, offsets
    return made.tobytes()

"""Which rows of a file say the same, and under which code is each site stored?

A site is told by its kind, its stated division and its name, compared after `search_key`. Two rows
that agree in all they say are one; rows that agree in name but not in the rest stay apart, told by
their address, and are listed for review. Sites of different kinds are never one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from geo.loaders.candidates import Candidate, Candidates
from geo.loaders.columns import BATCH, Numbers, codes_of
from geo.loaders.fields import replaced_at
from geo.loaders.report import MOST_PROBLEMS, Problem
from geo.text import search_keys


@dataclass(frozen=True, slots=True)
class Site:
    """A row with the codes under which its site may be stored, the likelier one first.

    `by_name` comes from kind, division and name; `by_address` adds the address. `is_alone` says
    that no other row of the file has this name, `is_first` that none before it has its name and
    address.
    """

    row: Candidate
    by_name: str
    by_address: str
    is_alone: bool
    is_first: bool


@dataclass(frozen=True, slots=True)
class Sites:
    """The distinct sites of a file by columns, in the order of its rows.

    `kept` are their places among the given rows; `merged` counts exact repeats. `namesakes` are
    pairs of places in `rows`: a site, and the first one of the same name and kind. `keys` holds the
    search keys of name, address, stated unit and city.
    """

    rows: Candidates
    kept: Numbers
    by_name: pa.Array
    by_address: pa.Array
    is_alone: NDArray[np.bool_]
    is_first: NDArray[np.bool_]
    keys: dict[str, pa.Array]
    namesakes: list[tuple[int, int]]
    merged: int
    problems: list[Problem]
    problems_left_off: int = 0

    @property
    def review(self) -> int:
        """Sites that share name and kind with an earlier one of the file."""
        return len(self.namesakes)

    @property
    def sites(self) -> Iterator[Site]:
        """The sites one by one."""
        told = (self.by_name.to_pylist(), self.by_address.to_pylist())
        codes = zip(*told, self.is_alone, self.is_first, strict=True)
        for row, (by_name, by_address, alone, first) in zip(self.rows, codes, strict=True):
            yield Site(row, by_name, by_address, bool(alone), bool(first))


def tell_sites_apart(rows: Iterable[Candidate]) -> Sites:
    """Merge exact repeats and give each remaining row its codes."""
    given = Candidates.of(rows)
    first = _first_that_says_it(given)
    repeats = (first != np.arange(len(given))).nonzero()[0]
    kept = (first == np.arange(len(given))).nonzero()[0]
    problems = [
        _repeat(int(given.numbers[at]), int(given.numbers[first[at]]))
        for at in repeats[:MOST_PROBLEMS].tolist()
    ]
    sites = given.take(kept)
    keys = {name: keys_of(sites.text(name)) for name in
            ("name", "address", "stated_unit", "stated_city")}  # fmt: skip
    by_name = _codes_by_name(sites, keys)
    codes, sizes, firsts = _groups(by_name)
    namesakes = [
        (place, int(firsts[codes[place]]))
        for place in ((sizes[codes] > 1) & (firsts[codes] != np.arange(len(codes)))).nonzero()[0]
    ]
    problems += [_namesake(sites, *pair) for pair in namesakes[:MOST_PROBLEMS]]
    by_address, is_first = _codes_by_address(by_name, keys["address"])
    told = len(repeats) + len(namesakes)
    return Sites(
        sites, kept, by_name, by_address,
        sizes[codes] == 1, is_first, keys,
        [(int(one), int(other)) for one, other in namesakes], len(repeats), problems,
        told - len(problems),
    )  # fmt: skip


def _first_that_says_it(rows: Candidates) -> Numbers:
    """For each row the place of the first that agrees with it in all that both say."""
    columns = [codes_of(array) for array in (*rows.values.values(), *rows.extra.values())]
    mixed = np.zeros(len(rows), dtype=np.uint64)
    for codes in columns:
        mixed = (mixed ^ codes.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    _, firsts, inverse = np.unique(mixed, return_index=True, return_inverse=True)
    first: Numbers = firsts[inverse].astype(np.int64)
    repeats = (first != np.arange(len(rows))).nonzero()[0]
    for codes in columns:  # two contents may share a hash
        differ = repeats[codes[repeats] != codes[first[repeats]]]
        first[differ] = differ
    return first


def keys_of(texts: pa.Array) -> pa.Array:
    """The search keys of a column; '' for unknown."""
    parts = [
        pa.array(search_keys(texts.slice(start, BATCH).to_pylist()), pa.string())
        for start in range(0, len(texts), BATCH)
    ]
    return pa.chunked_array(parts, pa.string()).combine_chunks()


def _codes_by_name(rows: Candidates, keys: dict[str, pa.Array]) -> pa.Array:
    """The given code, else one made of kind, city, division and name."""
    columns = (rows.text("kind"), keys["stated_city"], keys["stated_unit"], keys["name"])
    found = []
    for start in range(0, len(rows), BATCH):
        given = rows.text("code").slice(start, BATCH).to_pylist()
        parts = [column.slice(start, BATCH).to_pylist() for column in columns]
        codes = [
            code or f"F{_digest((kind.replace('_', ''), *rest))}"
            for code, kind, *rest in zip(given, *parts, strict=True)
        ]
        found.append(pa.array(codes, pa.string()))
    return pa.chunked_array(found, pa.string()).combine_chunks()


def _codes_by_address(by_name: pa.Array, addresses: pa.Array) -> tuple[pa.Array, NDArray[np.bool_]]:
    """The code by name with the address, numbered where even that repeats; and which are first."""
    found = []
    for start in range(0, len(by_name), BATCH):
        rows = zip(
            by_name.slice(start, BATCH).to_pylist(), addresses.slice(start, BATCH).to_pylist(),
            strict=True,
        )  # fmt: skip
        found.append(pa.array([f"{code}-{_digest((address,))[:6]}" for code, address in rows]))
    codes = pa.chunked_array(found, pa.string()).combine_chunks()
    groups, sizes, firsts = _groups(codes)
    is_first: NDArray[np.bool_] = firsts[groups] == np.arange(len(codes))
    seen = Counter[str]()
    numbered: dict[int, str | None] = {}
    for place in (sizes[groups] > 1).nonzero()[0].tolist():
        code = codes[place].as_py()
        seen[code] += 1
        if not is_first[place]:
            numbered[place] = f"{code}-{seen[code]}"
    if numbered:
        codes = replaced_at(codes, list(numbered), list(numbered.values()))
    return codes, is_first


def _groups(codes: pa.Array) -> tuple[Numbers, Numbers, Numbers]:
    """Per place the group of equal codes; per group its size and its first place."""
    groups = codes_of(codes).astype(np.int64)
    _, firsts, sizes = np.unique(groups, return_index=True, return_counts=True)
    return groups, sizes, firsts


def _digest(parts: tuple[str, ...]) -> str:
    return blake2b("\x1f".join(parts).encode(), digest_size=8).hexdigest()


def _repeat(row: int, known: int) -> Problem:
    message = f"与第 {known} 行完全相同，已合并 · same as row {known}, merged"
    return Problem(row, None, None, "repeat", message)


def _namesake(rows: Candidates, place: int, first: int) -> Problem:
    known = int(rows.numbers[first])
    message = (
        f"与第 {known} 行同名同类，内容不同，请核对 · "
        f"same name and kind as row {known}, other content: please check"
    )
    name = rows.text("name")[place].as_py()[:80]
    return Problem(int(rows.numbers[place]), "name", name, "same_name", message)

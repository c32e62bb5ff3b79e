"""Which two rows are likely the same site, how sure is that, and why?

A score adds up what speaks for it and against it. The weights are judgements, chosen so that a
name alone never suffices, that a name and one more witness do, and that a name written otherwise
needs three: see the constructed pairs in tests/geo/test_load_matching.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from geo.crs import Array
from geo.loaders.columns import codes_of, release_memory
from geo.loaders.matching.blocks import combined, distinct, pairs_in_blocks, squares
from geo.loaders.matching.names import branch_marks, likeness, proper_parts
from geo.settings import MatchSettings

EARTH_RADIUS_M = 6_371_008.8
NAME = 0.45
SAME_USCC, OTHER_USCC = 0.25, -0.35
SAME_PHONE = 0.15
SAME_ADDRESS = 0.2
SAME_SPOT, NEAR, FAR, FARTHER = 0.2, 0.15, -0.2, -0.4
OTHER_UNIT = -0.3


@dataclass(frozen=True, slots=True)
class Sightings:
    """Rows to be compared, by columns: texts with null for unknown, degrees (EPSG:4490).

    `keys` are the search keys of name, address, stated_unit and stated_city ('' for unknown).
    """

    kind: pa.Array
    uscc: pa.Array
    phone: pa.Array
    keys: dict[str, pa.Array]
    lon: Array
    lat: Array

    def __len__(self) -> int:
        return len(self.lon)

    def with_others(self, others: Sightings) -> Sightings:
        """These rows and, after them, the others."""
        if not len(others):
            return self
        both = {name: pa.concat_arrays([a, others.keys[name]]) for name, a in self.keys.items()}
        return Sightings(
            pa.concat_arrays([self.kind, others.kind]), pa.concat_arrays([self.uscc, others.uscc]),
            pa.concat_arrays([self.phone, others.phone]), both,
            np.concatenate([self.lon, others.lon]), np.concatenate([self.lat, others.lat]),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of places with their score (about 0 to 1) and what it rests on."""

    places: NDArray[np.int64]
    score: Array
    name_likeness: Array
    away_m: Array
    same_name: NDArray[np.bool_]
    same_uscc: NDArray[np.bool_]
    same_phone: NDArray[np.bool_]
    same_address: NDArray[np.bool_]
    contradicted: NDArray[np.bool_]

    def reasons(self, at: int) -> list[str]:
        """Why the pair may be one site, in words."""
        like = self.name_likeness[at]
        said = [
            (bool(self.same_name[at]), "名称相同 same name"),
            (not self.same_name[at] and like == 1, "字号相同 same proper name"),
            (0 < like < 1, f"名称相近 {like:.0%} names alike"),
            (bool(self.same_uscc[at]), "信用代码相同 same credit code"),
            (bool(self.same_phone[at]), "电话相同 same phone"),
            (bool(self.same_address[at]), "地址相同 same address"),
            (True, f"相距 {self.away_m[at]:.0f} 米（量算值）m apart"),
        ]
        return [words for holds, words in said if holds]

    def sure(self, settings: MatchSettings) -> NDArray[np.bool_]:
        """Which pairs are one site beyond doubt: same name (or proper name and credit code) at one
        place, and nothing against it.
        """
        named = self.same_name | ((self.name_likeness == 1) & self.same_uscc)
        placed = (self.away_m <= settings.match_spot_m) | (
            self.same_address & (self.away_m <= settings.match_far_m)
        )
        found: NDArray[np.bool_] = named & placed & ~self.contradicted
        return found


def likely_pairs(
    rows: Sightings, wanted: NDArray[np.bool_], settings: MatchSettings, *, partners: int | None
) -> Pairs:
    """Pairs of rows that are likely one site, at least one of them `wanted`.

    Rows from place `partners` on are stored ones and never paired with each other. Never pairs two
    kinds of service. Cost grows with the rows: see `blocks`.
    """
    coded = _Coded.of(rows)
    release_memory()
    pairs = _worth_comparing(rows, coded, settings)
    pairs = pairs[wanted[pairs].any(axis=1)]
    if partners is not None:
        pairs = pairs[pairs[:, 0] < partners]
    pairs = pairs[coded.marks[pairs[:, 0]] == coded.marks[pairs[:, 1]]]
    return _scored(rows, coded, pairs, settings)


@dataclass(frozen=True, slots=True)
class _Coded:
    """Columns as codes: equal values have equal codes, -1 is unknown."""

    kind: NDArray[np.int32]
    name: NDArray[np.int32]
    proper: NDArray[np.int32]
    marks: NDArray[np.int32]
    uscc: NDArray[np.int32]
    phone: NDArray[np.int32]
    address: NDArray[np.int32]
    unit: NDArray[np.int32]
    proper_texts: pa.Array

    @classmethod
    def of(cls, rows: Sightings) -> _Coded:
        keys = rows.keys
        proper = proper_parts(keys["name"], keys["stated_unit"], keys["stated_city"])
        digits = pc.replace_substring_regex(rows.phone, "[^0-9]", "")
        release_memory()
        return cls(
            codes_of(rows.kind), codes_of(keys["name"]), codes_of(_or_null(proper)),
            codes_of(branch_marks(proper)), codes_of(rows.uscc), codes_of(_or_null(digits)),
            codes_of(_or_null(keys["address"])), codes_of(_or_null(keys["stated_unit"])), proper,
        )  # fmt: skip


def _or_null(texts: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)


def _worth_comparing(rows: Sightings, coded: _Coded, settings: MatchSettings) -> NDArray[np.int64]:
    """Pairs of one kind that share a name, a code, a phone, an address or a square of ground."""
    texts = (coded.proper, coded.name, coded.uscc, coded.phone, coded.address)
    kinds = int(coded.kind.max(initial=0)) + 1
    keys = chain(
        (combined(coded.kind, column) for column in texts),
        (
            np.where(coded.kind >= 0, square * kinds + coded.kind, -1)
            for square in squares(rows.lon, rows.lat, settings.match_near_m)
        ),
    )
    # Within a block, neighbours in the order of the ground and of the names meet.
    ground = np.round(rows.lat, 2) * 1000 + rows.lon
    orders = [ground] * 5 + [coded.proper.astype(np.float64)] * 4
    found = [pairs_in_blocks(key, order) for key, order in zip(keys, orders, strict=True)]
    return distinct(found, len(rows))


def _scored(
    rows: Sightings, coded: _Coded, pairs: NDArray[np.int64], settings: MatchSettings
) -> Pairs:
    """The pairs that reach the threshold, or agree in name and place, with their scores."""

    def same(codes: NDArray[np.int32], chosen: NDArray[np.int64]) -> NDArray[np.bool_]:
        one, other = codes[chosen[:, 0]], codes[chosen[:, 1]]
        return np.asarray((one == other) & (one >= 0))

    def differ(codes: NDArray[np.int32], chosen: NDArray[np.int64]) -> NDArray[np.bool_]:
        one, other = codes[chosen[:, 0]], codes[chosen[:, 1]]
        return np.asarray((one != other) & (one >= 0) & (other >= 0))

    away = _distance_m(rows, pairs)
    score = (
        np.where(same(coded.uscc, pairs), SAME_USCC, 0)
        + np.where(differ(coded.uscc, pairs), OTHER_USCC, 0)
        + np.where(same(coded.phone, pairs), SAME_PHONE, 0)
        + np.where(same(coded.address, pairs), SAME_ADDRESS, 0)
        + np.select(
            [away <= settings.match_spot_m, away <= settings.match_near_m,
             away <= settings.match_far_m, away <= 5 * settings.match_far_m],
            [SAME_SPOT, NEAR, 0, FAR], FARTHER,
        )
    )  # fmt: skip
    unit_differs = differ(coded.unit, pairs)
    for at in (unit_differs & (score + NAME >= settings.match_likely)).nonzero()[0]:
        unit_differs[at] = not _one_unit(rows.keys["stated_unit"], pairs[at])
    score = score + np.where(unit_differs, OTHER_UNIT, 0)
    worth = score + NAME >= settings.match_likely  # the best that a name can add
    pairs, score, away, unit_differs = pairs[worth], score[worth], away[worth], unit_differs[worth]
    like = _name_likeness(coded, pairs)
    score = score + NAME * like
    worth = score >= settings.match_likely - 1e-9
    pairs, unit_differs = pairs[worth], unit_differs[worth]
    return Pairs(
        pairs, score[worth], like[worth], away[worth], same(coded.name, pairs),
        same(coded.uscc, pairs), same(coded.phone, pairs), same(coded.address, pairs),
        unit_differs | differ(coded.uscc, pairs),
    )  # fmt: skip


def _one_unit(units: pa.Array, pair: NDArray[np.int64]) -> bool:
    """Whether 江苏省常州市天宁区 and 天宁 speak of one division."""
    one, other = sorted((units[int(place)].as_py() for place in pair), key=len)
    return bool(other.endswith(one) or other[:-1].endswith(one))


def _name_likeness(coded: _Coded, pairs: NDArray[np.int64]) -> Array:
    """Likeness of the proper parts; names without one are alike only when they are the same."""
    proper = coded.proper[pairs]
    same = coded.name[pairs[:, 0]] == coded.name[pairs[:, 1]]
    like = np.where(same | ((proper[:, 0] == proper[:, 1]) & (proper[:, 0] >= 0)), 1.0, 0.0)
    for at in ((like == 0) & (proper >= 0).all(axis=1)).nonzero()[0].tolist():
        one, other = (coded.proper_texts[int(place)].as_py() for place in pairs[at])
        like[at] = likeness(one, other)
    return like


def _distance_m(rows: Sightings, pairs: NDArray[np.int64]) -> Array:
    """Metres between the two places of each pair, on a sphere: good to 0.5 %, enough to score."""
    lon, lat = np.radians(rows.lon), np.radians(rows.lat)
    one, other = pairs[:, 0], pairs[:, 1]
    half = np.sin((lat[other] - lat[one]) / 2) ** 2 + np.cos(lat[one]) * np.cos(lat[other]) * (
        np.sin((lon[other] - lon[one]) / 2) ** 2
    )
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(half)))

"""Which staged rows speak of a site that is stored under another code, surely or likely?

Runs between staging and merging. Rows whose code is stored already need no look. A row that surely
means a stored site takes over its code, so that merging begins a new version of it; likely ones,
and likely pairs within the file, go to review and are kept apart until somebody decides.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv
from sqlalchemy import text

from geo.crs import Array
from geo.loaders.columns import Numbers, to_numpy
from geo.loaders.matching.likely import Pairs, Sightings, likely_pairs
from geo.loaders.matching.sites import Sites, keys_of
from geo.loaders.report import MOST_PROBLEMS, Problem
from geo.loaders.staging import Target, copy_columns, driver_connection
from geo.settings import MatchSettings, read

# As merging will settle the codes: by name where the row is alone, else by address.
_NEW = """
SELECT s.row_number FROM stage s
WHERE s.fate IS NULL AND NOT EXISTS (SELECT FROM facility f WHERE f.code = s.by_address)
  AND NOT EXISTS (SELECT FROM facility f WHERE f.code = s.by_name AND (s.is_alone OR s.is_first
      AND f.validity @> DATE '{on}' AND f.address IS NOT DISTINCT FROM s.address))
ORDER BY s.row_number
"""
# Stored sites that no row of the file claims by its code, where the file's new rows are.
_STORED = """
SELECT f.code, f.name, f.kinds[1] AS kind, f.address, f.stated_unit, f.phone, f.uscc,
       ST_X(f.geom) AS lon, ST_Y(f.geom) AS lat
FROM facility f
WHERE f.validity @> DATE '{on}' AND NOT f.is_synthetic
  AND f.geom && (SELECT ST_Expand(ST_SetSRID(ST_Extent(geom), 4490), 0.1) FROM stage)
  AND NOT EXISTS (SELECT FROM stage s WHERE s.by_name = f.code)
  AND NOT EXISTS (SELECT FROM stage s WHERE s.by_address = f.code)
"""
_TEXTS = ("code", "name", "kind", "address", "stated_unit", "phone", "uscc")
_ADOPT = """
UPDATE stage s SET by_name = a.code, by_address = a.code, is_alone = true
FROM adopted a WHERE a.row_number = s.row_number
"""


@dataclass(frozen=True, slots=True)
class Review:
    """A new row that may be the same site as another row of the file or a stored one."""

    row: int
    other_row: int | None
    other: str | None
    score: float
    reasons: list[str]


@dataclass(frozen=True, slots=True)
class Matched:
    """How many rows took over a stored code, and what is to be reviewed.

    `rows_in_review` counts rows, each once, and `reviews` lists the first.
    """

    adopted: int
    rows_in_review: int
    reviews: list[Review]
    reviews_left_off: int
    problems: list[Problem]


def match_stored(target: Target, sites: Sites, lon: Array, lat: Array, on: date) -> Matched:
    """Match the staged `sites` (degrees, EPSG:4490) with each other and with what is stored.

    Needs the table `stage`; writes the codes of the surely known sites into it.
    """
    settings = read(MatchSettings)
    new = _new_places(target, sites.rows.numbers, on)
    if not len(new):
        return Matched(0, 0, [], 0, [])
    stored, codes, names = _stored_sightings(target, on)
    here = Sightings(
        sites.rows.text("kind"), sites.rows.text("uscc"), sites.rows.text("phone"),
        sites.keys, lon, lat,
    )  # fmt: skip
    rows = len(here)
    wanted = np.zeros(rows + len(stored), dtype=bool)
    wanted[new] = True
    pairs = likely_pairs(here.with_others(stored), wanted, settings, partners=rows)
    adopted = _adopt(target, sites.rows.numbers, pairs, pairs.sure(settings), codes, rows)
    return _reviews(sites, pairs, wanted, adopted, codes, names)


def _new_places(target: Target, numbers: Numbers, on: date) -> Numbers:
    """The places of the rows whose codes are not stored."""
    found = _fetch(target, _NEW.format(on=on.isoformat()), {"row_number": pa.int64()})
    return np.searchsorted(numbers, to_numpy(found["row_number"].combine_chunks()))


def _fetch(target: Target, query: str, types: dict[str, pa.DataType]) -> pa.Table:
    """The rows of a query by columns, through COPY: no object per value."""
    written = io.BytesIO()
    statement = f"COPY ({query}) TO STDOUT (FORMAT csv)"
    with driver_connection(target).cursor() as cursor, cursor.copy(statement) as copy:
        for block in copy:
            written.write(block)
    if not written.tell():
        return pa.table({name: pa.array([], kind) for name, kind in types.items()})
    written.seek(0)
    return csv.read_csv(
        written,
        csv.ReadOptions(column_names=list(types)),
        csv.ParseOptions(newlines_in_values=True),
        csv.ConvertOptions(
            column_types=types, strings_can_be_null=True, null_values=[""],
            quoted_strings_can_be_null=False,
        ),
    )  # fmt: skip


def _stored_sightings(target: Target, on: date) -> tuple[Sightings, pa.Array, pa.Array]:
    """The stored sites in force on the day, and their codes and names."""
    types = {**dict.fromkeys(_TEXTS, pa.string()), "lon": pa.float64(), "lat": pa.float64()}
    # Nobody can guess how many sites lie in the rows' box; where the planner guesses few, it walks
    # through all rows once per site.
    target.execute(text("SET LOCAL enable_nestloop = off"))
    table = _fetch(target, _STORED.format(on=on.isoformat()), types)
    target.execute(text("SET LOCAL enable_nestloop = on"))
    columns = {name: table[name].combine_chunks() for name in types}
    keys = {name: keys_of(columns[name]) for name in ("name", "address", "stated_unit")}
    keys["stated_city"] = pa.array([""] * len(table), pa.string())
    stored = Sightings(
        columns["kind"], columns["uscc"], columns["phone"], keys,
        to_numpy(columns["lon"]), to_numpy(columns["lat"]),
    )  # fmt: skip
    return stored, columns["code"], columns["name"]


def _adopt(
    target: Target, numbers: Numbers, pairs: Pairs, sure: NDArray[np.bool_], codes: pa.Array,
    rows: int,
) -> Numbers:  # fmt: skip
    """Give stored codes to the rows that surely mean them; only where each has but one partner."""
    chosen = pairs.places[sure & (pairs.places[:, 1] >= rows)]
    for side in (0, 1):
        _, at, count = np.unique(chosen[:, side], return_inverse=True, return_counts=True)
        chosen = chosen[count[at] == 1] if len(chosen) else chosen
    if len(chosen):
        target.execute(text("CREATE TEMP TABLE adopted (row_number int, code text) ON COMMIT DROP"))
        adopted = {
            "row_number": pa.array(numbers[chosen[:, 0]]),
            "code": codes.take(pa.array(chosen[:, 1] - rows)),
        }
        copy_columns(target, "adopted", adopted)
        target.execute(text(_ADOPT))
        target.execute(text("DROP TABLE pg_temp.adopted"))
    return np.asarray(chosen[:, 0])


def _reviews(
    sites: Sites, pairs: Pairs, wanted: NDArray[np.bool_], adopted: Numbers, codes: pa.Array,
    names: pa.Array,
) -> Matched:  # fmt: skip
    """What is left to people: likely pairs, and namesakes of a kind, that begin a new site."""
    rows = len(sites.rows)
    wanted = wanted.copy()
    wanted[adopted] = False
    numbers = sites.rows.numbers
    told: set[tuple[int, int]] = set()
    found: list[Review] = []
    problems: list[Problem] = []
    in_review = np.zeros(rows, dtype=bool)
    order = np.lexsort((-pairs.score, pairs.places[:, 1]))
    left_off = 0
    for at in order.tolist():
        one, other = (int(place) for place in pairs.places[at])
        # The later row is the one to look at, unless only the earlier one is new.
        row, known = (one, other) if other >= rows or not wanted[other] else (other, one)
        if not wanted[row]:
            continue
        told.add((row, known))
        in_review[row] = True
        if len(found) >= MOST_PROBLEMS:
            left_off += 1
            continue
        stored = known >= rows
        review = Review(
            int(numbers[row]), None if stored else int(numbers[known]),
            codes[known - rows].as_py() if stored else None,
            round(float(pairs.score[at]), 2), pairs.reasons(at),
        )  # fmt: skip
        found.append(review)
        name = names[known - rows] if stored else sites.rows.text("name")[known]
        problems.append(_likely(review, sites.rows.text("name")[row].as_py(), name.as_py()))
    for row, known in sites.namesakes:
        if wanted[row] and (row, known) not in told:
            in_review[row] = True
            if len(found) >= MOST_PROBLEMS:
                left_off += 1
                continue
            reasons = ["同名同类，其他不同 same name and kind, else different"]
            found.append(Review(int(numbers[row]), int(numbers[known]), None, 0.0, reasons))
    found.sort(key=lambda review: (review.row, -review.score))
    return Matched(len(adopted), int(in_review.sum()), found, left_off, problems)


def _likely(review: Review, name: str, other: str) -> Problem:
    where_zh = f"第 {review.other_row} 行" if review.other_row else f"库中 {review.other}"
    where_en = f"row {review.other_row}" if review.other_row else f"stored {review.other}"
    message = (
        f"可能与{where_zh}「{other}」是同一处（{review.score:.2f}：{'；'.join(review.reasons)}），"
        f"已分别保留，请核对 · may be the same site as {where_en}; kept apart, please check"
    )
    return Problem(review.row, "name", name[:80], "likely_same", message)


def reviews_with_codes(target: Target, reviews: list[Review]) -> list[dict[str, Any]]:
    """The reviews as JSON values, with the codes under which the rows were stored."""
    numbers = {number for review in reviews for number in (review.row, review.other_row) if number}
    known = target.execute(
        text("SELECT row_number, code FROM stage WHERE row_number = ANY(:numbers)"),
        {"numbers": sorted(numbers)},
    )
    codes = {row[0]: row[1] for row in known}
    return [
        {
            "row": review.row,
            "code": codes.get(review.row),
            "other": review.other or codes.get(review.other_row),
            "other_row": review.other_row,
            "score": review.score,
            "reasons": review.reasons,
        }
        for review in reviews
    ]

"""What do the cells of a table say, field by field, each distinct text read once?"""

from __future__ import annotations

from copy import copy
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geo.loaders.columns import column_of, numbers_of_rows, to_numpy
from geo.loaders.fields import public_column
from geo.loaders.report import Problem
from geo.loaders.tables import LAT, LON, Table
from geo.loaders.things.spec import Batch, Field, Spec, Thing
from geo.loaders.values import UNKNOWN

_TAKEN_OUT = "单元格中的个人信息已去除 · a personal value was taken out"


def read_things(table: Table, spec: Spec, batch: Batch) -> list[Thing]:
    """A thing per row with its values and other columns; what is odd goes to `batch.problems`."""
    numbers = numbers_of_rows(table.rows).tolist()
    read: dict[str, list[Any]] = {}
    others: dict[str, list[str | None]] = {}
    problems: list[Problem] = []
    for f in spec.fields:
        at = batch.mapping.fields.get(f.name)
        if at is None:
            read[f.name] = [f.default] * len(numbers)
            continue
        read[f.name], left = _read_field(table, f, at, numbers, problems)
        if left is not None:
            others[table.columns[at]] = left
    for at, column in batch.mapping.extra.items():
        if column not in (LON, LAT):
            public, _ = public_column(_trimmed(table, at), None)
            others[column] = _known(public).to_pylist()
    batch.problems += sorted(problems, key=lambda problem: problem.row or 0)
    things = [
        Thing(number, dict(zip(read, values, strict=True)), {})
        for number, values in zip(numbers, zip(*read.values(), strict=True), strict=True)
    ]
    for column, texts in others.items():
        for thing, said in zip(things, texts, strict=True):
            if said is not None:
                thing.extra[column] = said
    return things


def _trimmed(table: Table, at: int) -> pa.Array:
    return pc.utf8_trim_whitespace(column_of(table.rows, at))


def _known(texts: pa.Array) -> pa.Array:
    """The texts with null for what says nothing."""
    distinct = pc.dictionary_encode(texts)
    said = [None if t.casefold() in UNKNOWN else t for t in distinct.dictionary.to_pylist()]
    return pa.array(said, pa.string()).take(distinct.indices)


def _read_field(
    table: Table, field: Field, at: int, numbers: list[int], problems: list[Problem]
) -> tuple[list[Any], list[str | None] | None]:
    """A field's values; and, row by row, the texts that could not be read and may be kept."""
    column = table.columns[at]
    texts = _trimmed(table, at)
    if not field.is_personal:
        texts, changed = public_column(texts, field.name)
        problems += [
            Problem(numbers[place], column, None, "personal_value", _TAKEN_OUT) for place in changed
        ]
    distinct = pc.dictionary_encode(_known(texts))
    meant = [_parsed(field, text) for text in distinct.dictionary.to_pylist()]
    codes = to_numpy(distinct.indices, -1).tolist()
    if not any(isinstance(value, ValueError) for value in meant):
        return _values(meant, codes, field.default), None
    wrong = {code: value for code, value in enumerate(meant) if isinstance(value, ValueError)}
    left: list[str | None] = [None] * len(codes)
    for place in np.flatnonzero(np.isin(codes, list(wrong))).tolist():
        text = distinct.dictionary[codes[place]].as_py()
        shown = None if field.is_personal else text[:80]
        why = str(wrong[codes[place]])
        problems.append(Problem(numbers[place], column, shown, field.rule, why))
        left[place] = text
    good = [field.default if code in wrong else value for code, value in enumerate(meant)]
    return _values(good, codes, field.default), None if field.is_personal else left


def _parsed(field: Field, text: str) -> Any:
    """What a text means, or the error that says why it cannot be read."""
    try:
        return field.parse(text)
    except ValueError as problem:
        return problem


def _values(meant: list[Any], codes: list[int], default: Any) -> list[Any]:
    """The value of each row; -1 is unknown. Lists are each row's own."""
    if any(isinstance(value, list | dict | set) for value in meant):
        return [default if code < 0 else copy(meant[code]) for code in codes]
    return [default if code < 0 else meant[code] for code in codes]

"""Which values do the texts of a whole column say, each distinct text read once?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geo.loaders.columns import Numbers, to_numpy
from geo.loaders.fields import replaced_at
from geo.loaders.values import PARSERS, TYPES, right_usccs


def parsed(
    name: str, parse: Callable[[str], Any], texts: pa.Array
) -> tuple[pa.Array, dict[int, str]]:
    """The values of a column and, by place, why a text could not be read."""
    if name == "uscc":
        return _parsed_usccs(texts)
    encoded = pc.dictionary_encode(texts)
    read, wrong = [], {}
    for code, text in enumerate(encoded.dictionary.to_pylist()):
        try:
            read.append(parse(text))
        except ValueError as problem:
            read.append(None)
            wrong[code] = str(problem)
    values = pa.array(read, TYPES.get(name, pa.string())).take(encoded.indices)
    return values, _faults(to_numpy(encoded.indices, -1), wrong)


def _faults(codes: Numbers, wrong: dict[int, str]) -> dict[int, str]:
    if not wrong:
        return {}
    places = np.isin(codes, list(wrong)).nonzero()[0]
    return {int(place): wrong[int(codes[place])] for place in places}


def _parsed_usccs(texts: pa.Array) -> tuple[pa.Array, dict[int, str]]:
    """Credit codes differ in every row: most are right as they stand and cost no Python."""
    others = (~right_usccs(texts) & to_numpy(pc.is_valid(texts))).nonzero()[0].tolist()
    values: list[str | None] = []
    faults = {}
    for place in others:
        try:
            values.append(PARSERS["uscc"](texts[place].as_py()))
        except ValueError as problem:
            values.append(None)
            faults[place] = str(problem)
    return (replaced_at(texts, others, values) if others else texts), faults

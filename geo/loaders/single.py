"""How does one facility come in by itself, through the very checks and the journal of a delivery?

The feature becomes a table of one row, which is read, placed, staged and merged like any other.
What a delivery would keep apart or leave out, with a note in its report, is refused here with its
reason: whoever sends one feature waits for the answer.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping as Mapped
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from geo.errors import GeoError, both
from geo.loaders.checks import read_rows
from geo.loaders.fields import map_columns
from geo.loaders.load import Prepared, store_prepared
from geo.loaders.mapping import Told
from geo.loaders.matching import Sites, tell_sites_apart
from geo.loaders.offers import LISTS
from geo.loaders.positions import locate_rows
from geo.loaders.register import refuse_marked
from geo.loaders.report import Problem, Report
from geo.loaders.secrecy import refuse_secret
from geo.loaders.sense import future_dates
from geo.loaders.staging import Target
from geo.loaders.storable import storable
from geo.loaders.store import FIELD_TYPES
from geo.loaders.tables import LAT, LON, Row, Table
from geo.loaders.versions import NOT_MERGED
from geo.models.kinds import KINDS

WRITABLE = (*(name for name in FIELD_TYPES if name != "stated_unit"), *LISTS)
"""Properties of a facility that can be written, as a delivery can."""
_ONLY_NOTED = ("phone",)
"""Rules that report a doubt and refuse nothing."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a value of a feature is refused; `field` None speaks of the whole feature."""

    field: str | None
    rule: str
    message: str


class FeatureRefused(GeoError):
    """A feature that the checks of a delivery keep out; `reasons` say why, field by field.

    `is_conflict`: the feature is well-formed, but what is stored forbids it.
    """

    def __init__(self, reasons: list[Reason], *, is_conflict: bool = False) -> None:
        super().__init__(
            both(
                "要素未通过核对，未写入任何内容。",
                "the feature did not pass the checks; nothing was written",
            )
        )
        self.reasons = reasons
        self.is_conflict = is_conflict


def write_facility(
    session: Target, values: Mapped[str, Any], lon: float, lat: float, *, code: str | None,
    on: date, secrecy: str, by: str,
) -> Report:  # fmt: skip
    """Store one facility as a delivery from `on`; the caller commits.

    values: those of `WRITABLE`, of which the ones left out become unknown. lon, lat: degrees of
    EPSG:4490. code: the site that it is, None for one that is told by kind, division and name.
    Raises FeatureRefused with every reason.
    """
    started = time.perf_counter()
    refuse_secret(secrecy, Path(""))
    kinds = _kinds(values.get("kinds"))
    cells = {name: _cell(values.get(name)) for name in WRITABLE if name != "kinds"}
    table = _table({**cells, "kind": kinds[0], LON: repr(lon), LAT: repr(lat)})
    refuse_marked(table)
    mapping = map_columns(table, {name: name for name in cells})
    if mapping.personal:
        raise FeatureRefused([_reason(name, "personal") for name in mapping.personal.values()])
    readings = read_rows(table, mapping, kinds[0], is_stated=True)
    problems = [*(one.problem for one in readings.refused), *readings.problems]
    problems += future_dates(readings.candidates, on)[0] if len(readings.candidates) else []
    _refuse(problems)
    located = locate_rows(
        session, readings.candidates, table, mapping, name="OGC API", declared="EPSG:4490", on=on
    )
    _refuse([one.problem for one in located.refused])
    sites = _of_code(tell_sites_apart(located.rows), code, kinds)
    made = Prepared(
        table, mapping, sites, located.lon, located.lat, located.crs, located.note,
        located.problems, [], 1, 0, Told(table.columns, {}), {"door": "OGC API"},
    )  # fmt: skip
    report = store_prepared(
        session, made, Path("OGC API"), "facilities", on, secrecy, False, by, started
    )
    if report.counts.refused:
        _refuse(report.problems)
    return report


def _kinds(said: Any) -> list[str]:
    """The kinds of a facility, each a known code."""
    listed = said if isinstance(said, list) else [said] if isinstance(said, str) else []
    wrong = [str(one)[:40] for one in listed if one not in KINDS]
    if not listed or wrong:
        known = "、".join(KINDS)
        told = f"未知类别：{'、'.join(wrong)}；" if wrong else "缺少类别；"
        raise FeatureRefused([Reason("kinds", "kind", f"{told}可用：{known} · unknown or missing")])
    return list(dict.fromkeys(listed))


def _cell(value: Any) -> str:
    """A JSON value as the cell of a table."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dict) or (isinstance(value, list) and any(map(_is_object, value))):
        return orjson.dumps(value).decode()
    if isinstance(value, list):
        return storable("、".join(str(one) for one in value))
    return storable(str(value))


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _table(cells: dict[str, str]) -> Table:
    """A table of one row."""
    raw = orjson.dumps(cells)
    return Table(
        [*cells], [Row(1, [*cells.values()])], [], "utf-8", "OGC API", "EPSG:4490",
        hashlib.sha256(raw).hexdigest(), len(raw), format="GeoJSON",
    )  # fmt: skip


def _of_code(sites: Sites, code: str | None, kinds: list[str]) -> Sites:
    """The one site under the code that was said, with all its kinds."""
    values = {**sites.rows.values, "kind": pa.array([",".join(kinds)])}
    rows = type(sites.rows)(sites.rows.numbers, values, sites.rows.extra)
    if code is None:
        return replace(sites, rows=rows)
    own = pa.array([code])
    alone = np.ones(1, dtype=bool)
    return replace(sites, rows=rows, by_name=own, by_address=own, is_alone=alone, is_first=alone)


def _reason(name: str, rule: str) -> Reason:
    return Reason(name, rule, "疑似个人信息，不予保存 · looks personal and is not stored")


def _refuse(problems: list[Problem]) -> None:
    """Raise FeatureRefused where there is a problem that is more than a doubt."""
    reasons = [
        Reason(one.column, one.rule, one.message)
        for one in problems if one.rule not in _ONLY_NOTED
    ]  # fmt: skip
    if reasons:
        raise FeatureRefused(reasons, is_conflict=all(one.rule in NOT_MERGED for one in reasons))

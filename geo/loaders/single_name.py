"""How does one place name come in by itself, through the checks and the journal of a delivery?"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping as Mapped
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import text

from geo.loaders.report import Report
from geo.loaders.single import FeatureRefused, Reason
from geo.loaders.staging import Target
from geo.loaders.things import load_things
from geo.loaders.things.place_names import PLACE_NAMES, identify
from geo.loaders.things.spec import Batch, Options
from geo.loaders.versions import NOT_MERGED

HEADINGS = {
    "name": "名称", "kind": "名称类型", "start_latest": "启用年份", "end_latest": "废止年份",
    "category": "类别代码", "feature_class": "要素类别", "attribution": "署名",
}  # fmt: skip
"""Properties of a name that can be written → what a delivery calls them."""
_OF_PLACE = ("category", "feature_class", "attribution")


def write_name(
    session: Target, values: Mapped[str, Any], geometry: dict[str, Any], *,
    place_code: str | None, on: date, secrecy: str, by: str,
) -> tuple[Report, str]:  # fmt: skip
    """Store a name of a place as a delivery; the caller commits. Answers the place's code too.

    geometry: GeoJSON in degrees of EPSG:4490. place_code: the stored place that it is a name of,
    None for one that is told by division, class and name. Raises FeatureRefused.
    """
    told = {name: values[name] for name in HEADINGS if values.get(name) is not None}
    if place_code is not None:
        told = _of_place(session, place_code) | told
    codes: list[str] = []

    def by_code(target: Target, batch: Batch, day: date, options: Options) -> None:
        identify(target, batch, day, options)
        for thing in batch.things:
            thing.code = place_code or thing.code
            codes.append(str(thing.code))

    feature = {
        "type": "Feature", "geometry": geometry,
        "properties": {HEADINGS[name]: value for name, value in told.items()},
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "OGC API.geojson"
        path.write_bytes(orjson.dumps({"type": "FeatureCollection", "features": [feature]}))
        spec = replace(PLACE_NAMES, identify=by_code)
        report = load_things(
            session, spec, path, crs="EPSG:4490", on=on, secrecy=secrecy, by=by
        )  # fmt: skip
    fields = {heading: name for name, heading in HEADINGS.items()}
    reasons = [
        Reason(fields.get(one.column or "", one.column), one.rule, one.message)
        for one in report.problems
        if report.counts.refused or one.column is not None
    ]
    if reasons:
        raise FeatureRefused(reasons, is_conflict=all(one.rule in NOT_MERGED for one in reasons))
    return report, codes[0]


def _of_place(session: Target, code: str) -> dict[str, Any]:
    """What is stored of a place and a name of it need not say again. Raises FeatureRefused."""
    row = session.execute(
        text(f"SELECT {', '.join(_OF_PLACE)} FROM place WHERE code = :code"), {"code": code}
    ).one_or_none()
    if row is None:
        message = "没有这个地方编码；新地方请不写 place_code · no place has this code"
        raise FeatureRefused([Reason("place_code", "place_code", message)])
    return {name: value for name, value in row._mapping.items() if value is not None}

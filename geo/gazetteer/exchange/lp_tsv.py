"""Which places does a table of LP-TSV 0.5 hold, and which rows cannot be used?

Years are historians': -320 is 320 BCE and becomes the astronomical -319.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import Any

import shapely

from geo.gazetteer.exchange.addresses import Addresses, code_for, expanded, is_address
from geo.gazetteer.exchange.lpf_in import CHINA, FCLASSES, Faulty, Unusable
from geo.gazetteer.exchange.record import (
    NameRecord,
    PlaceRecord,
    PositionRecord,
    RelationRecord,
    TextRecord,
    Years,
)
from geo.gazetteer.exchange.when import NoYear, from_bce, year_of

REQUIRED = ("id", "title", "title_source")
Row = dict[str, str]


def is_lp_tsv(heading: str) -> bool:
    """Whether a heading line has the columns that every LP-TSV has."""
    columns = {
        column.strip().strip('"').casefold() for column in heading.replace(",", "\t").split("\t")
    }
    return set(REQUIRED) <= columns and bool(columns & {"fclasses", "aat_types"})


def read_rows(
    lines: str, dataset: str, *, default_class: str | None = None
) -> Iterator[PlaceRecord | Faulty]:
    """The record of each row, or why there is none. `dataset` keeps its ids apart from others'."""
    heading = lines.partition("\n")[0]
    tabs = "\t" in heading
    reader = csv.DictReader(
        lines.splitlines(), delimiter="\t" if tabs else ",",
        quoting=csv.QUOTE_NONE if tabs else csv.QUOTE_MINIMAL,
    )  # fmt: skip
    reader.fieldnames = [name.strip().casefold() for name in reader.fieldnames or ()]
    seen: set[str] = set()
    for number, cells in enumerate(reader, 1):
        row = {k: (v or "").strip() for k, v in cells.items() if k and isinstance(v, str | None)}
        if not any(row.values()):
            continue
        try:
            made = record_of(row, dataset, default_class=default_class)
            if made.code in seen:
                raise Unusable("id", "id 重复", "the id comes twice")
            seen.add(made.code)
            yield made
        except Unusable as problem:
            yield Faulty(number, problem.part, str(problem), row.get("title"))


def record_of(row: Row, dataset: str, *, default_class: str | None = None) -> PlaceRecord:
    """The record of one row. Raises Unusable where a required cell lacks or is wrong."""
    for name in REQUIRED:
        if not row.get(name):
            raise Unusable(name, f"缺少 {name}", f"{name} is missing")
    countries = set(_several(row.get("ccodes")))
    if countries and not countries & CHINA:
        raise Unusable("ccodes", "不在中国", "it does not lie in China")
    classes = _several(row.get("fclasses")) or ([default_class] if default_class else [])
    if not classes or not set(classes) <= set(FCLASSES):
        raise Unusable(
            "fclasses", "fclasses 须为 A H L P R S T（仅有 aat_types 时请用 --class 说明）",
            "fclasses is A H L P R S T; with aat_types alone say --class",
        )  # fmt: skip
    years, attested = _years(row)
    own = row["id"]
    return PlaceRecord(
        code=code_for(own if is_address(own) else f"{dataset}:{own}"),
        feature_class=classes[0],
        names=tuple(_names(row, years, attested)),
        positions=tuple(_position(row)),
        texts=(TextRecord("description", row["description"], "und", None, row["title_source"]),)
        if row.get("description") else (),
        relations=tuple(_relations(row)),
        original=dict(row),
    )  # fmt: skip


def _names(row: Row, years: Years, attested: int | None) -> Iterator[NameRecord]:
    """The title and its variants; a name only attested in a year was in use by then."""
    if attested is not None and not years.is_known:
        years = Years(start_latest=attested)
    cited = row["title_source"]
    if row.get("title_uri"):
        cited += f" ({row['title_uri']})"
    ended = years.end_latest is not None
    kind = "former" if ended else "standard"
    yield NameRecord(row["title"], kind, years=years, citation=cited)
    for variant in _several(row.get("variants")):
        name, _, tag = variant.partition("@")
        parts = tag.split("-") if tag else ["zh"]
        script = next((part for part in parts[1:] if len(part) == 4 and part.isalpha()), None)
        language = "-".join(part for part in parts if part != script)
        if name.strip():
            yield NameRecord(
                name.strip(), "former" if ended else "alias", language, script, years=years
            )


def _years(row: Row) -> tuple[Years, int | None]:
    start, end, attested = (_year(row, name) for name in ("start", "end", "attestation_year"))
    if start is None and attested is None:
        raise Unusable(
            "start", "须有 start 或 attestation_year", "start or attestation_year is needed"
        )
    if start is not None and end is not None and end < start:
        raise Unusable("end", "end 早于 start", "it ended before it began")
    return Years(start, start, end, end), attested


def _year(row: Row, name: str) -> int | None:
    if not row.get(name):
        return None
    try:
        return from_bce(year_of(row[name]))
    except NoYear:
        raise Unusable(
            name, f"{name} 不是 ISO 8601 日期（公元前写负数）", f"{name} is no ISO 8601 date"
        ) from None


def _position(row: Row) -> Iterable[PositionRecord]:
    wkt, lon, lat = (row.get(name) or "" for name in ("geowkt", "lon", "lat"))
    if not wkt and not (lon or lat):
        return
    try:
        shape: Any = shapely.from_wkt(wkt) if wkt else shapely.Point(float(lon), float(lat))
        minx, miny, maxx, maxy = shape.bounds
        if not (-180 <= minx <= maxx <= 180 and -90 <= miny <= maxy <= 90):
            raise ValueError("out of range")
    except (ValueError, shapely.errors.ShapelyError):
        raise Unusable("geowkt" if wkt else "lon", "位置有误", "the position is wrong") from None
    quality = "approximate" if row.get("approximation") else "point"
    written = shapely.to_wkb(shape, hex=True, flavor="iso").lower()
    yield PositionRecord(
        written, quality, citation=row.get("geo_source") or row.get("geo_id") or None
    )


def _relations(row: Row) -> Iterator[RelationRecord]:
    for match in _several(row.get("matches")):
        yield RelationRecord("close_match", expanded(match))
    if row.get("parent_id"):
        parent = row["parent_id"]
        code = Addresses().code(parent)
        yield RelationRecord("part_of", code or parent, row.get("parent_name") or None)


def _several(cell: str | None) -> list[str]:
    return [part.strip() for part in (cell or "").split(";") if part.strip()]


__all__ = ["is_lp_tsv", "read_rows"]

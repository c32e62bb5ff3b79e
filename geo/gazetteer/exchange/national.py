"""Which places does a file of the national place-name database hold?

For files that a user holds; nothing of that database is shipped. Coordinates are CGCS2000.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import shapely

from geo.gazetteer.exchange.lpf_in import Faulty
from geo.gazetteer.exchange.record import (
    NameRecord,
    PlaceRecord,
    PositionRecord,
    RelationRecord,
    TextRecord,
)
from geo.loaders.reading.national import shape_in

SOURCE = "国家地名信息库（用户自有文件）· national place-name database, a file of the user's own"
_TEXTS = {
    "place_origin": "origin", "place_meaning": "meaning", "place_history": "history",
    "government_history": "government_history",
}  # fmt: skip
# By the class's digits; the longest beginning counts. 21 is an area unless it is a division.
_CLASSES = {
    "11": "H", "12": "H", "13": "T", "21": "L", "212": "A", "213": "A", "214": "A", "215": "A",
    "216": "A", "22": "P", "23": "R", "24": "S", "25": "S", "26": "S", "27": "S",
}  # fmt: skip
TWINS = ("216", "276")
"""A self-governing group is registered as an area (216xx) and as a unit (276xx)."""
_SEVERAL = re.compile(r"[、,，;；/]|\s{2,}")
_KIND = re.compile(r"(?:村民委员会|居民委员会|村委会|居委会|社区居委会|社区|村)+$")


def read_entries(entries: Iterable[dict[str, Any]]) -> Iterator[PlaceRecord | Faulty]:
    """The record of each entry, or why there is none; a later entry with more words counts.

    Lists tell less than details: entries of one place code are joined.
    """
    joined: dict[str, dict[str, Any]] = {}
    for entry in entries:
        kept = joined.setdefault(entry["place_code"], {})
        kept.update({name: value for name, value in entry.items() if value not in (None, "")})
    for number, entry in enumerate(joined.values(), 1):
        try:
            yield record_of(entry)
        except ValueError as problem:
            message = f"条目有误 · it cannot be read: {problem}"
            yield Faulty(number, "entry", message, str(entry["standard_name"])[:100])


def record_of(entry: dict[str, Any]) -> PlaceRecord:
    """The record of one entry. Raises ValueError for a class or a shape that is none."""
    code = entry["place_code"].strip()
    category = str(entry.get("place_type_code") or _category_in(code) or "").strip()
    length = next((n for n in (3, 2) if category[:n] in _CLASSES), None)
    if length is None:
        raise ValueError(f"place_type_code {category[:10]!r}")
    shape = shape_in(entry)
    positions: tuple[PositionRecord, ...] = ()
    if shape is not None:
        wkb = shapely.to_wkb(shape, hex=True, flavor="iso").lower()
        positions = (PositionRecord(wkb, "point", citation=SOURCE),)
    return PlaceRecord(
        code=f"id:{code}",
        feature_class=_CLASSES[category[:length]],
        category=category.ljust(5, "0"),
        located_in=_division(entry),
        names=tuple(_names(entry)),
        positions=positions,
        texts=tuple(
            TextRecord(kind, str(entry[member]).strip(), citation=SOURCE)
            for member, kind in _TEXTS.items() if str(entry.get(member) or "").strip()
        ),
        source=SOURCE,
        original=entry,
    )  # fmt: skip


def _category_in(code: str) -> str | None:
    """The class inside a place code of twenty digits: nine of the division, five of the class."""
    return code[9:14] if len(code) == 20 and code.isdigit() else None


def _division(entry: dict[str, Any]) -> str | None:
    """The smallest division that the entry names, in twelve digits."""
    for member in ("area", "city", "province"):
        digits = str(entry.get(member) or "").strip()
        if digits.isascii() and digits.isdigit() and 6 <= len(digits) <= 12:
            return digits.ljust(12, "0")
    return None


def _names(entry: dict[str, Any]) -> Iterator[NameRecord]:
    name = entry["standard_name"].strip()
    yield NameRecord(name, "standard", citation=SOURCE)
    seen = {name}
    for old in _SEVERAL.split(str(entry.get("old_name") or "")):
        if old.strip() and old.strip() not in seen | {"无", "-"}:
            seen.add(old.strip())
            yield NameRecord(old.strip(), "former", citation=SOURCE)
    minority = str(entry.get("ethnic_minorities_writing") or "").strip()
    if minority:
        yield NameRecord(minority, "minority", "und", citation=SOURCE)


def linked_twins(places: Iterable[PlaceRecord | Faulty]) -> Iterator[PlaceRecord | Faulty]:
    """The same records, a village's unit (276xx) linked to its area (216xx) as one place.

    Two entries are twins where both lie in one division, one is of each class, and their specific
    parts are the same (某某村 and 某某村村民委员会); a name that several bear is linked to none.
    """
    kept = list(places)
    groups: dict[tuple[str | None, str], dict[str, list[PlaceRecord]]] = {}
    for one in kept:
        kind = (one.category or "")[:3] if isinstance(one, PlaceRecord) else ""
        if isinstance(one, PlaceRecord) and kind in TWINS:
            key = (one.located_in, specific_part(one.title))
            groups.setdefault(key, {}).setdefault(kind, []).append(one)
    pairs = {
        unit[0].code: area[0].code
        for found in groups.values()
        if len(area := found.get("216", [])) == 1 and len(unit := found.get("276", [])) == 1
    }
    for one in kept:
        if isinstance(one, PlaceRecord) and one.code in pairs:
            label = "同一群众自治组织的区域与单位 · the area and the unit of one village"
            twin = RelationRecord("same_as", pairs[one.code], label)
            parts = {name: getattr(one, name) for name in PlaceRecord.__dataclass_fields__}
            one = PlaceRecord(**parts | {"relations": (*one.relations, twin)})
        yield one


def specific_part(name: str) -> str:
    """The name of a village or community without what says whether area or unit is meant."""
    return _KIND.sub("", name) or name

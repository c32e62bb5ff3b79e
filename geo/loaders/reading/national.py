"""Is this JSON a response of the national place-name database, and which entries does it hold?

For those who hold such a file: lists (`listPub`) and single entries (`detailsPub`), as they were
received or several of them in one array. Nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import orjson

from geo.loaders.reading.drafts import Draft, refuse_too_long, refused
from geo.loaders.reading.geojson import shape_of
from geo.loaders.reading.shapes import NO_SHAPE, with_shapes
from geo.loaders.storable import storable

Json = dict[str, Any]
CRS = "EPSG:4490"
"""The database states CGCS2000."""
_NEEDED = ("place_code", "standard_name")
_DEEPEST = 6

# Member of an entry → heading by which deliveries of place names know it.
HEADINGS = {
    "place_code": "地名代码", "standard_name": "标准名称", "old_name": "曾用名",
    "place_type_code": "类别代码", "place_type": "地名类别", "place_origin": "地名来历",
    "place_meaning": "地名含义", "place_history": "历史沿革", "government_history": "政区沿革",
    "ethnic_minorities_writing": "少数民族文字", "roman_alphabet_spelling": "罗马字母拼写",
    "area_name": "所在区县",
}  # fmt: skip


def is_national(text: str) -> bool:
    """Whether a text of JSON looks like such a response, by its first entries."""
    begin = text[:20_000]
    return (
        all(f'"{name}"' in begin for name in _NEEDED) and '"FeatureCollection"' not in begin[:200]
    )


def entries_of(whole: Any, depth: int = 0) -> Iterator[Json]:
    """Every entry of a response, however it is wrapped, each once as often as it comes."""
    if isinstance(whole, dict):
        if all(isinstance(whole.get(name), str) and whole[name] for name in _NEEDED):
            yield whole
            return
        inner: Any = whole.values()
    elif isinstance(whole, list):
        inner = whole
    else:
        return
    if depth < _DEEPEST:
        for one in inner:
            yield from entries_of(one, depth + 1)


def shape_in(entry: Json) -> Any:
    """The shape of an entry (`gdm`, GeoJSON as an object or as a text), None where there is none.

    A multipoint of one point is that point. Raises ValueError for what is no shape.
    """
    given = entry.get("gdm")
    if isinstance(given, str) and given.strip():
        given = orjson.loads(given)
    if not isinstance(given, dict) or not given:
        return None
    shape = shape_of(given.get("geometry", given))
    if shape.geom_type == "MultiPoint" and len(shape.geoms) == 1:
        return shape.geoms[0]
    return None if shape.is_empty else shape


def read_national(text: str, name: str) -> Draft:
    """The entries as a table of place names with their shapes."""
    try:
        found = list(entries_of(orjson.loads(text)))
    except orjson.JSONDecodeError as problem:
        raise refused(
            name,
            f"不是完整的 JSON，第 {problem.lineno} 行处出错；请重新导出。",
            f"is no complete JSON: broken at line {problem.lineno}.",
        ) from None
    refuse_too_long(name, len(found))
    shapes, faults, positions = np.empty(len(found), dtype=object), {}, {}
    for n, entry in enumerate(found):
        try:
            shapes[n] = shape_in(entry)
        except (KeyError, TypeError, ValueError):
            faults[n] = NO_SHAPE
            continue
        if shapes[n] is not None and shapes[n].geom_type == "Point":
            positions[n] = (repr(shapes[n].x), repr(shapes[n].y))
    cells = [[_cell(entry.get(member)) for member in HEADINGS] for entry in found]
    draft = with_shapes(
        name, list(HEADINGS.values()), cells, shapes, faults=faults, positions=positions
    )
    draft.crs = CRS
    draft.notes.append("国家地名信息库格式 · a response of the national place-name database")
    return draft


def _cell(value: Any) -> str:
    return "" if value is None else storable(str(value)).strip()

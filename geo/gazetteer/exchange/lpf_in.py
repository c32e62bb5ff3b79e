"""Which places does a file of the Linked Places Format hold, and which features cannot be used?

A file of ours gives back the very records that were written. A foreign one is kept beside what was
understood of it, word for word (`PlaceRecord.original`): nothing that it says is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

import shapely
from shapely.geometry import shape as as_shape

from geo.gazetteer.exchange.addresses import Addresses, code_for, expanded
from geo.gazetteer.exchange.fitting import misfit
from geo.gazetteer.exchange.lpf_out import LINKS, RELATIONS
from geo.gazetteer.exchange.record import (
    SCALARS,
    UNKNOWN_YEARS,
    ListingRecord,
    MediaRecord,
    NameRecord,
    PlaceRecord,
    PositionRecord,
    RelationRecord,
    TextRecord,
    Years,
)
from geo.gazetteer.exchange.when import CERTAINTIES, Json, NoYear, spans_of
from geo.models.place_history import MEDIA_KINDS, TEXT_KINDS
from geo.models.placename import NAME_KINDS, POSITION_QUALITIES

FCLASSES = "AHLPRST"
CHINA = frozenset({"CN", "TW", "HK", "MO"})
"""Codes of ISO 3166 that mean places in China; stored and written they are all CN."""
_LINK_KINDS = {link: kind for kind, link in LINKS.items()}
_RELATION_KINDS = {name: kind for kind, name in RELATIONS.items()}


class Unusable(ValueError):
    """Why a feature cannot be stored: the part of the format, in Chinese and English."""

    def __init__(self, part: str, zh: str, en: str) -> None:
        super().__init__(f"{zh} · {en}")
        self.part = part


@dataclass(frozen=True, slots=True)
class Faulty:
    """A feature (or row) that was not understood: its number from 1, the part and the reason."""

    number: int
    part: str
    message: str
    title: str | None


def read_features(
    features: Iterable[Any], addresses: Addresses, *, default_class: str | None = None
) -> Iterator[PlaceRecord | Faulty]:
    """The record of each feature, or why there is none."""
    for number, one in enumerate(features, 1):
        try:
            yield record_of(one, addresses, default_class=default_class)
        except Unusable as problem:
            title = _title(one)
            yield Faulty(number, problem.part, str(problem), title)


def record_of(one: Any, addresses: Addresses, *, default_class: str | None = None) -> PlaceRecord:
    """The record of one feature. Raises Unusable where a required part lacks or is wrong."""
    check(one, default_class=default_class)
    about = one.get("atlas")
    if isinstance(about, dict) and isinstance(about.get("code"), str):
        return _ours(one, about, addresses)
    return _foreign(one, addresses, default_class)


def check(one: Any, *, default_class: str | None = None) -> None:
    """Raise Unusable unless a feature has every part that version 1.3 requires."""
    if not isinstance(one, dict) or one.get("type") != "Feature":
        raise Unusable("type", "不是 Feature", "it is no Feature")
    if not isinstance(one.get("@id"), str) or not one["@id"].strip():
        raise Unusable("@id", "缺少 @id", "@id is missing")
    properties = one.get("properties")
    if not isinstance(properties, dict) or not _text(properties.get("title")):
        raise Unusable("properties.title", "缺少 title", "properties.title is missing")
    classes = properties.get("fclasses")
    if classes is None and default_class is not None:
        classes = [default_class]
    if not isinstance(classes, list) or not classes or not set(map(str, classes)) <= set(FCLASSES):
        raise Unusable(
            "properties.fclasses", "fclasses 须为 A H L P R S T 之一或数个",
            "fclasses is a list of A H L P R S T",
        )  # fmt: skip
    names = one.get("names")
    if not isinstance(names, list) or not names:
        raise Unusable("names", "缺少 names", "names is missing")
    if not all(isinstance(name, dict) and _text(name.get("toponym")) for name in names):
        raise Unusable("names.toponym", "名称缺少 toponym", "a name lacks its toponym")
    if not any(_citation(name) for name in names):
        raise Unusable("names.citations", "没有一个名称有出处", "no name has a citation")
    if "geometry" not in one:
        raise Unusable("geometry", "缺少 geometry（可为 null）", "geometry is missing; may be null")
    if not _has_when(one):
        raise Unusable("when", "没有任何 when", "there is no when at all")


def _has_when(one: Json) -> bool:
    """Whether the feature or any of its parts is dated."""
    geometry = one["geometry"]
    shapes = geometry.get("geometries", [geometry]) if isinstance(geometry, dict) else []
    parts = [one, *(shapes if isinstance(shapes, list) else [])]
    for member in ("names", "types", "relations"):
        found = one.get(member)
        parts += found if isinstance(found, list) else []
    dated = (part["when"] for part in parts if isinstance(part, dict) and "when" in part)
    return any(isinstance(w, dict) and (w.get("timespans") or w.get("periods")) for w in dated)


# --- a file of ours ---------------------------------------------------------------


def _ours(one: Json, about: Json, addresses: Addresses) -> PlaceRecord:
    said: dict[str, Any] = {name: about.get(name) for name in SCALARS}
    try:
        said["source_date"] = date.fromisoformat(day) if (day := about.get("source_date")) else None
    except (TypeError, ValueError):
        raise Unusable("atlas.source_date", "日期有误", "it is no date") from None
    said["is_synthetic"] = bool(about.get("is_synthetic", False))
    said["feature_class"] = one["properties"]["fclasses"][0]
    shapes = (one["geometry"] or {}).get("geometries", [])
    unknown: Json = {"wkb": None, "quality": "unknown"}
    vague = [
        PositionRecord(**(unknown | _known(entry, PositionRecord, "wkb")))
        for entry in _list(about, "positions")
    ]
    made = PlaceRecord(
        code=about["code"], **said,
        names=tuple(name for entry in one["names"] for name in _names(entry, is_ours=True)),
        positions=(*(p for shape in shapes for p in _positions(shape)), *vague),
        listings=tuple(_listing(entry) for entry in _list(about, "listings")),
        **_shared(one, addresses),
    )  # fmt: skip
    if part := misfit(made):
        raise Unusable(part, f"{part} 的值不能存储", f"the value of {part} cannot be stored")
    return made


def _list(about: Json, name: str) -> list[Any]:
    found = about.get(name, [])
    if not isinstance(found, list):
        raise Unusable(f"atlas.{name}", f"{name} 不是列表", f"{name} is no list")
    return found


def _listing(entry: Any) -> ListingRecord:
    said: dict[str, Any] = dict.fromkeys(ListingRecord.__dataclass_fields__)
    return ListingRecord(**(said | _known(entry, ListingRecord)))


def _known(entry: Any, make: Any, *left_off: str) -> Json:
    """The members of an entry that a record has."""
    if not isinstance(entry, dict):
        raise Unusable("atlas", "atlas 内容有误", "a part of atlas is no object")
    fields = set(make.__dataclass_fields__) - set(left_off)
    return {name: value for name, value in entry.items() if name in fields}


# --- any file ----------------------------------------------------------------------


def _foreign(one: Json, addresses: Addresses, default_class: str | None) -> PlaceRecord:
    properties = one["properties"]
    countries = properties.get("ccodes")
    if isinstance(countries, list) and countries and not CHINA & set(map(str, countries)):
        raise Unusable("properties.ccodes", "不在中国", "it does not lie in China")
    address = one["@id"].strip()
    names = [name for entry in one["names"] for name in _names(entry, is_ours=False)]
    names = _with_title(names, properties["title"].strip(), _years(one.get("when")))
    shared = _shared(one, addresses)
    here = RelationRecord("same_as", expanded(address))
    if addresses.code(address) is None and here.other.startswith(("http://", "https://")):
        shared["relations"] = (here, *(r for r in shared["relations"] if r != here))
    classes = properties.get("fclasses") or [default_class]
    return PlaceRecord(
        code=addresses.code(address) or code_for(address), feature_class=classes[0],
        names=tuple(names), positions=tuple(_geometry(one["geometry"])), original=one, **shared,
    )  # fmt: skip


def _with_title(names: list[NameRecord], title: str, years: Years) -> list[NameRecord]:
    """The names with their kinds: the title's is standard, unless it is foreign or has ended.

    The years of the whole place hold for names without years of their own. A name in a foreign
    language is an alias (an old translation), never the name of the place.
    """
    made = []
    for name in names:
        span = name.years if name.years.is_known else years
        ended = span.end_latest is not None
        kind = "former" if ended else "alias"
        if name.name == title and name.language.split("-")[0] == "zh" and not ended:
            kind = "standard"
        made.append(
            NameRecord(
                name.name,
                kind,
                name.language,
                name.script,
                None,
                None,
                span,
                name.certainty,
                name.citation,
            )
        )
    return made


def _shared(one: Json, addresses: Addresses) -> dict[str, Any]:
    """Texts, relations and media, which are read alike in all files."""
    relations = [
        made
        for member, kinds, about in (
            ("links", _LINK_KINDS, ("type", "identifier")),
            ("relations", _RELATION_KINDS, ("relationType", "relationTo")),
        )
        for entry in _objects(one.get(member))
        for made in _relations(entry, kinds, about, addresses)
    ]
    texts = (_text_of(entry) for entry in _objects(one.get("descriptions")))
    media = (_media_of(entry) for entry in _objects(one.get("depictions")))
    return {
        "texts": tuple(text for text in texts if text is not None),
        "relations": tuple(relations),
        "media": tuple(work for work in media if work is not None),
    }


def _names(entry: Json, *, is_ours: bool) -> Iterator[NameRecord]:
    kind = entry.get("kind") if entry.get("kind") in NAME_KINDS else "alias"
    language, script = _language(entry, is_ours=is_ours)
    for years in _spans(entry, "names.when"):
        yield NameRecord(
            entry["toponym"] if is_ours else entry["toponym"].strip(), cast(str, kind), language,
            script, entry.get("pinyin"), entry.get("reading_status"), years, _certainty(entry),
            _citation(entry, derived=False),
        )  # fmt: skip


def _language(entry: Json, *, is_ours: bool) -> tuple[str, str | None]:
    """Language and script; a foreign file writes both into one tag: zh-Hant, kk-Arab-CN."""
    tag = _text(entry.get("lang"))
    if is_ours:
        return tag or "zh", entry.get("script")
    if not tag:
        han = all("\u3400" <= c <= "\u9fff" or not c.isalpha() for c in entry["toponym"])
        return ("zh", None) if han else ("und", None)
    parts = tag.replace("_", "-").split("-")
    script = next((part for part in parts[1:] if len(part) == 4 and part.isalpha()), None)
    language = "-".join(part for part in parts if part != script)
    return language, script.title() if script else None


def _positions(shape: Any) -> Iterator[PositionRecord]:
    """The position of one geometry, once per timespan."""
    if not isinstance(shape, dict):
        return
    bare = {name: shape[name] for name in ("type", "coordinates", "geometries") if name in shape}
    try:
        if "coordinates" in bare or "geometries" in bare:
            drawn: Any = as_shape(bare)
        else:
            drawn = shapely.from_wkt(shape.get("geo_wkt") or shape.get("geowkt"))
        if drawn is None or drawn.is_empty:
            raise ValueError("empty")
        minx, miny, maxx, maxy = drawn.bounds
        if not (-180 <= minx <= maxx <= 180 and -90 <= miny <= maxy <= 90):
            raise ValueError("out of range")
    except (
        TypeError,
        ValueError,
        LookupError,
        AttributeError,
        shapely.errors.ShapelyError,
    ) as problem:
        raise Unusable("geometry", "图形有误", f"the geometry cannot be read: {problem}") from None
    quality = shape.get("quality")
    if quality not in POSITION_QUALITIES:
        quality = "point" if shape.get("certainty", "certain") == "certain" else "approximate"
    for years in _spans(shape, "geometry.when"):
        start = years.start_earliest if years.start_earliest is not None else years.start_latest
        end = years.end_latest if years.end_latest is not None else years.end_earliest
        yield PositionRecord(
            shapely.to_wkb(drawn, hex=True, flavor="iso").lower(), quality,
            _word(shape.get("unit_code")), start, end, _citation(shape),
        )  # fmt: skip


def _geometry(geometry: Any) -> Iterator[PositionRecord]:
    if not isinstance(geometry, dict):
        return
    parts = geometry.get("geometries") if geometry.get("type") == "GeometryCollection" else None
    for shape in parts if isinstance(parts, list) else [geometry]:
        yield from _positions(shape)


def _relations(
    entry: Json, kinds: dict[str, str], about: tuple[str, str], addresses: Addresses
) -> Iterator[RelationRecord]:
    kind, other = kinds.get(str(entry.get(about[0]))), _text(entry.get(about[1]))
    if kind is None or not other:
        return
    code = addresses.code(other)
    for years in _spans(entry, "relations.when"):
        yield RelationRecord(
            kind, code if code is not None else expanded(other), _text(entry.get("label")), years,
            _certainty(entry), _citation(entry),
        )  # fmt: skip


def _text_of(entry: Json) -> TextRecord | None:
    value = entry.get("value")
    if not isinstance(value, str) or not value.strip():
        return None
    kind = entry.get("kind") if entry.get("kind") in TEXT_KINDS else "description"
    language = _text(entry.get("lang")) or "und"
    return TextRecord(cast(str, kind), value, language, _word(entry.get("@id")), _citation(entry))


def _media_of(entry: Json) -> MediaRecord | None:
    address = _text(entry.get("@id"))
    if address is None:
        return None
    kind = entry.get("kind") if entry.get("kind") in MEDIA_KINDS else "image"
    return MediaRecord(
        cast(str, kind), address, _word(entry.get("title")), _word(entry.get("license")),
        _citation(entry),
    )  # fmt: skip


def _years(when: Any) -> Years:
    try:
        return next(spans_of(when))
    except NoYear as problem:
        raise Unusable("when", f"年代有误：{problem}", f"it is no date: {problem}") from None


def _spans(entry: Json, part: str) -> list[Years]:
    try:
        found = list(spans_of(entry.get("when")))
    except NoYear as problem:
        raise Unusable(part, f"年代有误：{problem}", f"it is no date: {problem}") from None
    return found or [UNKNOWN_YEARS]


def _certainty(entry: Json) -> str | None:
    found = entry.get("certainty")
    return found if found in CERTAINTIES else None


def _citation(entry: Any, *, derived: bool = True) -> str | None:
    """The citations of a part as one text; 1.3 has a list, older files one object."""
    if not isinstance(entry, dict):
        return None
    found = entry.get("citations", entry.get("citation"))
    said = []
    for one in found if isinstance(found, list) else [found]:
        if not isinstance(one, dict) or (not derived and one.get("derived") is True):
            continue
        label, address = _text(one.get("label")), _text(one.get("@id"))
        text = f"{label} ({address})" if label and address else label or address
        said += [text] if text else []
    return "; ".join(said) or None


def _objects(found: Any) -> list[Json]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _word(value: Any) -> str | None:
    """A text or number as a text; an object or list is none."""
    return str(value) if isinstance(value, str | int | float) else None


def _title(one: Any) -> str | None:
    properties = one.get("properties") if isinstance(one, dict) else None
    title = properties.get("title") if isinstance(properties, dict) else None
    return title[:100] if isinstance(title, str) else None

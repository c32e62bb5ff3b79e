"""How are stored places read as records, some thousands at a time?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from geo.errors import BadInput, NotFound, both
from geo.gazetteer.exchange.record import (
    NEVER_PUBLIC,
    SCALARS,
    YEARS,
    ListingRecord,
    MediaRecord,
    NameRecord,
    PlaceRecord,
    PositionRecord,
    RelationRecord,
    TextRecord,
    Years,
)

Reader = Session | Connection
AT_A_TIME = 1_000

# Part of a record → (table, what makes the record, its plain columns, whether it has four years).
PARTS: dict[str, tuple[str, Any, tuple[str, ...], bool]] = {
    "names": ("place_name", NameRecord,
              ("name", "kind", "language", "script", "pinyin", "reading_status", "certainty",
               "citation"), True),
    "positions": ("place_position", PositionRecord,
                  ("quality", "unit_code", "start_year", "end_year", "citation"), False),
    "listings": ("heritage_listing", ListingRecord,
                 ("list_name", "family", "list_class", "list_level", "batch", "listed_year", "era",
                  "citation"), False),
    "texts": ("place_text", TextRecord, ("kind", "value", "language", "uri", "citation"), False),
    "relations": ("place_relation", RelationRecord,
                  ("kind", "other", "label", "certainty", "citation"), True),
    "media": ("place_media", MediaRecord, ("kind", "uri", "title", "licence", "citation"), False),
}  # fmt: skip

_CODES = text(
    """
    SELECT p.id FROM place p
    WHERE p.id > :after
      AND (CAST(:units AS text[]) IS NULL
           OR p.located_in = ANY(CAST(:units AS text[]))
           OR p.unit_code = ANY(CAST(:units AS text[])))
      AND (CAST(:public AS boolean) IS NOT TRUE OR p.is_published
           AND NOT coalesce(p.category, '') ~ :never)
    ORDER BY p.id LIMIT :many
    """
)
_NEVER = f"^({'|'.join(NEVER_PUBLIC)})"
_IDS = text("SELECT code, id FROM place WHERE code = ANY(CAST(:codes AS text[]))")
# The superiors of a division by the years of its versions; of another place, the division around.
_AROUND = text(
    """
    SELECT p.id AS place_id, a.parent_code AS other, min(up.name) AS label,
           extract(year FROM min(lower(a.validity)))::int AS start_year,
           CASE WHEN bool_or(upper_inf(a.validity)) THEN NULL
                ELSE extract(year FROM max(upper(a.validity)) - 1)::int END AS end_year,
           min(a.source) AS citation
    FROM place p JOIN admin_unit a ON a.code = p.unit_code
    LEFT JOIN admin_unit up ON up.code = a.parent_code AND up.validity && a.validity
    WHERE p.id = ANY(CAST(:ids AS bigint[])) AND a.parent_code IS NOT NULL
    GROUP BY p.id, a.parent_code
    UNION ALL
    SELECT p.id, p.located_in, max(a.name), NULL::int, NULL::int, NULL
    FROM place p LEFT JOIN admin_unit a ON a.code = p.located_in AND upper_inf(a.validity)
    WHERE p.id = ANY(CAST(:ids AS bigint[])) AND p.unit_code IS NULL AND p.located_in IS NOT NULL
    GROUP BY p.id, p.located_in
    ORDER BY 1, 4 NULLS FIRST, 2
    """
)


def records(
    session: Reader, *, units: Sequence[str] | None = None, public: bool = False
) -> Iterator[PlaceRecord]:
    """Answer every place in the order of its storing, or only those of some divisions.

    `public`: published places only, and none of a category that is never public.
    """
    after = 0
    asked = {"units": None if units is None else list(units), "public": public, "never": _NEVER}
    while True:
        found = session.execute(_CODES, {**asked, "after": after, "many": AT_A_TIME})
        ids = list(found.scalars())
        if not ids:
            return
        yield from read(session, ids).values()
        after = ids[-1]


def record(session: Reader, code: str) -> PlaceRecord:
    """Answer one place. Raises NotFound for an unknown code and for one that is never public."""
    found = {} if "\x00" in code else read(session, list(ids_of(session, [code]).values()))
    for one in found.values():
        if one.may_be_public:
            return one
    raise NotFound(
        both(f"没有代码为「{code[:60]}」的地名。", f"no place has the code {code[:60]!r}")
    )


def ids_of(session: Reader, codes: Sequence[str]) -> dict[str, int]:
    """Answer the keys of the places that have these codes."""
    return {row.code: row.id for row in session.execute(_IDS, {"codes": list(codes)})}


def read(
    session: Reader, ids: Sequence[int], *, with_superiors: bool = True
) -> dict[int, PlaceRecord]:
    """Answer the records of some places by key, in the order given.

    `with_superiors` adds the divisions above as relations (part_of) where none such is stored.
    """
    if len(ids) > AT_A_TIME * 10:
        raise BadInput(both("一次读取的地名过多。", "too many places at once"))
    asked = {"ids": list(ids)}
    plain = session.execute(
        text(f"SELECT id, code, {', '.join(SCALARS)} FROM place WHERE id = ANY(:ids)"), asked
    )
    scalars = {row.id: row._mapping for row in plain}
    parts: dict[str, Any] = {part: _part(session, part, asked) for part in PARTS}
    if with_superiors:
        _add_superiors(session, parts["relations"], asked)
    made = {}
    for key in ids:
        if key in scalars:
            said: dict[str, Any] = {n: v for n, v in scalars[key].items() if n != "id"}
            said |= {part: tuple(parts[part][key]) for part in PARTS}
            made[key] = PlaceRecord(**said)
    return made


def _part(session: Reader, part: str, asked: dict[str, Any]) -> dict[int, list[Any]]:
    table, make, columns, has_years = PARTS[part]
    years = YEARS if has_years else ()
    shape = ", encode(ST_AsBinary(geom), 'hex') AS wkb" if part == "positions" else ""
    first = "geom IS NULL, " if part == "positions" else ""
    rows = session.execute(
        text(
            f"SELECT place_id, {', '.join((*columns, *years))}{shape} FROM {table}"
            f" WHERE place_id = ANY(:ids) ORDER BY place_id, {first}id"
        ),
        asked,
    )
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        said = {name: getattr(row, name) for name in columns}
        if part == "positions":
            said["wkb"] = row.wkb
        if has_years:
            said["years"] = Years(*(getattr(row, year) for year in YEARS))
        found[row.place_id].append(make(**said))
    return found


def _add_superiors(session: Reader, relations: dict[int, list[Any]], asked: dict[str, Any]) -> None:
    for row in session.execute(_AROUND, asked):
        code = f"unit:{row.other}"
        if any(one.kind == "part_of" and one.other == code for one in relations[row.place_id]):
            continue
        years = Years(row.start_year, row.start_year, row.end_year, row.end_year)
        relations[row.place_id].append(
            RelationRecord("part_of", code, row.label, years, None, row.citation)
        )

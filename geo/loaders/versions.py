"""How do staged rows become versions: which are new, changed, corrected, as before, or too old?

Everything happens in two temporary tables of the caller's transaction: `stage` holds what was
delivered (`row_number`, the key, the told columns, `old_id`, `fate`), `known` the stored versions
that it may speak of. What a delivery does not speak of goes on into the new version as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from geo.loaders.hanging import Hanging, carry, hang
from geo.loaders.journal import confirmed, journalled
from geo.loaders.publishing import publishes, told_of_publishing
from geo.loaders.report import Problem
from geo.loaders.staging import count_anew
from geo.models import Base

Target = Session | Connection

START_UNKNOWN = "自该日的交付起有记录，此前未知 · on record since this delivery; start unknown"
SYNTHETIC_PREFIX = "DEMO-"
"""Codes of made-up rows begin so; no delivery may use them."""
NOT_MERGED = {
    "newer_version": (
        "库中已有更晚的版本，未改动历史；请核对 --on 日期 · "
        "a later version is stored; history is not rewritten: check --on"
    ),
    "published_today": (
        "库中同日版本已公开，非公开的交付不能在同一天改动它；请用 --secrecy public 或更晚的 --on · "
        "the version of that very day is published; a delivery that is not public cannot replace "
        "it: state --secrecy public or a later --on"
    ),
    "published": (
        "库中此项已公开，非公开的交付不能改动它；请用 --secrecy public · "
        "what is stored is published; a delivery that is not public cannot replace it: state "
        "--secrecy public"
    ),
    "synthetic_code": (
        "编码属于合成演示数据，真实数据不能沿用；请改用自己的编码 · "
        "the code is one of a made-up row; give the real one its own"
    ),
    "outside_country": (
        "坐标在国境范围之外，而所述区划在境内；请核对经纬度的符号与坐标系 · "
        "the position is outside China, the stated division is not: check signs and the CRS"
    ),
}
"""Why a row that is well-formed is kept out all the same, by rule."""
EDITION = "该日期的版本，与后来的版本之间何时变更未知 · as of that day; when it changed is unknown"


@dataclass(frozen=True, slots=True)
class Destination:
    """The table that staged rows go to.

    `told` columns are compared and replaced; `derived` ones follow a change but are none. `fixed`
    gives SQL for columns of new and changed rows (`s` the staged row, `d` the delivery). What is
    `hanging` on a version goes over to the next, but where the delivery speaks of it. With
    `editions` a delivery may speak of a day before the stored version's source: it becomes a
    version of its own up to that source's date. A table that is not `versioned` is corrected in
    place.
    """

    table: str
    told: tuple[str, ...]
    keys: tuple[str, ...] = ("code",)
    derived: tuple[str, ...] = ()
    fixed: Mapping[str, str] = field(default_factory=dict)
    fixed_when_new: Mapping[str, str] = field(default_factory=dict)
    hanging: tuple[Hanging, ...] = ()
    editions: bool = False
    versioned: bool = True
    start_unknown: str = START_UNKNOWN

    @property
    def columns(self) -> list[str]:
        """Every column but those that the database fills itself."""
        found = Base.metadata.tables[self.table].columns
        return [column.name for column in found if column.name not in ("id", "row_version")]

    @property
    def spoken(self) -> set[str]:
        """Every column that a delivery fills, by what it says or by what follows from it."""
        return {*self.told, *self.derived, *self.fixed, *self.fixed_when_new}

    @property
    def publishes(self) -> str:
        """SQL: whether a row that follows `t` is public (`:public`)."""
        return publishes(self.table, self.spoken, self.keys, self.hanging)

    def matches(self, left: str, right: str) -> str:
        """SQL: the keys of two rows agree."""
        return " AND ".join(f"{left}.{key} = {right}.{key}" for key in self.keys)


@dataclass(frozen=True, slots=True)
class Merged:
    """How many rows are new, changed or as before; which were kept out, by which rule."""

    kept: int
    updated: int
    unchanged: int
    not_merged: list[tuple[int, str]]
    problems: list[Problem]


def find_known(
    target: Target, into: Destination, on: date, *, among: str | None = None, also: str = ""
) -> None:
    """Collect in `known` the stored versions of the staged keys, or of the keys in `among` (SQL).

    One pass, so that rows are compared by hash joins and not one look into an index at a time.
    """
    keys = ", ".join(into.keys)
    times = (
        "validity @> CAST(:on AS date) AS in_force, upper_inf(validity) AS lasts, "
        "lower(validity) AS begins, public_validity IS NOT NULL AS is_seen"
        if into.versioned
        else "true AS in_force, true AS lasts, NULL::date AS begins, false AS is_seen"
    )
    if "is_synthetic" in into.columns:
        also += ", is_synthetic"
    count_anew(target, into.table, "delivery_change")
    target.execute(text("DROP TABLE IF EXISTS pg_temp.known"))
    target.execute(
        text(
            f"CREATE TEMP TABLE known ON COMMIT DROP AS SELECT id, {keys}, {times}{also} "
            f"FROM {into.table} WHERE ({keys}) IN ({among or f'SELECT {keys} FROM stage'})"
        ),
        {"on": on} if into.versioned else {},
    )
    target.execute(text("ANALYZE known"))


def merge_versions(
    target: Target, into: Destination, *, delivery_id: int, on: date, secrecy: str,
    note: str | None = None,
) -> Merged:  # fmt: skip
    """Give each staged row its fate and bring it into the table; `known` must be there.

    A key that is not stored becomes a version from `on`; one that differs ends the stored version
    on `on` and begins another, or corrects it in place when it began on that very day. A row that
    would rewrite a version which a later one has followed is not merged, nor one that is kept out
    by another rule of `NOT_MERGED`, nor one whose `fate` was given before. Only a delivery with
    secrecy `public` publishes (`geo.loaders.publishing`).
    """
    is_public = secrecy == "public"
    bound = {"on": on, "delivery": delivery_id, "note": note, "public": is_public}
    if target.execute(text("SELECT EXISTS (SELECT FROM known)")).scalar_one():
        _give_fates(target, into, on, is_public)
    else:
        _give_fates_of_first(target, into)
    fates = target.execute(text("SELECT fate, count(*) FROM stage GROUP BY fate"))
    counts: dict[str, int] = {row[0]: row[1] for row in fates}
    # Each step looks at the whole stage: those with nothing to do are left out.
    parted = counts.get("changed", 0) + counts.get("edition", 0)
    if into.versioned and parted:
        _begin_versions(target, into, bound)
    if counts.get("corrected"):
        _correct(target, into, bound)
    if counts.get("unchanged"):
        _refresh(target, into, bound)
    if counts.get("new"):
        _insert_new(target, into, bound)
    if parted or counts.get("corrected") or counts.get("new"):
        for one in into.hanging:
            hang(target, one, into.table, into.matches("t", "s"), on)
    if into.versioned and (parted or _any_seen(target)):
        _end_seen(target, into, bound)
    problems = []
    if parted or counts.get("corrected") or counts.get("unchanged"):
        problems = told_of_publishing(
            target,
            into.table,
            into.matches("t", "s"),
            on=on,
            is_public=is_public,
            versioned=into.versioned,
        )
    updated = parted + counts.get("corrected", 0)
    not_merged = _kept_out(target) if counts.keys() & NOT_MERGED.keys() else []
    return Merged(counts.get("new", 0), updated, counts.get("unchanged", 0), not_merged, problems)


def _any_seen(target: Target) -> bool:
    """Whether the public goes on seeing an earlier version of anything staged."""
    found = target.execute(text("SELECT EXISTS (SELECT FROM known WHERE is_seen)"))
    return bool(found.scalar_one())


def _kept_out(target: Target) -> list[tuple[int, str]]:
    """The rows that were not merged, and by which rule."""
    found = target.execute(
        text("SELECT row_number, fate FROM stage WHERE fate = ANY(:rules) ORDER BY row_number"),
        {"rules": list(NOT_MERGED)},
    )
    return [(row[0], row[1]) for row in found]


def _give_fates_of_first(target: Target, into: Destination) -> None:
    """Give fates where nothing is stored under any of the keys: there is nothing to compare."""
    target.execute(
        text(
            "UPDATE stage SET fate = 'synthetic_code' "
            f"WHERE fate IS NULL AND {into.keys[0]}::text LIKE '{SYNTHETIC_PREFIX}%'"
        )
    )
    if target.execute(text("SELECT EXISTS (SELECT FROM stage WHERE fate <> '')")).scalar_one():
        target.execute(text("UPDATE stage SET fate = 'new' WHERE fate IS NULL"))
    else:  # a column with a default costs nothing, an update writes every row and shape again
        target.execute(
            text("ALTER TABLE stage DROP COLUMN fate, ADD COLUMN fate text DEFAULT 'new'")
        )


def _listed(alias: str, names: tuple[str, ...]) -> str:
    return ", ".join(f"{alias}.{name}" for name in names)


def _give_fates(target: Target, into: Destination, on: date, is_public: bool) -> None:
    """Compare each staged row with the version in force on the day.

    `extra` is compared only for the columns that this delivery brings. The stored version is only
    contradicted by a later source where it says something else, not where it says nothing.
    """
    same = f"ROW({_listed('t', into.told)}) IS NOT DISTINCT FROM ROW({_listed('s', into.told)})"
    if "extra" in into.columns:
        same += " AND coalesce(t.extra, '{}') @> coalesce(s.extra, '{}')"
    same += "".join(f" AND {one.agrees()}" for one in into.hanging if one.staged)
    says_else = " OR ".join(
        f"t.{name} IS NOT NULL AND t.{name} IS DISTINCT FROM s.{name}" for name in into.told
    )
    later = (
        f"t.source_date > CAST(:on AS date) AND t.validity @> t.source_date AND ({says_else})"
        if into.editions
        else "false"
    )
    in_place = "lower(t.validity) = CAST(:on AS date)" if into.versioned else "true"
    seen = "published_today" if into.versioned else "published"
    synthetic = "is_synthetic" in into.columns
    keys = ", ".join(into.keys)
    made = (
        f"LEFT JOIN (SELECT DISTINCT {keys}, true AS is_made FROM known WHERE is_synthetic) made\n"
        f"     ON {into.matches('made', 'o')}\n"
        if synthetic
        else ""
    )
    made_up = "made.is_made" if synthetic else "false"
    code = f"{into.keys[0]}::text"
    followed = "NOT upper_inf(t.validity)" if into.versioned and not into.editions else "false"
    key = into.keys[0]
    target.execute(
        text(f"""
UPDATE stage s SET old_id = t.id, fate = CASE
    WHEN s.fate IS NOT NULL THEN s.fate
    WHEN o.{code} LIKE '{SYNTHETIC_PREFIX}%' OR {made_up} THEN 'synthetic_code'
    WHEN t.id IS NULL THEN CASE WHEN later.{key} IS NULL THEN 'new' ELSE 'newer_version' END
    WHEN {same} THEN 'unchanged'
    WHEN {followed} THEN 'newer_version'
    WHEN {later} THEN 'edition'
    WHEN {in_place} THEN CASE WHEN t.is_published AND NOT :public THEN '{seen}'
                              ELSE 'corrected' END
    ELSE 'changed' END
FROM stage o
LEFT JOIN known k ON {into.matches("k", "o")} AND k.in_force
LEFT JOIN {into.table} t ON t.id = k.id
LEFT JOIN (SELECT DISTINCT {", ".join(into.keys)} FROM known WHERE begins > CAST(:on AS date)) later
     ON {into.matches("later", "o")}
{made}WHERE o.row_number = s.row_number"""),
        {"on": on, "public": is_public},
    )


def _replaced(into: Destination) -> dict[str, str]:
    """SQL for the columns that a delivery changes, from `s`, `t` and `d`."""
    return {
        **{name: f"s.{name}" for name in (*into.told, *into.derived)},
        **({"extra": "nullif(coalesce(t.extra, '{}') || coalesce(s.extra, '{}'), '{}')"}
           if "extra" in into.columns else {}),
        **into.fixed,
        "is_published": into.publishes,
        "delivery_id": "d.id",
    }  # fmt: skip


_ORIGIN = {"source": "d.file_name", "source_date": "CAST(:on AS date)"}


def _begin_versions(target: Target, into: Destination, bound: dict[str, Any]) -> None:
    """Part the present version of each changed row at the day, or an edition's at both its ends.

    The stored row keeps its identity: as the past of a change, as the present of an edition.
    """
    table = into.table
    target.execute(
        text(f"""
CREATE TEMP TABLE parted ON COMMIT DROP AS
SELECT s.row_number, t.id, t.validity AS whole, s.fate,
    t.is_published AND NOT {into.publishes} AS stays_seen,
    CASE s.fate WHEN 'edition' THEN daterange(t.source_date, upper(t.validity))
                ELSE daterange(lower(t.validity), CAST(:on AS date)) END AS keeps,
    CASE s.fate WHEN 'edition' THEN daterange(CAST(:on AS date), t.source_date)
                ELSE daterange(CAST(:on AS date), upper(t.validity)) END AS begins
FROM stage s JOIN {table} t ON t.id = s.old_id WHERE s.fate IN ('changed', 'edition')"""),
        bound,
    )
    edition = {**bound, "edition": EDITION}
    statement = f"""
UPDATE {table} t SET validity = p.keeps,
    validity_note = CASE p.fate WHEN 'edition' THEN :edition ELSE t.validity_note END,
    public_validity = CASE WHEN p.stays_seen THEN coalesce(t.public_validity, p.whole)
        WHEN p.fate = 'edition' AND t.public_validity IS NOT NULL
        THEN daterange(lower(p.keeps), upper(t.public_validity)) END
FROM parted p WHERE t.id = p.id"""
    changed = ("validity", "validity_note", "public_validity")
    ended = journalled(statement, table, "t", "ended", changed=changed)
    target.execute(text(ended), edition)
    replaced = {
        **_replaced(into),
        **_ORIGIN,
        "validity": "p.begins",
        "public_validity": "NULL::daterange",
        "validity_note": "CASE WHEN s.fate = 'edition' THEN CAST(:edition AS text) END",
    }
    values = ", ".join(replaced.get(name, f"t.{name}") for name in into.columns)
    _insert(
        target, into,
        f"SELECT {values} FROM parted p JOIN {table} t ON t.id = p.id "
        "JOIN stage s ON s.row_number = p.row_number, delivery d WHERE d.id = :delivery",
        edition,
    )  # fmt: skip
    # What came before an edition stays as it was stored: nothing is known of it.
    past = "daterange(lower(p.whole), CAST(:on AS date))"
    begins = {"validity": past, "public_validity": "NULL::daterange",
              "is_published": "t.is_published AND NOT p.stays_seen"}  # fmt: skip
    values = ", ".join(begins.get(name, f"t.{name}") for name in into.columns)
    _insert(
        target, into,
        f"SELECT {values} FROM parted p JOIN {table} t ON t.id = p.id WHERE p.fate = 'edition' "
        f"AND NOT isempty({past})",
        bound,
    )  # fmt: skip
    for one in into.hanging:
        carry(target, one, table, into.matches("n", "t"))
    target.execute(text("DROP TABLE pg_temp.parted"))


def _end_seen(target: Target, into: Destination, bound: dict[str, Any]) -> None:
    """End what the public goes on seeing of earlier versions where a published one begins."""
    keys = ", ".join(f"t.{key}" for key in into.keys)
    # Materialized: where statistics are old, the planner may look at all rows for each staged one.
    statement = f"""
UPDATE {into.table} t SET public_validity = daterange(lower(t.public_validity), n.begins)
FROM (WITH seen AS MATERIALIZED (
          SELECT t.* FROM {into.table} t WHERE t.public_validity IS NOT NULL)
      SELECT t.id, min(lower(n.validity)) AS begins
      FROM seen t JOIN {into.table} n ON {into.matches("n", "t")} AND n.id <> t.id
           AND n.is_published AND n.validity && t.public_validity
      WHERE ({keys}) IN (SELECT {", ".join(into.keys)} FROM stage)
      GROUP BY t.id) n
WHERE n.id = t.id"""
    target.execute(
        text(journalled(statement, into.table, "t", "ended", changed=("public_validity",))), bound
    )


def _correct(target: Target, into: Destination, bound: dict[str, Any]) -> None:
    """Write what was told over the version that began on this very day."""
    _update(
        target, into, {**_replaced(into), **_ORIGIN},
        "FROM stage s, delivery d "
        "WHERE s.fate = 'corrected' AND t.id = s.old_id AND d.id = :delivery",
        bound, hanging=tuple(one for one in into.hanging if one.staged),
    )  # fmt: skip


def _refresh(target: Target, into: Destination, bound: dict[str, Any]) -> None:
    """Bring derived columns and publication of unchanged rows up to date; that is no change."""
    fresh = {
        **{name: f"coalesce(s.{name}, t.{name})" for name in into.derived},
        "is_published": f"t.is_published OR {into.publishes}",
    }
    differs = " OR ".join(f"{value} IS DISTINCT FROM t.{name}" for name, value in fresh.items())
    stale = f"s.fate = 'unchanged' AND t.id = s.old_id AND ({differs})"
    _update(target, into, fresh, f"FROM stage s WHERE {stale}", bound)
    unchanged = "SELECT old_id FROM stage WHERE fate = 'unchanged'"
    target.execute(text(confirmed(into.table, unchanged)), bound)


def _update(
    target: Target, into: Destination, values: dict[str, str], chosen: str, bound: dict[str, Any],
    *, hanging: tuple[Hanging, ...] = (),
) -> None:  # fmt: skip
    """Set values of the chosen rows `t`; they and what is hanging are journalled as they were."""
    assign = ", ".join(f"{name} = {value}" for name, value in values.items())
    statement = f"UPDATE {into.table} t SET {assign} {chosen}"
    also = {one.table: f"coalesce({one.of('o')}, '[]')" for one in hanging}
    written = journalled(statement, into.table, "t", "corrected", changed=tuple(values), also=also)
    target.execute(text(written), bound)


def _insert_new(target: Target, into: Destination, bound: dict[str, Any]) -> None:
    """Begin the first version of what was not stored, on the day of the delivery."""
    values = {
        **{key: f"s.{key}" for key in into.keys},
        **{name: f"s.{name}" for name in (*into.told, *into.derived)},
        **({"extra": "s.extra"} if "extra" in into.columns else {}),
        **into.fixed,
        **into.fixed_when_new,
        **_ORIGIN,
        "is_published": "CAST(:public AS bool)",
        "delivery_id": "d.id",
    }
    if into.versioned:
        values["validity"] = "daterange(CAST(:on AS date), NULL)"
        values["validity_note"] = "CAST(:start_unknown AS text)"
    statement = (
        f"SELECT {', '.join(values.values())} FROM stage s, delivery d "
        "WHERE s.fate = 'new' AND d.id = :delivery"
    )
    _insert(target, into, statement, {**bound, "start_unknown": into.start_unknown}, tuple(values))


def _insert(
    target: Target, into: Destination, select: str, bound: dict[str, Any],
    columns: tuple[str, ...] | None = None,
) -> None:  # fmt: skip
    """Insert what a SELECT gives and note each new row in the journal."""
    names = ", ".join(columns or into.columns)
    statement = f"INSERT INTO {into.table} AS t ({names}) {select}"
    target.execute(text(journalled(statement, into.table, "t", "began")), bound)

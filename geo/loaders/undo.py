"""How is a delivery taken back whole, so that the database is as it was before it?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from geo.errors import BadInput, DeliveryRefused, NotFound
from geo.loaders.hanging import hang_again
from geo.loaders.journal import ONE_AT_A_TIME
from geo.loaders.store import Target
from geo.models import Base

SHOWN = 5
DERIVED = ("place_name",)
"""Tables whose rows are written again for search (readings of names), which undoing may undo."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What taking back changed: versions removed, in force again, with their former values."""

    delivery_id: int
    file_name: str
    removed: int
    reopened: int
    restored: int


def undo_delivery(session: Target, delivery_id: int) -> Undone:
    """Take a delivery back inside the session's transaction; the caller commits.

    Versions that it began vanish with what hangs on them, versions that it ended are in force
    again, rows that it corrected have their former values; its refused rows stay readable.
    Raises NotFound for an unknown delivery, BadInput when it is undone already, DeliveryRefused
    when a later delivery or another write built on it, or when it has no journal.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
    name = _still_loaded(session, delivery_id)
    bound = {"id": delivery_id}
    tables = _ordered(session.execute(text(_TABLES), bound).scalars().all())
    # Right after a large delivery the planner still takes its tables for empty: it would look at
    # every row for every row.
    session.execute(text(f"ANALYZE {', '.join(['delivery_change', *tables])}"))
    _refuse_unjournalled(session, delivery_id)
    _refuse_built_on(session, delivery_id)
    for table in (table for table in tables if table not in DERIVED):
        _refuse_changed_since(session, delivery_id, table)
    savepoint = session.begin_nested()
    try:
        removed = sum(_remove(session, bound, table) for table in reversed(tables))
        counts = [_restore(session, bound, table) for table in tables]
    except IntegrityError as problem:
        savepoint.rollback()
        raise DeliveryRefused(
            f"交付 {delivery_id} 的记录被其他数据引用，未撤销任何内容；请先撤销引用它们的交付。\n"
            f"Rows of delivery {delivery_id} are referred to by other data; nothing was undone: "
            "undo what refers to them first."
        ) from problem
    savepoint.commit()
    session.execute(text("DELETE FROM delivery_change WHERE delivery_id = :id"), bound)
    session.execute(text("UPDATE delivery SET status = 'undone' WHERE id = :id"), bound)
    return Undone(
        delivery_id, name, removed, sum(ended for ended, _ in counts),
        sum(corrected for _, corrected in counts),
    )  # fmt: skip


_TABLES = "SELECT DISTINCT table_name FROM delivery_change WHERE delivery_id = :id"


def _ordered(found: Any) -> list[str]:
    """The journalled tables, those that are referred to before those that refer."""
    return [table.name for table in Base.metadata.sorted_tables if table.name in set(found)]


def _still_loaded(session: Target, delivery_id: int) -> str:
    row = session.execute(
        text("SELECT file_name, status FROM delivery WHERE id = :id FOR UPDATE"),
        {"id": delivery_id},
    ).one_or_none()
    if row is None:
        raise NotFound(
            f"没有编号为 {delivery_id} 的交付；./atlas deliveries 列出全部。\n"
            f"There is no delivery {delivery_id}; ./atlas deliveries lists them."
        )
    if row.status == "undone":
        raise BadInput(
            f"交付 {delivery_id}（{row.file_name}）已经撤销过，没有再做任何改动。\n"
            f"Delivery {delivery_id} ({row.file_name}) is undone already; nothing was changed.",
            parameter="delivery",
        )
    return str(row.file_name)


def _refuse_unjournalled(session: Target, delivery_id: int) -> None:
    """Refuse deliveries made by other means (a city, demo data) or before the journal existed."""
    for table in Base.metadata.sorted_tables:
        if "delivery_id" not in table.c or "id" not in table.c or table.name == "refused_row":
            continue
        missing = session.execute(
            text(f"""
SELECT EXISTS (SELECT id FROM {table.name} WHERE delivery_id = :id
    EXCEPT SELECT row_id FROM delivery_change
    WHERE delivery_id = :id AND table_name = '{table.name}')"""),
            {"id": delivery_id},
        ).scalar_one()
        if missing:
            raise DeliveryRefused(
                f"交付 {delivery_id} 不是由 ./atlas load 导入，或导入时还没有变更日志，无法撤销。\n"
                f"Delivery {delivery_id} did not come by ./atlas load, or came before changes were "
                "journalled: it cannot be undone."
            )


def _refuse_built_on(session: Target, delivery_id: int) -> None:
    """Refuse when a later delivery wrote or confirmed rows that this one wrote, and name it."""
    later = session.execute(
        text("""
SELECT d.id, d.file_name, count(*) FROM delivery_change mine
JOIN delivery_change other USING (table_name, row_id) JOIN delivery d ON d.id = other.delivery_id
WHERE mine.delivery_id = :id AND other.delivery_id > :id AND mine.action <> 'confirmed'
GROUP BY d.id, d.file_name ORDER BY d.id DESC"""),
        {"id": delivery_id},
    ).all()
    if later:
        shown = ", ".join(f"{row[0]} ({row[1]}, {row[2]})" for row in later[:SHOWN])
        newest = later[0][0]
        raise DeliveryRefused(
            f"之后的交付建立在交付 {delivery_id} 之上：{shown}；请先撤销 ./atlas undo {newest}。\n"
            f"Later deliveries built on delivery {delivery_id} (id, file, rows): {shown}; undo "
            f"the newest first: ./atlas undo {newest}"
        )


def _refuse_changed_since(session: Target, delivery_id: int, table: str) -> None:
    """Refuse when rows were written since by something that keeps no journal."""
    number, example = session.execute(
        text(f"""
SELECT count(*), min(c.row_id) FROM delivery_change c LEFT JOIN {table} t ON t.id = c.row_id
WHERE c.delivery_id = :id AND c.table_name = '{table}' AND c.action <> 'confirmed'
    AND t.row_version IS DISTINCT FROM c.version_after"""),
        {"id": delivery_id},
    ).one()
    if number:
        raise DeliveryRefused(
            f"交付 {delivery_id} 写入的 {table} 中有 {number} 条之后另被修改（如 id {example}），"
            "撤销会丢失这些修改，未做任何改动。\n"
            f"{number} rows of {table} (id {example} …) were changed since delivery "
            f"{delivery_id}; undoing would lose that: nothing was changed."
        )


def _remove(session: Target, bound: dict[str, Any], table: str) -> int:
    """Delete the versions that the delivery began; what hangs on them goes by cascade."""
    return _count(
        session,
        f"""
DELETE FROM {table} t USING delivery_change c
WHERE c.delivery_id = :id AND c.table_name = '{table}' AND c.action = 'began'
    AND t.id = c.row_id""",
        bound,
    )


def _restore(session: Target, bound: dict[str, Any], table: str) -> tuple[int, int]:
    """Give changed rows their former values; how many were reopened, how many corrected back."""
    columns = [
        c.name for c in Base.metadata.tables[table].columns if c.name not in ("id", "row_version")
    ]
    quoted = ", ".join(columns)
    counts = [
        _count(
            session,
            f"""
UPDATE {table} t SET ({quoted}) = (SELECT {", ".join(f"r.{name}" for name in columns)}
    FROM jsonb_populate_record(t, c.former) r)
FROM delivery_change c WHERE c.delivery_id = :id AND c.table_name = '{table}'
    AND c.action = '{action}' AND t.id = c.row_id""",
            bound,
        )
        for action in ("ended", "corrected")
    ]
    hang_again(session, table, bound["id"])
    # Earlier deliveries recognise their rows by the version that this restoring has moved.
    session.execute(
        text(f"""
UPDATE delivery_change e SET version_after = t.row_version
FROM delivery_change c JOIN {table} t ON t.id = c.row_id
WHERE c.delivery_id = :id AND c.table_name = '{table}' AND c.action IN ('ended', 'corrected')
    AND e.delivery_id < :id AND e.table_name = '{table}' AND e.row_id = c.row_id"""),
        bound,
    )
    return counts[0], counts[1]


def _count(session: Target, statement: str, bound: dict[str, Any]) -> int:
    result: Any = session.execute(text(statement), bound)
    return int(result.rowcount)

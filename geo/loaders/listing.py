"""What was delivered, and what does the report of one delivery say?"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from geo.errors import NotFound

FATES = ("rows_read", "kept", "merged", "updated", "unchanged", "refused", "review")


@dataclass(frozen=True, slots=True)
class Listed:
    """A delivery in a list; `counts` is None for what came by other means than a loading."""

    id: int
    kind: str
    file_name: str
    received_at: datetime
    secrecy: str
    status: str
    crs_used: str | None
    delivered_by: str | None
    counts: dict[str, int] | None


def listed(
    target: Session | Connection, *, kinds: Collection[str] | None = None, limit: int = 20,
    offset: int = 0,
) -> list[Listed]:  # fmt: skip
    """The deliveries of these kinds (None: of all), the newest first."""
    counts = ", ".join(f"'{fate}', report -> '{fate}'" for fate in FATES)
    rows = target.execute(
        text(f"""
SELECT id, kind, file_name, received_at, secrecy, status, crs_used, delivered_by,
       CASE WHEN report ? 'rows_read' THEN jsonb_build_object({counts}) END
FROM delivery WHERE CAST(:kinds AS text[]) IS NULL OR kind = ANY(CAST(:kinds AS text[]))
ORDER BY id DESC LIMIT :limit OFFSET :offset"""),
        {"kinds": None if kinds is None else list(kinds), "limit": limit, "offset": offset},
    )
    return [Listed(*row) for row in rows]


def report_of(target: Session | Connection, delivery_id: int) -> tuple[str, dict[str, Any]]:
    """The kind of a delivery, and its report with its present `status`; NotFound without either."""
    row = target.execute(
        text("SELECT kind, status, report FROM delivery WHERE id = :id"), {"id": delivery_id}
    ).one_or_none()
    if row is None or "rows_read" not in (row.report or {}):
        raise NotFound(
            f"没有编号为 {delivery_id} 的交付，或它没有报告。\n"
            f"There is no delivery {delivery_id} with a report."
        )
    return row.kind, {**row.report, "delivery_id": delivery_id, "status": row.status}

"""Which command lists the rows of a delivery that may be the same site as another?"""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import text

from geo.errors import NotFound

_LISTED = text("""
SELECT r ->> 'row', r ->> 'code', f.name, r ->> 'other', coalesce(o.name, '') ||
       CASE WHEN r ->> 'other_row' IS NULL THEN ''
            ELSE format('（第 %s 行）', r ->> 'other_row') END,
       r ->> 'score', r -> 'reasons'
FROM delivery d, jsonb_array_elements(d.report -> 'review_list') r
LEFT JOIN LATERAL (SELECT name FROM facility WHERE code = r ->> 'code'
                   ORDER BY validity DESC LIMIT 1) f ON true
LEFT JOIN LATERAL (SELECT name FROM facility WHERE code = r ->> 'other'
                   ORDER BY validity DESC LIMIT 1) o ON true
WHERE d.id = :id
ORDER BY (r ->> 'score')::float DESC, (r ->> 'row')::int LIMIT :limit
""")


def register(deliveries: typer.Typer) -> None:
    """Add `review` to the commands on deliveries."""
    deliveries.command("review")(review)


def review(
    delivery: Annotated[int, typer.Argument(help="交付编号 · id, as ./atlas deliveries lists it")],
    limit: Annotated[int, typer.Option(min=1, help="最多几条 · at most")] = 50,
) -> None:
    """列出疑似重复的行 · List kept rows that may be one site with another, likeliest first."""
    from geo.db.engine import open_session

    with open_session("atlas deliveries review") as session:
        known = session.execute(text("SELECT id FROM delivery WHERE id = :id"), {"id": delivery})
        if known.first() is None:
            raise NotFound(f"没有编号为 {delivery} 的交付。\nThere is no delivery {delivery}.")
        rows = session.execute(_LISTED, {"id": delivery, "limit": limit}).all()
    console = Console()
    if not rows:
        console.print("没有待核的行 · nothing to review")
        return
    shown = Table(title=f"交付 {delivery} 待核 · to review")
    for heading in ("行\nrow", "设施\nsite", "疑似\nmay be", "分\nscore", "理由\nreasons"):
        shown.add_column(heading)
    for row, code, name, other, other_name, score, reasons in rows:
        cells = (row, f"{name or ''}\n{code or ''}", f"{other_name}\n{other or ''}", score,
                 "\n".join(reasons))  # fmt: skip
        shown.add_row(*(escape(str(cell)) for cell in cells))
    console.print(shown)

"""Which stored versions may the public see after a delivery, and what is said of the others?

Only a delivery whose secrecy is `public` publishes; nothing is public because an earlier version
was. A delivery that is not public begins a version that is not published, and the public goes on
seeing the last published one (`geo.models.public`). And what was stored as not public does not
become public because a public delivery has a few other columns of the same site.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from geo.loaders.report import Problem
from geo.models import Facility

_OWN = {
    "id", "row_version", "code", "admin_code", "geom", "position_quality", "position_note",
    "validity", "validity_note", "source", "source_date", "is_synthetic", "method", "seed",
    "is_published", "delivery_id",
}  # fmt: skip
"""Columns that every version gets anew, or that say nothing a delivery could keep back."""
_STILL_SEEN = (
    "本次交付不是公开的: 已存为非公开版本, 公众仍看到此前公开的内容 · "
    "this delivery is not public: stored unpublished, the public goes on seeing what it saw"
)
_HELD_BACK = (
    "库中有此设施的非公开内容, 本次公开交付没有说到, 因此仍不公开; 请交付完整的一行 · "
    "stored values that are not public and that this delivery does not speak of: not published; "
    "deliver the whole row"
)


def publishes(told: list[str]) -> str:
    """SQL: whether a version that follows `f` with the columns `told` is public (`:public`).

    The columns that the delivery does not speak of come from `f`: they must be public already, in
    `f` itself or in another published version of the site, or be unknown.
    """
    untold = [
        column.name
        for column in Facility.__table__.columns
        if column.name not in {*told, *_OWN} and not column.info.get("private")
    ]
    stored, seen = (", ".join(f"{row}.{name}" for name in untold) for row in ("f", "p"))
    unknown = ", ".join(f"f.{name}" for name in untold if name != "state")
    usual = "f.state = 'open' AND " if "state" in untold else ""
    return (
        f":public AND (f.is_published OR ({usual}ROW({unknown}) IS NULL) OR EXISTS ("
        "SELECT FROM facility p WHERE p.code = f.code AND p.is_published AND NOT p.is_synthetic "
        f"AND ROW({seen}) IS NOT DISTINCT FROM ROW({stored})))"
    )


_UNPUBLISHED = text("""
SELECT s.row_number FROM stage s JOIN facility f ON f.code = s.code AND f.validity @> :on
WHERE s.fate IN ('changed', 'corrected', 'unchanged') AND NOT f.is_published
  AND (:public OR (s.fate = 'changed' AND EXISTS (
       SELECT FROM facility p WHERE p.id = s.old_id AND p.is_published)))
ORDER BY s.row_number
""")


def told_of_publishing(target: Session | Connection, *, on: date, is_public: bool) -> list[Problem]:
    """What to say of merged rows that the public does not get to see as delivered."""
    message = _HELD_BACK if is_public else _STILL_SEEN
    rows = target.execute(_UNPUBLISHED, {"on": on, "public": is_public}).scalars()
    return [Problem(number, None, None, "not_published", message) for number in rows]

"""Which names are nominated for lists, how do they stand, and what was said on the way?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import text

from geo.errors import NotFound, both
from geo.queries.admin import Reader

STATE_WORDS = {
    "nominated": ("已提名", "nominated"), "reviewing": ("审核中", "under review"),
    "returned": ("已退回", "returned"), "published": ("已公布", "published"),
    "withdrawn": ("已撤回", "withdrawn"),
}  # fmt: skip
STEP_WORDS = {
    "nominated": ("提名", "nominate"), "opinion": ("部门意见", "a department's opinion"),
    "expert": ("专家意见", "an expert opinion"), "returned": ("退回", "return"),
    "resubmitted": ("重新提名", "nominate again"), "published": ("公布", "publish"),
    "withdrawn": ("撤回", "withdraw"),
}  # fmt: skip
VERDICT_WORDS = {
    "agree": ("同意", "agrees"), "disagree": ("不同意", "disagrees"),
    "abstain": ("不表态", "abstains"),
}  # fmt: skip
NEXT: dict[str, tuple[str, ...]] = {
    "nominated": ("opinion", "expert", "returned", "withdrawn"),
    "reviewing": ("opinion", "expert", "published", "returned", "withdrawn"),
    "returned": ("resubmitted", "withdrawn"),
    "published": ("withdrawn",),
    "withdrawn": (),
}
"""State → the steps that may follow."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step as it was taken; `verdict` of an opinion only."""

    step: str
    verdict: str | None
    on_date: date
    role: str
    reasons: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Nomination:
    """A nomination with its history; `next` holds the steps that may follow."""

    code: str
    place_code: str
    name: str
    family: str
    list_name: str
    list_level: str
    list_class: str | None
    era: str | None
    batch: str | None
    admin_code: str
    is_synthetic: bool
    state: str
    steps: tuple[Step, ...]

    @property
    def next(self) -> tuple[str, ...]:
        """Steps that may follow."""
        return NEXT[self.state]


_COLUMNS = """n.id, n.code, n.place_code, n.name, n.family, n.list_name, n.list_level, n.list_class,
    n.era, n.batch, n.admin_code, n.is_synthetic"""
_STEPS = text("""
SELECT nomination_id, step, verdict, on_date, role, reasons, recorded_at FROM heritage_step
WHERE nomination_id = ANY(:ids) ORDER BY id""")


def nomination(session: Reader, code: str) -> Nomination:
    """One nomination with its history. Raises NotFound."""
    query = text(f"SELECT {_COLUMNS} FROM heritage_nomination n WHERE n.code = :code")
    found = _read(session, session.execute(query, {"code": code}).all())
    if not found:
        raise NotFound(both(f"没有提名「{code[:40]}」。", f"there is no nomination {code[:40]!r}"))
    return found[0]


def nominations(
    session: Reader, *, place: str | None = None, state: str | None = None
) -> list[Nomination]:
    """Nominations with their history, the newest first; of a place, or in a state."""
    query = text(f"""
SELECT {_COLUMNS} FROM heritage_nomination n
WHERE CAST(:place AS text) IS NULL OR n.place_code = :place ORDER BY n.id DESC""")
    found = _read(session, session.execute(query, {"place": place}).all())
    return [one for one in found if state in (None, one.state)]


def _read(session: Reader, rows: Sequence[Any]) -> list[Nomination]:
    steps: dict[int, list[Step]] = {row.id: [] for row in rows}
    for row in session.execute(_STEPS, {"ids": list(steps)}):
        told = dict(row._mapping)
        steps[told.pop("nomination_id")].append(Step(**told))
    made = []
    for row in rows:
        told = dict(row._mapping)
        history = tuple(steps[told.pop("id")])
        made.append(Nomination(**told, state=_state(history), steps=history))
    return made


def _state(steps: tuple[Step, ...]) -> str:
    last = steps[-1].step
    if last in ("opinion", "expert"):
        return "reviewing"
    return "nominated" if last == "resubmitted" else last

"""How does a name come onto a list? Nominated, looked at by departments and experts, published.

Each step has a role (never a person), a day and reasons; steps are added, nothing is ever changed.
A name that is published enters the list at once; one that is withdrawn leaves it at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import BadInput, NotAllowed, NotFound, both
from geo.gazetteer.heritage.nominated import (
    STATE_WORDS,
    STEP_WORDS,
    VERDICT_WORDS,
    Nomination,
    nomination,
    nominations,
)
from geo.gazetteer.heritage.signing import impersonal, signed_role
from geo.gazetteer.heritage.words import levels
from geo.gazetteer.search import FAMILIES
from geo.models.heritage import VERDICTS, HeritageNomination, HeritageStep
from geo.queries.admin import unit
from geo.validity import today_in_china


@dataclass(frozen=True, slots=True)
class Proposed:
    """A place proposed for a list."""

    place_code: str
    family: str
    list_name: str
    list_level: str
    admin_code: str
    list_class: str | None = None
    era: str | None = None
    batch: str | None = None
    is_synthetic: bool = False


_NEXT_CODE = text(
    "SELECT coalesce(max(substr(code, 3)::int), 0) + 1 FROM heritage_nomination"
    " WHERE code ~ '^R-[0-9]+$'"
)
_NAME = text("""
SELECT n.name, p.is_published FROM place p JOIN place_name n ON n.place_id = p.id
WHERE p.code = :code ORDER BY n.kind = 'standard' DESC, n.id LIMIT 1""")
_ON_LIST = text("""
SELECT EXISTS (SELECT FROM heritage_listing h JOIN place p ON p.id = h.place_id
               WHERE p.code = :code AND h.list_name = :list)""")
_PUBLISH = text("""
INSERT INTO heritage_listing (place_id, list_name, family, list_class, list_level, batch,
    listed_year, era, citation, nomination_code)
SELECT p.id, :list_name, :family, :list_class, :list_level, :batch, :year, :era, :citation,
    :nominated
FROM place p WHERE p.code = :place AND p.is_published""")
_WITHDRAW = text("DELETE FROM heritage_listing WHERE nomination_code = :code")


def nominate(
    session: Session, proposed: Proposed, *, on: date, role: str, reasons: str
) -> Nomination:
    """Propose a place for a list; answers the nomination. The caller commits.

    Raises NotFound for an unknown place or division, BadInput for an unknown family or level, an
    empty list, role or reasons, a name that is on that list already or waits for it.
    """
    for parameter, value, known in (
        ("family", proposed.family, tuple(FAMILIES)),
        ("level", proposed.list_level, tuple(levels())),
    ):  # fmt: skip
        if value not in known:
            raise BadInput(
                both(
                    f"没有「{value[:20]}」；可用：{'、'.join(known)}。",
                    f"known: {', '.join(known)}",
                ),
                parameter=parameter,
            )
    _not_to_come(on)
    place = session.execute(_NAME, {"code": proposed.place_code}).first()
    if place is None:
        raise NotFound(
            both(
                f"没有地名「{proposed.place_code[:60]}」。", "there is no such place: load it first"
            )
        )
    around = unit(session, proposed.admin_code, on).code
    list_name = impersonal(proposed.list_name, "list_name")
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('heritage_nomination'))"))
    if session.execute(_ON_LIST, {"code": proposed.place_code, "list": list_name}).scalar():
        raise BadInput(both("该地名已在此名录中。", "the name is on that list"), parameter="place")
    waiting = [
        one.code
        for one in nominations(session, place=proposed.place_code)
        if one.list_name == list_name and one.state not in ("withdrawn", "published")
    ]
    if waiting:
        raise BadInput(
            both(f"该地名已由 {waiting[0]} 提名。", f"it is nominated by {waiting[0]}"),
            parameter="place",
        )
    row = HeritageNomination(
        code=f"R-{session.execute(_NEXT_CODE).scalar_one():04d}",
        place_code=proposed.place_code, name=place.name, family=proposed.family,
        list_name=list_name, list_level=proposed.list_level,
        list_class=_optional(proposed.list_class, "list_class"),
        era=_optional(proposed.era, "era"), batch=_optional(proposed.batch, "batch"),
        admin_code=around, is_synthetic=proposed.is_synthetic,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _append(session, row.id, "nominated", None, on, role, reasons)
    return nomination(session, row.code)


def take_step(
    session: Session, code: str, step: str, *, on: date, role: str, reasons: str,
    verdict: str | None = None,
) -> Nomination:  # fmt: skip
    """Add a step and answer how the nomination then stands. The caller commits.

    An opinion needs a verdict (agree, disagree, abstain). Publishing needs an opinion of a
    department and one of experts since it was last proposed, and a place that is public itself.
    Raises BadInput where the step does not follow, lies before the last one or in the future;
    NotAllowed where publishing is not open yet.
    """
    lock = text("SELECT id FROM heritage_nomination WHERE code = :code FOR UPDATE")
    row = session.execute(lock, {"code": code}).first()
    found = nomination(session, code)
    assert row is not None, "a nomination that was read has a row"
    if step not in found.next:
        allowed = "、".join(f"{STEP_WORDS[s][0]} {s}" for s in found.next) or "无"
        raise BadInput(
            both(
                f"{code} {STATE_WORDS[found.state][0]}，下一步可为：{allowed}。",
                f"{code} is {found.state}; next: {', '.join(found.next) or 'nothing'}",
            ),
            parameter="step",
        )
    _not_to_come(on)
    if on < found.steps[-1].on_date:
        raise BadInput(
            both(f"日期早于上一步 {found.steps[-1].on_date}。", "before the last step"),
            parameter="on",
        )
    is_opinion = step in ("opinion", "expert")
    if is_opinion != (verdict is not None) or verdict not in (None, *VERDICTS):
        known = "、".join(f"{VERDICT_WORDS[v][0]} {v}" for v in VERDICTS)
        raise BadInput(
            both(f"意见须写明结论：{known}；其他步骤不写。", f"an opinion says one of {VERDICTS}"),
            parameter="verdict",
        )
    if step == "published":
        _publish(session, found, on=on, role=role)
    if step == "withdrawn":
        session.execute(_WITHDRAW, {"code": code})
    _append(session, row.id, step, verdict, on, role, reasons)
    return nomination(session, code)


def _publish(session: Session, found: Nomination, *, on: date, role: str) -> None:
    """Put the place on its list. Raises NotAllowed with what is still missing."""
    since = max(
        at for at, s in enumerate(found.steps) if s.step in ("nominated", "resubmitted")
    )  # fmt: skip
    given = {s.step for s in found.steps[since:]}
    lacking = [STEP_WORDS[s] for s in ("opinion", "expert") if s not in given]
    if lacking:
        raise NotAllowed(
            both(
                f"公布前尚缺：{'、'.join(zh for zh, _ in lacking)}。",
                f"before publishing it needs {', '.join(en for _, en in lacking)}",
            )
        )
    done = session.execute(_PUBLISH, {
        "list_name": found.list_name, "family": found.family, "list_class": found.list_class,
        "list_level": found.list_level, "batch": found.batch, "year": on.year, "era": found.era,
        "citation": f"{found.list_name}（{found.code}，{signed_role(role)}，{on} 公布）",
        "nominated": found.code, "place": found.place_code,
    })  # fmt: skip
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise NotAllowed(
            both(
                "该地名尚未公开或已撤回；请先以公开交付载入。",
                "the place itself is not public: load it by a public delivery first",
            )
        )


def _append(
    session: Session, key: int, step: str, verdict: str | None, on: date, role: str, reasons: str
) -> None:
    session.add(
        HeritageStep(
            nomination_id=key, step=step, verdict=verdict, on_date=on, role=signed_role(role),
            reasons=impersonal(reasons, "reasons"),
        )
    )  # fmt: skip
    session.flush()


def _optional(written: str | None, parameter: str) -> str | None:
    return impersonal(written, parameter) if written and written.strip() else None


def _not_to_come(day: date) -> None:
    if day > today_in_china():
        raise BadInput(both("日期不能晚于今天。", "the day is yet to come"), parameter="on")

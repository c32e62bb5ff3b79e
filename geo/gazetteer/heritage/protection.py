"""How is a listed name protected: its state, its sign, its surveys, measures, a change of name?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import BadInput, NotAllowed, NotFound, both
from geo.gazetteer.heritage.places import listed_place
from geo.gazetteer.heritage.signing import impersonal, signed_role
from geo.models.heritage import RECORD_KINDS, HeritageRecord, HeritageWithdrawal
from geo.queries.admin import Reader
from geo.validity import today_in_china

KIND_WORDS = {
    "protection": ("存续状况", "state"), "sign": ("标志", "sign"), "survey": ("调查", "survey"),
    "measure": ("保护措施", "measure"), "name_change": ("更名", "change of name"),
}  # fmt: skip
VALUES: dict[str, dict[str, tuple[str, str]]] = {
    "protection": {
        "in_use": ("在用", "in use"), "endangered": ("濒危", "endangered"),
        "out_of_use": ("已停用", "out of use"), "restored": ("已恢复使用", "restored"),
    },
    "sign": {
        "standing": ("已设，完好", "standing"), "damaged": ("已设，损坏", "damaged"),
        "missing": ("已设，缺失", "missing"), "none": ("未设", "none"),
    },
    "survey": {"done": ("已调查", "surveyed")},
    "measure": {
        "sign": ("设立标志", "a sign"), "derived": ("派生命名", "derived names"),
        "reuse": ("移用、启用", "re-use"), "products": ("文创产品", "products"),
        "events": ("宣传活动", "events"), "archive": ("资料建档", "an archive"),
        "other": ("其他", "other"),
    },
}  # fmt: skip
"""Kind of record → its values. Measures as the ways of 地名管理条例实施办法 (2024)."""

ARTICLE_25 = (
    "列入保护名录的地名确需更名的，应当预先采取相应的保护措施（地名管理条例第二十五条）。",
    "A listed name may only be changed after a protection measure (Regulation, art. 25).",
)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """That an entry was taken back as a mistake: when, by which office, why."""

    on_date: date
    role: str
    reasons: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Record:
    """One entry: what was seen or done on a day; one that was withdrawn counts for nothing."""

    id: int
    kind: str
    value: str
    on_date: date
    due_on: date | None
    role: str | None
    note: str | None
    source: str | None
    is_synthetic: bool
    withdrawn: Withdrawal | None = None


_RECORDS = text("""
SELECT r.id, r.kind, r.value, r.on_date, r.due_on, r.role, r.note, r.source, r.is_synthetic,
    w.on_date AS w_on_date, w.role AS w_role, w.reasons AS w_reasons,
    w.recorded_at AS w_recorded_at
FROM heritage_record r LEFT JOIN heritage_withdrawal w ON w.record_id = r.id
WHERE r.place_code = :code ORDER BY r.on_date DESC, r.id DESC""")
_STANDING = "NOT EXISTS (SELECT FROM heritage_withdrawal w WHERE w.record_id = r.id)"
_LATEST = text(f"""
SELECT DISTINCT ON (kind) id, kind, value, on_date, due_on, CAST(NULL AS text) AS role,
    CAST(NULL AS text) AS note, source, is_synthetic
FROM heritage_record r
WHERE place_code = :code AND kind IN ('protection', 'sign', 'survey') AND on_date <= :on
    AND {_STANDING}
ORDER BY kind, on_date DESC, id DESC""")
_MEASURED = text(f"""
SELECT max(on_date) FROM heritage_record r
WHERE place_code = :code AND kind = 'measure' AND on_date <= :on AND {_STANDING}""")
_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('heritage_record'), hashtext(:code))")


def record(
    session: Session, code: str, kind: str, value: str, *, on: date, role: str,
    due_on: date | None = None, note: str | None = None, source: str | None = None,
) -> tuple[Record, ...]:  # fmt: skip
    """Enter what was seen or done for a listed name; answers its record. The caller commits.

    A change of name (value: the new name) is refused without a measure on or before that day.
    What was seen before the name came onto a list is kept too. Raises NotFound for a place on no
    list; BadInput for an unknown kind or value, or a day to come; NotAllowed for a change of name
    without a prior measure.
    """
    listed_place(session, code)
    session.execute(_LOCK, {"code": code})
    if kind not in RECORD_KINDS:
        raise BadInput(
            both(f"种类应为：{'、'.join(RECORD_KINDS)}。", f"one of {', '.join(RECORD_KINDS)}"),
            parameter="kind",
        )
    if kind in VALUES and value not in VALUES[kind]:
        known = "、".join(f"{zh} {word}" for word, (zh, _) in VALUES[kind].items())
        raise BadInput(
            both(f"值应为：{known}。", f"one of {list(VALUES[kind])}"), parameter="value"
        )
    if on > today_in_china():
        raise BadInput(both("日期不能晚于今天。", "the day is yet to come"), parameter="on")
    if due_on is not None and (kind != "survey" or due_on < on):
        raise BadInput(
            both(
                "下次调查日期只随调查填写，且不早于当日。",
                "due on belongs to a survey, not before it",
            ),
            parameter="due_on",
        )
    if kind == "name_change":
        value = impersonal(value, "value")
        if session.execute(_MEASURED, {"code": code, "on": on}).scalar() is None:
            raise NotAllowed(
                both(
                    f"当日或之前没有登记保护措施，不能登记更名；请先登记保护措施。{ARTICLE_25[0]}",
                    f"No measure is entered on or before that day: enter it first. {ARTICLE_25[1]}",
                )
            )
    session.add(
        HeritageRecord(
            place_code=code, kind=kind, value=value, on_date=on, due_on=due_on,
            role=signed_role(role), note=impersonal(note, "note") if note else None,
            source=impersonal(source, "source") if source else None,
        )
    )  # fmt: skip
    session.flush()
    return records(session, code)


def withdraw(
    session: Session, code: str, entry: int, *, on: date, role: str, reasons: str
) -> tuple[Record, ...]:
    """Take back an entry that was a mistake; answers the whole record. The caller commits.

    The entry stays with who withdrew it, when and why, and counts for nothing from then on; one
    that was right after all is entered again. Raises NotFound where the place has no such entry;
    BadInput for one that is withdrawn already, a measure on which alone a change of name rests, a
    day before the entry's own or to come, an empty or personal role or reason.
    """
    listed_place(session, code)
    session.execute(_LOCK, {"code": code})
    told = records(session, code)
    found = next((one for one in told if one.id == entry), None)
    if found is None:
        raise NotFound(both(f"「{code[:60]}」没有编号为 {entry} 的记录。", f"no entry {entry}"))
    _refuse_withdrawing(found, told)
    if not found.on_date <= on <= today_in_china():
        raise BadInput(
            both(
                f"撤回日期应在记录当日（{found.on_date}）至今天之间。",
                f"the day lies between the entry's own ({found.on_date}) and today",
            ),
            parameter="on",
        )
    session.add(
        HeritageWithdrawal(
            record_id=entry, on_date=on, role=signed_role(role),
            reasons=impersonal(reasons, "reasons"),
        )
    )  # fmt: skip
    session.flush()
    return records(session, code)


def _refuse_withdrawing(found: Record, told: tuple[Record, ...]) -> None:
    """Raise BadInput where an entry is withdrawn already, or a change of name rests on it."""
    if found.withdrawn is not None:
        raise BadInput(
            both(
                f"记录 {found.id} 已于 {found.withdrawn.on_date} 撤回；如原本无误，请重新登记。",
                f"entry {found.id} was withdrawn on {found.withdrawn.on_date}; enter it again if "
                "it was right",
            ),
            parameter="entry",
        )
    standing = [one for one in told if one.withdrawn is None and one.id != found.id]
    measures = [one.on_date for one in standing if one.kind == "measure"]
    for change in (one for one in standing if one.kind == "name_change"):
        rests = found.kind == "measure" and found.on_date <= change.on_date
        if rests and not any(day <= change.on_date for day in measures):
            raise BadInput(
                both(
                    f"{change.on_date} 登记的更名「{change.value}」（记录 {change.id}）以此措施为"
                    "前提，请先撤回该更名。",
                    f"the change of name of {change.on_date} (entry {change.id}) rests on this "
                    "measure: withdraw that one first",
                ),
                parameter="entry",
            )


def records(session: Reader, code: str) -> tuple[Record, ...]:
    """Everything entered for a place, the newest first; also what was withdrawn, which says so."""
    return tuple(_record(dict(row._mapping)) for row in session.execute(_RECORDS, {"code": code}))


def _record(told: dict[str, Any]) -> Record:
    back = {name: told.pop(f"w_{name}") for name in Withdrawal.__slots__}
    return Record(**told, withdrawn=Withdrawal(**back) if back["on_date"] else None)


def latest(session: Reader, code: str, *, on: date) -> dict[str, Record]:
    """The last state, sign and survey by kind, as everybody may see them: no role, no remark."""
    rows = session.execute(_LATEST, {"code": code, "on": on})
    return {row.kind: Record(**row._mapping) for row in rows}


def words_of(kind: str, value: str | None) -> tuple[str, str]:
    """A state in words; unknown where nothing was entered."""
    if value is None:
        return "未知", "unknown"
    return VALUES.get(kind, {}).get(value, (value, value))

"""How is an approved name entered, and how are its days entered, corrected and taken back?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from geo.errors import BadInput, both
from geo.gazetteer.naming.approvals import STEP_WORDS, Approval, approval, entries
from geo.gazetteer.naming.proposal import LONGEST_NAME
from geo.gazetteer.naming.rules import rule_book
from geo.loaders.personal import redact
from geo.models.naming import APPROVAL_STEPS, NameApproval, NameApprovalEvent
from geo.queries.admin import Reader, unit
from geo.validity import today_in_china

LONGEST = 300


@dataclass(frozen=True)
class Named:
    """What is entered of an approved name; the division is told by code or by place."""

    name: str
    kind: str
    admin_code: str
    approved_on: date
    place_code: str | None = None
    document_no: str | None = None
    approver: str | None = None
    source: str | None = None
    is_synthetic: bool = False


def enter(
    session: Session, named: Named, *, role: str, note: str | None = None,
    today: date | None = None,
) -> int:  # fmt: skip
    """Enter an approved name and answer its number. The caller commits.

    Raises BadInput for an unknown kind, a day to come and text that holds what is personal;
    NotFound for an unknown division.
    """
    day = today or today_in_china()
    name = _plain(named.name, "name", LONGEST_NAME)
    if name is None:
        raise BadInput(both("请填写名称。", "give the name"), parameter="name")
    kind = rule_book().kind(named.kind).id
    code = unit(session, named.admin_code, day).code
    by = _role(role)
    _checked_day(named.approved_on, day, "approved_on")
    row = NameApproval(
        name=name, kind=kind, admin_code=code, place_code=_plain(named.place_code, "place_code"),
        document_no=_plain(named.document_no, "document_no"),
        approver=_plain(named.approver, "approver"), source=_plain(named.source, "source"),
        source_date=day if named.source else None, is_synthetic=named.is_synthetic,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _append(session, row.id, "approved", named.approved_on, by, note)
    return row.id


def record(
    session: Session, number: int, step: str, *, on_date: date | None, role: str,
    note: str | None = None, today: date | None = None,
) -> Approval:  # fmt: skip
    """Enter the day of a step, correct it by a new entry, or take it back (`on_date` None).

    The caller commits. Raises BadInput for an unknown step, a day to come, a day before the
    approval, an approval that would come after a step, and for taking back what was not entered.
    """
    day = today or today_in_china()
    if step not in APPROVAL_STEPS:
        known = "、".join(f"{words[0]} {one}" for one, words in STEP_WORDS.items())
        raise BadInput(
            both(f"未知步骤；可用：{known}。", f"known steps: {', '.join(STEP_WORDS)}"),
            parameter="step",
        )
    days = _days(session, approval(session, number, today=day).number)
    if on_date is None:
        _may_take_back(days, step)
    else:
        _checked_day(on_date, day, "on_date")
        _in_order(days, step, on_date)
    _append(session, number, step, on_date, _role(role), note)
    return approval(session, number, today=day)


def _days(session: Reader, number: int) -> dict[str, date]:
    """The day of each step as it now stands."""
    last = {entry.step: entry.on_date for entry in entries(session, number)}
    return {step: day for step, day in last.items() if day is not None}


def _may_take_back(days: dict[str, date], step: str) -> None:
    if step == "approved":
        raise BadInput(
            both(
                "批准日期只能更正；整条误登请用「撤销登记」。",
                "the day of approval can only be corrected; withdraw an entry made in error",
            ),
            parameter="step",
        )
    if step not in days:
        raise BadInput(
            both(f"尚未登记「{STEP_WORDS[step][0]}」。", "the step was not entered"),
            parameter="step",
        )


def _in_order(days: dict[str, date], step: str, on_date: date) -> None:
    """Nothing is filed, made public or put on signs before it is approved."""
    if "withdrawn" in days and step != "withdrawn":
        raise BadInput(
            both("此登记已撤销，请先撤回撤销。", "this entry is withdrawn; take that back first"),
            parameter="step",
        )
    approved = on_date if step == "approved" else days["approved"]
    later = {**days, step: on_date}
    early = [one for one, day in later.items() if one != "withdrawn" and day < approved]
    if early:
        raise BadInput(
            both(
                f"「{STEP_WORDS[early[0]][0]}」不能早于批准日期 {approved}。",
                f"{STEP_WORDS[early[0]][1]}: earlier than the approval on {approved}",
            ),
            parameter="on_date",
        )


def _append(
    session: Session, number: int, step: str, on_date: date | None, role: str, note: str | None
) -> None:
    session.add(
        NameApprovalEvent(
            approval_id=number, step=step, on_date=on_date, role=role, note=_plain(note, "note")
        )
    )
    session.flush()


def _checked_day(said: date, today: date, parameter: str) -> None:
    if said > today:
        raise BadInput(
            both("日期不能晚于今天。", "the day cannot be later than today"), parameter=parameter
        )


def _role(said: str) -> str:
    role = _plain(said, "role")
    if role is None:
        raise BadInput(
            both("请填写经办单位或岗位（不写个人）。", "give the office or role, no person"),
            parameter="role",
        )
    return role


def _plain(said: str | None, parameter: str, longest: int = LONGEST) -> str | None:
    """The text as it is; BadInput where it is too long or holds what is personal."""
    plain = (said or "").strip()
    if len(plain) > longest or not (plain or " ").isprintable():
        raise BadInput(
            both(f"最多 {longest} 字，且不换行。", f"one line, at most {longest} characters"),
            parameter=parameter,
        )
    if redact(plain) != plain:
        raise BadInput(
            both(
                "内容含有身份证号、手机号或联系人姓名，不予保存；请改写为单位或岗位。",
                "it holds an identity or mobile number or a person's name; write an office or role",
            ),
            parameter=parameter,
        )
    return plain or None

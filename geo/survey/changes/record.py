"""How does a change of divisions come on record, and does it agree with the stored versions?

A change is recorded as its document tells it. It moves no division by itself: versions come with a
delivery of divisions, and what does not agree with them is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import BadInput, both
from geo.loaders.personal import public_text
from geo.models import SuccessionEvent, SuccessionMember, SuccessionShare
from geo.queries.admin import Reader, full_code, versions
from geo.queries.succession import Event, Member
from geo.survey.changes.law import LAW_KINDS, ends_units

FIELDS = (
    "kind", "event_year", "decided_on", "effective_on", "document_no", "note", "law_kinds",
    "approver", "announced_on", "recoded_on", "finished_on", "source", "source_date",
    "predecessors", "successors", "shares",
)  # fmt: skip
DAYS = ("decided_on", "effective_on", "announced_on", "recoded_on", "finished_on", "source_date")
TEXTS = ("kind", "document_no", "note", "approver", "source")
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Recorded:
    """A change that is on record now; doubts: where stored versions say something else."""

    event: Event
    doubts: tuple[str, ...]


def record_change(
    session: Any,
    told: Mapping[str, Any],
    *,
    is_public: bool = False,
    delivery_id: int | None = None,
) -> Recorded:
    """Check a change and put it on record; the caller commits.

    told: fields of FIELDS; predecessors, successors: {code, name, parent_code}; shares: {from, to,
    area, people}. Raises BadInput that names the field at fault: one that is not known, a missing
    kind, source or date, shares above 1 in sum, a change that is on record already.
    """
    strange = set(told) - set(FIELDS)
    if strange:
        raise _bad(sorted(strange)[0][:40], "没有这个字段。", f"known: {', '.join(FIELDS)}")
    values: dict[str, Any] = {name: _text(name, told.get(name)) for name in TEXTS}
    values |= {name: _day(name, told.get(name)) for name in DAYS}
    values["law_kinds"] = _kinds(told.get("law_kinds"))
    values["event_year"] = _year(told.get("event_year"), values["effective_on"])
    for name in ("kind", "source"):
        if not values[name]:
            raise _bad(name, "不能为空。", "it is needed")
    decided, effective = values["decided_on"], values["effective_on"]
    if decided and effective and decided > effective:
        raise _bad("decided_on", "批准日期晚于生效日期。", "decided after it took effect")
    before = _members("predecessors", told.get("predecessors") or ())
    after = _members("successors", told.get("successors") or ())
    if not before and not after:
        raise _bad("predecessors", "变更前后至少一方须有区划。", "name a division on some side")
    shares = _shares(told.get("shares") or (), before, after)
    _refuse_known(session, values, before, after)
    event_id = _stored(session, values, before, after, shares, is_public=is_public)
    asked = {key: values[key] for key in Event.__slots__ if key in values}
    found = Event(**asked, id=event_id, predecessors=before, successors=after)
    return Recorded(found, disagreements(session, found))


def _stored(
    session: Session, values: Mapping[str, Any], before: tuple[Member, ...],
    after: tuple[Member, ...], shares: list[dict[str, Any]], *, is_public: bool,
) -> int:  # fmt: skip
    """Write a change with both sides and its shares; the number of its row."""
    event = SuccessionEvent(**values, is_published=is_public)
    session.add(event)
    session.flush()
    for side, members in (("predecessor", before), ("successor", after)):
        for one in members:
            session.add(
                SuccessionMember(
                    event_id=event.id, side=side, code=one.code, name=one.name,
                    parent_code=one.parent_code,
                )
            )  # fmt: skip
    for share in shares:
        session.add(SuccessionShare(event_id=event.id, source=values["source"], **share))
    session.flush()
    return event.id


def disagreements(session: Reader, event: Event) -> tuple[str, ...]:
    """Where stored versions do not say what a change says, in words; empty where they agree."""
    day, found = event.counted_from, []
    stays = {member.code for member in event.successors}
    for side, members in (("前", event.predecessors), ("后", event.successors)):
        for one in members:
            held = versions(session, one.code)
            if not held:
                found.append(f"{one.code} {one.name}：库中没有此代码的区划 · no version stored")
            elif one.name not in {version.name for version in held}:
                found.append(
                    f"{one.code}：库中没有名为「{one.name}」的版本 · no version of that name"
                )
            elif side == "前" and ends_units(event) and one.code not in stays:
                last = [v for v in held if v.name == one.name][-1]
                if last.valid_until is None or last.valid_until > day:
                    found.append(f"{one.code} {one.name}：{day} 之后仍有效 · still in force after")
    return tuple(found)


def _text(name: str, value: Any) -> str | None:
    if value is None:
        return None
    said = value.strip() if isinstance(value, str) else None
    if not said or len(said) > LONGEST or any(ord(sign) < 32 for sign in said):
        raise _bad(name, f"须为不超过 {LONGEST} 字的文字。", f"text of up to {LONGEST} characters")
    if public_text(said, None) != said:
        raise _bad(name, "不能含有个人信息。", "no personal data may stand here")
    return said


def _day(name: str, value: Any) -> date | None:
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise _bad(name, "日期写作 2015-04-28。", "a date is written 2015-04-28") from None


def _year(value: Any, effective: date | None) -> int:
    if value is None and effective is not None:
        return effective.year
    if isinstance(value, bool) or not isinstance(value, int) or not 1900 <= value <= 2200:
        raise _bad("event_year", "须有年份或生效日期。", "a year, or the date of effect, is needed")
    if effective is not None and effective.year != value:
        raise _bad("event_year", "与生效日期不符。", "it is not the year of `effective_on`")
    return value


def _kinds(value: Any) -> list[str] | None:
    if value is None:
        return None
    if not isinstance(value, Sequence) or isinstance(value, str) or set(value) - set(LAW_KINDS):
        known = ", ".join(LAW_KINDS)
        raise _bad("law_kinds", f"变更种类：{known}。", f"kinds of the law: {known}")
    return list(dict.fromkeys(value))


def _members(name: str, told: Any) -> tuple[Member, ...]:
    made = []
    for one in told:
        known = isinstance(one, Mapping) and not set(one) - {"code", "name", "parent_code"}
        if not known or not one.get("code") or not one.get("name"):
            raise _bad(name, "每个区划须有 code 和 name。", "each division has a code and a name")
        parent = one.get("parent_code")
        said = _text(name, one["name"])
        assert said is not None
        code = full_code(str(one["code"]))
        made.append(Member(code, said, full_code(str(parent)) if parent else None))
    if len({member.code for member in made}) < len(made):
        raise _bad(name, "同一代码出现两次。", "a code is given twice")
    return tuple(made)


def _shares(
    told: Any, before: tuple[Member, ...], after: tuple[Member, ...]
) -> list[dict[str, Any]]:
    """Stated shares of each pair; of one predecessor they add up to at most 1."""
    olds, news = {m.code for m in before}, {m.code for m in after}
    made: list[dict[str, Any]] = []
    for one in told:
        if not isinstance(one, Mapping) or set(one) - {"from", "to", "area", "people"}:
            raise _bad("shares", "每项为 from、to、area、people。", "from, to, area, people each")
        pair = full_code(str(one.get("from", ""))), full_code(str(one.get("to", "")))
        if pair[0] not in olds or pair[1] not in news | olds:
            raise _bad("shares", "须为前后双方的代码。", "codes of both sides are needed")
        numbers = {"area_share": one.get("area"), "people_share": one.get("people")}
        said = [value for value in numbers.values() if value is not None]
        if not said or not all(isinstance(v, int | float) and 0 <= v <= 1 for v in said):
            raise _bad("shares", "份额为 0 至 1。", "a share lies in 0 … 1")
        made.append({"from_code": pair[0], "to_code": pair[1], **numbers})
    for old in olds:
        for name in ("area_share", "people_share"):
            total = sum(one[name] or 0 for one in made if one["from_code"] == old)
            if total > 1 + 1e-9:
                raise _bad("shares", f"{old} 的份额之和超过 1。", f"shares of {old} exceed 1")
    return made


_KNOWN = text(
    """SELECT e.id FROM succession_event e
    WHERE e.kind = :kind AND e.event_year = :year
      AND (SELECT array_agg(m.side || m.code ORDER BY m.side || m.code)
           FROM succession_member m WHERE m.event_id = e.id) = CAST(:members AS text[])"""
)


def _refuse_known(
    session: Reader, values: Mapping[str, Any], before: Sequence[Member], after: Sequence[Member]
) -> None:
    members = sorted(
        [f"predecessor{m.code}" for m in before] + [f"successor{m.code}" for m in after]
    )
    asked = {"kind": values["kind"], "year": values["event_year"], "members": members}
    if session.execute(_KNOWN, asked).first() is not None:
        raise _bad("kind", "这项变更已有记录。", "this change is on record already")


def _bad(parameter: str, zh: str, en: str) -> BadInput:
    return BadInput(both(f"{parameter}：{zh}", f"{parameter}: {en}"), parameter=parameter)

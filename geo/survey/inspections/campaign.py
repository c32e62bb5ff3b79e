"""Which joint inspections are there, on which lines, between whom, and how far is each line?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import BadInput, NotFound, both
from geo.models.inspection import InspectionCampaign
from geo.queries.admin import Reader
from geo.survey.inspections.log import Entry, append, impersonal, one_at_a_time, signed
from geo.survey.inspections.words import LINE_STATES, REASONS, SIDES, STEPS

_LINES = text(
    """SELECT l.code, l.left_code, l.right_code, lu.name AS left_name, ru.name AS right_name
    FROM boundary_line l
    LEFT JOIN admin_unit lu ON lu.code = l.left_code AND lu.validity @> CAST(:on AS date)
    LEFT JOIN admin_unit ru ON ru.code = l.right_code AND ru.validity @> CAST(:on AS date)
    WHERE l.code = ANY(:codes) AND l.validity @> CAST(:on AS date)"""
)
_ALL = text("SELECT * FROM inspection_campaign ORDER BY opened_on DESC, id DESC")
_ONE = text("SELECT * FROM inspection_campaign WHERE code = :code")
_LAST_OF_YEAR = text("SELECT count(*) FROM inspection_campaign WHERE code LIKE :like")


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a campaign; office: who acts for it, an office or role, None = not stated."""

    side: str
    unit_code: str
    unit_name: str | None
    office: str | None = None

    @property
    def label(self) -> str:
        """甲方 天宁区."""
        return f"{SIDES[self.side]} {self.unit_name or self.unit_code}"


@dataclass(frozen=True, slots=True)
class Campaign:
    """A joint inspection as it was opened."""

    id: int
    code: str
    title: str
    reason: str
    line_codes: tuple[str, ...]
    sides: tuple[Side, ...]
    lead_side: str | None
    opened_on: date
    until_on: date | None
    role: str
    is_synthetic: bool
    recorded_at: datetime

    def side(self, letter: str) -> Side:
        """The side of a letter. Raises BadInput where the campaign has none."""
        for one in self.sides:
            if one.side == letter:
                return one
        known = "、".join(f"{one.side} {one.label}" for one in self.sides)
        raise BadInput(
            both(f"联检没有「{letter[:10]}」方；各方：{known}。", f"no side {letter[:10]!r} here"),
            parameter="side",
        )


def open_campaign(
    session: Session,
    *,
    title: str,
    line_codes: Sequence[str],
    opened_on: date,
    role: str,
    reason: str = "five_year",
    until_on: date | None = None,
    offices: Mapping[str, str] | None = None,
    lead_code: str | None = None,
    code: str | None = None,
    is_synthetic: bool = False,
) -> Campaign:
    """Open a joint inspection and answer it. The caller commits.

    The sides are the units on both sides of the lines, the smaller code 甲方; at most three.
    offices: unit code → office that acts for it. Raises BadInput for no or unknown lines, more than
    three units, offices or a lead that are none of these, and days in the wrong order.
    """
    one_at_a_time(session)
    lines = _known_lines(session, line_codes, opened_on)
    units = {line.left_code: line.left_name for line in lines}
    units |= {line.right_code: line.right_name for line in lines}
    given = dict(offices or {})
    _check(units, given, lead_code, reason, title, opened_on, until_on)
    sides = [
        Side(letter, unit, units[unit], signed(given[unit]) if unit in given else None)
        for letter, unit in zip("ABC", sorted(units), strict=False)
    ]
    lead = next((one.side for one in sides if one.unit_code == lead_code), None)
    row = InspectionCampaign(
        code=code or _next_code(session, opened_on), title=impersonal(title), reason=reason,
        line_codes=[line.code for line in lines], lead_side=lead,
        sides=[
            {"side": s.side, "unit_code": s.unit_code, "unit_name": s.unit_name,
             "office": s.office} for s in sides
        ],
        opened_on=opened_on, until_on=until_on, role=signed(role), is_synthetic=is_synthetic,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return campaign(session, row.code)


def _known_lines(session: Reader, codes: Sequence[str], on: date) -> list[Any]:
    wanted = list(dict.fromkeys(codes))
    found = {row.code: row for row in session.execute(_LINES, {"codes": wanted, "on": on})}
    missing = [code for code in wanted if code not in found]
    if not wanted or missing:
        told = "、".join(code[:40] for code in missing[:5]) or "（未给出）"
        raise BadInput(
            both(f"没有这些现行界线：{told}。", f"no such lines in force: {told}"),
            parameter="line",
        )
    return [found[code] for code in wanted]


def _check(
    units: Mapping[str, Any], offices: Mapping[str, str], lead: str | None, reason: str,
    title: str, opened_on: date, until_on: date | None,
) -> None:  # fmt: skip
    if len(units) > 3:
        raise BadInput(
            both(
                f"一次联检最多三方，这些界线涉及 {len(units)} 个单位，请分开组织。",
                f"a campaign has three sides at most; these lines part {len(units)} units",
            ),
            parameter="line",
        )
    strangers = [one for one in (*offices, *([lead] if lead else [])) if one not in units]
    if strangers:
        raise BadInput(
            both(
                f"{strangers[0][:20]} 不是这些界线任何一侧的单位：{'、'.join(sorted(units))}。",
                f"{strangers[0][:20]} lies on neither side of these lines",
            ),
            parameter="side",
        )
    if reason not in REASONS:
        raise BadInput(
            both(f"原因可为：{'、'.join(REASONS)}。", f"reasons: {', '.join(REASONS)}"),
            parameter="reason",
        )
    if not title.strip():
        raise BadInput(both("联检需要名称。", "a campaign needs a title"), parameter="title")
    if until_on is not None and until_on < opened_on:
        raise BadInput(both("结束早于开始。", "it ends before it begins"), parameter="until")


def campaigns(session: Reader) -> tuple[Campaign, ...]:
    """Every campaign, the newest first."""
    return tuple(_campaign(row) for row in session.execute(_ALL))


def campaign(session: Reader, code: str) -> Campaign:
    """A campaign by its number. Raises NotFound where there is none."""
    row = session.execute(_ONE, {"code": code.strip()}).first()
    if row is None:
        raise NotFound(both(f"没有编号为「{code[:40]}」的联检。", f"no campaign {code[:40]!r}"))
    return _campaign(row)


def line_states(one: Campaign, entries: Sequence[Entry]) -> dict[str, Entry | None]:
    """For each line the last step in effect; None: still planned."""
    states: dict[str, Entry | None] = dict.fromkeys(one.line_codes)
    for entry in entries:
        if entry.kind == "step" and entry.line_code in states:
            states[entry.line_code] = entry
    return states


def state_of(step: Entry | None) -> str:
    """The state after a step."""
    return "planned" if step is None else str(step.data["step"])


def take_step(
    session: Session, one: Campaign, entries: Sequence[Entry], line_code: str, step: str, *,
    role: str, on: date, still_open: Sequence[str] = (), desk: tuple[int, int] = (0, 0),
    note: str = "",
) -> int:  # fmt: skip
    """Bring a line one step on, and answer the entry's number.

    still_open: what is not settled; then the line cannot be concluded. desk: stretches checked at
    the desk, of all; with some left out the desk part ends only with a note that says why. Raises
    BadInput for a line that is not inspected here, a step out of order, and for both of these.
    """
    if line_code not in one.line_codes:
        raise BadInput(
            both(f"{line_code[:40]} 不在本次联检中。", f"{line_code[:40]} is not inspected here"),
            parameter="line",
        )
    now = state_of(line_states(one, entries)[line_code])
    order = list(LINE_STATES)
    following = order[order.index(now) + 1 :][:1]
    if [step] != following:
        said = "、".join(f"{STEPS[s]} {s}" for s in following) or "无（撤销后才能更改）"
        raise BadInput(
            both(
                f"{line_code} 现为「{LINE_STATES[now]}」，下一步：{said}。",
                f"{line_code} is {now}; next: {', '.join(following) or 'nothing'}",
            ),
            parameter="step",
        )
    if step == "concluded" and still_open:
        raise BadInput(
            both(
                f"还有 {len(still_open)} 项未解决：{'；'.join(still_open[:5])}。",
                f"{len(still_open)} questions are open; see `atlas survey differences`",
            ),
            parameter="step",
        )
    left = desk[1] - desk[0]
    if step == "desk_done" and left > 0 and not note.strip():
        raise BadInput(
            both(
                f"{desk[1]} 段中有 {left} 段未作内业核对：请先核对，或附说明写明理由。",
                f"{left} of {desk[1]} stretches are not checked: check, or note why",
            ),
            parameter="note",
        )
    data = {"step": step} | ({"note": impersonal(note)} if note else {})
    return append(
        session, "step", campaign_id=one.id, line_code=line_code, role=role, on=on, data=data
    )


def _next_code(session: Reader, day: date) -> str:
    taken = session.execute(_LAST_OF_YEAR, {"like": f"LJ{day.year}-%"}).scalar_one()
    return f"LJ{day.year}-{taken + 1:03d}"


def _campaign(row: Any) -> Campaign:
    return Campaign(
        row.id, row.code, row.title, row.reason, tuple(row.line_codes),
        tuple(Side(**told) for told in row.sides), row.lead_side, row.opened_on, row.until_on,
        row.role, row.is_synthetic, row.recorded_at,
    )  # fmt: skip

"""How do changes, crosswalks and restated figures look on a terminal?"""

from __future__ import annotations

from datetime import date

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from geo.queries.succession import Event
from geo.survey.changes.between import KINDS_ZH, Changed, UnitChange
from geo.survey.changes.crosswalk.answer import BASES_ZH, Crosswalk
from geo.survey.changes.crosswalk.series import Restated
from geo.survey.changes.law import LAW_KINDS, law_kinds_of
from geo.survey.written import MOST_SHOWN


def print_changed(found: Changed) -> None:
    """What changed, by unit, and the changes on record."""
    console = Console()
    heads = ("代码 code", "变化 change", "之前 before", "之后 after", "图形增减", "来源、去向 kin")
    rows = table(f"{found.since} → {found.until}", *heads)
    for row in found.rows[:MOST_SHOWN]:
        rows.add_row(
            row.code, "、".join(KINDS_ZH[kind] for kind in row.kinds),
            escape(row.name_before or "—"), escape(row.name_after or "—"), _changed_by(row),
            escape(_kin(row)),
        )  # fmt: skip
    console.print(rows)
    for event in found.events:
        console.print(told(event), markup=False, highlight=False)
    console.print(found.method, found.method_en, sep="\n", markup=False)


def _changed_by(row: UnitChange) -> str:
    return "未知" if row.outline_change is None else f"{row.outline_change:.2%}"


def _kin(row: UnitChange) -> str:
    """Where a new code came from, and what an ended one became."""
    arrows = [f"← {member.name}" for member in row.came_from]
    arrows += [f"→ {member.name}" for member in row.became]
    return " ".join(arrows)


def print_links(walk: Crosswalk) -> None:
    """The links of a crosswalk and its rule."""
    names = {side.code: side.name for side in (*walk.old, *walk.new)}
    heads = ("原 from", "今 to", "份额 share", "依据 basis", "说明 note")
    rows = table(f"{walk.since} → {walk.until}", *heads)
    for link in walk.links[:MOST_SHOWN]:
        rows.add_row(
            escape(f"{link.from_code[:6]} {names[link.from_code]}"),
            escape(names.get(link.to_code or "", "—")),
            "未知" if link.share is None else f"{link.share:.2%}", BASES_ZH[link.basis],
            escape(link.note or ""),
        )  # fmt: skip
    Console().print(rows)
    Console().print(walk.method, walk.method_en, sep="\n", markup=False)


def print_restated(made: Restated) -> None:
    """Restated figures with the check of their sum."""
    rows = table("换算结果 · restated", "区划 division", "数值 value", "完整 complete")
    for row in (*made.rows, made.unallocated):
        known = row.is_complete or row.parts
        rows.add_row(
            escape(row.name), f"{row.value:,}" if known else "未知",
            "是" if row.is_complete else "否，有未知部分",
        )  # fmt: skip
    console = Console()
    console.print(rows)
    console.print(f"核对 · check：{made.check.words}", markup=False, highlight=False)


def told(event: Event) -> str:
    """A change in one line."""
    before = "、".join(member.name for member in event.predecessors) or "无"
    after = "、".join(member.name for member in event.successors) or "无"
    kinds = "、".join(LAW_KINDS[kind] for kind in law_kinds_of(event))
    law = f"（{kinds}）" if kinds else ""
    day = event.effective_on or f"{event.event_year} 年"
    return f"{day} {event.kind}{law}：{before} → {after} {event.document_no or '文号未知'}"


def table(title: str, *heads: str) -> Table:
    """An empty table with its headings."""
    made = Table(title=escape(title))
    for head in heads:
        made.add_column(head, overflow="fold")
    return made


def said(day: date | None, none: str = "未知") -> str:
    """A day as it is written, or the word for none."""
    return none if day is None else day.isoformat()

"""What kinds of work items are there, which states can one have, and what may follow?"""

from __future__ import annotations

from dataclasses import dataclass

FOUND, ASSIGNED, DUE = "found", "assigned", "due"
DONE, RETURNED, VERIFIED = "done", "returned", "verified"
STATE_WORDS = {
    FOUND: ("已发现", "found"),
    ASSIGNED: ("已交办", "assigned"),
    RETURNED: ("已退回", "returned"),
    DONE: ("已整改", "done"),
    VERIFIED: ("已核验", "verified"),
}
STEP_WORDS = {**STATE_WORDS, DUE: ("限期", "due day set")}

NEXT: dict[str, set[str]] = {
    FOUND: {ASSIGNED, DUE, DONE},
    ASSIGNED: {ASSIGNED, DUE, DONE},
    RETURNED: {ASSIGNED, DUE, DONE},
    DONE: {VERIFIED, RETURNED, DUE},
    VERIFIED: set(),
}
"""State → the steps that may follow."""


@dataclass(frozen=True, slots=True)
class WorkKind:
    """A kind of work item; an internal one is never told to the public."""

    code: str
    zh: str
    en: str
    is_internal: bool = True


KINDS = {
    kind.code: kind
    for kind in (
        WorkKind("gap", "服务缺口", "Service gap"),
        WorkKind("missing_facility", "应有未有", "Facility that must be there and is not"),
        WorkKind("estate", "配建不达标", "Estate below its standard"),
        WorkKind("fire_hazard", "消防隐患", "Fire or safety hazard"),
        WorkKind("fire_overdue", "消防检查逾期", "Fire check overdue"),
        WorkKind("wrong_information", "信息有误", "Wrong information on the map"),
        WorkKind("funeral_rectification", "殡葬整治", "Rectification of burial sites"),
        WorkKind("boundary_fault", "界线界桩问题", "Fault of a boundary line or marker"),
        WorkKind("project_overdue", "项目逾期", "Project overdue"),
        WorkKind("minor_protection", "未保阵地缺失", "Minors' protection base missing"),
    )
}

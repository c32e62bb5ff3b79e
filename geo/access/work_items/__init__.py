"""What was found, who has to mend it by when, and was it done and checked? History only grows.

    found → assigned → done → verified;  done → returned → assigned or done again

A due day may be set or moved in every state but the last. Nothing is ever changed or deleted: a
work item is what its steps say, and the database refuses to alter them.
"""

from __future__ import annotations

from geo.access.work_items.kinds import (
    ASSIGNED,
    DONE,
    DUE,
    FOUND,
    KINDS,
    RETURNED,
    STATE_WORDS,
    STEP_WORDS,
    VERIFIED,
    WorkKind,
)
from geo.access.work_items.reads import Item, Step, history, work_item, work_items
from geo.access.work_items.steps import Finding, open_item, open_items, take_step

__all__ = [
    "ASSIGNED",
    "DONE",
    "DUE",
    "FOUND",
    "KINDS",
    "RETURNED",
    "STATE_WORDS",
    "STEP_WORDS",
    "VERIFIED",
    "Finding",
    "Item",
    "Step",
    "WorkKind",
    "history",
    "open_item",
    "open_items",
    "take_step",
    "work_item",
    "work_items",
]

"""What changed in the divisions, and which of the recorded links are to be believed?

Early code lists mix up units of equal names, and codes changed hands; such links are kept as
doubtful, with the reason, and are not followed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

MUNICIPALITIES = ("11", "12", "31", "50")
CODE_REASSIGNED = "码位改派"
ABOLISHED = "撤销"


@dataclass(frozen=True, slots=True)
class Member:
    """A division on one side of a change: 6-digit codes."""

    code: str
    name: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """One change event with what is to be believed of it."""

    number: int
    kind: str
    year: int
    level: int
    old: Member | None
    new: Member | None
    old_path: tuple[str, ...] = ()
    new_path: tuple[str, ...] = ()
    document_no: str | None = None
    note: str | None = None
    doubt: str | None = None
    method: str | None = None


def read_changes(events: Iterable[Json]) -> list[Change]:
    """Changes from events as delivered; each carries its number `n` in the source."""
    changes = [_change(event) for event in events]
    new_provinces = {
        (c.year, c.new.code[:2]) for c in changes if c.level == 1 and c.new and not c.old
    }
    founded: dict[str, int] = {}
    for change in changes:
        if change.new and change.kind != ABOLISHED and change.new.code not in founded:
            is_same_code = change.old is not None and change.old.code == change.new.code
            founded[change.new.code] = 0 if is_same_code else change.year
    judged = [_doubted(change, new_provinces, founded) for change in changes]
    return _link_by_name(judged, new_provinces)


def _change(event: Json) -> Change:
    note = [event.get("note"), event.get("detail"), event.get("source_official")]
    note += [event.get("source"), event.get("source_url")]
    return Change(
        number=event["n"],
        kind=event["type"],
        year=event["year"],
        level=event["level"],
        old=_member(event.get("old")),
        new=_member(event.get("new")),
        old_path=tuple(event.get("old_path") or ()),
        new_path=tuple(event.get("new_path") or ()),
        document_no=event.get("doc_no"),
        note="; ".join(part.strip("。 ") for part in note if part) or None,
    )


def _member(side: Json | None) -> Member | None:
    if not side or not side.get("code") or not side.get("name"):
        return None
    parent = side.get("parent_code") or None
    return Member(side["code"][:6], side["name"], superior(parent[:6]) if parent else None)


def superior(parent: str) -> str:
    """The real unit behind a container of the code lists (5001xx 市辖区, 3290xx 省直辖 …)."""
    is_container = parent[2:4] == "90" or (
        parent[:2] in MUNICIPALITIES and parent[2:4] in ("01", "02", "03")
    )
    return f"{parent[:2]}0000" if is_container else parent


def _doubted(
    change: Change, new_provinces: set[tuple[int, str]], founded: Mapping[str, int]
) -> Change:
    """Mark a link that the source's method (equal names, equal codes) cannot carry."""
    doubt = None
    if change.old and change.new:
        crosses = change.old.code[:2] != change.new.code[:2]
        if change.kind == ABOLISHED and founded.get(change.new.code, 0) > change.year:
            doubt = "去向为后来设立的单位，不作直接沿革 · its successor was founded only later"
        elif crosses and (change.year, change.new.code[:2]) not in new_provinces:
            doubt = "前后分属两省，疑为同名误接，不作沿革 · in two provinces: equal names mixed up"
        elif change.kind == CODE_REASSIGNED:
            doubt = "代码改派给另一单位，不作沿革 · the code went to another unit, no succession"
    return _replace(change, doubt=doubt) if doubt else change


def _link_by_name(changes: list[Change], new_provinces: set[tuple[int, str]]) -> list[Change]:
    """Join an abolition without destination to a founding of the same year and name."""
    founded = {
        (c.year, c.new.name): c.new for c in changes if c.kind == "新设" and c.new and not c.old
    }
    linked = []
    for change in changes:
        if change.kind == ABOLISHED and change.old and not change.new:
            name = change.new_path[-1] if change.new_path else change.old.name
            found = founded.get((change.year, name))
            # 郊区, 城区 and the like say nothing about which city they belonged to.
            if found is not None and len(name) > 2:
                province = found.code[:2]
                if province == change.old.code[:2] or (change.year, province) in new_provinces:
                    method = "同年同名推定 · derived: founded in the same year under that name"
                    change = _replace(change, new=found, method=method)
        linked.append(change)
    return linked


def _replace(change: Change, **values: Any) -> Change:
    return Change(**{name: getattr(change, name) for name in Change.__slots__} | values)

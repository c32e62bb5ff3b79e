"""Which written rules (provision standards, targets, must-have facilities) does `data/` hold?"""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from geo.errors import BadInput
from geo.loaders.packages import DATA
from geo.models import StandardRule
from geo.validity import valid_between

STATUSES = ("verified", "second_hand", "unverified")
_NEEDED = ("id", "subject", "title", "status", "source")


def rule_files(folder: Path = DATA / "standards") -> list[Path]:
    """The rule files of `data/standards/`."""
    return [path for path in sorted(folder.glob("*.toml")) if path.name != "SOURCES.toml"]


def read_rules(path: Path) -> list[dict[str, Any]]:
    """The rules of a file as values of `standard_rule`; BadInput names the rule that is not one."""
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    rules = []
    for number, rule in enumerate(content.get("rule", []), start=1):
        missing = [key for key in _NEEDED if not rule.get(key)]
        if missing or rule["status"] not in STATUSES:
            problem = f"lacks {', '.join(missing)}" if missing else f"status {rule['status']!r}"
            raise BadInput(
                f"{path.name} 第 {number} 条规则不完整 · rule {number} {problem}", parameter="rule"
            )
        rules.append(_values(rule))
    return rules


def _values(rule: dict[str, Any]) -> dict[str, Any]:
    start: date | None = rule.get("valid_from")
    known = {*_NEEDED, "scope", "valid_from"}
    return {
        "code": rule["id"],
        "subject": rule["subject"],
        "scope_code": str(rule["scope"]).ljust(12, "0") if rule.get("scope") else None,
        "title": rule["title"],
        "rule": {key: value for key, value in rule.items() if key not in known},
        "status": rule["status"],
        "source": rule["source"],
        "validity": valid_between(start, None),
        "is_published": True,
        "validity_note": None if start else "起始日期未核实 · start not confirmed",
    }


def store_rules(session: Session, path: Path, delivery_id: int) -> int:
    """Store the rules of a file by their code, once a file; returns how many the file holds.

    A rule that an officer delivered under the same code stays as it is.
    """
    rules = [{**rule, "delivery_id": delivery_id} for rule in read_rules(path)]
    codes = [rule["code"] for rule in rules]
    mine = select(func.count()).where(StandardRule.delivery_id == delivery_id)
    if session.scalar(mine) == len(rules):
        return len(rules)  # the same file came with another city
    session.execute(
        text("""
            DELETE FROM standard_rule r USING delivery d
            WHERE d.id = r.delivery_id AND d.kind = 'city-data' AND r.code = ANY(:codes)
        """),
        {"codes": codes},
    )
    held = set(session.scalars(select(StandardRule.code).where(StandardRule.code.in_(codes))))
    new = [rule for rule in rules if rule["code"] not in held]
    if new:
        session.execute(insert(StandardRule).execution_options(render_nulls=True), new)
    return len(rules)

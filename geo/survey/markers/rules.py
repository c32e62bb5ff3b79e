"""By which written rules are markers numbered, and how far may they lie from their place?

Rows of `standard_rule`; where the database has none of a subject, those that come with the house
(`data/standards/marker-numbers.toml`, `marker-tolerances.toml`). No value stands in the code.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import text

from geo.errors import BadInput, both
from geo.loaders.rules import read_rules, rule_files
from geo.queries.admin import Reader

FILES = ("marker-numbers", "marker-tolerances")


@dataclass(frozen=True, slots=True)
class Written:
    """A rule as it is written; scope None: the whole nation."""

    code: str
    title: str
    scope: str | None
    status: str
    source: str | None
    told: dict[str, Any]


_RULES = text(
    """SELECT r.code, r.title, r.scope_code AS scope, r.status, r.source, r.rule AS told
    FROM standard_rule r WHERE r.subject = :subject AND r.validity @> CAST(:on AS date)
    ORDER BY r.code"""
)


def written(session: Reader | None, subject: str, on: date) -> tuple[Written, ...]:
    """The rules of a subject on a day; those of the house where none is stored (or no session)."""
    if session is not None:
        rows = session.execute(_RULES, {"subject": subject, "on": on})
        if found := tuple(Written(**row._mapping) for row in rows):
            return found
    return shipped(subject)


@cache
def shipped(subject: str) -> tuple[Written, ...]:
    """The rules of a subject that come with the house."""
    return tuple(
        Written(
            rule["code"], rule["title"], rule["scope_code"], rule["status"], rule["source"],
            rule["rule"],
        )
        for path in rule_files() if path.stem in FILES
        for rule in read_rules(path) if rule["subject"] == subject
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class NumberRule:
    """How the number of a marker is made: digits of its line, of its serial, and type letters.

    letters: groups of which a serial number has one of each: Q; A, B; C, D, E. levels: of lines
    that the rule is for. scope: code of the division that set it, None for the nation.
    """

    code: str
    title: str
    levels: tuple[int, ...]
    scope: str | None
    line_digits: int
    serial_digits: int
    first_serial: int
    letters: tuple[str, ...]
    status: str
    source: str | None

    @property
    def length(self) -> int:
        """Characters of a full number."""
        return self.line_digits + self.serial_digits + 1

    def fits(self, level: int | None, division: str | None) -> bool:
        """Whether the rule is for lines of this level (None: any) in this division (None: any)."""
        return (level is None or level in self.levels) and (
            self.scope is None or division is None or division.startswith(self.scope.rstrip("0"))
        )


def number_rules(rows: Iterable[Written]) -> tuple[NumberRule, ...]:
    """Read rules of subject `marker_number`; BadInput names one that is not complete."""
    return tuple(_number_rule(row) for row in rows)


def _number_rule(row: Written) -> NumberRule:
    told = row.told
    try:
        made = NumberRule(
            row.code, row.title, tuple(int(one) for one in told["levels"]), row.scope,
            int(told["line_digits"]), int(told["serial_digits"]), int(told.get("first_serial", 1)),
            tuple(str(one) for one in told["letters"]), row.status, row.source,
        )  # fmt: skip
        alone = "".join(made.letters)
        is_sound = made.line_digits > 0 and made.serial_digits > 0 and made.levels != ()
        is_sound &= len(set(alone)) == len(alone) > 0 and alone.isalpha() and alone.isupper()
    except (KeyError, TypeError, ValueError):
        is_sound = False
    if not is_sound:
        raise BadInput(
            both(
                f"编号规则 {row.code} 不完整：须有 levels、line_digits、serial_digits、letters。",
                f"number rule {row.code} lacks levels, line_digits, serial_digits or letters",
            ),
            parameter="rule",
        )
    return made


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a marker may lie from its archived place, in metres, and what says so.

    archived_sigma_m: what the rule lets assume where the register states none.
    """

    metres: float
    words: str
    rule: str
    status: str
    archived_sigma_m: float | None = None


def tolerance(rows: Iterable[Written], line_code: str, scale: int | None) -> Tolerance | None:
    """The tolerance of a line: its own row first, else by the scale of its archive.

    None where no rule fits: an unknown scale has no tolerance in millimetres on the map.
    """
    own = [row for row in rows if line_code in row.told.get("lines", ())]
    general = [row for row in rows if "lines" not in row.told]
    for row in (*own, *general):
        told, words = row.told, None
        if "value_m" in told:
            metres, words = float(told["value_m"]), f"{float(told['value_m']):g} m"
        elif "map_mm" in told and scale:
            metres = float(told["map_mm"]) * scale / 1000
            words = f"{float(told['map_mm']):g} mm × 1:{scale:,} = {metres:g} m"
        if words is not None and metres > 0:
            assumed = told.get("archived_sigma_m")
            return Tolerance(
                metres, words, row.code, row.status, None if assumed is None else float(assumed)
            )
    return None


def setting(rows: Iterable[Written], otherwise: float | None = None) -> float | None:
    """The number that the first rule of a subject states."""
    for row in rows:
        if isinstance(value := row.told.get("value"), int | float):
            return float(value)
    return otherwise

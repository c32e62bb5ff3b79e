"""How was a nomination scored? By sheets that are data; a missing mark is unknown, never 0."""

from __future__ import annotations

import statistics
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import BadInput, both
from geo.gazetteer.heritage.nominated import nomination
from geo.gazetteer.heritage.signing import signed_role
from geo.gazetteer.heritage.words import DATA
from geo.models.heritage import HeritageScore
from geo.queries.admin import Reader
from geo.validity import today_in_china

STATUS_WORDS = {"official": ("正式", "official"), "example": ("示例", "example")}


@dataclass(frozen=True, slots=True)
class Criterion:
    """A criterion: marks from 0 to `most`; `weight` is its share of the whole."""

    code: str
    zh: str
    en: str
    most: float
    weight: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """A score sheet; status `example` says that it is not official."""

    code: str
    zh: str
    en: str
    status: str
    families: tuple[str, ...]
    source: str
    source_en: str
    criteria: tuple[Criterion, ...]

    @property
    def whole(self) -> float:
        """The most that a nomination can reach, in weighted points."""
        return round(sum(one.most * one.weight for one in self.criteria), 6)


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark of a role for a criterion."""

    criterion: str
    role: str
    value: float
    on_date: date


@dataclass(frozen=True, slots=True)
class Marked:
    """A criterion's marks over the roles: mean and spread; None: nobody gave one."""

    criterion: Criterion
    by_role: dict[str, float]
    mean: float | None
    least: float | None
    most: float | None
    deviation: float | None


@dataclass(frozen=True, slots=True)
class Scored:
    """A nomination by one sheet, in weighted points of `sheet.whole`.

    `by_role` holds a role's sum where it marked every criterion, else None (unknown, not 0).
    `mean`, `least`, `most` and `deviation` (population) are over the complete sums.
    """

    sheet: Sheet
    criteria: tuple[Marked, ...]
    by_role: dict[str, float | None]
    missing: dict[str, tuple[str, ...]]
    mean: float | None
    least: float | None
    most: float | None
    deviation: float | None


_MARKS = text("""
SELECT DISTINCT ON (s.role, s.criterion) s.criterion, s.role, s.value, s.on_date
FROM heritage_score s JOIN heritage_nomination n ON n.id = s.nomination_id
WHERE n.code = :code AND s.sheet = :sheet ORDER BY s.role, s.criterion, s.id DESC""")


def sheets(folder: Path | None = None) -> dict[str, Sheet]:
    """Sheets by code: ours, and those of a bureau's own file (`score-sheets.toml` in `folder`).

    Raises BadInput for a sheet whose weights do not add up to 1 or whose status is unknown.
    """
    found: dict[str, Sheet] = {}
    for place in (DATA, folder):
        path = None if place is None else place / "score-sheets.toml"
        if path is not None and path.is_file():
            for row in tomllib.loads(path.read_text(encoding="utf-8")).get("sheet", []):
                one = _sheet(row)
                found[one.code] = one
    return found


def sheet_named(code: str, folder: Path | None = None) -> Sheet:
    """One sheet. Raises BadInput with the codes that are known."""
    known = sheets(folder)
    if code not in known:
        raise BadInput(
            both(
                f"没有评分表「{code[:40]}」；可用：{'、'.join(known)}。",
                f"known: {', '.join(known)}",
            ),
            parameter="sheet",
        )
    return known[code]


def score(
    session: Session, code: str, sheet: Sheet, marks: dict[str, float], *, on: date, role: str
) -> Scored:
    """Enter a role's marks (criterion → value) and answer how the nomination then stands.

    A later mark of the same role counts instead of its earlier one; both are kept. The caller
    commits. Raises NotFound for an unknown nomination; BadInput for an unknown criterion, a mark
    out of range, or a nomination that is published or withdrawn.
    """
    found = nomination(session, code)
    if found.state in ("published", "withdrawn"):
        raise BadInput(
            both("已公布或撤回的提名不再评分。", "it is closed: no more marks"), parameter="code"
        )
    if on > today_in_china():
        raise BadInput(both("日期不能晚于今天。", "the day is yet to come"), parameter="on")
    known = {one.code: one for one in sheet.criteria}
    signed = signed_role(role)
    if not marks:
        raise BadInput(both("没有分数。", "no marks were sent"), parameter="marks")
    key = session.execute(
        text("SELECT id FROM heritage_nomination WHERE code = :code"), {"code": code}
    ).scalar_one()
    for criterion, value in marks.items():
        if criterion not in known:
            raise BadInput(
                both(
                    f"没有指标「{criterion[:40]}」；可用：{'、'.join(known)}。", "unknown criterion"
                ),
                parameter="marks",
            )
        if not 0 <= value <= known[criterion].most:
            raise BadInput(
                both(
                    f"「{known[criterion].zh}」为 0 至 {known[criterion].most:g} 分。",
                    "out of range",
                ),
                parameter="marks",
            )
        session.add(
            HeritageScore(
                nomination_id=key, sheet=sheet.code, criterion=criterion, value=float(value),
                role=signed, on_date=on,
            )
        )  # fmt: skip
    session.flush()
    return scored(session, code, sheet)


def scored(session: Reader, code: str, sheet: Sheet) -> Scored:
    """How a nomination stands by a sheet."""
    rows = session.execute(_MARKS, {"code": code, "sheet": sheet.code})
    return summed(sheet, (Mark(**row._mapping) for row in rows))


def summed(sheet: Sheet, marks: Iterable[Mark]) -> Scored:
    """Sum and spread of marks, without a database. What is missing is unknown, never 0."""
    given: dict[str, dict[str, float]] = {}
    for mark in marks:
        given.setdefault(mark.role, {})[mark.criterion] = mark.value
    criteria = []
    for one in sheet.criteria:
        by_role = {role: m[one.code] for role, m in given.items() if one.code in m}
        criteria.append(Marked(one, by_role, *_spread(list(by_role.values()))))
    missing = {
        role: tuple(one.code for one in sheet.criteria if one.code not in marked)
        for role, marked in given.items()
    }
    sums = {
        role: None if missing[role] else round(
            sum(marked[one.code] * one.weight for one in sheet.criteria), 4
        )
        for role, marked in given.items()
    }  # fmt: skip
    complete = [value for value in sums.values() if value is not None]
    return Scored(sheet, tuple(criteria), sums, missing, *_spread(complete))


def _spread(
    values: list[float],
) -> tuple[float | None, float | None, float | None, float | None]:
    if not values:
        return None, None, None, None
    return (
        round(statistics.fmean(values), 4), min(values), max(values),
        round(statistics.pstdev(values), 4),
    )  # fmt: skip


def _sheet(row: dict[str, Any]) -> Sheet:
    criteria = tuple(Criterion(**one) for one in row["criterion"])
    if row["status"] not in STATUS_WORDS or abs(sum(c.weight for c in criteria) - 1) > 1e-9:
        raise BadInput(
            both(
                f"评分表 {row['code']}：status 应为 official 或 example，权重之和应为 1。",
                f"sheet {row['code']}: status is official or example, weights add up to 1",
            ),
            parameter="sheet",
        )
    return Sheet(
        row["code"], row["zh"], row["en"], row["status"], tuple(row["families"]), row["source"],
        row["source_en"], criteria,
    )  # fmt: skip

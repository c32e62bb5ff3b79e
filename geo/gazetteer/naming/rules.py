"""Which rules must a proposed name keep, and within which scope is each kind compared?"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from geo.errors import BadInput, GeoError, both

FOLDER = Path(__file__).resolve().parents[3] / "data" / "placenames"
SCOPES = {
    "nation": "全国",
    "province": "同一省级行政区域",
    "county": "同一县级行政区域",
    "built_up": "同一建成区",
    "city": "同一设区的市",
}
SEVERITIES = {"must_not": "不得", "avoid": "应避免", "review": "请人工核对"}


@dataclass(frozen=True)
class Kind:
    """A kind of named thing: its scope of comparison and its generic parts, longest first."""

    id: str
    zh: str
    en: str
    scope: str
    article: str
    generics: tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """One rule of naming: where it is written, whether that is in force, how grave a breach is.

    `needs` names what must be at hand before the rule can say that nothing was found; `kinds` is
    empty for a rule that holds for all.
    """

    id: str
    zh: str
    en: str
    article: str
    source: str
    status: str
    severity: str
    scope: str
    needs: tuple[str, ...]
    kinds: tuple[str, ...]
    near_m: float


@dataclass(frozen=True)
class Deadline:
    """A duty after approval: by which calendar day `step` has to be recorded, and where it holds.

    `what` is filing, notice or sign; `place` is a division of 12 digits, None everywhere; a warning
    begins `warn_days` before the last day.
    """

    what: str
    step: str
    zh: str
    en: str
    days: int
    warn_days: int
    article: str
    status: str
    place: str | None


@dataclass(frozen=True)
class RuleBook:
    """All that `naming-rules.toml` says."""

    rules: tuple[Rule, ...]
    kinds: dict[str, Kind]
    deadlines: tuple[Deadline, ...]
    text_status: str

    def kind(self, kind: str) -> Kind:
        """Answer a kind by its id. Raises BadInput for an unknown one."""
        if kind not in self.kinds:
            listed_zh = "、".join(f"{one.id}（{one.zh}）" for one in self.kinds.values())
            raise BadInput(
                both(
                    f"未知类别「{kind[:30]}」；可用：{listed_zh}。",
                    f"unknown kind {kind[:30]!r}; known: {', '.join(self.kinds)}",
                ),
                parameter="kind",
            )
        return self.kinds[kind]


@lru_cache(maxsize=1)
def rule_book() -> RuleBook:
    """Read the rules that the project ships."""
    said = tomllib.loads((FOLDER / "naming-rules.toml").read_text(encoding="utf-8"))
    source = said["source"]["regulation_zh"]
    rules = tuple(
        Rule(
            id=one["id"], zh=one["zh"], en=one["en"], article=one["article"],
            source=source if one["status"] == "in_force" else one["article"],
            status=one["status"], severity=one["severity"], scope=one["scope"],
            needs=tuple(one["needs"]), kinds=tuple(one.get("kinds", ())),
            near_m=float(one.get("near_m", 0)),
        )
        for one in said["rule"]
    )  # fmt: skip
    kinds = {
        id_: Kind(
            id_, one["zh"], one["en"], one["scope"], one["article"],
            tuple(sorted(one["generics"], key=len, reverse=True)),
        )
        for id_, one in said["kind"].items()
    }  # fmt: skip
    deadlines = tuple(read_deadline(one) for one in said["deadline"])
    return RuleBook(rules, kinds, deadlines, said["source"]["text_status"])


def read_deadline(one: dict[str, Any]) -> Deadline:
    """Read a row of `[[deadline]]`. Raises GeoError unless its days are those of the calendar."""
    if one["counts"] != "calendar":
        raise GeoError(
            both(
                "期限只能按自然日计：没有工作日历。",
                "days are counted by the calendar: there is no calendar of working days here",
            )
        )
    place = one.get("place")
    return Deadline(
        one["what"], one["step"], one["zh"], one["en"], one["days"], one["warn_days"],
        one["article"], one["status"], None if place is None else str(place).ljust(12, "0"),
    )  # fmt: skip


@lru_cache(maxsize=1)
def standard_characters() -> frozenset[str]:
    """Answer the 8105 characters of 通用规范汉字表 (2013), from Unihan's property kTGH."""
    lines = (FOLDER / "standard-characters.txt").read_text(encoding="utf-8").splitlines()
    return frozenset("".join(line for line in lines if not line.startswith("#")))

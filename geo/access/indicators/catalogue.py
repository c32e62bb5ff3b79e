"""Which indicators are there, and what exactly does each of them say?

The catalogue is data (`data/standards/indicators.toml`); it is loaded with the other rules, so that
the database can tell it too, but read from the file, which the code was written against.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from geo.errors import NotFound, both
from geo.loaders.packages import DATA
from geo.loaders.rules import read_rules

FILE = DATA / "standards" / "indicators.toml"

LEVEL_WORDS = {"city": "全市", "district": "区县", "township": "乡镇街道", "zone": "片区"}
"""The levels at which values are given."""
PERIOD_WORDS = {"year": "年", "month": "月"}
"""How often a new value makes sense."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One entry of the catalogue.

    levels: city, district, township, zone. period: how often a new value makes sense. computes: the
    function of the registry; params: what it is told besides. threshold_subject: the subject of
    the rules that set the target. is_internal: not for the public.
    """

    id: str
    title: str
    title_en: str
    definition: str
    formula: str
    unit: str
    levels: tuple[str, ...]
    period: str
    source: str
    computes: str
    is_internal: bool
    higher_is_better: bool
    threshold_subject: str | None
    scale: float
    params: dict[str, Any]
    unit_zh: str = ""

    def level(self, asked: str | None) -> str:
        """The level that is meant: the one asked for, else districts, else the first it has."""
        if asked is not None:
            return asked
        return "district" if "district" in self.levels else self.levels[0]

    @property
    def denominator(self) -> str:
        """What the formula divides by, in its words."""
        below = self.formula.partition("÷")[2].partition("×")[0]
        return below.strip().strip("（）()")

    @property
    def has_distance(self) -> bool:
        """Does it ask who lives within a distance, so that it can be measured on foot?"""
        return self.computes == "coverage_share"


_OWN = {
    "title_en", "definition", "formula", "unit", "unit_zh", "levels", "period", "computes",
    "audience", "higher_is_better", "threshold_subject", "scale",
}  # fmt: skip


@cache
def catalogue() -> dict[str, Indicator]:
    """Every indicator by its id, in the order of the file."""
    return {row["code"]: _indicator(row) for row in read_rules(FILE)}


def indicator(id_: str) -> Indicator:
    """One indicator. Raises NotFound with the known ids."""
    found = catalogue().get(id_)
    if found is None:
        raise NotFound(
            both(
                f"没有「{id_[:40]}」这个指标。可用："
                + "、".join(f"{one.title} {one.id}" for one in catalogue().values())
                + "。",
                f"unknown indicator {id_[:40]!r}; known: {', '.join(catalogue())}",
            )
        )
    return found


def _indicator(row: dict[str, Any]) -> Indicator:
    said = row["rule"]
    return Indicator(
        row["code"],
        row["title"],
        said["title_en"],
        said["definition"],
        said["formula"],
        said["unit"],
        tuple(said["levels"]),
        said["period"],
        row["source"],
        said["computes"],
        said["audience"] != "public",
        said.get("higher_is_better", True),
        said.get("threshold_subject"),
        float(said.get("scale", 1.0)),
        {key: value for key, value in said.items() if key not in _OWN},
        said.get("unit_zh", said["unit"]),
    )

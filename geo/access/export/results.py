"""Which results can be exported, and how is each asked for, exactly or as the public may see it?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from geo.access.export import staff, told
from geo.access.export.layer import Layer
from geo.errors import BadInput, NotAllowed, both
from geo.queries.admin import Reader, unit
from geo.queries.filters import kind_code


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a result; each takes what it needs. radius_m in metres.

    published_only with rounded_to: what the public may be told; rounded_to alone: staff whose
    counts leave rounded. days: of a series. indicator: its
    id, "" for all. facility: code, for isochrones. scenario: number.
    """

    city: str
    on: date
    kind: str = "canteen"
    radius_m: float = 500.0
    areas: str = "district"
    measure: str = "line"
    network: str | None = None
    fallback: str = "none"
    basis: str = "resident"
    across_border: bool = True
    published_only: bool = False
    rounded_to: float = 0.0
    days: Sequence[date] = ()
    indicator: str = ""
    facility: str = ""
    minutes: Sequence[float] = (5.0, 10.0, 15.0)
    scenario: int = 0
    sites: int = 5

    def coverage(self) -> dict[str, Any]:
        """The part of it that questions about coverage take."""
        return {
            "city": self.city, "kind": self.kind, "radius_m": self.radius_m, "areas": self.areas,
            "measure": self.measure, "network": self.network, "fallback": self.fallback,
            "basis": self.basis, "across_border": self.across_border,
            "published_only": self.published_only,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Result:
    """A result: its name in Chinese, what asks for it, and whether it is for staff only."""

    zh: str
    ask: Callable[[Reader, Wanted], Layer]
    is_internal: bool = False


RESULTS = {
    "coverage": Result("服务覆盖", told.coverage_layer),
    "gaps": Result("服务缺口", told.gaps_layer),
    "missing": Result("应有未有", told.missing_layer),
    "measures": Result("服务水平", told.measures_layer),
    "series": Result("历年覆盖", told.series_layer),
    "indicators": Result("监测指标", told.indicators_layer),
    "isochrones": Result("步行等时圈", told.isochrones_layer),
    "estates": Result("小区配建", staff.estates_layer, is_internal=True),
    "candidates": Result("候选点", staff.candidates_layer, is_internal=True),
    "sites": Result("推荐选址", staff.sites_layer, is_internal=True),
    "scenario": Result("方案与现状对照", staff.scenario_layer, is_internal=True),
}
"""Name on the command line → the result."""


def result(session: Reader, name: str, wanted: Wanted) -> Layer:
    """A result as a layer.

    Raises BadInput for an unknown result, NotAllowed for an internal one where the public asks, and
    what the question itself raises.
    """
    found = RESULTS.get(name)
    if found is None:
        raise BadInput(
            both(f"没有「{name[:40]}」这种结果：{'、'.join(RESULTS)}。",
                 f"there is no result {name[:40]!r}: {', '.join(RESULTS)}"),
            parameter="result",
        )  # fmt: skip
    if wanted.published_only and found.is_internal:
        raise NotAllowed(
            both(f"「{found.zh}」仅供内部使用，不能用 --public 导出。", f"{name} is for staff only")
        )
    if wanted.published_only and not wanted.rounded_to:
        raise BadInput(both("公开口径须取整人数。", "what the public is told is rounded"))
    place = unit(session, wanted.city, wanted.on).code
    parts = {key: getattr(wanted, key) for key in Wanted.__dataclass_fields__}
    return found.ask(session, Wanted(**(parts | {"city": place, "kind": kind_code(wanted.kind)})))

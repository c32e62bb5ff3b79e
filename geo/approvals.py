"""Which map layer has a 审图号, from whom, of which day, for what? No number is ever made up."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from geo.errors import BadInput, both
from geo.settings import MapSettings, ServeSettings, read

LAYERS = {
    "units": "今日区划",
    "lines": "今日界线",
    "old-units": "旧区划",
    "old-lines": "旧界线",
}
"""Layers that need a number: code → what it is called. Old ones need one of their own."""


@dataclass(frozen=True, slots=True)
class Approval:
    """A number as its approver gave it. None: only the number is stated in the settings."""

    layer: str
    number: str
    approver: str | None = None
    approved_on: date | None = None
    scope: str | None = None

    @property
    def words(self) -> str:
        """The line beside a map."""
        more = (self.approver, self.approved_on and str(self.approved_on), self.scope)
        told = "，".join(one for one in more if one)
        return f"{self.number}（{told}）" if told else self.number


def approval_of(layer: str) -> Approval | None:
    """The approval of a layer: from the file ATLAS_MAP_APPROVALS, else the number of all maps.

    None where there is none. Raises BadInput for a file that cannot be used.
    """
    maps = read(MapSettings)
    if maps.map_approvals is not None:
        stated = read_approvals(maps.map_approvals).get(layer)
        if stated is not None:
            return stated
    is_old = layer.startswith("old-")
    number = maps.old_map_approval_number if is_old else maps.map_approval_number
    return Approval(layer, number.strip()) if number.strip() else None


def is_served(layer: str) -> bool:
    """Whether a layer may leave: always inside, in public mode only with its own number."""
    return not read(ServeSettings).public_mode or approval_of(layer) is not None


def read_approvals(path: Path) -> dict[str, Approval]:
    """Layer → approval of a TOML file of `[[approval]]` tables: layers, number, approver, date,
    scope. Raises BadInput where one is incomplete, names an unknown layer, or comes twice."""
    try:
        stamp = path.stat().st_mtime_ns
    except OSError as problem:
        raise _unusable(path, str(problem.strerror), str(problem.strerror)) from None
    return _read(path, stamp)


@lru_cache(maxsize=8)
def _read(path: Path, stamp: int) -> dict[str, Approval]:
    try:
        stated = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise _unusable(path, f"{problem}", "it is no TOML") from None
    found: dict[str, Approval] = {}
    entries = stated.get("approval", [])
    for entry in entries if isinstance(entries, list) else []:
        for approval in _approvals(path, entry):
            if approval.layer in found:
                raise _unusable(path, f"图层 {approval.layer} 出现两次", "a layer comes twice")
            found[approval.layer] = approval
    if not found:
        raise _unusable(path, "没有 [[approval]]", "it holds no [[approval]]")
    return found


def _approvals(path: Path, entry: dict[str, object]) -> list[Approval]:
    number, approver, scope = (entry.get(name) for name in ("number", "approver", "scope"))
    day, layers = entry.get("date"), entry.get("layers")
    texts = all(isinstance(one, str) and one.strip() for one in (number, approver, scope))
    if not texts or type(day) is not date or not isinstance(layers, list) or not layers:
        raise _unusable(
            path, "每项须有 layers、number、approver、date、scope",
            "each needs layers, number, approver, date and scope",
        )  # fmt: skip
    if unknown := [one for one in layers if one not in LAYERS]:
        known = "、".join(LAYERS)
        raise _unusable(path, f"未知图层 {unknown[0]}；可用：{known}", f"layers are {known}")
    return [Approval(one, str(number), str(approver), day, str(scope)) for one in layers]


def _unusable(path: Path, zh: str, en: str) -> BadInput:
    return BadInput(
        both(f"审图号登记文件 {path} 无法使用：{zh}。", f"{path.name} cannot be used: {en}"),
        parameter="ATLAS_MAP_APPROVALS",
    )

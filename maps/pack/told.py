"""What do the offline map and the phone form of a pack know? One mapping that JSON can hold."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import shapely

from geo.survey.inspections.files.phone import FORMAT, VERSION
from geo.survey.inspections.progress import Progress
from geo.survey.inspections.words import (
    ACTIONS,
    BASES,
    FEATURES,
    METHODS,
    NORTHS,
    NOTICE,
    SIDES,
    STATES,
    VIEWS,
    VISIBLE,
)

INTERNAL = f"{NOTICE}，含界桩坐标，不得外传"


def pack_data(found: Progress, *, made_at: datetime, approval: str) -> dict[str, Any]:
    """Everything that both pages of a pack show; coordinates are longitude, latitude."""
    one, ground = found.campaign, found.ground
    return {
        "format": FORMAT, "version": VERSION, "campaign": one.code, "title": one.title,
        "notice": INTERNAL, "made_at": made_at.isoformat(timespec="minutes"),
        "approval": approval or "未经地图审核，仅限内部使用",
        "synthetic": found.has_synthetic, "opened_on": one.opened_on.isoformat(),
        "until_on": one.until_on.isoformat() if one.until_on else None,
        "sides": [
            {"side": s.side, "label": s.label, "office": s.office or ""} for s in one.sides
        ],
        "lines": [_line(line) for line in ground.lines],
        "markers": [_marker(found, marker) for marker in ground.markers],
        "stretches": [
            {"id": s.id, "label": s.label, "line": s.line_code, "from_m": round(s.from_m),
             "to_m": round(s.to_m), "start": list(s.geom.geoms[0].coords[0]),
             "end": list(s.geom.geoms[-1].coords[-1])}
            for s in ground.stretches
        ],
        "junctions": [
            {"lon": j.lon, "lat": j.lat, "units": list(j.units)} for j in ground.junctions
        ],
        "words": {
            "sides": SIDES, "states": STATES, "methods": METHODS, "views": VIEWS,
            "visible": VISIBLE, "features": FEATURES, "actions": ACTIONS, "norths": NORTHS,
        },
    }  # fmt: skip


def _line(line: Any) -> dict[str, Any]:
    return {
        "code": line.code, "label": line.label, "basis": BASES[line.basis],
        "disputed": line.is_disputed, "length_m": round(line.ruler.total_m),
        "parts": [
            [[round(x, 7), round(y, 7)] for x, y in shapely.get_coordinates(part)]
            for part in line.geom.geoms
        ],
    }  # fmt: skip


def _marker(found: Progress, marker: Any) -> dict[str, Any]:
    about = marker.about
    return {
        "number": marker.number, "lines": list(marker.lines_here), "lon": marker.lon,
        "lat": marker.lat, "state": about["state"], "type": about["type_code"],
        "material": about["material"], "faces": about["faces"], "where": about["position_text"],
        "approximate": about["is_approximate"], "crs": about["archived_crs"],
        "references": [_reference(one) for one in about["reference_objects"] or []],
        "chainage_m": {
            code: None if m != m else round(m) for code, m in marker.chainage_m.items()
        },
    }  # fmt: skip


def _reference(told: Any) -> dict[str, Any]:
    """A reference object, whatever its fields are called in the archive."""
    if not isinstance(told, dict):
        return {"text": str(told)[:200]}
    return {str(k): v for k, v in told.items() if isinstance(v, str | int | float)}


def day_zh(day: date) -> str:
    """2026 年 5 月 6 日."""
    return f"{day.year} 年 {day.month} 月 {day.day} 日"

"""What did the synthetic city's offices find, who has to mend it by when, and how far are they?

Steps are history, which only grows: findings are made once and outlast a new making of the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from sqlalchemy import text

from geo.demo.attributes import Made
from geo.demo.figures import DAY
from geo.demo.ground import Ground, Target
from geo.demo.write import copy_rows
from geo.models.kinds import KINDS

Row = dict[str, Any]
_HAZARDS = (
    ("hazard-equipment", "消防设施设备待整改"),
    ("hazard-special-equipment", "电梯未按期检验"),
    ("hazard-combustible-panels", "使用易燃可燃装修材料"),
)
_COURSES = (
    ("found",),
    ("found", "assigned"),
    ("found", "assigned", "done"),
    ("found", "assigned", "done", "returned"),
    ("found", "assigned", "done", "verified"),
)
_NOTES = {
    "done": "已整改，待核验（合成）", "returned": "整改不到位，退回（合成）",
    "verified": "现场核验通过（合成）",
}  # fmt: skip
_HOMES, _BURIALS = 18, 3


@dataclass(frozen=True, slots=True)
class _Found:
    """One thing found, before it has a number."""

    kind: str
    title: str
    subject_type: str
    subject_code: str
    district: int
    lonlat: tuple[float, float]
    hazard_code: str | None = None


def write_findings(
    target: Target, ground: Ground, made: list[Made], estates: list[Row], flags: Row, seed: int
) -> int:
    """Write the findings of a city with their steps; nothing where it has some already."""
    known = text("SELECT 1 FROM work_item WHERE is_synthetic AND subject_code LIKE :own LIMIT 1")
    if target.execute(known, {"own": f"DEMO-{ground.key}-%"}).first():
        return 0
    rng = ground.rng(seed, 9)
    findings = [*_at_homes(made, rng), *_at_estates(ground, estates), *_burials(ground, made, rng)]
    drawn = target.execute(
        text("SELECT nextval(pg_get_serial_sequence('work_item', 'id')) "
             "FROM generate_series(1, :n)"), {"n": len(findings)},
    )  # fmt: skip
    numbers = [row[0] for row in drawn]
    # Their steps can never be deleted, so they do not belong to a delivery that is replaced.
    lasting = {name: value for name, value in flags.items() if name != "delivery_id"}
    pairs = list(zip(numbers, findings, strict=True))
    copy_rows(target, "work_item", (_item(n, one, ground) | lasting for n, one in pairs))
    copy_rows(
        target, "work_event", (step for n, one in pairs for step in _steps(n, one, ground, rng))
    )
    return len(findings)


def _at_homes(made: list[Made], rng: np.random.Generator) -> Iterator[_Found]:
    """Hazards, overdue checks and wrong entries at homes."""
    homes = [
        one
        for one in made
        if KINDS[one.site.kind].is_residential and one.values.get("fire_state") is not None
    ]
    homes.sort(key=lambda one: one.values["fire_state"] == "passed")
    for number, index in enumerate(rng.permutation(min(len(homes), 2 * _HOMES))[:_HOMES]):
        site = homes[int(index)].site
        place = (site.district, (site.lon, site.lat))
        if number % 3 == 2:
            title = f"{site.name}：消防检查应复查"
            yield _Found("fire_overdue", title, "facility", site.code, *place)
        elif number % 7 == 5:
            title = f"{site.name}：地图上的收费与公示不符"
            yield _Found("wrong_information", title, "facility", site.code, *place)
        else:
            code, words = _HAZARDS[number % len(_HAZARDS)]
            yield _Found(
                "fire_hazard", f"{site.name}：{words}", "facility", site.code, *place, code
            )


def _at_estates(ground: Ground, estates: list[Row]) -> Iterator[_Found]:
    """Estates that handed nothing over."""
    codes = [district.code for district in ground.districts]
    for row in [row for row in estates if row["handed_over_m2"] is None][:6]:
        middle = row["geom"].centroid
        yield _Found(
            "estate", f"{row['name']}：养老服务用房未移交", "estate", row["code"],
            codes.index(row["admin_code"]), (middle.x, middle.y),
        )  # fmt: skip


def _burials(ground: Ground, made: list[Made], rng: np.random.Generator) -> Iterator[_Found]:
    """Burial sites to be put right: internal, never public."""
    fringe = [one for one in made if one.site.kind == "rural_home"] or made
    for number in range(1, _BURIALS + 1):
        site = fringe[int(rng.integers(len(fringe)))].site
        yield _Found(
            "funeral_rectification", f"示例殡葬整治点-{number:02d}：超面积墓穴待整治",
            "gap", f"DEMO-{ground.key}-BURIAL{number:02d}", site.district, (site.lon, site.lat),
        )  # fmt: skip


def _item(number: int, one: _Found, ground: Ground) -> Row:
    lon, lat = one.lonlat
    return {
        "id": number, "kind": one.kind, "hazard_code": one.hazard_code, "title": one.title,
        "subject_type": one.subject_type, "subject_code": one.subject_code,
        "admin_code": ground.districts[one.district].code,
        "geom": f"SRID=4490;POINT({lon!r} {lat!r})",
    }  # fmt: skip


def _steps(number: int, one: _Found, ground: Ground, rng: np.random.Generator) -> Iterator[Row]:
    """Its steps so far, in an order that the rules of work items allow."""
    course = _COURSES[int(rng.choice(len(_COURSES), p=[0.2, 0.35, 0.15, 0.1, 0.2]))]
    day = DAY - timedelta(days=int(rng.integers(120, 330)))
    due = DAY + timedelta(days=int(rng.integers(-30, 520)))
    office = f"{ground.districts[one.district].name}民政局"
    for step in course:
        yield {
            "item_id": number, "step": step, "on_date": day,
            "role": office if step == "assigned" else "市民政局养老服务处",
            "due_on": due if step == "assigned" else None, "note": _NOTES.get(step),
        }  # fmt: skip
        day = _later(day, rng)


def _later(day: date, rng: np.random.Generator) -> date:
    return min(day + timedelta(days=int(rng.integers(3, 40))), DAY)

"""Which operators, estates, projects and programmes does the synthetic city have?"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import shapely

from geo.demo.attributes import Made
from geo.demo.figures import DAY
from geo.demo.ground import Ground
from geo.demo.people import People

Row = dict[str, Any]
OPERATORS = 24
ESTATES_PER_MILLION = 12
_FAR_PROVINCES = ("310000000000", "330000000000", "510000000000", "500000000000", "340000000000")
_STAGES = (("立项", 0), ("动工", 15), ("主体", 45), ("装修", 75), ("验收", 95), ("投用", 100))


def make_operators(ground: Ground, seed: int) -> list[Row]:
    """Operators, a few of them at home in another province (异地设立)."""
    rng = ground.rng(seed, 3)
    home = ground.city_code[:2].ljust(12, "0")
    far = [province for province in _FAR_PROVINCES if province != home]
    return [
        {
            "code": f"DEMO-{ground.key}-OP{number:02d}",
            "name": f"示例养老服务机构-{number:02d}",
            "home_province_code": far[int(rng.integers(len(far)))] if number % 5 == 0 else home,
        }
        for number in range(1, OPERATORS + 1)
    ]


def make_estates(ground: Ground, people: People, seed: int) -> list[Row]:
    """Residential estates, new and built, with the floor area that they handed over."""
    rng = ground.rng(seed, 4)
    count = min(len(people), max(12, round(people.total.sum() / 1e6 * ESTATES_PER_MILLION)))
    weight = people.total**1.2
    cells = np.sort(rng.choice(len(people), count, replace=False, p=weight / weight.sum()))
    rows = []
    for number, cell in enumerate(cells, 1):
        households = int(rng.integers(12, 180)) * 10
        is_new = bool(rng.random() < 0.55)
        due = households / 100 * (20 if is_new else 15)
        handed = rng.random() < 0.75
        area = round(due * rng.uniform(0.6, 1.5)) if handed else None
        approved = DAY - timedelta(days=int(rng.integers(400, 4000 if is_new else 9000)))
        half = rng.uniform(80, 160)
        square = shapely.box(*(people.xy[cell] - half), *(people.xy[cell] + half))
        rows.append({
            "code": f"DEMO-{ground.key}-EST{number:03d}", "name": f"示例住区-{number:03d}",
            "estate_type": "new" if is_new else "built", "households": households,
            "approved_on": approved, "handed_over_m2": area,
            "largest_room_m2": round(area * rng.uniform(0.3, 0.8)) if area else None,
            "handed_over_on": approved + timedelta(days=int(rng.integers(100, 390)))
            if handed else None,
            "admin_code": ground.districts[people.district[cell]].code,
            "geom": shapely.transform(square, ground.to_degrees),
        })  # fmt: skip
    return rows


def make_projects(ground: Ground, made: list[Made], seed: int) -> list[Row]:
    """Projects: those that build the planned facilities, and works at some that are open."""
    rng = ground.rng(seed, 5)
    building = [m for m in made if m.lives[-1].state in ("planned", "under_construction")]
    rebuilt = [m for m in made if m.lives[-1].state == "open" and m.site.kind == "rural_home"][:8]
    rows = []
    for number, one in enumerate([*building, *rebuilt], 1):
        state = one.lives[-1].state
        stage, percent = _STAGES[0 if state == "planned" else int(rng.integers(1, 5))]
        planned = float(round(rng.lognormal(15, 0.7), -4))
        begun = None if state == "planned" else DAY - timedelta(days=int(rng.integers(60, 500)))
        rows.append({
            "code": f"DEMO-{ground.key}-PRJ{number:03d}",
            "name": f"示例项目-{number:03d}",
            "project_class": "改扩建" if state == "open" else "新建",
            "lead_role": "分管副局长", "stage": stage, "progress_percent": float(percent),
            "funding_planned_cny": planned,
            "funding_paid_cny": round(planned * min(percent / 100, 1) * rng.uniform(0.6, 1), 2),
            "funding_source": str(rng.choice(["市级财政", "区级财政", "福彩公益金", "社会投资"])),
            "started_on": begun,
            "due_on": DAY + timedelta(days=int(rng.integers(-120, 600))),
            "facility_code": one.site.code,
            "admin_code": ground.districts[one.site.district].code,
            "geom": shapely.Point(one.site.lon, one.site.lat),
        })  # fmt: skip
    return rows


def make_tags(ground: Ground, made: list[Made]) -> list[Row]:
    """Programmes in which districts and facilities take part; the programmes are invented too."""
    tags: list[Row] = [
        {
            "subject_type": "admin_unit", "subject_code": district.code,
            "programme": "示例社区养老示范创建", "batch": f"第{'一二三'[index % 3]}批",
            "programme_level": "市级", "tagged_on": date(2023 + index % 3, 6, 1),
        }
        for index, district in enumerate(ground.districts)
    ]  # fmt: skip
    centres = [m for m in made if m.site.kind == "care_complex" and m.lives[-1].state == "open"]
    tags.extend(
        {
            "subject_type": "facility", "subject_code": one.site.code,
            "programme": "示例区域养老服务中心", "batch": "第一批", "programme_level": "省级",
            "tagged_on": date(2024, 9, 1),
        }
        for one in centres[::3]
    )  # fmt: skip
    return tags

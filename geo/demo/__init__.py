"""What does a city look like that has everything? Synthetic people, zones and facilities, flagged.

Boundaries, names and townships are real and loaded elsewhere; what this package adds is made up
from a seed, the same rows each time, and every row says so.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from scipy.spatial import cKDTree
from sqlalchemy import text

from geo.demo.attributes import Made, describe
from geo.demo.candidates import make_candidates
from geo.demo.figures import SOURCE
from geo.demo.findings import write_findings
from geo.demo.ground import Ground, Target, read_ground
from geo.demo.lines import derive_lines
from geo.demo.people import settle
from geo.demo.plans import make_estates, make_operators, make_projects, make_tags
from geo.demo.siting import find_sites
from geo.demo.write import (
    between,
    copy_rows,
    remove_demo,
    stamps,
    write_cells,
    write_facilities,
    write_zones,
)
from geo.demo.zones import cut_zones, zone_of_cells
from geo.progress import Progress, silent

__all__ = ["DemoBuilt", "build_demo"]

_STEPS = 6
_ONE_AT_A_TIME = 0x6D7A6465
"""Lock that two makings at once take in turn; the second then finds everything done."""
_SPOKES = ("rural_home", "mutual_aid_home", "service_station")


@dataclass(frozen=True, slots=True)
class DemoBuilt:
    """How much was made; `skipped` says that it was there already."""

    facilities: int
    cells: int
    zones: int
    skipped: bool


def build_demo(
    session: Target, city_code: str, *, seed: int = 20221, progress: Progress = silent
) -> DemoBuilt:
    """Make the synthetic part of a loaded city: people, zones, facilities, plans.

    `city_code` has 6 or 12 digits. The same seed on the same boundaries gives the same rows;
    nothing is done when they are there already, and an older making is replaced. The caller
    commits. Raises NotFound when the city is not loaded.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
    progress(0, _STEPS, "读取边界 · reading boundaries")
    ground = read_ground(session, city_code)
    print_of_all = _fingerprint(ground, seed)
    earlier = session.execute(
        text("SELECT id, sha256, report FROM delivery WHERE kind = 'demo' AND file_name = :name"),
        {"name": _file_name(ground)},
    ).all()
    for _, sha256, report in earlier:
        if sha256 == print_of_all:
            return DemoBuilt(report["facilities"], report["cells"], report["zones"], True)
    remove_demo(session, [row[0] for row in earlier])
    return _build(session, ground, seed, print_of_all, progress)


def _build(
    session: Target, ground: Ground, seed: int, fingerprint: str, progress: Progress
) -> DemoBuilt:
    delivery_id = _register(session, ground, fingerprint)
    progress(1, _STEPS, "合成人口 · synthetic people")
    people = settle(ground, seed)
    cells = write_cells(session, ground, people, stamps(delivery_id, seed, people.method))
    progress(2, _STEPS, "合成片区 · synthetic zones")
    zones = cut_zones(ground, people, seed)
    method = "按合成人口随机取点的泰森多边形，裁于区县边界 · seeded Voronoi cells within districts"
    write_zones(session, ground, zones, stamps(delivery_id, seed, method))
    progress(3, _STEPS, "合成设施 · synthetic facilities")
    operators = make_operators(ground, seed)
    invented = stamps(delivery_id, seed, "随机生成 · made at random")
    copy_rows(session, "operator", ({**row, **invented} for row in operators))
    rng = ground.rng(seed, 6)
    codes = [row["code"] for row in operators]
    stands = find_sites(ground, people, zone_of_cells(zones, people), seed)
    made = [describe(site, rng, codes) for site in stands]
    count = write_facilities(session, ground, made, hubs_of(ground, made), delivery_id, seed)
    progress(4, _STEPS, "合成住区与项目 · synthetic estates and projects")
    estates = make_estates(ground, people, seed)
    copy_rows(
        session,
        "estate",
        ({**row, **invented, "validity": between(row["approved_on"], None)} for row in estates),
    )
    projects = make_projects(ground, made, seed)
    copy_rows(session, "construction_project", ({**row, **invented} for row in projects))
    copy_rows(session, "programme_tag", ({**row, **invented} for row in make_tags(ground, made)))
    inside = {**invented, "is_published": False}  # for planners only
    sites = make_candidates(ground, people, seed)
    copy_rows(session, "candidate_site", ({**row, **inside} for row in sites))
    write_findings(session, ground, made, estates, inside, seed)
    progress(5, _STEPS, "推算界线 · deriving lines")
    derive_lines(session, ground)
    built = DemoBuilt(count, cells, len(zones), False)
    _tell(session, delivery_id, built, people.method)
    progress(_STEPS, _STEPS, "完成 · done")
    return built


def hubs_of(ground: Ground, made: list[Made]) -> dict[str, str]:
    """1+N: the nearest open area centre of the same district for each home and station."""
    hubs: dict[str, str] = {}
    for index in range(len(ground.districts)):
        own = [one for one in made if one.site.district == index]
        centres = [m for m in own if m.site.kind == "care_complex" and m.lives[-1].state == "open"]
        spokes = [m for m in own if m.site.kind in _SPOKES]
        if centres and spokes:
            metres = [
                ground.to_metres(np.array([(m.site.lon, m.site.lat) for m in group]))
                for group in (centres, spokes)
            ]
            nearest = cKDTree(metres[0]).query(metres[1])[1]
            pairs = zip(spokes, nearest, strict=True)
            hubs.update((spoke.site.code, centres[hub].site.code) for spoke, hub in pairs)
    return hubs


def _file_name(ground: Ground) -> str:
    return f"synthetic-{ground.key}"


def _fingerprint(ground: Ground, seed: int) -> str:
    """What the rows depend on: this code, the seed, the districts and the places."""
    made = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        made.update(source.read_bytes())
    made.update(f"{ground.city_code} {seed}".encode())
    for district in ground.districts:
        made.update(f"{district.code} {district.name} {district.townships}".encode())
        made.update(shapely.to_wkb(district.geom))
    made.update(ground.centres.tobytes())
    return made.hexdigest()


def _register(session: Target, ground: Ground, fingerprint: str) -> int:
    """Write the delivery under which all rows of the demo stand."""
    made_id: int = session.execute(
        text("""
INSERT INTO delivery (kind, file_name, sha256, size_bytes, secrecy, licence, crs_used)
VALUES ('demo', :name, :sha256, 0, 'public', 'CC0-1.0', 'EPSG:4490') RETURNING id"""),
        {"name": _file_name(ground), "sha256": fingerprint},
    ).scalar_one()
    return made_id


def _tell(session: Target, delivery_id: int, built: DemoBuilt, method: str) -> None:
    report = {
        "about": {
            "title": "Synthetic people, facilities and zones, made for demonstration",
            "title_zh": "合成的人口、设施与片区，仅供演示",
            "origin": SOURCE,
            "note": method,
        },
        "facilities": built.facilities,
        "cells": built.cells,
        "zones": built.zones,
    }
    session.execute(
        text("UPDATE delivery SET report = CAST(:report AS jsonb) WHERE id = :id"),
        {"report": json.dumps(report, ensure_ascii=False), "id": delivery_id},
    )

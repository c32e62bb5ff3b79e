"""Which hub serves whom? By the hub that a record names, else the nearest one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import text

from geo.access.groups.told import Group, Groups, ServedArea, Spoke
from geo.access.groups.travel import (
    TRAVELS,
    MinutesOf,
    metres_between,
    places_of,
    road_minutes,
    straight_minutes,
)
from geo.access.radius.ground import Source, read_ground
from geo.access.radius.question import ask
from geo.access.radius.record import on_record
from geo.errors import BadInput, NotFound, both
from geo.models.kinds import KINDS
from geo.queries.admin import BELOW, Reader, unit
from geo.queries.filters import kind_code

HUB = "care_complex"
SPOKES = ("rural_home", "mutual_aid_home", "service_station", "day_care")


def groups(
    session: Reader,
    *,
    city: str,
    on: date,
    hub_kind: str = HUB,
    spoke_kinds: Sequence[str] = SPOKES,
    areas: str = "township",
    limit_min: float = 30.0,
    measure: str = "line",
    network: str | None = None,
    minutes_of: MinutesOf | None = None,
    travel: tuple[str, str] | None = None,
) -> Groups:
    """The 1+N groups of a city on a day.

    measure: line (straight, lengthened), drive or walk along the stored roads (of `network` where
    several lie there). minutes_of: another way to travel, told by `travel`. Raises NotFound for an
    unknown city, without hubs, people, areas or roads; BadInput for unknown kinds and measures,
    Ambiguous where several networks lie there.
    """
    if measure not in TRAVELS:
        raise BadInput(
            both(f"行程只能是：{'、'.join(TRAVELS)}。", f"measure is one of {', '.join(TRAVELS)}"),
            parameter="measure",
        )
    code = unit(session, city, on).code
    kinds = [_kind(hub_kind), *dict.fromkeys(_kind(kind) for kind in spoke_kinds)]
    if kinds[0] in kinds[1:]:
        raise BadInput(
            both("中心与站点须为不同类别。", "hubs and spokes are of different kinds"),
            parameter="spoke_kinds",
        )
    if not 0 < limit_min <= 600:
        raise BadInput(
            both("时限为 0 到 600 分钟。", "the limit is up to 600 minutes"), parameter="limit_min"
        )
    rows = session.execute(_FACILITIES, {"code": code, "on": on, "kinds": kinds}).all()
    hubs = [row for row in rows if kinds[0] in row.kinds]
    if not hubs:
        raise NotFound(
            both(
                f"{on} 没有在用的{KINDS[kinds[0]].zh}。",
                f"no {KINDS[kinds[0]].en} is open on {on}",
            )
        )
    if minutes_of is None and measure != "line":
        minutes_of, travel = road_minutes(session, measure, network), TRAVELS[measure]
    minutes_of = minutes_of or straight_minutes()
    spokes = _spokes(
        [r for r in rows if kinds[0] not in r.kinds], hubs, kinds, minutes_of, limit_min
    )
    served, sources = _areas(session, code, areas, on, hubs, kinds[0], minutes_of, limit_min)
    made = tuple(
        Group(
            hub.code, hub.name, hub.admin_code,
            tuple(sorted((s for s in spokes if s.served_by == hub.code), key=_by_minutes)),
            tuple(area for area in served if area.hub == hub.code),
        )
        for hub in hubs
    )  # fmt: skip
    told = {(r.source, r.source_date, r.is_synthetic) for r in rows}
    count = [(r.source, r.source_date, r.is_synthetic) for r in rows].count
    zh, en = _method(kinds[0], limit_min, travel)
    return Groups(
        code, on, kinds[0], limit_min, made,
        tuple(one for one in spokes if one.served_by is None),
        tuple(one for one in served if one.status == "measured" and one.hub is None),
        tuple(one for one in served if one.status != "measured"),
        (*sources, *(Source("facilities", *key, count(key)) for key in sorted(told, key=str))),
        zh, en, measure,
    )  # fmt: skip


def _spokes(
    rows: Sequence[Any], hubs: Sequence[Any], kinds: list[str], minutes_of: MinutesOf,
    limit_min: float,
) -> list[Spoke]:  # fmt: skip
    if not rows:
        return []
    start, end = places_of(rows), places_of(hubs)
    minutes, metres = minutes_of(start, end), metres_between(start, end)
    column = {hub.code: number for number, hub in enumerate(hubs)}
    made = []
    for number, row in enumerate(rows):
        near = int(np.argmin(minutes[number]))
        nearest = hubs[near].code if np.isfinite(minutes[number, near]) else None
        stated = column.get(row.hub_code)
        if stated is not None:
            served, why = row.hub_code, "登记的中心 · as its record says"
        elif nearest is not None and minutes[number, near] <= limit_min:
            served = nearest
            why = (
                "登记的中心不在用，就近 · the stated hub is not open; the nearest"
                if row.hub_code
                else "就近 · the nearest"
            )
        else:
            served, why = None, f"{limit_min:g} 分钟内没有中心 · no hub within {limit_min:g} min"
        at = near if stated is None else stated
        far = not np.isfinite(minutes[number, at])
        kind = next(kind for kind in kinds[1:] if kind in row.kinds)
        made.append(
            Spoke(
                row.code, row.name, kind, row.admin_code, row.hub_code, nearest, served,
                None if far else float(minutes[number, at]), float(metres[number, at]), why,
            )
        )  # fmt: skip
    return made


def _areas(
    session: Reader, city: str, areas: str, on: date, hubs: Sequence[Any], hub_kind: str,
    minutes_of: MinutesOf, limit_min: float,
) -> tuple[list[ServedArea], tuple[Source, ...]]:  # fmt: skip
    """The hub nearest to most elders of each area; elders beyond the limit have none."""
    question = on_record(session, ask(city=city, areas=areas, kind=hub_kind, radius_m=1.0, on=on))
    if question is None:
        raise NotFound(both(f"{on} 尚无记录。", f"nothing is on record on {on} yet"))
    ground = read_ground(session, question, kinds=[hub_kind], longest_m=1.0)
    at = np.column_stack([ground.cell_lon, ground.cell_lat])
    minutes = minutes_of(at, places_of(hubs)) if len(at) else np.zeros((0, len(hubs)))
    nearest = np.argmin(minutes, axis=1) if len(at) else np.zeros(0, dtype=np.int64)
    least = minutes[np.arange(len(at)), nearest]
    people, near = ground.people[:, 0], least <= limit_min
    made = []
    for number, (code, name) in enumerate(zip(ground.area_codes, ground.area_names, strict=True)):
        own = ground.cell_area == number
        if ground.area_shapes[number] is None or not own.any():
            why = "no_geometry" if ground.area_shapes[number] is None else "no_cells"
            made.append(ServedArea(code, name, why))
            continue
        whole, served = float(people[own].sum()), own & near & (people > 0)
        if not served.any():
            made.append(ServedArea(code, name, "measured", people_60=whole, beyond_60=whole))
            continue
        by_hub = np.bincount(nearest[served], people[served], minlength=len(hubs))
        best = int(np.argmax(by_hub))
        inside = float(people[served].sum())
        mean = float(people[served] @ least[served] / inside)
        made.append(
            ServedArea(
                code, name, "measured", hubs[best].code, float(by_hub[best] / whole), mean, whole,
                whole - inside,
            )
        )  # fmt: skip
    return made, ground.sources


def _method(hub_kind: str, limit_min: float, travel: tuple[str, str] | None) -> tuple[str, str]:
    how = travel or TRAVELS["line"]
    return (
        f"1+N：{KINDS[hub_kind].zh}为中心；站点按登记的中心，没有登记的按就近；"
        f"区域归多数老人（60+）最近的中心；行程时间：{how[0]}；上限 {limit_min:g} 分钟。",
        f"1+N around {KINDS[hub_kind].en}: spokes by the hub of their record, else the nearest; an "
        f"area by the hub nearest to most of its elders (60+); travel time: {how[1]}; up to "
        f"{limit_min:g} minutes.",
    )


def _kind(said: str) -> str:
    kind = kind_code(said)
    if kind not in KINDS:
        raise BadInput(
            both(f"没有「{said[:40]}」这种设施。", f"unknown facility kind {said[:40]!r}"),
            parameter="kind",
        )
    return kind


def _by_minutes(spoke: Spoke) -> tuple[float, str]:
    return (np.inf if spoke.minutes is None else spoke.minutes, spoke.code)


_FACILITIES = text(
    f"""WITH RECURSIVE {BELOW}
    SELECT f.code, f.name, f.kinds, f.admin_code, f.hub_code, ST_X(f.geom) AS lon,
        ST_Y(f.geom) AS lat, f.source, f.source_date, f.is_synthetic
    FROM facility f
    WHERE f.kinds && CAST(:kinds AS text[]) AND f.state = 'open'
      AND f.validity @> CAST(:on AS date) AND (
        f.admin_code IN (SELECT code FROM below) OR EXISTS (
            SELECT FROM below b JOIN admin_unit u ON u.code = b.code
            WHERE u.validity @> CAST(:on AS date) AND b.level <= 3
              AND ST_Intersects(u.geom, f.geom)))
    ORDER BY f.code"""
)

"""How well is each area served beyond "covered or not": twice, within capacity, fairly, by whom?

One read of the ground answers all: people served by one, two and three facilities; whom the beds or
meals suffice for (nearest first); supply per 1 000 elders; floating catchments; Gini; estimated
disabled people; and what facilities across the border add. Rules: docs/methods.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sqlalchemy import text

from geo.access.disclosure import publishable_count, publishable_part
from geo.access.floating import METHODS, floating_catchment, gini, mean_by_group
from geo.access.network.searches import compiled
from geo.access.pairs import reachable, sites_of
from geo.access.radius.answer import MEASURED, AreaCoverage, answer, nearest_counting
from geo.access.radius.areas import Polygons
from geo.access.radius.distance import Floats, Indices
from geo.access.radius.ground import Ground, Source, read_ground
from geo.access.radius.question import Question, ask, rule_in_words
from geo.access.radius.record import on_record, unrecorded
from geo.access.radius.seen import as_seen
from geo.access.radius.stored import data_stamp
from geo.errors import BadInput
from geo.queries.admin import Reader
from geo.settings import WalkSettings, read

SUPPLIES = {"beds": "床位", "meals": "日供餐份数"}
COLUMNS = {"beds": "beds_total", "meals": "meals_per_day"}
CROWD = 100
"""Supply per head is published where it rests on so many times the base of people at least."""


@dataclass(frozen=True, slots=True)
class AreaMeasures:
    """The measures of one area; None is unknown, never 0. Counts are of people aged 60 and over.

    disabled: 失能, from the data of every cell (disabled_by "data") or by the set rate ("rate").
    served_2, served_3: within reach of so many facilities at least. seated_60: whom the supply
    suffices for, nearest first. supply: beds or meals a day inside the area; supply_unknown: how
    many facilities there state none. per_thousand: supply per 1 000 elders. access: mean supply per
    1 000 elders by floating catchments. own_60: covered by facilities of their own area; gain_60:
    more with those across the border. thinnest_60: people in the smallest catchment behind access.
    """

    area_code: str
    area_name: str
    status: str
    measured_by: str | None = None
    people_60: float | None = None
    people_65: float | None = None
    people_80: float | None = None
    disabled: float | None = None
    disabled_by: str | None = None
    covered_60: float | None = None
    served_2: float | None = None
    served_3: float | None = None
    seated_60: float | None = None
    supply: float | None = None
    supply_unknown: int | None = None
    per_thousand: float | None = None
    access: float | None = None
    own_60: float | None = None
    gain_60: float | None = None
    thinnest_60: float | None = None


@dataclass(frozen=True, slots=True)
class Measures:
    """The measures of all areas of a question, and what they rest on.

    gini: of access among elders, 0 = all alike; None where unknown. supply_unknown: facilities that
    state no supply: they cover people, but seat nobody. disabled_rate: the set share, with its
    source. rounded_to: published counts are multiples of it.
    """

    question: Question
    supply: str
    method: str
    rows: tuple[AreaMeasures, ...]
    total: AreaMeasures
    gini: float | None
    facilities: int | None
    supply_unknown: int | None
    disabled_rate: float | None
    disabled_source: str
    sources: tuple[Source, ...]
    stamp: int
    computed_at: datetime
    rounded_to: float | None = None

    @property
    def has_synthetic(self) -> bool:
        """Some of the people, facilities or roads are made up for demonstration."""
        return any(source.is_synthetic for source in self.sources)

    @property
    def rule(self) -> str:
        """The rules in Chinese."""
        rate = (
            f"失能人数：各格网数据齐全时取其估计值，否则按 60+ 人口的 {self.disabled_rate:.1%} 估计"
            f"（来源：{self.disabled_source or '未注明，待核实'}）"
            if self.disabled_rate is not None
            else "失能人数：仅在各格网数据齐全时给出，未设失能率"
        )
        return (
            rule_in_words(self.question)
            + "重复覆盖：可达设施数不少于 2、3 处。"
            + f"容量（{SUPPLIES[self.supply]}）约束覆盖：就近优先，"
            "按距离由近到远逐对把尚未安排的老人安排到尚有余量的设施，未注明容量的设施不参与。"
            f"可达性：{self.method} 法，每千名老人可及{SUPPLIES[self.supply]}，按街区老人加权平均；"
            "基尼系数按格网老人加权。跨界增益：计入区域外设施后的覆盖减去仅计本区域设施的覆盖。"
            + rate
            + "。"
        )

    @property
    def rule_en(self) -> str:
        """The rules in English."""
        return (
            rule_in_words(self.question, "en")
            + " Served twice: within reach of two facilities. Within capacity: nearest first, pairs"
            " by distance, who is not yet seated takes what room is left; facilities without a"
            f" stated supply ({self.supply}) seat nobody. Access: {self.method}, supply per 1 000"
            " elders. Gain: covered with facilities across the border minus without. Disabled: from"
            " the data where every cell has it, else the set share of people aged 60 and over."
        )


def measures(
    session: Reader,
    *,
    polygons: Polygons | None = None,
    supply: str | None = None,
    method: str = "2sfca",
    **asked: Any,
) -> Measures:
    """The measures of a city's areas, or of given polygons (then without `city` and `areas`).

    asked: as `geo.access.coverage.coverage` takes them (city, areas, kind, radius_m, on, basis …,
    measure, network, fallback). supply: beds or meals; by default meals for canteens, else beds.
    method: of `floating_catchment`. Raises as `coverage` does, BadInput for both words.
    """
    if polygons is not None:
        asked |= {"city": "", "areas": "polygon"}
    question = ask(**({"areas": "district"} | asked))
    supply = supply or ("meals" if question.kind in ("canteen", "meal") else "beds")
    if supply not in SUPPLIES:
        raise BadInput(f"supply is beds or meals, not {supply[:40]!r}", parameter="supply")
    if method not in METHODS:
        raise BadInput(f"method is one of {', '.join(METHODS)}", parameter="method")
    stamp = data_stamp(session, question.measure)
    with as_seen(session, published_only=question.published_only):
        recorded = on_record(session, question, polygons)
        if recorded is None:
            return _unknown(session, question, supply, method, stamp, polygons)
        ground = read_ground(
            session, recorded, kinds=[question.kind], longest_m=question.radius_m, polygons=polygons
        )
        sites = sites_of(ground, question.kind)
        stated = _supply(session, ground, sites, supply)
    return measure_ground(ground, recorded, sites, stated, supply, method, stamp)


def measure_ground(
    ground: Ground,
    question: Question,
    sites: Indices,
    stated: Floats,
    supply: str,
    method: str,
    stamp: int,
) -> Measures:
    """All measures on a ground; pure. stated: supply of each of `sites`, NaN = unknown."""
    settings = read(WalkSettings)
    cost = reachable(ground, question, sites)
    across, own = (
        answer(
            ground, question, stamp, nearest_counting(ground, question.kind, across_border=border)
        )
        for border in (True, False)
    )
    shown = across if question.across_border else own
    people = ground.people[:, 0]
    known = np.nan_to_num(stated)
    found = floating_catchment(known, people, cost, radius=question.radius_m, method=method)
    served = np.diff(cost.indptr)
    has_any = not len(sites) or bool(np.isfinite(stated).any())
    seated = seated_nearest_first(cost, people, known)
    sums = {
        "served_2": _per_area(ground, people * (served >= 2)),
        "served_3": _per_area(ground, people * (served >= 3)),
        "seated_60": _per_area(ground, seated) if has_any else None,
    }
    count = len(ground.area_codes)
    means = mean_by_group(found.access, people, ground.cell_area, count) * 1000
    thin = _thinnest(ground, cost, people)
    disabled = _disabled(ground, settings.disabled_rate)
    rows = []
    for number, (row, apart, both) in enumerate(
        zip(shown.rows, own.rows, across.rows, strict=True)
    ):
        made = _row(row)
        if row.status == MEASURED:
            counts: dict[str, Any] = {
                name: None if each is None else float(each[number]) for name, each in sums.items()
            }
            made = replace(
                made,
                **counts,
                access=float(means[number]) if has_any and np.isfinite(means[number]) else None,
                thinnest_60=float(thin[number]) if np.isfinite(thin[number]) else None,
                own_60=apart.covered_60,
                gain_60=(both.covered_60 or 0) - (apart.covered_60 or 0),
            )
        if row.people_60 is not None:
            value, by = disabled[number]
            made = replace(made, disabled=value, disabled_by=by)
            made = _with_supply(made, ground, sites, stated, number)
        rows.append(made)
    spread = gini(found.access, people) if len(people) and has_any else float("nan")
    return Measures(
        shown.question, supply, method, tuple(rows), _total(rows, shown.total),
        None if np.isnan(spread) else spread, shown.facilities, int(np.isnan(stated).sum()),
        settings.disabled_rate, settings.disabled_rate_source, shown.sources, stamp,
        datetime.now(UTC),
    )  # fmt: skip


def seated_nearest_first(cost: csr_array, people: Floats, room: Floats) -> Floats:
    """How many people of each cell find room, when pairs are served from the nearest on.

    cost: (cells, sites), absent = not within reach. Pairs of one distance go by cell, then site. A
    greedy rule, not an optimum: it says whom the nearest facilities with room would take.
    """
    pairs = cost.tocoo()
    order = np.lexsort((pairs.col, pairs.row, pairs.data))
    left = people.astype(np.float64).copy()
    _seat(
        pairs.row[order].astype(np.int64), pairs.col[order].astype(np.int64), left,
        room.astype(np.float64).copy(),
    )  # fmt: skip
    return people - left


@compiled
def _seat(cell: Indices, site: Indices, left: Floats, room: Floats) -> None:
    for at in range(cell.shape[0]):
        taken = min(left[cell[at]], room[site[at]])
        left[cell[at]] -= taken
        room[site[at]] -= taken


def publishable_measures(found: Measures, base: float) -> Measures:
    """The measures with publishable counts: the rule of coverage for each.

    Supply per head is told from published people. Access and Gini are withheld where fewer than
    CROWD × base people stand behind them, and else rounded to two digits: a step of 1 % is then of
    `base` people at least.
    """
    if base == 0:
        return found
    crowd = CROWD * base
    total = _published(found.total, base)
    enough = (found.total.people_60 or 0) >= crowd and (found.total.thinnest_60 or crowd) >= crowd
    return replace(
        found,
        rows=tuple(_published(row, base) for row in found.rows),
        total=total,
        gini=round(found.gini, 2) if found.gini is not None and enough else None,
        rounded_to=base,
    )


def _published(row: AreaMeasures, base: float) -> AreaMeasures:
    whole = row.people_60
    shown: dict[str, Any] = {
        name: publishable_count(getattr(row, name), base)
        for name in ("people_60", "people_65", "people_80", "disabled")
    }
    for name in ("covered_60", "served_2", "served_3", "seated_60", "own_60"):
        shown[name] = publishable_part(whole, getattr(row, name), base)
    both = None
    if row.own_60 is not None and row.gain_60 is not None:
        both = publishable_part(whole, row.own_60 + row.gain_60, base)
    known = both is not None and shown["own_60"] is not None
    shown["gain_60"] = both - shown["own_60"] if known else None
    people = shown["people_60"]
    shown["per_thousand"] = (
        round(1000 * row.supply / people, 1) if row.supply is not None and people else None
    )
    crowd = CROWD * base
    enough = (whole or 0) >= crowd and (row.thinnest_60 is None or row.thinnest_60 >= crowd)
    shown["access"] = _two_digits(row.access) if row.access is not None and enough else None
    return replace(row, **shown, thinnest_60=None)


def _two_digits(value: float) -> float:
    return float(f"{value:.2g}")


def _row(row: AreaCoverage) -> AreaMeasures:
    return AreaMeasures(
        row.area_code, row.area_name, row.status, row.measured_by, row.people_60, row.people_65,
        row.people_80, covered_60=row.covered_60,
    )  # fmt: skip


def _with_supply(
    row: AreaMeasures, ground: Ground, sites: Indices, stated: Floats, number: int
) -> AreaMeasures:
    """What the facilities inside the area offer."""
    inside = np.array([number in ground.sites[i].homes for i in sites], dtype=bool)
    own = stated[inside]
    unknown = int(np.isnan(own).sum())
    total = None if len(own) and unknown == len(own) else float(np.nansum(own))
    per = 1000 * total / row.people_60 if total is not None and row.people_60 else None
    return replace(row, supply=total, supply_unknown=unknown, per_thousand=per)


def _total(rows: list[AreaMeasures], total: AreaCoverage) -> AreaMeasures:
    """Sums over measured areas; mean access of everybody."""
    measured = [row for row in rows if row.status == MEASURED]
    made = _row(total)
    if not measured:
        return made
    sums: dict[str, Any] = {}
    for name in ("disabled", "served_2", "served_3", "seated_60", "supply", "supply_unknown",
                 "own_60", "gain_60"):  # fmt: skip
        values = [getattr(row, name) for row in measured]
        sums[name] = None if None in values else sum(values)
    by = {row.disabled_by for row in measured}
    thin = [row.thinnest_60 for row in measured if row.thinnest_60 is not None]
    everybody = sum(row.people_60 or 0 for row in measured)
    weighed = sum((row.access or 0) * (row.people_60 or 0) for row in measured)
    known = everybody and all(row.access is not None or not row.people_60 for row in measured)
    return replace(
        made,
        **sums,
        disabled_by=by.pop() if len(by) == 1 else "mixed",
        per_thousand=1000 * sums["supply"] / everybody
        if sums["supply"] is not None and everybody
        else None,
        access=weighed / everybody if known else None,
        thinnest_60=min(thin) if thin else None,
    )


def _per_area(ground: Ground, weights: Floats) -> Floats:
    count = len(ground.area_codes)
    return np.bincount(ground.cell_area, weights, minlength=count).astype(np.float64)


def _thinnest(ground: Ground, cost: csr_array, people: Floats) -> Floats:
    """For each area the fewest people in a catchment that reaches it; inf where none does."""
    pairs = cost.tocoo()
    demand = np.bincount(pairs.col, people[pairs.row], minlength=cost.shape[1])
    least = np.full(len(ground.area_codes), np.inf)
    told: NDArray[np.bool_] = people[pairs.row] > 0
    np.minimum.at(least, ground.cell_area[pairs.row[told]], demand[pairs.col[told]])
    return least


def _disabled(ground: Ground, rate: float | None) -> list[tuple[float | None, str | None]]:
    """Estimated disabled people of each area, and from what: its data, the set rate, or nothing."""
    counted = _per_area(ground, ground.disabled)  # NaN where a cell states none
    sixty = _per_area(ground, ground.people[:, 0])
    told: list[tuple[float | None, str | None]] = []
    for value, people in zip(counted, sixty, strict=True):
        if not np.isnan(value):
            told.append((float(value), "data"))
        else:
            told.append((None, None) if rate is None else (float(people * rate), "rate"))
    return told


def _supply(session: Reader, ground: Ground, sites: Indices, supply: str) -> Floats:
    """Beds or meals a day of each facility, NaN where it states none."""
    ids = [ground.sites[i].id for i in sites]
    rows = session.execute(
        text(f"SELECT f.id, f.{COLUMNS[supply]} FROM facility f WHERE f.id = ANY(:ids)"),
        {"ids": ids},
    )
    stated = {row[0]: row[1] for row in rows}
    return np.array([stated.get(each) for each in ids], dtype=np.float64)


def _unknown(
    session: Reader,
    question: Question,
    supply: str,
    method: str,
    stamp: int,
    polygons: Polygons | None,
) -> Measures:
    """The answer for a day before anything was on record."""
    none = unrecorded(session, question, stamp, polygons)
    settings = read(WalkSettings)
    return Measures(
        question, supply, method, tuple(_row(row) for row in none.rows), _row(none.total), None,
        None, None, settings.disabled_rate, settings.disabled_rate_source, (), stamp,
        none.computed_at,
    )  # fmt: skip

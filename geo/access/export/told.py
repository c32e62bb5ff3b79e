"""How do results that the public may be told leave: coverage, gaps, missing, measures, series …?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapely.geometry.base import BaseGeometry

from geo.access.coverage import coverage
from geo.access.export.layer import (
    PEOPLE,
    Layer,
    Row,
    Value,
    area_shapes,
    layer_of,
    sources_in_words,
)
from geo.access.features import NUMBERS, SHARES, area_properties, gap_properties
from geo.access.gaps import gaps
from geo.access.indicators import catalogue, compute_indicator
from geo.access.measures import AreaMeasures, measures, publishable_measures
from geo.access.publishing import publishable_coverage, publishable_gaps
from geo.access.radius.question import kind_name
from geo.access.radius.seen import as_seen
from geo.access.series import publishable_series, series
from geo.access.standards import missing
from geo.access.standards.written import STATUS_WORDS
from geo.access.walking.around import around_facility
from geo.errors import BadInput, both

if TYPE_CHECKING:
    from geo.access.export.results import Wanted
    from geo.queries.admin import Reader

AREA = ("area_code", "area_name")
COVERED = (*AREA, "kind", "radius_m", "measure", "status", "status_zh", *NUMBERS, *SHARES,
           "measured_by", "too_far_60", "island_60")  # fmt: skip
MEASURED = tuple(name for name in AreaMeasures.__dataclass_fields__ if name != "held_by_few")


def coverage_layer(session: Reader, wanted: Wanted) -> Layer:
    """People and covered people by area, along the line or on foot."""
    found = publishable_coverage(
        coverage(session, on=wanted.on, **wanted.coverage()), wanted.rounded_to
    )
    shapes = _shapes(session, wanted)
    rows = [
        (_asked(wanted) | area_properties(row), shapes.get(row.area_code))
        for row in (*found.rows, found.total)
    ]
    return layer_of(
        "coverage", _title(wanted, "覆盖"), rows, fields=COVERED, unit=PEOPLE, on=wanted.on,
        source=sources_in_words(found.sources), method=found.method,
        has_synthetic=found.has_synthetic, computed_at=found.computed_at,
    )  # fmt: skip


def gaps_layer(session: Reader, wanted: Wanted) -> Layer:
    """The uncovered stretches as polygons, most people first."""
    found = publishable_gaps(gaps(session, on=wanted.on, **wanted.coverage()), wanted.rounded_to)
    about = found.coverage
    rows = [(_asked(wanted) | gap_properties(gap), gap.shape) for gap in found.gaps]
    fields = ("rank", *AREA, "kind", "radius_m", "measure", *NUMBERS[:3], "area_m2", "nearest_m")
    return layer_of(
        "gaps", _title(wanted, "服务缺口"), rows, fields=fields,
        unit="人 people；area_m2 平方米、nearest_m 米为量算值", on=wanted.on,
        source=sources_in_words(about.sources), method=about.method,
        has_synthetic=about.has_synthetic, computed_at=about.computed_at,
    )  # fmt: skip


def missing_layer(session: Reader, wanted: Wanted) -> Layer:
    """Every unit under every rule of what it must have."""
    if wanted.areas not in ("township", "zone"):
        raise BadInput(
            both("应有未有按 township 或 zone 核查。", "areas is township or zone for this result"),
            parameter="areas",
        )
    with as_seen(session, published_only=wanted.published_only):
        found = missing(session, city=wanted.city, areas=wanted.areas, on=wanted.on)
    shapes, rules = _shapes(session, wanted), {rule.code: rule for rule in found.rules}
    rows: list[Row] = []
    for row in found.rows:
        rule = rules[row.rule_code]
        said: dict[str, Value] = {
            "rule": row.rule_code, "rule_title": rule.title, "rule_source": rule.source,
            "rule_status": STATUS_WORDS[rule.status][0], "area_code": row.area_code,
            "area_name": row.area_name, "status": row.status, "status_zh": row.status_zh,
            "judged_by": row.judged_by,
            "facilities": "、".join(one.name for one in row.facilities),
        }  # fmt: skip
        rows.append((said, shapes.get(row.area_code)))
    fields = ("rule", "rule_title", *AREA, "status", "status_zh", "judged_by", "facilities",
              "rule_source", "rule_status")  # fmt: skip
    return layer_of(
        "missing", "应有设施核查", rows, fields=fields, unit="个 units", on=wanted.on,
        source="设施与区划 facilities and divisions",
        method="每个单元按规则所列类别的在用设施判断；在建、规划、暂停的另列；未知的不算缺。",
        has_synthetic=found.has_synthetic,
    )  # fmt: skip


def measures_layer(session: Reader, wanted: Wanted) -> Layer:
    """Served twice, within capacity, supply, access and gain by area."""
    found = publishable_measures(
        measures(session, on=wanted.on, **wanted.coverage()), wanted.rounded_to
    )
    shapes = _shapes(session, wanted)
    rows = [
        (
            _asked(wanted) | {name: getattr(row, name) for name in MEASURED},
            shapes.get(row.area_code),
        )
        for row in (*found.rows, found.total)
    ]
    fields = (*MEASURED[:2], "kind", "radius_m", "measure", *MEASURED[2:])
    return layer_of(
        "measures", _title(wanted, "服务水平"), rows, fields=fields,
        unit=f"人 people；supply {found.supply}；per_thousand、access 每千名老人", on=wanted.on,
        source=sources_in_words(found.sources), method=found.rule,
        has_synthetic=found.has_synthetic, computed_at=found.computed_at,
    )  # fmt: skip


def series_layer(session: Reader, wanted: Wanted) -> Layer:
    """Coverage by area on each of some days."""
    found = publishable_series(series(session, wanted.days, **wanted.coverage()), wanted.rounded_to)
    rows = []
    for answer in found.answers:
        day = answer.question.on
        shapes = area_shapes(session, city=wanted.city, areas=wanted.areas, on=day,
                             published_only=wanted.published_only)  # fmt: skip
        own: dict[str, Value] = {
            "on_date": day.isoformat(), "base_year": answer.question.base_year,
            "source": sources_in_words(answer.sources), "is_synthetic": answer.has_synthetic,
        }  # fmt: skip
        rows += [
            (_asked(wanted) | own | area_properties(row), shapes.get(row.area_code))
            for row in (*answer.rows, answer.total)
        ]
    return layer_of(
        "series", _title(wanted, "历年覆盖"), rows, fields=(*COVERED, "base_year"), unit=PEOPLE,
        on=wanted.on, source="", method=found.answers[-1].method + found.note,
        has_synthetic=found.has_synthetic,
    )  # fmt: skip


def indicators_layer(session: Reader, wanted: Wanted) -> Layer:
    """The values of one indicator, or of all that are defined at the level, by area."""
    shapes, made_up = _shapes(session, wanted), False
    rows: list[Row] = []
    chosen = [wanted.indicator] if wanted.indicator else [
        one.id for one in catalogue().values()
        if wanted.areas in one.levels and not (wanted.published_only and one.is_internal)
    ]  # fmt: skip
    for id_ in chosen:
        found = compute_indicator(
            session, id_, city=wanted.city, by=wanted.areas, on=wanted.on,
            published_only=wanted.published_only, rounded_to=wanted.rounded_to,
        )  # fmt: skip
        made_up = made_up or found.has_synthetic
        rule = found.threshold
        for row in (*found.rows, *((found.total,) if wanted.areas != "city" else ())):
            said: dict[str, Value] = {
                "indicator": id_, "title": found.indicator.title, "area_code": row.area_code,
                "area_name": row.area_name, "value": row.value, "numerator": row.numerator,
                "denominator": row.denominator, "unknown": row.unknown,
                "target": rule.value if rule else None, "meets": row.meets, "note": row.note,
                "unit": found.indicator.unit, "source": "；".join(found.sources),
                "method": found.method, "is_synthetic": found.has_synthetic,
            }  # fmt: skip
            rows.append((said, shapes.get(row.area_code)))
    fields = ("indicator", "title", *AREA, "value", "numerator", "denominator", "unknown", "target",
              "meets", "note")  # fmt: skip
    return layer_of("indicators", "监测指标", rows, fields=fields, unit="", on=wanted.on, source="",
                    method="定义与公式见各行 method 列。", has_synthetic=made_up)  # fmt: skip


def isochrones_layer(session: Reader, wanted: Wanted) -> Layer:
    """What lies within so many minutes on foot of one facility."""
    if not wanted.facility:
        raise BadInput(
            both("请用 --facility 给出设施编码。", "name a facility with --facility"),
            parameter="facility",
        )
    found = around_facility(
        session, wanted.facility, minutes=wanted.minutes, on=wanted.on, network=wanted.network,
        fallback=wanted.fallback, published_only=wanted.published_only,
    )  # fmt: skip
    rows: list[Row] = [
        (
            {"facility": found.code, "name": found.name, "minutes": area.minutes,
             "metres": area.metres, "ways_m": area.ways_m, "measured_by": area.measured_by},
            area.shape,
        )
        for area in reversed(found.areas)
    ]  # fmt: skip
    source = "；".join(f"{s or '未知'}（{d or '日期未知'}，{n} 行）" for s, d, _, n in found.roads)
    return layer_of(
        "isochrones", f"{found.name}步行等时圈", rows,
        fields=("facility", "name", "minutes", "metres", "ways_m", "measured_by"),
        unit="分钟 minutes，米 metres（量算值）", on=wanted.on, source=source, method=found.method,
        has_synthetic=found.has_synthetic, computed_at=found.computed_at,
    )  # fmt: skip


def _shapes(session: Reader, wanted: Wanted) -> dict[str, BaseGeometry | None]:
    return area_shapes(
        session, city=wanted.city, areas=wanted.areas, on=wanted.on,
        published_only=wanted.published_only,
    )  # fmt: skip


def _asked(wanted: Wanted) -> dict[str, Value]:
    return {"kind": wanted.kind, "radius_m": wanted.radius_m, "measure": wanted.measure}


def _title(wanted: Wanted, what: str) -> str:
    walked = "步行 " if wanted.measure == "walk" else ""
    return f"{kind_name(wanted.kind)} {walked}{wanted.radius_m:g} 米{what}"

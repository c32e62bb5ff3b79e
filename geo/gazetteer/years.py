"""Was a name in use in a year: certainly, possibly or not?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Row, text
from sqlalchemy.orm import Session

from geo.gazetteer.matching import KINDS, PAST_KINDS

_KIND_ORDER = {kind: place for place, kind in enumerate(KINDS)}

Verdict = Literal["certain", "possible"]


@dataclass(frozen=True)
class NameInYear:
    """A name that a place bore in a year: for certain, or possibly because dates are unknown.

    Years are astronomical (0 = 1 BCE); None is unknown. `why_zh`, `why_en` give the reason.
    """

    name: str
    pinyin: str | None
    kind: str
    language: str
    verdict: Verdict
    why_zh: str
    why_en: str
    start_year: int | None
    end_year: int | None
    citation: str | None


_NAMES = text(
    """
    SELECT n.place_id, n.name, n.kind, n.language, n.pinyin, n.start_earliest, n.start_latest,
           n.end_earliest, n.end_latest, n.certainty, n.citation,
           extract(year FROM p.source_date)::int AS seen_year
    FROM place_name n JOIN place p ON p.id = n.place_id
    WHERE n.place_id = ANY(CAST(:places AS bigint[]))
    """
)
# A stable state of a division with a known first day was called so from that year on.
_UNIT_STATES = text(
    """
    SELECT p.id AS place_id, a.name, a.source,
           extract(year FROM lower(a.validity))::int AS start_year,
           extract(year FROM upper(a.validity) - 1)::int AS end_year,
           extract(year FROM a.source_date)::int AS seen_year
    FROM place p JOIN admin_unit a ON a.code = p.unit_code
    WHERE p.id = ANY(CAST(:places AS bigint[]))
    """
)


def names_in_year(
    session: Session | Connection, place_ids: Sequence[int], year: int
) -> dict[int, list[NameInYear]]:
    """Answer the names that each place bore in a year: certain, Chinese, present-day kinds first.

    A name is certain only where its start and its end are known (or a dated source saw it in use)
    and the source does not doubt it; with an unknown date it is possible; a name whose known years
    exclude the year is left out. Dated states of a division count as names of its place.
    """
    found: dict[int, dict[str, NameInYear]] = defaultdict(dict)
    for row in session.execute(_NAMES, {"places": list(place_ids)}):
        name = in_year(row, year)
        if name is not None:
            found[row.place_id][name.name] = _surer(found[row.place_id].get(name.name), name)
    for state in session.execute(_UNIT_STATES, {"places": list(place_ids)}):
        _add_state(found[state.place_id], state, year)
    return {
        place: sorted(
            names.values(),
            key=_likelier,
        )
        for place, names in found.items()
    }


def _likelier(one: NameInYear) -> tuple[bool, bool, bool, int, str]:
    """Certain, Chinese, present-day kinds first; of possible names those that ended later first.

    That a name ended in 1995 says that it was used before; a name without years says nothing.
    """
    is_certain = one.verdict == "certain"
    is_unended = not is_certain and one.end_year is None
    return not is_certain, one.language != "zh", is_unended, _KIND_ORDER[one.kind], one.name


def _surer(one: NameInYear | None, other: NameInYear) -> NameInYear:
    return one if one is not None and one.verdict == "certain" else other


def in_year(row: Row[Any], year: int) -> NameInYear | None:
    """Answer the verdict on one stored name, or None where its known years exclude the year."""
    too_early = row.start_earliest is not None and year < row.start_earliest
    too_late = row.end_latest is not None and year > row.end_latest
    if too_early or too_late:
        return None
    # The source saw a name of today in use: it was in use in that year, whatever else is unknown.
    seen = row.seen_year if row.kind not in PAST_KINDS else None
    start = row.start_latest if row.start_latest is not None else seen
    end = row.end_earliest if row.end_earliest is not None else seen
    known = start is not None and end is not None and start <= year <= end
    doubted = row.certainty not in (None, "certain")
    verdict: Verdict = "certain" if known and not doubted else "possible"
    why_zh, why_en = _why(row, year, known=known, doubted=doubted)
    return NameInYear(
        row.name, row.pinyin, row.kind, row.language, verdict, why_zh, why_en,
        row.start_earliest, row.end_latest, row.citation,
    )  # fmt: skip


def _why(row: Row[Any], year: int, *, known: bool, doubted: bool) -> tuple[str, str]:
    if known:
        return (
            ("年代吻合，但来源存疑", "the years fit, but the source is in doubt")
            if doubted
            else (f"{year} 年在其使用年代之内", f"{year} lies within its years of use")
        )
    if row.start_latest is None and row.end_earliest is None:
        return "起止年代未知", "years of use unknown"
    if row.start_latest is None:
        return "起始年代未知", "start unknown"
    if row.end_earliest is None:
        return "资料日期之后是否沿用未知", "use beyond the date of the source unknown"
    return "年代只知范围", "years known only as a range"


def _add_state(names: dict[str, NameInYear], state: Row[Any], year: int) -> None:
    """A dated version of the division makes a possible name certain, or adds one."""
    until = state.end_year if state.end_year is not None else state.seen_year
    if state.start_year is None or until is None or not state.start_year <= year <= until:
        return
    before = names.get(state.name)
    names[state.name] = NameInYear(
        state.name,
        before.pinyin if before else None,
        before.kind if before else "former",
        before.language if before else "zh",
        "certain",
        f"该行政区划 {year} 年的名称",
        f"name of the division in {year}",
        state.start_year,
        state.end_year,
        state.source,
    )

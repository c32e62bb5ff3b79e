"""How does an empty database become the map of a city, step by step, skipping what is done?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from api.telling import SilentTeller, Teller
from geo.access.coverage import compute_city
from geo.db import Database, session_factory
from geo.demo import build_demo
from geo.errors import Ambiguous, NotFound
from geo.gazetteer.search import refresh_keys
from geo.loaders.city import load_city
from geo.migrations import migrate
from geo.progress import Progress
from geo.validity import today_in_china


@dataclass(frozen=True)
class CityReady:
    """A city that can be served: its twelve-digit code and its name."""

    code: str
    name: str


def prepare_city(
    database: Database,
    city: str,
    *,
    with_demo: bool = True,
    on: date | None = None,
    teller: Teller | None = None,
) -> CityReady:
    """Migrate, load the city, add its demonstration data, index names, compute what pages show.

    `city` is a name or code. Each step is one transaction and is skipped when nothing changed, so
    a second run takes seconds and a run killed in the middle goes on where it was. `on` (default
    today) is the date of the computed coverage. Without `with_demo` nothing synthetic is added, and
    what is there stays. Raises GeoError.
    """
    tell = teller or SilentTeller()
    day = on or today_in_china()
    with tell.step("数据表 · migrating tables"):
        migrate(database.owner_url)
    sessions = session_factory(database)
    with tell.step(f"载入 {city} · loading the city") as step, sessions.begin() as session:
        loaded = load_city(session, city, progress=step)
        step.result = f"{loaded.name} {loaded.code}: " + _amounts(
            loaded.skipped, 单位=loaded.units, 地名=loaded.names
        )
    changed = not loaded.skipped
    if with_demo:
        with (
            tell.step("演示数据（合成）· synthetic demo data") as step,
            sessions.begin() as session,
        ):
            built = build_demo(session, loaded.code, progress=step)
            step.result = _amounts(built.skipped, 设施=built.facilities, 人口格=built.cells)
            changed |= not built.skipped
    with tell.step("地名索引 · indexing names") as step, sessions.begin() as session:
        fresh = refresh_keys(session, progress=step)
        step.result = _amounts(fresh == 0, 地名=fresh)
    if changed or fresh:
        _analyse(sessions)
    with tell.step("覆盖与缺口 · coverage and gaps") as step, sessions.begin() as session:
        step.result = _computed(session, loaded.code, day, step)
    with tell.step("步行覆盖 · coverage on foot") as step, sessions.begin() as session:
        step.result = _walked(session, loaded.code, day, step)
    return CityReady(loaded.code, loaded.name)


def _computed(session: Session, city_code: str, day: date, progress: Progress) -> str:
    """Compute what pages open with and say how much; without people there is nothing to compute."""
    try:
        computed = compute_city(session, city_code, on=day, progress=progress)
    except NotFound:
        return "没有人口数据，未计算 · no population stored: not computed"
    return _amounts(computed.skipped, 结果=computed.runs)


def _walked(session: Session, city_code: str, day: date, progress: Progress) -> str:
    """The same along the roads; without a road network, or with several, why there is nothing."""
    try:
        computed = compute_city(session, city_code, on=day, measure="walk", progress=progress)
    except NotFound:
        return "没有人口数据，未计算 · no population stored: not computed"
    except Ambiguous:
        return "有几个路网，未计算 · several road networks: not computed"
    if not computed.runs:
        return "没有路网，未计算 · no road network: not computed"
    return _amounts(computed.skipped, 结果=computed.runs)


def _analyse(sessions: sessionmaker[Session]) -> None:
    """Tell the planner about the new rows now: queries before autovacuum's turn would crawl."""
    with sessions.begin() as session:
        session.execute(text("ANALYZE"))


def _amounts(skipped: bool, **numbers: int) -> str:
    """Say what a step brought, or that it had nothing to do."""
    if skipped:
        return "已是最新 · up to date"
    return ", ".join(f"{name} {number:,}" for name, number in numbers.items())

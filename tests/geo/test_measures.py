"""Are overlap, capacity, supply per head, gain and canteens what a count by hand gives?"""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import date
from itertools import pairwise

import numpy as np
import pytest
import typer
from pyproj import Geod
from sqlalchemy import text
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from geo.access import cli
from geo.access.canteens import canteens, publishable_canteens
from geo.access.cli import asking
from geo.access.cli.measures import read_meals
from geo.access.coverage import coverage
from geo.access.measures import measures, publishable_measures, seated_nearest_first
from geo.access.walking.walks import least
from geo.errors import BadInput
from tests.factories import make_cell, make_city, make_facility, make_unit, square
from tests.geo.test_walking import make_road

TODAY = date(2026, 6, 1)
GEOD = Geod(ellps="GRS80")


@pytest.fixture
def town(session: Session) -> Session:
    """Two districts that meet at 119.9° E; cells and homes stand along one parallel."""
    make_city(session)
    make_unit(session, "320402000000", name="西区", geom=square(119.8, 31.6, 0.1))
    make_unit(session, "320404000000", name="东区", geom=square(119.9, 31.6, 0.1))
    return session


def at(metres: float) -> tuple[float, float]:
    """The place so many metres east of the border between the districts."""
    lon, lat, _ = GEOD.fwd(119.9, 31.65, 90, metres)
    return lon, lat


def home(session: Session, metres: float, beds: int | None, **given):
    return make_facility(session, at(metres), kinds=["nursing_home"], beds_total=beds, **given)


def asked(session: Session, **given):
    question = {"city": "320400", "kind": "nursing_home", "radius_m": 500, "on": TODAY}
    return measures(session, **(question | given))


def by_name(found):
    return {row.area_name: row for row in found.rows}


def test_twice_served_seated_and_gained(town: Session) -> None:
    home(town, -400, 10)
    home(town, -300, 5)
    home(town, 300, 50)
    make_cell(town, at(-350), 100)  # both western homes
    make_cell(town, at(-100), 40)  # both western ones and, across the border, the eastern one
    make_cell(town, at(400), 20)
    make_cell(town, at(2000), 7)
    found = asked(town)
    west, east = by_name(found)["西区"], by_name(found)["东区"]
    assert (west.people_60, west.covered_60, west.served_2, west.served_3) == (140, 140, 140, 40)
    assert (east.people_60, east.covered_60, east.served_2) == (27, 20, 0)
    # West: 15 beds near the hundred; the eastern home seats its twenty first, then thirty of forty.
    assert (west.seated_60, east.seated_60) == (15 + 30, 20)
    assert (west.own_60, west.gain_60, east.own_60, east.gain_60) == (140, 0, 20, 0)
    assert (west.supply, west.per_thousand) == (15, pytest.approx(1000 * 15 / 140))
    assert found.total.served_2 == 140
    assert found.total.per_thousand == pytest.approx(1000 * 65 / 167)
    own = asked(town, across_border=False)
    assert by_name(own)["西区"].served_3 == 0
    assert by_name(own)["西区"].seated_60 == 15


def test_gain_is_what_the_neighbour_adds(town: Session) -> None:
    home(town, 100, 8)
    make_cell(town, at(-100), 40)
    make_cell(town, at(-900), 3)
    west = by_name(asked(town))["西区"]
    assert (west.covered_60, west.own_60, west.gain_60) == (40, 0, 40)
    assert by_name(asked(town, across_border=False))["西区"].gain_60 == 40


def test_floating_catchments_give_out_all_that_is_reached(town: Session) -> None:
    random = np.random.default_rng(5)
    for metres in random.uniform(-3000, 3000, 12):
        home(town, metres, int(random.integers(5, 80)))
    for metres in random.uniform(-3000, 3000, 60):
        make_cell(town, at(metres), int(random.integers(1, 50)))
    for method in ("2sfca", "e2sfca", "gaussian", "3sfca"):
        found = asked(town, method=method, radius_m=900)
        given = sum(row.access * row.people_60 for row in found.rows) / 1000
        assert given == pytest.approx(found.total.supply)
        assert 0 < found.gini < 1
    line = coverage(town, city="320400", kind="nursing_home", radius_m=900, on=TODAY)
    assert [row.covered_60 for row in found.rows] == [row.covered_60 for row in line.rows]


def test_served_once_is_covered_whatever_the_measure(town: Session) -> None:
    random = np.random.default_rng(6)
    spots = [at(metres) for metres in range(-3000, 3001, 250)]
    for one, other in pairwise(spots):
        make_road(town, one, other)
    for metres in random.uniform(-3000, 3000, 9):
        lon, lat = at(metres)
        home(town, metres, 10, geom=f"SRID=4490;POINT({lon} {lat + 0.0005})")
    for metres in random.uniform(-3000, 3000, 80):
        lon, lat = at(metres)
        make_cell(town, (lon, lat - 0.0007), int(random.integers(1, 50)))
    for border in (True, False):
        given = {"radius_m": 600, "measure": "walk", "across_border": border}
        found = asked(town, **given)
        plain = coverage(town, city="320400", kind="nursing_home", on=TODAY, **given)
        assert found.total.covered_60 == plain.total.covered_60
        # With room for all, whoever is covered is seated.
        town.execute(text("UPDATE facility SET beds_total = 100000"))
        assert asked(town, **given).total.seated_60 == plain.total.covered_60
        assert 0 < found.total.served_2 < plain.total.covered_60 < plain.total.people_60


def test_seats_go_to_the_nearest_first() -> None:
    cell, site = np.array([0, 0, 1, 2]), np.array([0, 1, 0, 1])
    cost = least(cell, site, np.array([5.0, 9.0, 3.0, 0.0]), (3, 2))
    seated = seated_nearest_first(cost, np.array([4.0, 3.0, 2.0]), np.array([5.0, 3.0]))
    assert seated.tolist() == [3.0, 3.0, 2.0]


def test_unknown_supply_seats_nobody_and_is_told(town: Session) -> None:
    home(town, -100, None)
    make_cell(town, at(-100), 40)
    found = asked(town)
    west = by_name(found)["西区"]
    assert (west.covered_60, west.seated_60, west.supply, west.access) == (40, None, None, None)
    assert (west.supply_unknown, found.supply_unknown, found.gini) == (1, 1, None)
    home(town, -200, 6)
    west = by_name(asked(town))["西区"]
    assert (west.seated_60, west.supply, west.supply_unknown) == (6, 6, 1)
    with pytest.raises(BadInput):
        asked(town, supply="gold")
    with pytest.raises(BadInput):
        asked(town, method="4sfca")


def test_disabled_people_are_estimated_from_data_or_a_set_rate(town: Session, monkeypatch) -> None:
    make_cell(town, at(-100), 40, disabled_est=4)
    make_cell(town, at(100), 40)
    make_cell(town, at(200), 60, disabled_est=6)
    make_cell(town, at(200), 500, basis="registered", disabled_est=90)
    found = by_name(asked(town))
    assert (found["西区"].disabled, found["西区"].disabled_by) == (4, "data")
    assert (found["东区"].disabled, found["东区"].disabled_by) == (None, None)
    assert asked(town).total.disabled is None
    monkeypatch.setenv("ATLAS_DISABLED_RATE", "0.05")
    monkeypatch.setenv("ATLAS_DISABLED_RATE_SOURCE", "第四次调查，待核实")
    found = asked(town)
    assert (by_name(found)["东区"].disabled, by_name(found)["东区"].disabled_by) == (5, "rate")
    assert (found.total.disabled, found.total.disabled_by) == (9, "mixed")
    assert "第四次调查" in found.rule


def test_small_counts_are_withheld(town: Session) -> None:
    home(town, -100, 10)
    home(town, -120, 10)
    make_cell(town, at(-100), 7)
    make_cell(town, at(-1000), 56)
    make_cell(town, at(1000), 4)
    told = publishable_measures(asked(town), 10)
    west, east = by_name(told)["西区"], by_name(told)["东区"]
    assert (west.people_60, west.covered_60, west.served_2, west.gain_60) == (60, None, None, None)
    assert (west.access, told.gini, west.held_by_few) == (None, None, None)
    assert west.per_thousand == pytest.approx(1000 * 20 / 60, abs=0.1)
    assert (east.people_60, east.per_thousand) == (None, None)
    make_cell(town, at(-90), 4321)
    west = by_name(publishable_measures(asked(town), 10))["西区"]
    assert west.access == 4.6  # of 20 beds for 4 384 people
    assert west.covered_60 == 4330


def test_before_anything_was_on_record(town: Session) -> None:
    make_cell(town, at(0), 40)
    found = asked(town, on=date(1990, 1, 1))
    assert [row.status for row in found.rows] == ["no_record"] * 2
    assert publishable_measures(found, 10).total.people_60 is None


def test_canteens_by_month(town: Session) -> None:
    week = {day: [["10:30", "13:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    first = make_facility(town, at(-100), meals_per_day=50, hours=week)
    second = make_facility(town, at(-150), meals_per_day=None)
    make_facility(town, at(5000), kinds=["day_care"])
    make_cell(town, at(-100), 40)
    make_cell(town, at(-560), 60)
    make_cell(town, at(-200), 3)
    found = canteens(
        town, city="320400", radius_m=450, on=TODAY, month=date(2026, 6, 1),
        meals={first.code: 880.0},
    )  # fmt: skip
    one, two = found.rows
    assert (one.code, one.days_open, one.days_assumed) == (first.code, 22, False)
    assert (one.capacity, one.meals, one.used) == (1100, 880, pytest.approx(0.8))
    assert (one.catchment_60, one.nearest_60, one.meals_per_elder) == (
        43,
        40,
        pytest.approx(880 / 43),
    )
    assert (two.code, two.capacity, two.meals, two.used) == (second.code, None, None, None)
    assert (two.days_open, two.days_assumed) == (30, True)
    assert (two.catchment_60, two.nearest_60) == (103, 63)
    told = publishable_canteens(found, 10).rows
    assert [row.catchment_60 for row in told] == [40, 100]
    assert told[0].meals_per_elder == pytest.approx(22)
    with pytest.raises(BadInput, match="T-none"):
        canteens(town, city="320400", radius_m=450, on=TODAY, meals={"T-none": 3.0})


# --- the command line --------------------------------------------------------


def test_commands_print_what_is_counted(town: Session, monkeypatch, tmp_path) -> None:
    @contextmanager
    def ours(what: str = ""):
        yield town

    monkeypatch.setattr(asking, "open_session", ours)
    first = home(town, -100, 10)
    canteen = make_facility(town, at(-100), meals_per_day=50)
    make_cell(town, at(-100), 40)
    make_cell(town, at(-2000), 9)
    make_road(town, at(-2500), at(0))  # up to the border, not over it
    make_cell(town, at(3000), 20)
    app = typer.Typer()
    cli.register(app)

    def told(*words: str) -> str:
        answer = CliRunner().invoke(app, [*words], env={"COLUMNS": "200"})
        assert answer.exit_code == 0, answer.output
        return answer.output

    walked = told("coverage", "--measure", "walk", "--minutes", "10")
    assert "步行 480 米覆盖" in walked
    assert "路网 network: test" in walked
    assert "无路网" in walked
    assert "（直线）" in told("coverage", "--measure", "walk", "--fallback", "line")
    assert "步行 500 米服务缺口" in told("gaps", "--measure", "walk")
    years = told("coverage", "--years", "2023-2024")
    assert "2023-12-31" in years
    assert "2024-12-31" in years
    measured = told("measures", "--kind", "nursing_home")
    assert "床位 10 每千名老人 204.1" in measured
    assert "容量内 10" in measured
    meals = tmp_path / "meals.csv"
    meals.write_text(f"code,meals\n{canteen.code},750\n", encoding="utf-8")
    month = told("canteens", "--month", "2026-06", "--meals", str(meals))
    assert "50.0%" in month
    out = tmp_path / "areas.geojson"
    assert "15 分钟 720 米 · walk" in told("isochrone", first.code, "--out", str(out))
    assert len(json.loads(out.read_text(encoding="utf-8"))["features"]) == 3
    meals.write_text("code,meals\nx,many\n", encoding="utf-8")
    with pytest.raises(BadInput, match="2"):
        read_meals(meals)

"""Do ids follow from question, data and value, and does explaining notice changes?"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.access.coverage import coverage
from geo.access.explain import explain, find_figure, read_register, register_of
from geo.access.figures import Asked, answer, shortest
from geo.access.figures.asked import Answer, Line
from geo.access.indicators import catalogue
from geo.access.report import Planned, gather
from geo.access.report_data import ReportData, figure_of, figures_of
from geo.errors import Ambiguous, BadInput, NotFound
from tests.factories import (
    make_cell,
    make_city,
    make_estate,
    make_facility,
    make_project,
    make_unit,
    square,
)
from tests.geo.test_walking import make_road

DAY = date(2026, 9, 1)
CITY = "320400000000"


@pytest.fixture
def town(session: Session) -> Session:
    """Two districts, four cells, a canteen in one, a planned home with a project in the other."""
    make_city(session)
    make_unit(session, "320402000000", name="甲区", geom=square(119.9, 31.7))
    make_unit(session, "320404000000", name="乙区", geom=square(120.0, 31.7))
    make_cell(session, (119.95, 31.75), 100)
    make_cell(session, (119.96, 31.79), 40)
    make_cell(session, (120.05, 31.75), 60)
    make_cell(session, (120.06, 31.76), 20)
    make_facility(session, (119.951, 31.75), code="A", beds_total=12, beds_nursing=6)
    make_facility(session, (120.05, 31.75), code="B", kinds=["nursing_home"], beds_total=None)
    make_facility(session, (120.06, 31.75), code="C", kinds=["nursing_home"], state="planned")
    make_facility(session, (120.07, 31.75), code="D", kinds=["day_care"])
    make_project(session, facility_code="D", project_class="扩建", due_on=date(2033, 5, 1))
    return session


def _gathered(session: Session, **given: Any) -> ReportData:
    return gather(session, city=CITY, on=DAY, **({"radius_m": 500.0} | given))


def _register(data: ReportData) -> dict[str, Any]:
    figures = data.figures()
    made = register_of(figures, report="r.docx", made_at=data.made_at, length=shortest(figures))
    return dict(json.loads(json.dumps(made)))


def test_the_same_question_on_the_same_data_bears_the_same_ids(town: Session) -> None:
    first, second = _gathered(town).figures(), _gathered(town).figures()
    assert [one.digest for one in first] == [one.digest for one in second]
    assert len(first) > 20


def test_every_printed_id_is_told_apart(town: Session) -> None:
    figures = _gathered(town).figures()
    printed = {one.id(shortest(figures)) for one in figures}
    assert len(printed) == len(figures)


@pytest.mark.parametrize("change", ["value", "stamp", "question"])
def test_another_value_state_or_question_gives_another_id(change: str) -> None:
    asked = Asked("coverage", CITY, DAY, kind="canteen", radius_m=500)

    def digest(asked: Asked, stamp: int, covered: float) -> str:
        line = Line("", "合计", {"covered_60": covered}, False)
        made = Answer(asked, (line,), "", (), (), stamp)
        return figure_of(made, line).digest

    before = digest(asked, 7, 100.0)
    other = Asked("coverage", CITY, DAY, kind="canteen", radius_m=501)
    after = {
        "value": digest(asked, 7, 101.0),
        "stamp": digest(asked, 8, 100.0),
        "question": digest(other, 7, 100.0),
    }[change]
    assert before == digest(asked, 7, 100.0)
    assert before != after


def test_the_report_says_what_the_question_itself_answers(town: Session) -> None:
    data = _gathered(town)
    found = coverage(town, city=CITY, kind="canteen", radius_m=500, on=DAY)
    told = {line.key: line.values for line in data.coverage["district", "canteen"].lines}
    assert told["320402000000"]["people_60"] == 140
    assert told["320402000000"]["covered_60"] == 100
    assert {r.area_code: (r.people_60, r.covered_60) for r in (*found.rows, found.total)} == {
        key: (values["people_60"], values["covered_60"]) for key, values in told.items()
    }


def test_every_figure_is_answered_again_alike(town: Session) -> None:
    data = _gathered(town)
    register = _register(data)
    for entry in register["figures"]:
        figure, source = find_figure([register], entry["id"])
        told = explain(town, figure, source)
        assert told.is_same, (entry["id"], told.values)
        assert told.same_data
        assert told.id == entry["id"]


def test_a_new_canteen_is_noticed(town: Session) -> None:
    data = _gathered(town)
    register = _register(data)
    answer_ = data.coverage["district", "canteen"]
    figure = figure_of(answer_, answer_.lines[0])
    make_facility(town, (119.96, 31.79))
    told = explain(town, *find_figure([register], figure.id(8)))
    changed = {value.name: (value.then, value.now) for value in told.values if not value.is_same}
    assert changed["covered_60"] == (100, 140)
    assert not told.is_same
    assert not told.same_data


def test_a_line_that_is_gone_is_said_to_be_gone(town: Session) -> None:
    data = _gathered(town)
    register = _register(data)
    gaps = data.gap_answers["canteen"]
    last = figure_of(gaps, gaps.lines[-1])
    town.execute(text("DELETE FROM facility"))
    town.execute(text("DELETE FROM demand_cell WHERE people_60 <> 100"))
    town.execute(text("DELETE FROM admin_unit WHERE code = '320404000000'"))
    told = explain(town, *find_figure([register], last.id(8)))
    assert told.is_gone
    assert not told.is_same


def test_an_id_is_found_by_its_beginning_in_any_case(town: Session) -> None:
    register = _register(_gathered(town))
    entry = register["figures"][3]
    figure, _ = find_figure([register], f"{entry['id'][0].lower()}{entry['digest'][:9].lower()}")
    assert figure.digest == entry["digest"]


@pytest.mark.parametrize("said", ["", "C", "C-3F", "C-IIII", "3F2A", "C-3F2A'; DROP", "🦊-3F2A"])
def test_no_id_is_refused_with_an_example(said: str) -> None:
    with pytest.raises(BadInput, match="C-3F2A"):
        find_figure([], said)


def test_an_unknown_id_says_where_to_look() -> None:
    with pytest.raises(NotFound, match="--figures"):
        find_figure([], "C-3F2A")


def test_an_id_of_two_figures_is_ambiguous(town: Session) -> None:
    register = _register(_gathered(town))
    entry = dict(register["figures"][0])
    entry["digest"] = entry["digest"][:6] + entry["digest"][6:][::-1]
    register["figures"].append(entry)
    with pytest.raises(Ambiguous):
        find_figure([register], f"{entry['id'][0]}-{entry['digest'][:6]}")


def test_another_file_is_no_register(tmp_path: Path) -> None:
    other = tmp_path / "a.json"
    other.write_text('{"format": "x"}')
    with pytest.raises(BadInput):
        read_register(other)
    with pytest.raises(NotFound):
        read_register(tmp_path / "none.json")


def test_measures_are_read_and_never_guessed(town: Session) -> None:
    data = _gathered(town)
    told = {one.code: (one.measure, one.due_year) for one in data.facilities}
    assert told == {
        "A": ("未知", None), "B": ("未知", None), "C": ("新建", None), "D": ("扩建", 2033),
    }  # fmt: skip
    total = data.measures.line("")
    assert total is not None
    assert (total.values["未知"], total.values["保留"], total.values["sites"]) == (2, 0, 4)


def test_beds_that_are_unknown_stay_unknown(town: Session) -> None:
    line = answer(town, Asked("beds", CITY, DAY)).line("320404000000")
    assert line is not None
    assert line.values["homes"] == 1
    assert line.values["homes_unknown"] == 1
    assert line.values["nursing_share"] is None


def test_no_forecast_gives_no_demand(town: Session) -> None:
    assert _gathered(town).demand == {}
    make_cell(town, (119.95, 31.75), 130, base_year=2030, projection="中方案")
    found = _gathered(town).demand
    assert list(found) == [(2030, "中方案")]
    total = found[2030, "中方案"].line("")
    assert total is not None
    assert total.values["people_60"] == 130


def test_the_public_is_told_rounded_and_published_numbers_only(town: Session) -> None:
    make_facility(town, (119.96, 31.79), is_published=False, code="X")
    make_estate(town, admin_code="320402000000")
    told = _gathered(town, published_only=True, rounded_to=10.0)
    assert "X" not in {one.code for one in told.facilities}
    assert told.estates is None
    for figure in (f for a in told.coverage.values() for f in figures_of(a)):
        for name, value in figure.values.items():
            assert "share" in name or value is None or value % 10 == 0
    with pytest.raises(BadInput):
        _gathered(town, published_only=True)


def test_without_a_rule_a_radius_must_be_given(town: Session) -> None:
    with pytest.raises(BadInput, match="--radius"):
        _gathered(town, radius_m=None)


def test_a_day_before_any_record_gives_no_report(town: Session) -> None:
    with pytest.raises(NotFound):
        gather(town, city=CITY, on=date(1999, 1, 1), radius_m=500)


def test_on_foot_stands_beside_the_line_and_is_asked_again(town: Session) -> None:
    data = _gathered(town)
    assert data.on_foot.network is None
    assert "没有载入路网" in data.on_foot.problem
    make_road(town, (119.94, 31.7501), (119.9605, 31.7501))  # not to the cell in the north
    data = _gathered(town)
    assert data.on_foot.network == "test"
    line = data.coverage["district", "canteen"].line("320402000000")
    walk = data.on_foot.answers["district", "canteen"].line("320402000000")
    assert line is not None
    assert walk is not None
    assert (line.values["covered_60"], walk.values["covered_60"]) == (100, 100)
    assert walk.values["too_far_60"] == 40
    unknown = data.on_foot.answers["district", "canteen"].line("320404000000")
    assert unknown is not None
    assert unknown.values["covered_60"] is None, "no road enters that district"
    figure = figure_of(data.on_foot.answers["district", "canteen"], walk)
    assert figure.id(4).startswith("W-")
    told = explain(town, *find_figure([_register(data)], figure.id(8)))
    assert told.is_same
    assert told.same_data
    town.execute(text("DELETE FROM road_edge"))
    with pytest.raises(NotFound, match="test"):
        explain(town, *find_figure([_register(data)], figure.id(8)))


def test_without_walks_when_they_are_not_wanted(town: Session) -> None:
    make_road(town, (119.94, 31.7501), (119.9605, 31.7501))
    assert _gathered(town, planned=Planned(walk=False)).on_foot.answers == {}


def test_a_register_of_before_is_still_read(town: Session) -> None:
    data = _gathered(town)
    register = _register(data)
    for entry in register["figures"]:
        for key in ("measure", "network", "sites", "scenario", "indicator"):
            if entry["asked"]["topic"] == "must_have":
                assert key not in entry["asked"], "so that ids of before stay what they were"
                entry["id"] = "S" + entry["id"][1:]
    kept = [entry for entry in register["figures"] if entry["asked"]["topic"] == "coverage"]
    assert explain(town, *find_figure([register], kept[0]["id"])).is_same


def test_every_indicator_that_may_be_told_is_watched(town: Session) -> None:
    inside = {one.indicator.id for one in _gathered(town).watched}
    public = _gathered(town, published_only=True, rounded_to=10.0).watched
    assert inside == set(catalogue())
    assert {one.indicator.id for one in public} == {
        one.id for one in catalogue().values() if not one.is_internal
    }

"""Is the life of a place told with its years, counted once, and written without formulas?"""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import orjson
import pyogrio
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy.orm import Session

from geo.gazetteer.exchange import tables
from geo.gazetteer.exchange.addresses import Addresses
from geo.gazetteer.exchange.read import records
from geo.gazetteer.exchange.record import NameRecord, PlaceRecord
from geo.gazetteer.history import called_in, count_once, life_line
from geo.gazetteer.index import refresh_keys
from geo.gazetteer.search import search
from geo.models.place_history import PlaceMedia, PlaceRelation, PlaceText
from geo.models.placename import Place
from tests.factories import during, make_event, make_name, make_place, make_unit

HERE = Addresses("https://names.example.org/id/")
ON = date(2026, 11, 22)


def relate(session: Session, place: Place, kind: str, other: Place | str, **more: object) -> None:
    code = other if isinstance(other, str) else other.code
    session.add(PlaceRelation(place_id=place.id, kind=kind, other=code, **more))
    session.flush()


def span(start: int | None, end: int | None) -> dict[str, int | None]:
    return {"start_earliest": start, "start_latest": start, "end_earliest": end, "end_latest": end}


@pytest.fixture
def changzhou(session: Session) -> Place:
    """Changzhou with dated former names: years made up for the test, not a statement of fact."""
    place = make_place(session, "常州市", code="x:changzhou", feature_class="A")
    for name, start, end in (
        ("延陵", -546, -202), ("毗陵", -201, 303), ("晋陵", 304, 588), ("武进", 1912, 1949),
    ):  # fmt: skip
        make_name(session, place, name, kind="former", citation="测试", **span(start, end))
    refresh_keys(session)
    return place


@pytest.mark.parametrize(
    ("year", "name"),
    [(-546, "延陵"), (-300, "延陵"), (-201, "毗陵"), (0, "毗陵"), (303, "毗陵"), (304, "晋陵"),
     (588, "晋陵"), (1912, "武进"), (1930, "武进"), (1949, "武进")],
)  # fmt: skip
def test_what_changzhou_was_called_in_a_year(
    session: Session, changzhou: Place, year: int, name: str
) -> None:
    certain = [n.name for n in called_in(session, changzhou.code, year) if n.verdict == "certain"]
    assert certain == [name]


@pytest.mark.parametrize("year", [-600, 700, 1911, 1950])
def test_between_its_names_nothing_is_certain(
    session: Session, changzhou: Place, year: int
) -> None:
    verdicts = {n.name: n.verdict for n in called_in(session, changzhou.code, year)}
    assert verdicts == {"常州市": "possible"}


@pytest.mark.parametrize("name", ["延陵", "毗陵", "毘陵", "晋陵", "晉陵", "武进", "武進", "piling"])
def test_old_names_find_changzhou(session: Session, changzhou: Place, name: str) -> None:
    assert search(session, name, on=ON)[0].code == changzhou.code


def test_the_life_line_goes_from_the_oldest_name_to_the_undated(
    session: Session, changzhou: Place
) -> None:
    before = make_place(session, "毗陵县", code="x:before")
    after = make_place(session, "后来", code="x:after")
    relate(session, changzhou, "preceded_by", before, **span(None, -201))
    relate(session, after, "preceded_by", changzhou)  # stored with the other place
    relate(session, changzhou, "part_of", "unit:320000000000", label="江苏省", **span(1953, None))
    session.add(PlaceText(place_id=changzhou.id, kind="meaning", value="含义", citation="志"))
    session.flush()
    life = life_line(session, changzhou.code)
    assert [one.name for one in life.periods] == ["延陵", "毗陵", "晋陵", "武进", "常州市"]
    assert [(one.code, one.name) for one in life.preceded_by] == [("x:before", "毗陵县")]
    assert [(one.code, one.name) for one in life.followed_by] == [("x:after", "后来")]
    assert [(one.name, one.years.start_latest) for one in life.parents] == [("江苏省", 1953)]
    assert [(one.kind, one.value, one.citation) for one in life.texts] == [
        ("meaning", "含义", "志")
    ]
    assert [one.code for one in life_line(session, "x:before").followed_by] == [changzhou.code]


def test_a_village_registered_twice_counts_once(session: Session) -> None:
    area = make_place(session, "示例村", category="21610", located_in="320402000000")
    unit = make_place(session, "示例村村委会", category="27610", located_in="320402000000")
    make_place(session, "别处村", category="21610", located_in="320402000000")
    relate(session, unit, "same_as", area)
    relate(session, area, "same_as", "http://elsewhere.example/1")
    counted = count_once(session)
    assert (counted.entries, counted.places, counted.twins) == (3, 2, 1)
    relate(session, area, "same_as", unit)  # both point at each other: still one
    assert count_once(session).places == 2
    assert count_once(session, category="216").entries == 2
    assert count_once(session, units=["320404000000"]).entries == 0


def test_tables_hold_every_place_and_no_formula(session: Session, tmp_path: Path) -> None:
    make_place(session, "甲村", code="x:1", source="=1+1")
    evil = make_place(session, '=HYPERLINK("http://a")', None, code="x:2", quality="city")
    make_name(session, evil, "@乙", kind="former", **span(-201, 280))
    found = list(records(session))
    for ending, write in tables.WRITERS.items():
        assert write(found, HERE, tmp_path / f"out{ending}") == 2
    whole = orjson.loads((tmp_path / "out.geojson").read_bytes())
    assert [f["id"] for f in whole["features"]] == [HERE.of("x:1"), HERE.of("x:2")]
    assert whole["features"][1]["geometry"] is None
    rows = list(csv.DictReader((tmp_path / "out.csv").open(encoding="utf-8-sig")))
    assert (rows[0]["source"], rows[1]["name"][:2]) == ("'=1+1", "'=")
    names = list(csv.DictReader((tmp_path / "out-names.csv").open(encoding="utf-8-sig")))
    assert (names[2]["name"], names[2]["start_earliest"]) == ("'@乙", "-201")
    book = CalamineWorkbook.from_path(str(tmp_path / "out.xlsx"))
    assert book.sheet_names == ["地名", "名称"]
    cells = book.get_sheet_by_name("地名").to_python()
    assert cells[2][2].startswith("'=HYPERLINK")
    layers = {name for name, _ in pyogrio.list_layers(tmp_path / "out.gpkg")}
    assert layers == {"places", "place_names"}
    assert pyogrio.read_info(tmp_path / "out.gpkg", layer="places")["crs"] == "EPSG:4490"


def test_a_synthetic_place_says_so_in_every_row() -> None:
    one = PlaceRecord("x:1", "P", (NameRecord("甲", "standard"),), is_synthetic=True)
    assert tables.row(one, HERE)["mark"] == "合成"
    assert tables.row(replace(one, is_synthetic=False), HERE)["mark"] == ""


def test_a_division_lives_by_its_versions_and_changes(session: Session) -> None:
    code, before = "320412000000", "320483000000"
    day = date(2002, 4, 3)
    make_unit(session, before, name="武进市", geom=None, validity=during(date(1995, 6, 8), day))
    make_unit(session, code, name="武进区", geom=None, validity=during(day), source="民政部公报")
    make_event(
        session, [(before, "武进市")], [(code, "武进区")],
        kind="撤市设区", event_year=2002, effective_on=day, document_no="国函〔2002〕28号",
    )  # fmt: skip
    place = make_place(session, "武进区", code=f"unit:{code}", feature_class="A", unit_code=code)
    session.add(PlaceMedia(place_id=place.id, kind="image", uri="https://example.org/1.jpg"))
    relate(session, place, "see_also", "https://example.org/record/1", label="另一记录")
    life = life_line(session, place.code)
    (period,) = life.periods
    assert (period.name, period.years.start_latest, period.basis) == ("武进区", 2002, "division")
    assert "民政部公报" in (period.citation or "")
    (earlier,) = life.preceded_by
    assert (earlier.code, earlier.name, earlier.label) == (f"unit:{before}", "武进市", "撤市设区")
    assert (earlier.years.start_latest, life.followed_by) == (2002, ())
    assert "国函〔2002〕28号" in (earlier.citation or "")
    assert [one.uri for one in life.media] == ["https://example.org/1.jpg"]
    assert [(one.kind, one.label) for one in life.related] == [("see_also", "另一记录")]

"""Does each filter let through exactly what it promises, and refuse what means nothing?"""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from geo.errors import BadInput
from geo.queries.features import facilities_geojson
from geo.queries.filters import FacilityFilter
from tests.factories import make_facility, make_price

TODAY = date(2026, 6, 1)
MONDAY = datetime(2026, 6, 1, 9, 30)  # noqa: DTZ001  opening hours are local


def listed(session: Session, **given) -> list[str]:
    """Names that pass a filter."""
    made = facilities_geojson(session, FacilityFilter(**given), on=TODAY)
    return [feature["properties"]["name"] for feature in json.loads(made)["features"]]


@pytest.mark.parametrize(
    ("passes", "fails", "asked"),
    [
        ({"kinds": ["bathing"]}, {"kinds": ["day_care"]}, {"kinds": ("meal",)}),
        ({"kinds": ["day_care", "bathing"]}, {}, {"kinds": ("day_care",)}),
        ({"state": "paused"}, {"state": "open"}, {"states": ("paused",)}),
        ({"care_levels": ["full"]}, {"care_levels": ["partial"]}, {"care_level": "full"}),
        ({"beds_total": 9, "beds_free": 1}, {"beds_free": 0}, {"with_free_beds": True}),
        ({"medical_link": "own"}, {"medical_link": None}, {"with_medical": True}),
        ({"has_lift": True, "has_ramp": True}, {"has_lift": True}, {"barrier_free": True}),
        ({"fire_state": "passed"}, {"fire_state": None}, {"fire_state": "passed"}),
        ({"ownership": "public"}, {"ownership": "private"}, {"ownership": "public"}),
        ({"address": "红梅路 1 号"}, {"address": None}, {"text": "红梅"}),
        ({"hours": {"mon": [["08:00", "17:00"]]}}, {"hours": None}, {"open_at": MONDAY}),
        ({"hours": {"sun": [["20:00", "10:00"]]}}, {"hours": {"mon": []}}, {"open_at": MONDAY}),
        ({"hours": {"mon": [["09:30", "24:00"]]}}, {"hours": {"mon": "?"}}, {"open_at": MONDAY}),
    ],
)  # fmt: skip
def test_each_condition(session: Session, passes, fails, asked) -> None:
    make_facility(session, name="yes", **passes)
    make_facility(session, name="no", **fails)
    make_facility(session, name="no: all unknown", kinds=["funeral_home"])
    assert listed(session, **asked) == ["yes"]


def test_bbox_holds_its_edge(session: Session) -> None:
    make_facility(session, (119.5, 31.5), name="corner")
    make_facility(session, (119.4999999, 31.5), name="a centimetre outside")
    assert listed(session, bbox=(119.5, 31.5, 119.6, 31.6)) == ["corner"]


def test_price_cap_looks_at_the_right_unit_and_level(session: Session) -> None:
    home = make_facility(session, name="home", kinds=["nursing_home"])
    make_price(session, home, item="full", low=4000, high=6000)
    make_price(session, home, item="partial", low=2500, high=3000)
    make_price(session, home, item="day", low=120, high=150, unit="day")
    canteen = make_facility(session, name="canteen")
    make_price(session, canteen, item="lunch", low=12, high=15, unit="meal")
    assert listed(session, kinds=("nursing_home",), max_price=2400) == []
    assert listed(session, kinds=("nursing_home",), max_price=2500) == ["home"]
    home.care_levels = ["full", "partial"]
    session.flush()
    asked = {"kinds": ("nursing_home",), "max_price": 3000}
    assert listed(session, **asked, care_level="full") == []
    assert listed(session, **asked, care_level="partial") == ["home"]
    assert listed(session, kinds=("canteen",), max_price=12) == ["canteen"]


def test_every_state_when_none_is_named(session: Session) -> None:
    for state in ("open", "planned", "closed"):
        make_facility(session, name=state, state=state)
    assert listed(session) == ["open"]
    assert sorted(listed(session, states=None)) == ["closed", "open", "planned"]


def test_all_conditions_stand_together(session: Session) -> None:
    assert (
        listed(
            session, kinds=("elder_home", "canteen"), bbox=(119, 31, 121, 32), care_level="full",
            max_price=3000, with_free_beds=True, with_medical=True, barrier_free=True,
            fire_state="passed", open_at=MONDAY, text="x", ownership="public",
        )
        == []
    )  # fmt: skip


@pytest.mark.parametrize(
    ("given", "parameter"),
    [
        ({"kinds": ("castle",)}, "kind"),
        ({"states": ("opened",)}, "state"),
        ({"care_level": "some"}, "care_level"),
        ({"fire_state": "burning"}, "fire_state"),
        ({"ownership": "mine"}, "ownership"),
        ({"max_price": -1}, "max_price"),
        ({"max_price": float("nan")}, "max_price"),
        ({"bbox": (120, 31, 119, 32)}, "bbox"),
        ({"bbox": (119, 31, 120, 99)}, "bbox"),
        ({"text": "x" * 101}, "q"),
        ({"text": "a\0b"}, "q"),
    ],
)
def test_nonsense_is_refused_by_name(given, parameter) -> None:
    with pytest.raises(BadInput) as refused:
        FacilityFilter(**given)
    assert refused.value.parameter == parameter
    zh, _, en = str(refused.value).partition("\n")
    assert zh.endswith("。"), "Chinese first, a whole sentence"
    assert en.isascii() or "…" in en or "≥" in en, "then English"
    assert en


def test_an_unknown_kind_lists_names_and_codes() -> None:
    with pytest.raises(BadInput, match=r"没有「castle」这种设施.*老年食堂 canteen"):
        FacilityFilter(kinds=("castle",))


@pytest.mark.parametrize("text", ["'; DROP TABLE facility; --", "%", "_", "\\", ":on", "</script>"])
def test_text_is_only_text(session: Session, text: str) -> None:
    make_facility(session, name=f"甲{text}乙")
    make_facility(session, name="other")
    assert listed(session, text=text) == [f"甲{text}乙"]

"""Is a page's HTML safe, free of other hosts, the same each time, and does it say what it must?"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import folium
import pytest

from geo.errors import BadInput, GeoError
from maps import base
from maps.access import draw_access
from maps.base import FOLIUM_FILES, STATIC, Page, safe_json
from maps.elder_care import draw_elder_care
from maps.gazetteer import draw_names
from maps.home import DOORS, draw_home
from maps.sources import draw_data
from maps.survey import draw_boundaries, draw_survey

MAPS = Path(base.__file__).parent
DRAWN: dict[str, Callable[[Page], str]] = {
    "elder-care": draw_elder_care,
    "access": draw_access,
    "boundaries": draw_boundaries,
    "names": draw_names,
}
ALL = {**DRAWN, "home": draw_home, "data": draw_data, "survey": draw_survey}
PAGE = Page(city_code="320400000000", city_name="常州市", nonce="n0nce")
EVIL = "</script><script>window.broken=1</script>\"'<img src=x onerror=alert(1)>\u2028"
# Addresses that are names, not links: namespaces of SVG.
NAMESPACES = ("http://www.w3.org/2000/svg",)


def links_out(html: str) -> list[str]:
    """The addresses of other hosts in a page."""
    found = re.findall(r"https?://[^\s\"'<>)]+", html)
    return [address for address in found if not address.startswith(NAMESPACES)]


@pytest.mark.parametrize("name", ALL)
def test_no_page_names_another_host(name: str) -> None:
    assert links_out(ALL[name](PAGE)) == []


@pytest.mark.parametrize("name", ALL)
def test_a_page_is_the_same_each_time(name: str) -> None:
    assert ALL[name](PAGE) == ALL[name](PAGE)


@pytest.mark.parametrize("name", ALL)
def test_every_inline_script_carries_the_nonce(name: str) -> None:
    tags = re.findall(r"<script\b[^>]*>", ALL[name](PAGE))
    assert tags
    for tag in tags:
        runs_from_text = "src=" not in tag and "application/json" not in tag
        assert ('nonce="n0nce"' in tag) == runs_from_text, tag
    assert " onclick=" not in ALL[name](PAGE)


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_map_carries_its_notices(name: str, lang: str) -> None:
    page = Page(lang=lang)  # type: ignore[arg-type]
    html = DRAWN[name](page)
    assert page.say("未经地图审核，仅限内部演示", "Not reviewed as a map") in html
    assert page.say("示意，不作为划界依据", "no basis for delimitation") in html
    assert 'id="synthetic"' in html


@pytest.mark.parametrize("name", DRAWN)
def test_an_approval_number_takes_the_place_of_the_warning(name: str) -> None:
    html = DRAWN[name](Page(approval_number="苏S(2026)000号"))
    assert "审图号：苏S(2026)000号" in html
    assert "未经地图审核" not in html
    assert "示意，不作为划界依据" in html


@pytest.mark.parametrize("name", DRAWN)
def test_the_public_gets_no_map_without_an_approval_number(name: str) -> None:
    html = DRAWN[name](Page(public_mode=True))
    assert "folium-map" not in html
    assert "leaflet.js" not in html
    assert "尚无审图号" in html
    assert 'id="results"' in html
    assert "folium-map" in DRAWN[name](Page(public_mode=True, approval_number="苏S(2026)000号"))


@pytest.mark.parametrize("name", DRAWN)
def test_text_in_the_page_is_escaped(name: str) -> None:
    html = DRAWN[name](Page(city_name=EVIL, attributions=(EVIL,), approval_number=EVIL))
    assert "<script>window.broken" not in html
    assert "<img src=x" not in html


@pytest.mark.parametrize("name", DRAWN)
def test_a_saved_page_escapes_its_data_and_holds_everything(name: str) -> None:
    data = {"units": {"features": []}, "evil": EVIL}
    html = base.draw_view(Page(), _view(name), data)
    assert "window.broken=1</script>" not in html
    block = re.search(r'id="atlas-data">(.*?)</script>', html, re.S)
    assert block
    assert json.loads(block.group(1)) == data
    assert not re.search(r"<(script|link|img)\b[^>]*\b(src|href)=\"(?!data:|#)", html)
    assert "/static/" not in html


def _view(name: str) -> base.View:
    from maps import access, elder_care, gazetteer, survey

    modules = {"elder-care": elder_care, "access": access, "boundaries": survey}
    return modules.get(name, gazetteer).VIEW  # type: ignore[no-any-return]


def test_every_link_of_folium_has_its_answer() -> None:
    names = {name for name, _ in [*folium.Map.default_js, *folium.Map.default_css]}
    assert names == set(FOLIUM_FILES)


def test_a_link_that_is_not_known_stops_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    more = [*folium.Map.default_js, ("new", "https://example.invalid/new.js")]
    monkeypatch.setattr(folium.Map, "default_js", more)
    with pytest.raises(GeoError, match="FOLIUM_FILES"):
        draw_access(PAGE)


def test_a_tile_address_must_be_an_address() -> None:
    assert "https://t.example/{z}" in draw_access(Page(tile_url="https://t.example/{z}/{x}/{y}"))
    with pytest.raises(BadInput):
        draw_access(Page(tile_url='javascript:alert("1")'))


def test_json_in_a_script_has_no_way_out() -> None:
    text = safe_json({"a": EVIL})
    assert "<" not in text
    assert "\u2028" not in text
    assert json.loads(text) == {"a": EVIL}


def test_folium_layers_that_write_text_into_scripts_are_not_used() -> None:
    forbidden = re.compile(
        r"\b(Popup|Tooltip|GeoJson\w*|Marker|CircleMarker|Choropleth|DivIcon|FastMarkerCluster)\b"
    )
    for path in MAPS.glob("*.py"):
        code = re.sub(r'""".*?"""|#.*', "", path.read_text(encoding="utf-8"), flags=re.S)
        assert not forbidden.search(code), path.name


def test_our_modules_put_text_in_by_text_content_only() -> None:
    forbidden = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|bindPopup|bindTooltip"
        r"|\beval\(|new Function|createContextualFragment|srcdoc"
    )
    modules = list((STATIC / "js").rglob("*.js"))
    assert len(modules) > 10
    for path in modules:
        found = forbidden.search(path.read_text(encoding="utf-8"))
        assert not found, f"{path.name}: {found and found.group()}"


def test_modules_import_each_other_by_the_names_of_the_map() -> None:
    for path in (STATIC / "js").rglob("*.js"):
        for name in re.findall(r'(?:from|import) "([^"]+)"', path.read_text(encoding="utf-8")):
            assert name.startswith("atlas/"), (path.name, name)
            assert (STATIC / "js" / name.removeprefix("atlas/")).is_file(), (path.name, name)


def _imported(name: str, seen: set[Path]) -> set[Path]:
    """A module and all that it imports."""
    path = STATIC / "js" / name
    if path not in seen:
        seen.add(path)
        for one in re.findall(r'(?:from|import) "atlas/([^"]+)"', path.read_text(encoding="utf-8")):
            _imported(one, seen)
    return seen


@pytest.mark.parametrize("name", DRAWN)
def test_scripts_and_styles_before_the_first_card_stay_small(name: str) -> None:
    view = _view(name)
    used = [*_imported(view.module, set()), *(STATIC / style for style in base.STYLES)]
    used += [STATIC / file for key in ("leaflet", "leaflet_css") if (file := FOLIUM_FILES[key])]
    used += [STATIC / file for file in base.CLUSTER_FILES if view.clusters]
    size = sum(path.stat().st_size for path in used)
    assert size <= 300 * 1024, f"{size / 1024:.0f} KB"


def test_four_doors_lead_to_pages_that_exist() -> None:
    html = draw_home(PAGE)
    assert len(DOORS) == 4
    assert {door.path for door in DOORS} <= {wing.path for wing in base.WINGS}
    assert all(door.zh in html for door in DOORS)

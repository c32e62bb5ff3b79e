"""What does every page share: shell, notices, map panes, layer control, data block, scripts?

Folium supplies the map's shell: its element, its panes, its layers' groups and the layer control.
What is drawn inside comes from the small ES modules below `maps/static/js/`, which put text into
the page by `textContent` only. Folium's own data layers (popups, GeoJSON, markers) are not used:
they write text from the database into scripts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import folium
import jinja2
from branca.element import CssLink, JavascriptLink

from geo.errors import BadInput, GeoError
from geo.models.kinds import GROUPS, KINDS
from maps.embedding import inline_module_map, inline_script, inline_style

STATIC = Path(__file__).resolve().parent / "static"
Lang = Literal["zh", "en"]

# Every script and style that Folium would take from another host → our file, or None: not loaded.
# Bootstrap, jQuery, Font Awesome and the icon fonts serve Folium's own markers and popups, which no
# page uses. A name that is missing here (a newer Folium) stops the page instead of leaking a link.
FOLIUM_FILES: Mapping[str, str | None] = {
    "leaflet": "vendor/leaflet/leaflet.js",
    "leaflet_css": "vendor/leaflet/leaflet.css",
    "jquery": None,
    "bootstrap": None,
    "bootstrap_css": None,
    "glyphicons_css": None,
    "awesome_markers": None,
    "awesome_markers_css": None,
    "awesome_markers_font_css": None,
    "awesome_rotate_css": None,
}
CLUSTER_FILES = (
    "vendor/leaflet.markercluster/MarkerCluster.css",
    "vendor/leaflet.markercluster/leaflet.markercluster.js",
)
STYLES = ("css/shell.css", "css/map.css", "css/cards.css", "css/print.css")

# Pane → its height. Leaflet's own: tiles 200, overlays 400, marks 600.
PANES: Mapping[str, int] = {
    "ground": 250,
    "areas": 350,
    "gaps": 380,
    "lines": 420,
    "labels": 450,
    "numbers": 640,
}
_GROUPS = [asdict(group) for group in GROUPS.values()]
_KINDS = [asdict(kind) for kind in KINDS.values()]
CHINA_CENTRE = (35.0, 105.0)


@dataclass(frozen=True, slots=True)
class Page:
    """Who looks at which city, in which language, under which rules for maps."""

    lang: Lang = "zh"
    large: bool = False
    city_code: str | None = None
    city_name: str | None = None
    approval_number: str = ""
    nonce: str = ""
    root_path: str = ""
    has_synthetic: bool = False
    attributions: tuple[str, ...] = ()
    tile_url: str = ""
    public_mode: bool = False
    bounds: tuple[float, float, float, float] | None = None
    on: str | None = None
    approvals: Mapping[str, str] = field(default_factory=dict)

    def say(self, zh: str, en: str) -> str:
        """Answer the text in the page's language."""
        return en if self.lang == "en" else zh

    @property
    def may_show_map(self) -> bool:
        """The public sees no map layer that lacks an approval number."""
        return bool(self.approval_number) or not self.public_mode


@dataclass(frozen=True, slots=True)
class Wing:
    """One entry of the navigation: its name, its address, its words in both languages."""

    code: str
    path: str
    zh: str
    en: str


WINGS = (
    Wing("elder-care", "/elder-care", "养老地图", "Elder care"),
    Wing("access", "/access", "覆盖与缺口", "Coverage & gaps"),
    Wing("boundaries", "/boundaries", "界线", "Boundaries"),
    Wing("names", "/names", "地名", "Place names"),
    Wing("data", "/data", "数据", "Data"),
)

DESKS = {
    "access": Wing("planning", "/planning", "规划工作台", "Planning desk"),
    "boundaries": Wing("survey", "/survey", "勘界工作台", "Survey desk"),
    "names": Wing("naming", "/naming", "地名核查", "Check a name"),
}
"""The desks of officers, each beside the wing that it belongs to; they open with a token."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer that readers can switch: its code for the modules and its name for people."""

    code: str
    zh: str
    en: str
    shown: bool = True


@dataclass(frozen=True, slots=True)
class MapFiles:
    """What a page that loads its map later has to fetch before the map's own script."""

    styles: tuple[str, ...]
    scripts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class View:
    """What one page adds to the shell: its title, its module, its layers."""

    wing: str
    module: str
    zh: str
    en: str
    layers: tuple[Layer, ...] = ()
    clusters: bool = False
    styles: tuple[str, ...] = ()


def safe_json(value: object) -> str:
    """Answer JSON that may stand inside a script element: no `<` and no line separator."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    return (
        text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    )  # fmt: skip


def draw_view(
    page: Page,
    view: View,
    data: Mapping[str, Any] | None = None,
    *,
    template: str = "board.html.j2",
    **values: Any,
) -> str:
    """Answer the HTML of a page with a map; `template` may fill the list, with `values`.

    With `data=None` the page asks the API. With data (name → what `json` can write) the page holds
    them itself, with every script and style inside: one file that asks nobody.
    """
    board = _board(page, view) if page.may_show_map and view.layers else None
    return template_named(template).render(
        **_shell(page, view.wing, page.say(view.zh, view.en), data, view.styles),
        view=view,
        map_element=board.html.render() if board else "",
        map_script=board.script.render() if board else "",
        map_styles=_files(_folium_files(board, view), ".css", data) if board else [],
        map_scripts=_files(_folium_files(board, view), ".js", data) if board else [],
        **values,
    )  # fmt: skip


def map_script(page: Page, view: View) -> str:
    """Answer the shell of a view's map as a script of its own; its element is `#map_atlas`."""
    script: str = _board(page, view).script.render()
    return script


@lru_cache(maxsize=32)
def map_files(view: View) -> MapFiles:
    """Answer our files that a view's map needs: the same for every page."""
    files = _folium_files(_board(Page(), view), view)
    return MapFiles(
        (*(name for name in files if name.endswith(".css")), "css/map.css"),
        tuple(name for name in files if name.endswith(".js")),
    )


def draw_sheet(page: Page, template: str, wing: str, title: str, **values: Any) -> str:
    """Answer the HTML of a page without a map, from a template of its own."""
    return template_named(template).render(**_shell(page, wing, title, None), **values)


def _shell(
    page: Page, wing: str, title: str, data: Mapping[str, Any] | None, own: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Answer what the shell's template needs."""
    return {
        "page": page,
        "t": page.say,
        "wing": wing,
        "wings": WINGS,
        "desks": DESKS,
        "title": title,
        "saved": data is not None,
        "styles": _files((*STYLES, *own), ".css", data),
        "module_map": inline_module_map(STATIC / "js") if data is not None else _served_map(page),
        "config": safe_json(page_config(page, wing)),
        "data": safe_json(data) if data is not None else "",
    }


def page_config(page: Page, wing: str) -> dict[str, Any]:
    """Answer what the modules know from the start."""
    return {
        "wing": wing,
        "lang": page.lang,
        "root": page.root_path,
        "city": {"code": page.city_code, "name": page.city_name},
        "bounds": page.bounds,
        "on": page.on,
        "approval": page.approval_number,
        "approvals": page.approvals,
        "has_synthetic": page.has_synthetic,
        "attributions": page.attributions,
        "groups": _GROUPS,
        "kinds": _KINDS,
    }


def _served_map(page: Page) -> str:
    return safe_json({"imports": {"atlas/": f"{page.root_path}/static/js/"}})


def _files(
    names: Sequence[str], suffix: str, data: Mapping[str, Any] | None
) -> list[tuple[str, str]]:
    """Answer (address, "") for a served page, ("", text) for a saved one, for files of one type."""
    chosen = [name for name in names if name.endswith(suffix)]
    if data is None:
        return [(name, "") for name in chosen]
    inline = inline_style if suffix == ".css" else inline_script
    return [("", inline(STATIC / name)) for name in chosen]


def _board(page: Page, view: View) -> folium.Figure:
    """Answer Folium's figure of a map with panes, empty groups and the layer control."""
    if page.bounds:
        west, south, east, north = page.bounds
        centre = ((south + north) / 2, (west + east) / 2)
    else:
        centre = CHINA_CENTRE
    board = _named(
        folium.Map(
            location=centre, zoom_start=9, tiles=None, zoom_snap=0.25, wheel_px_per_zoom_level=90,
            zoom_control="topright",
        ),
        "atlas",
    )  # fmt: skip
    # Folium gives its `max_zoom` to tiles only; clusters loop for ever on a map without a limit.
    board.options |= {"min_zoom": 5, "max_zoom": 18}
    if page.tile_url:
        _checked_tile_url(page.tile_url)
        tiles = folium.TileLayer(
            tiles=page.tile_url, attr=" ", name=page.say("底图", "Base map"), control=False
        )
        _named(tiles, "base").add_to(board)
    for name, height in PANES.items():
        pane = folium.map.CustomPane(name, z_index=height, pointer_events=name != "labels")
        _named(pane, name).add_to(board)
    for layer in view.layers:
        group = folium.FeatureGroup(name=page.say(layer.zh, layer.en), show=layer.shown)
        _named(group, layer.code).add_to(board)
    _named(folium.LayerControl(position="topright", collapsed=True), "switch").add_to(board)
    figure: folium.Figure = board.get_root()
    figure.render()
    return figure


def _named(element: Any, code: str) -> Any:
    """Give a Folium element a fixed id: its own are random, and pages should be reproducible."""
    element._id = code
    return element


def _checked_tile_url(url: str) -> None:
    if not url.startswith(("https://", "http://", "/")) or "<" in url or '"' in url:
        raise BadInput(
            "底图地址 ATLAS_TILE_URL 应以 https:// 或 / 开头。\n"
            "ATLAS_TILE_URL must begin with https:// or /.",
            parameter="ATLAS_TILE_URL",
        )


def _folium_files(figure: folium.Figure, view: View) -> tuple[str, ...]:
    """Answer our files for what Folium's figure links to, in its order."""
    names = list(folium.Map.default_js) + list(folium.Map.default_css)
    known = {address: FOLIUM_FILES.get(name, "") for name, address in names}
    chosen: list[str] = []
    for child in figure.header._children.values():
        if not isinstance(child, JavascriptLink | CssLink):
            continue  # Folium's own viewport and styles: the shell has its own
        file = known.get(child.url, "")
        if file == "":
            raise GeoError(
                f"Folium 引用了未登记的外部文件 {child.url}：请登记在 maps/base.py。\n"
                f"Folium links to {child.url}, which FOLIUM_FILES does not know."
            )
        if file is not None:
            chosen.append(file)
    return (*chosen, *(CLUSTER_FILES if view.clusters else ()))


def template_named(name: str) -> jinja2.Template:
    """A template of `maps/templates`; it escapes every text put into it."""
    return _TEMPLATES.get_template(name)


_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).resolve().parent / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

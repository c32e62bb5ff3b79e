"""How do the offline map and the phone form become single files that ask nobody?

They are opened from a phone's storage, so everything is inside: scripts, styles, data. Their policy
allows no address at all; text reaches the page by textContent only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from maps.base import STATIC, safe_json, template_named
from maps.embedding import inline_script, inline_style

POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data: blob:; form-action 'none'; base-uri 'none'"
)


def draw_map(data: Mapping[str, Any]) -> str:
    """The offline map: lines, markers by state, tri-junctions, where one stands."""
    return _drawn(
        data, "离线地图", "pack_map.html.j2",
        styles=("vendor/leaflet/leaflet.css", "pack/pack.css"),
        scripts=("vendor/leaflet/leaflet.js", "pack/common.js", "pack/map.js"),
    )  # fmt: skip


def draw_form(data: Mapping[str, Any]) -> str:
    """The phone form: markers and stretches to fill in, kept on the phone, saved as one file."""
    return _drawn(
        data, "手机表单", "pack_form.html.j2",
        styles=("pack/pack.css",),
        scripts=("pack/common.js", "pack/kept.js", "pack/pictures.js", "pack/form.js"),
    )  # fmt: skip


def _drawn(
    data: Mapping[str, Any], page: str, name: str, *, styles: tuple[str, ...],
    scripts: tuple[str, ...],
) -> str:  # fmt: skip
    return template_named(name).render(
        title=f"{page} · {data['title']}", policy=POLICY, data=safe_json(data), about=data,
        styles=[inline_style(STATIC / one) for one in styles],
        scripts=[inline_script(STATIC / one) for one in scripts],
    )  # fmt: skip

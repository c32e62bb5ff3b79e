"""By which link does a phone's own map app show the way to a facility, in its own coordinates?

The shift is computed for the link of a published facility and for nothing else: no position of a
person and no position that somebody sends is ever converted. Forms of the links: the makers' own
URI documents (高德 URI API, 百度地图 URI API, 腾讯位置服务 URI API, Apple Map Links).
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from geo.crs.phone_maps import gcj02_to_bd09, wgs84_to_gcj02
from geo.settings import FinderSettings, read

_FROM = "minzheng-atlas"
DIGITS = 6


@dataclass(frozen=True, slots=True)
class MapLink:
    """A link that opens one map app at a facility; followed only when it is tapped."""

    app: str
    zh: str
    en: str
    href: str


def map_links(lon: float, lat: float, name: str) -> tuple[MapLink, ...]:
    """The links of a facility at lon, lat (EPSG:4490); none where the setting turns them off."""
    if not read(FinderSettings).phone_maps:
        return ()
    gcj_lon, gcj_lat = wgs84_to_gcj02(lon, lat)
    bd_lon, bd_lat = gcj02_to_bd09(gcj_lon, gcj_lat)
    east, north = round(float(gcj_lon), DIGITS), round(float(gcj_lat), DIGITS)
    baidu = f"{round(float(bd_lat), DIGITS)},{round(float(bd_lon), DIGITS)}"
    plain = name.replace(",", " ").replace("|", " ")
    return (
        MapLink("amap", "高德地图", "Amap", "https://uri.amap.com/navigation?" + urlencode({
            "to": f"{east},{north},{plain}", "mode": "walk", "src": _FROM, "coordinate": "gaode",
            "callnative": "1",
        })),
        MapLink("baidu", "百度地图", "Baidu Maps", "https://api.map.baidu.com/marker?" + urlencode({
            "location": baidu, "title": plain, "content": plain, "coord_type": "bd09ll",
            "output": "html", "src": f"webapp.{_FROM}",
        })),
        MapLink("tencent", "腾讯地图", "Tencent Maps",
            "https://apis.map.qq.com/uri/v1/routeplan?" + urlencode({
                "type": "walk", "to": plain, "tocoord": f"{north},{east}", "referer": _FROM,
        })),
        MapLink("apple", "苹果地图", "Apple Maps", "https://maps.apple.com/?" + urlencode({
            "daddr": f"{north},{east}", "q": plain, "dirflg": "w",
        })),
    )  # fmt: skip

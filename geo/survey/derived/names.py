"""By which words is a line shown? 鲁豫线 style, from the short names of its two sides.

A line derived from polygons has no official name: its words end in 示意线 and are for display only.
"""

from __future__ import annotations

from collections.abc import Callable

from geo.text import core

PROVINCES = {
    "11": "京", "12": "津", "13": "冀", "14": "晋", "15": "蒙", "21": "辽", "22": "吉", "23": "黑",
    "31": "沪", "32": "苏", "33": "浙", "34": "皖", "35": "闽", "36": "赣", "37": "鲁", "41": "豫",
    "42": "鄂", "43": "湘", "44": "粤", "45": "桂", "46": "琼", "50": "渝", "51": "川", "52": "黔",
    "53": "滇", "54": "藏", "61": "陕", "62": "甘", "63": "青", "64": "宁", "65": "新", "71": "台",
    "81": "港", "82": "澳",
}  # fmt: skip
"""Short names of provinces by the first two digits of their codes."""

SKETCH = "示意线"
"""What every derived line is called."""

Shorten = Callable[[str, str, int], str]
"""Code, name and level of a unit → the short name by which it stands in the name of a line."""


def short_name(code: str, name: str, level: int) -> str:
    """A province's one-character name by its code; else the first character of the specific part.

    武进区 → 武, 通县 → 通, 四川省 → 川. A rule of usage and no official list: give another.
    """
    if level == 1 and code[:2] in PROVINCES:
        return PROVINCES[code[:2]]
    return core(name)[:1]


def specific_name(code: str, name: str, level: int) -> str:
    """The whole specific part: 武进区 → 武进."""
    return core(name)


def line_words(
    one: tuple[str, str], other: tuple[str, str], level: int, shorten: Shorten = short_name
) -> str:
    """The words of the line between two units, (code, name) each, the smaller code first.

    Where both short names are equal the whole specific parts stand: 江宁江都线.
    """
    first, second = sorted((one, other))
    short = [shorten(*first, level), shorten(*second, level)]
    if short[0] == short[1]:
        short = [specific_name(*first, level), specific_name(*second, level)]
    return f"{short[0]}{short[1]}线（{SKETCH}）"


def edge_words(name: str) -> str:
    """The words of an outer edge, beyond which no unit is known."""
    return f"{name}外缘（对侧未知，{SKETCH}）"

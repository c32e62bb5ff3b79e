"""How are the usual words of deliveries called in English: services, what a price includes, levels?

Names and addresses stay as they are; so does a word that is not listed here.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_PARTS = re.compile(r"\s*[、，,;；]\s*")
_LEVEL = re.compile(r"([一二三四五1-5])(级|星级?|叶)")
_GRADES = {"级": "level {}", "星": "{} of 5 stars", "星级": "{} of 5 stars", "叶": "{} of 5 leaves"}

_WORDS = {
    # what a price includes
    "床位": "bed", "床位费": "bed", "护理": "care", "护理费": "care", "伙食": "meals",
    "伙食费": "meals", "餐费": "meals", "餐食": "meals", "水电": "water and power",
    # services
    "全日照料": "day and night care", "日间照料": "day care", "短期托养": "short stays",
    "喘息服务": "respite care", "康复护理": "rehabilitation care", "康复训练": "rehabilitation",
    "医疗服务": "medical care", "健康管理": "health checks", "助餐": "meals", "堂食": "eating in",
    "送餐": "meals brought home", "送餐上门": "meals brought home", "助浴": "assisted bathing",
    "上门助浴": "bathing at home", "助洁": "cleaning", "助医": "help with doctors",
    "助急": "emergency help", "助行": "help with getting about", "精神关爱": "companionship",
    "心理疏导": "counselling", "临终关怀": "end-of-life care", "文化娱乐": "leisure",
    "辅具租赁": "device rental", "临时救助": "emergency relief", "法律援助": "legal aid",
    "物资发放": "goods handed out", "咨询": "advice", "受理": "applications",
    "预约办理": "appointments",
    # scales
    "示例叶级（合成）": "example leaf scale (synthetic)",
}  # fmt: skip


def in_words(say: Callable[[str, str], str], told: str) -> str:
    """What a delivery says, in the reader's language as far as its words are known."""
    return say(told, ", ".join(_in_english(part) for part in _PARTS.split(told) if part))


def _in_english(part: str) -> str:
    level = _LEVEL.fullmatch(part)
    if level:
        number = level[1] if level[1].isascii() else str("一二三四五".index(level[1]) + 1)
        return _GRADES[level[2]].format(number)
    return _WORDS.get(part, part)

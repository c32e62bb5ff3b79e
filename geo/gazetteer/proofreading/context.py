"""Is a name in a text used as the name of today, told as history, or no place name at all?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from geo.gazetteer.naming.rules import FOLDER
from geo.gazetteer.proofreading.lexicon import Form
from geo.text import generic_part

AROUND = 24
"""How many characters before and after a name are looked at."""

_TOLD_BEFORE = re.compile(
    r"(?:(?:旧|古|曾|原|又|亦|史|时|俗|别|简|前|初|本|昔|故)(?:称|名)(?:为|作|叫|“)?|曾用名(?:为)?|"
    r"[（(](?:原|旧|古|曾)|(?<![中平草高荒])原|前身(?:为|是)?|改自|撤销|撤并|撤消)"
    r"[\s“”\"「」『』《（(:：、]*$"
)
_TOLD_AFTER = re.compile(
    r"^[”\"」』》]*(?:[（(，,]?\s*(?:今|现(?:为|名|称|属|更名))|"
    r"(?:撤销|撤县|撤市|撤区|撤乡|撤镇|更名|改名|改称|改为|改设|升格|并入|划归|撤并|易名|之名|一名))"
)
_LONGER_NAME = re.compile(
    r"^[东西南北中上下前后内外大小老新支]{0,2}(?:[一二三四五六七八九十]{0,2})"
    r"(?:路|街|巷|弄|桥|里|坊|村|镇|乡|大道|小区|花园|花苑|家园|公寓|新城|广场|公园|中学|小学|大学|学院|"
    r"学校|幼儿园|医院|公司|集团|厂|日报|晚报|早报|银行|大厦|宾馆|酒店|饭店|商场|超市|博物馆|纪念馆|"
    r"图书馆|遗址|故城|文化|人|话|方言|菜|籍|志|史|县志|府|郡|州|驿|站|港|河|山|湖|门|寺|塔|号|牌|杯|队)"
)
_RECORD = re.compile(r"^(?:志|史|年鉴|县志|市志|区志|府志|日报|报社)")
_PLACE_BEFORE = re.compile(
    r"(?:位于|地处|坐落|前往|抵达|来自|途经|驻|赴|往|至|到|在|于|从|离|距|省|市|区|县|镇|乡|州|街道)$"
)
_PLACE_AFTER = re.compile(
    r"^(?:境内|境|城区|县城|城内|城外|一带|地区|以[东西南北]|辖区|全境|市区|火车站|高速|等地|当地)"
)
_YEAR = re.compile(r"(?<!\d)(前|公元前)?(\d{3,4})年")
_END = re.compile("[。！？；\n]")
_WORD_JOINS = frozenset(
    {"市场", "路线", "路径", "区别", "区域", "街道", "里面", "里程", "城市", "园区"}
)


class Decision(NamedTuple):
    """What is made of a name: marked, possible or passed, and why."""

    status: str
    zh: str
    en: str


@lru_cache(maxsize=1)
def ordinary_words() -> frozenset[str]:
    """Everyday words that are place names too, from the project's list."""
    lines = (FOLDER / "ordinary-words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def decide(text: str, start: int, end: int, forms: Sequence[Form]) -> Decision:
    """Answer what is made of `text[start:end]`, a name that is not standard today; pure."""
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    before = _END.split(before)[-1]
    name = text[start:end]
    if _inside_title(text, start):
        return Decision("passed", "在书名号内，保留原文", "inside the title of a work")
    told = _told_as_history(before, after)
    if told is not None:
        return told
    year = _year_of(before)
    if year is not None and any(_in_use(form, year) for form in forms):
        return Decision("passed", f"文中年份 {year}，当时使用此名", "in use in the year told")
    if _RECORD.match(after):
        return Decision("passed", "是志书、报刊等名称的一部分", "part of the title of a record")
    if not generic_part(name):
        return _bare(text, start, end, before, after)
    if text[max(0, start - 1) : start + 1] in ordinary_words() or text[end - 1 : end + 1] in (
        _WORD_JOINS
    ):
        return Decision("possible", "与前后字可能构成其他词", "may join with its neighbours")
    return Decision("marked", "现在不是标准地名", "not a standard name today")


def _told_as_history(before: str, after: str) -> Decision | None:
    if _TOLD_BEFORE.search(before) or _TOLD_AFTER.match(after):
        return Decision("passed", "行文已说明是旧名或变更", "told as a former name or a change")
    return None


def _bare(text: str, start: int, end: int, before: str, after: str) -> Decision:
    """A name without generic part is a place only where the text around says so."""
    if _PLACE_AFTER.match(after):
        return Decision("marked", "现在不是标准地名", "not a standard name today")
    if _LONGER_NAME.match(after):
        return Decision("passed", "是另一名称的一部分", "part of another name")
    is_ordinary = text[start:end] in ordinary_words()
    joins = text[max(0, start - 1) : start + 1] in ordinary_words() or (
        text[end - 1 : end + 1] in ordinary_words()
    )
    if joins:
        return Decision("passed", "与前后字构成常用词", "joins with its neighbours")
    if _PLACE_BEFORE.search(before) and not is_ordinary:
        return Decision("marked", "现在不是标准地名", "not a standard name today")
    if is_ordinary:
        return Decision("passed", "是常用词", "an ordinary word")
    return Decision("possible", "可能是地名，请结合上下文", "perhaps the place; read the context")


def _inside_title(text: str, start: int) -> bool:
    opened = text.rfind("《", max(0, start - 60), start)
    return opened >= 0 and text.rfind("》", opened, start) < 0


def _year_of(before: str) -> int | None:
    years = _YEAR.findall(before)
    if not years:
        return None
    era, digits = years[-1]
    return 1 - int(digits) if era else int(digits)


def _in_use(form: Form, year: int) -> bool:
    """Was the name in use then, by known years? An unknown end is taken as open."""
    if form.start is None and form.end is None:
        return False
    return (form.start is None or form.start <= year) and (form.end is None or year <= form.end)

"""Whom does a home take in, is there a lift, who owns it, did it pass its fire check?

Only words that leave no doubt are read; so it is with prices (`geo.loaders.prices`) and ratings
(`geo.loaders.ratings`). 公建民营 is neither 公办 nor 民办, 介助 has other limits
than 半失能: such texts stay as they are written, in `extra`, and are reported.
"""

from __future__ import annotations

import re

_LEVELS = {
    "independent": ("independent", "能自理", "自理", "完全自理", "生活自理"),
    "partial": ("partial", "半失能", "部分失能", "半自理", "部分自理"),
    "full": ("full", "失能", "全失能", "完全失能", "不能自理", "完全不能自理"),
    "dementia": ("dementia", "认知症", "失智", "认知障碍", "认知失能", "痴呆"),
}
_LEVEL_OF = {word: level for level, words in _LEVELS.items() for word in words}
_OLD = re.compile(r"(?:的)?(?:老年人|老人|长者)$")
_YES = {"是", "有", "true", "t", "yes", "y", "1", "√", "✓", "已配备", "已安装", "具备"}
_NO = {"否", "无", "没有", "false", "f", "no", "n", "0", "×", "✗", "未配备", "未安装", "不具备"}
_FIRE = {
    **dict.fromkeys(("passed", "达标", "合格", "通过", "已通过", "验收合格", "符合要求"), "passed"),
    **dict.fromkeys(("failed", "未达标", "不达标", "不合格", "未通过", "不符合要求"), "failed"),
    **dict.fromkeys(("pending", "办理中", "整改中", "待验收", "验收中"), "pending"),
}
_MEDICAL = {
    **dict.fromkeys(("own", "内设", "自设", "内设医疗机构", "设有医疗机构"), "own"),
    **dict.fromkeys(("contract", "签约", "协议", "合作", "签约合作", "协议合作"), "contract"),
    **dict.fromkeys(("none", "无", "没有", "未开展"), "none"),
}
_OWNERSHIP = {
    **dict.fromkeys(("public", "公办", "公立", "公办公营"), "public"),
    **dict.fromkeys(("private", "民办", "私立", "民办民营"), "private"),
}
_OPERATION = {
    **dict.fromkeys(("public", "公营", "公办公营"), "public"),
    **dict.fromkeys(("private_nonprofit", "民营非营利", "民办非营利"), "private_nonprofit"),
    **dict.fromkeys(("private_profit", "民营营利", "民办营利"), "private_profit"),
}
WORDS = {
    "fire_state": ("达标", "未达标", "办理中"),
    "medical_link": ("内设", "签约", "无"),
    "ownership": ("公办", "民办"),
    "operation": ("公营", "民营非营利", "民营营利"),
    "has_lift": ("有", "无"),
    "has_ramp": ("有", "无"),
}
"""What a template offers to choose from."""
SAYS_NO = frozenset({"has_lift", "has_ramp", "medical_link"})
"""Fields of which 「无」 says no, where elsewhere it says nothing."""


def care_levels(text: str) -> list[str]:
    """The levels of care that are taken in, each once: 能自理、半失能, also codes."""
    parts = [part for part in re.split(r"[、,，;；/|和及与\s]+", text.strip()) if part]
    found = [_LEVEL_OF.get(_OLD.sub("", part).casefold()) for part in parts]
    known = [level for level in found if level is not None]
    if not known or len(known) < len(found):
        raise ValueError(
            "只认 能自理、半失能、失能、认知症，原文保留在 extra · no known level of care"
        )
    return list(dict.fromkeys(known))


def yes_or_no(text: str) -> bool:
    """有 or 无, 是 or 否, in the forms that sheets write."""
    said = text.strip().casefold()
    if said in _YES or said in _NO:
        return said in _YES
    raise ValueError("请写 有 或 无，原文保留在 extra · write yes or no")


def _one_of(words: dict[str, str], shown: tuple[str, ...], text: str) -> str:
    found = words.get(text.strip().casefold())
    if found is None:
        raise ValueError(f"只认 {'、'.join(shown)}，原文保留在 extra · no known word")
    return found


def fire_state(text: str) -> str:
    """passed, failed or pending."""
    return _one_of(_FIRE, WORDS["fire_state"], text)


def medical_link(text: str) -> str:
    """own, contract or none."""
    return _one_of(_MEDICAL, WORDS["medical_link"], text)


def ownership(text: str) -> str:
    """public or private."""
    return _one_of(_OWNERSHIP, WORDS["ownership"], text)


def operation(text: str) -> str:
    """public, private_nonprofit or private_profit; brackets do not matter: 民营（营利）."""
    return _one_of(_OPERATION, WORDS["operation"], re.sub(r"[()（）\s]", "", text))

"""Is a filter well-formed, and small enough to be parsed at all?

The parser recurses: a filter nested deeply enough ends the process. So length and nesting are
counted on the bare characters first, and only what is small reaches the parser.
"""

from __future__ import annotations

import re
from typing import Any

import cql2

from geo.errors import BadInput, both

LONGEST = 20_000
"""Characters of a filter: some hundred corners of a polygon."""
DEEPEST = 50
"""Brackets, lists or NOTs inside one another."""
MOST_BRACKETS = 400
"""Opening brackets of a text, wherever they stand: nesting cannot be deeper than their number."""
MOST_JOINED = 200
"""ANDs and ORs of a text."""

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SIGN = re.compile(r"[-+]\s*[-+]")
_NOT = re.compile(r"\bnot\b", re.IGNORECASE)
_JOINED = re.compile(r"\b(?:and|or)\b", re.IGNORECASE)
_ARITHMETIC = re.compile(r"[\^*/%]|\bdiv\b", re.IGNORECASE)
_QUOTED = re.compile(r"'(?:[^'\\]|''|\\.)*'|\"[^\"]*\"", re.DOTALL)


def read_text(text: str) -> Any:
    """The JSON tree of a filter in CQL2 text. Raises BadInput."""
    _short_enough(text)
    bare = _QUOTED.sub("''", text)
    brackets = text.count("(") + text.count("[")
    if brackets > MOST_BRACKETS or _depth(bare, "([", ")]") > DEEPEST:
        raise too_deep()
    if len(_NOT.findall(text)) > DEEPEST or _SIGN.search(bare):
        raise too_deep()
    if len(_JOINED.findall(text)) > MOST_JOINED:  # the parser goes one deeper with each
        raise refused(f"最多 {MOST_JOINED} 个 AND 或 OR", f"at most {MOST_JOINED} AND or OR")
    if _ARITHMETIC.search(bare):
        raise refused("不支持算术运算", "arithmetic is not supported")
    try:
        return cql2.parse_text(text).to_json()
    except (cql2.ParseError, cql2.ValidationError, ValueError) as problem:
        raise _malformed(problem) from None


def read_json(text: str) -> Any:
    """The JSON tree of a filter in CQL2 JSON. Raises BadInput."""
    _short_enough(text)
    bare = _STRING.sub("", text)
    if '"' in bare or _depth(bare, "[{", "]}") > DEEPEST:
        raise too_deep()
    try:
        return cql2.parse_json(text).to_json()
    except (cql2.ParseError, cql2.ValidationError, ValueError) as problem:
        raise _malformed(problem) from None


def refused(zh: str, en: str) -> BadInput:
    """What is said of a filter that cannot be used."""
    return BadInput(
        both(f"参数 filter 有误：{zh}。", f"parameter 'filter': {en}"), parameter="filter"
    )


def too_deep() -> BadInput:
    """What is said of a filter that is nested too deeply to be parsed."""
    return refused(
        f"嵌套过深或引号不成对，最多 {DEEPEST} 层",
        f"nested too deeply (at most {DEEPEST}) or a quotation mark is missing",
    )


def _short_enough(text: str) -> None:
    if len(text) > LONGEST:
        raise refused(f"最多 {LONGEST} 个字符", f"at most {LONGEST} characters")
    if not text.strip():
        raise refused("不能为空", "it is empty")
    if "\0" in text or (not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text)):
        raise refused("不能有空字符或残缺字符", "it holds a NUL or half a character")


def _depth(text: str, opening: str, closing: str) -> int:
    """The deepest nesting of brackets."""
    deepest = now = 0
    for character in text:
        if character in opening:
            now += 1
            deepest = max(deepest, now)
        elif character in closing:
            now -= 1
    return deepest


def _malformed(problem: Exception) -> BadInput:
    first = next(iter(str(problem).strip().splitlines()), "")
    return refused("不是有效的 CQL2", f"it is no CQL2: {first[:200]}")

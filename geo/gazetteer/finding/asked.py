"""What may be asked of the search, and how is what cannot be asked refused?"""

from __future__ import annotations

from geo.errors import BadInput, both
from geo.text import search_key

LONGEST_TEXT = 100
MOST_HITS = 100
FEATURE_CLASSES = {
    "A": "政区", "H": "水系", "L": "区域", "P": "居民点", "R": "道路", "S": "场所", "T": "地形",
}  # fmt: skip
FAMILIES = {"heritage": "地名文化遗产", "red": "红色地名"}
LEVELS = {"national": "国家级", "province": "省级", "city": "市级", "district": "区县级"}


def check_text(text: str) -> None:
    """Raise BadInput for a text in which nothing can be looked up, or an overlong one."""
    if not search_key(text):
        raise BadInput(
            both(
                "请输入地名、拼音或首字母。",
                "nothing to search for: give a name, pinyin or initials",
            ),
            parameter="q",
        )
    if len(text) > LONGEST_TEXT:
        raise BadInput(
            both(
                f"地名最多 {LONGEST_TEXT} 字，现有 {len(text)} 字。",
                f"{len(text)} characters are too many for a name (at most {LONGEST_TEXT})",
            ),
            parameter="q",
        )


def check_asked(
    limit: int, feature_class: str | None, family: str | None, level: str | None
) -> None:
    """Raise BadInput for a limit, class, family or level that there is not."""
    if not 1 <= limit <= MOST_HITS:
        raise BadInput(
            both(
                f"条数须在 1 至 {MOST_HITS} 之间，现为 {limit}。",
                f"limit {limit} is not between 1 and {MOST_HITS}",
            ),
            parameter="limit",
        )
    if feature_class is not None and feature_class not in FEATURE_CLASSES:
        raise _unknown_word("地名类别", "class", feature_class, FEATURE_CLASSES, "feature_class")
    if family is not None and family not in FAMILIES:
        raise _unknown_word("名录", "family", family, FAMILIES, "family")
    if level is not None and level not in LEVELS:
        raise _unknown_word("名录级别", "level", level, LEVELS, "level")


def _unknown_word(zh: str, en: str, value: str, known: dict[str, str], parameter: str) -> BadInput:
    """The refusal of a value that is none of the known ones, which it lists in words."""
    return BadInput(
        both(
            f"没有「{value[:40]}」这种{zh}；可用："
            + "、".join(f"{code} {word}" for code, word in known.items())
            + "。",
            f"unknown {en} {value[:40]!r}; known: {', '.join(known)}",
        ),
        parameter=parameter,
    )

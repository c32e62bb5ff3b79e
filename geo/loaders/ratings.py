"""How is a place rated, when, by which scheme and by whom, as a sheet writes it?

一级, 星级, A and 叶 are scales of their own: a level keeps the words of its scale. 「三级」 is of
the scheme that the sheet states, and of none where it states none.
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

from geo.loaders.prices import as_day
from geo.loaders.storable import json_in

HEADINGS: dict[str, tuple[str, ...]] = {
    "rating_level": ("评定等级", "机构等级", "养老机构等级", "养老机构评定等级", "等级评定",
                     "机构评定等级", "等级", "评级", "星级", "机构星级", "评定星级",
                     "rating level", "star rating"),
    "rating_scheme": ("评定标准", "评定依据", "评级标准", "等级评定标准", "等级评定依据",
                      "rating scheme"),
    "rated_on": ("评定日期", "评定时间", "评定年份", "评定年度", "评级日期", "评级时间",
                 "等级评定日期", "等级评定时间", "等级评定年份", "rated_on", "rating date",
                 "rating year"),
    "rating_until": ("等级有效期至", "评定有效期至", "等级有效期", "评定有效期",
                     "rating valid until"),
    "rating_issuer": ("评定机构", "评定单位", "评级机构", "等级评定机构", "rating issuer"),
    "ratings": ("ratings",),
}  # fmt: skip
"""Field → headings, the template's first; `ratings` is what the service itself writes."""
_NUMERALS = "一二三四五"
_GRADE = re.compile(
    rf"(?:([{_NUMERALS}1-5])(级|星级?|叶级?)|(★{{1,5}})|(a{{1,5}}|[1-5]a)级?|level([1-5])"
    r"|([1-5])-?stars?)(?:养老机构)?"
)
_KEYS = ("scheme", "level", "rated_on", "rated_in", "valid_until", "issuer")
_LONGEST = 200


def rating_level(text: str) -> str:
    """三级, 三星级, AAA or 三叶, of the many ways to write them."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).casefold()
    found = _GRADE.fullmatch(plain)
    if not found:
        raise ValueError(
            "只认 一级…五级、一星…五星、A…AAAAA 等写法，原文保留在 extra · no known level"
        )
    number, scale, stars, letters, level, star = found.groups()
    if letters:
        return "A" * int(letters[0]) if letters[0].isdigit() else letters.upper()
    if stars or star:
        return f"{_NUMERALS[int(star or len(stars)) - 1]}星级"
    said = number or level
    numeral = _NUMERALS[int(said) - 1] if said.isascii() else said
    return numeral + {"级": "级", "星": "星级", "叶": "叶"}[(scale or "级")[0]]


def when_rated(text: str) -> str:
    """The month or year of a rating, where no day is stated: 2024, 2024年, 2024年12月."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    found = re.fullmatch(r"((?:19|20)\d\d)(?:年?(?:度)?|[年./-](\d{1,2})月?)", plain)
    if not found or not 1 <= int(found[2] or 1) <= 12:
        raise ValueError("不是日期、月份或年份，请写成 2025-06-30 或 2025 · no day, month or year")
    return found[1] if found[2] is None else f"{found[1]}-{int(found[2]):02d}"


def rating_scheme(text: str | None, heading: str) -> str | None:
    """The scheme that is stated, else the one that the heading of the levels names."""
    if text is None and "37276" in heading:
        return "GB/T 37276"
    return text


def ratings_in(text: str) -> str:
    """A list of ratings as the service writes it, checked. Raises ValueError."""
    try:
        said = json_in(text)
    except ValueError:
        said = None
    if not isinstance(said, list):
        raise ValueError("须为评级的列表 · a list of ratings is needed")
    return json.dumps([_as_stored(one) for one in said], ensure_ascii=False)


def _as_stored(said: Any) -> dict[str, str | None]:
    if (
        not isinstance(said, dict)
        or not {*said} <= {*_KEYS}
        or not all(one is None or isinstance(one, str) for one in said.values())
        or not said.get("level")
        or any(len(one or "") > _LONGEST for one in said.values())
    ):
        known = "、".join(_KEYS)
        raise ValueError(f"每条评级须有 level，可有 {known} · unknown form of a rating")
    if said.get("rated_on") and said.get("rated_in"):
        raise ValueError("rated_on 与 rated_in 只能写一个 · rated_on or rated_in, not both")
    made = {key: said.get(key) or None for key in _KEYS}
    made["rated_on"], made["valid_until"] = as_day(made["rated_on"]), as_day(made["valid_until"])
    made["rated_in"] = when_rated(made["rated_in"]) if made["rated_in"] else None
    return made

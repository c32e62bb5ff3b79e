"""In which words and signs are listed names told: seals, eras, kinds, places, years?"""

from __future__ import annotations

from geo.gazetteer.heritage.places import ListedPlace
from geo.gazetteer.heritage.words import UNKNOWN, Era, eras
from geo.gazetteer.search import FEATURE_CLASSES
from maps.base import Page

GLYPHS = {
    "pre-qin": ("先", "P"), "qin-han": ("汉", "H"), "six": ("晋", "6"), "sui-tang": ("唐", "T"),
    "song-yuan": ("宋", "S"), "ming-qing": ("明", "M"), "modern": ("近", "19"),
    "present": ("今", "20"), "unknown": ("？", "?"),
}  # fmt: skip
"""What stands in a mark of each era, so that colour is not the only sign."""
SEALS = {"heritage": ("遗", "地名文化遗产", "heritage name"), "red": ("红", "红色地名", "red name")}
CLASSES_EN = {
    "A": "division", "H": "water", "L": "area", "P": "settlement", "R": "road", "S": "site",
    "T": "terrain",
}  # fmt: skip
VAGUE = {
    "township": ("只知所在乡镇", "township only"), "district": ("只知所在区县", "district only"),
    "city": ("只知所在城市", "city only"), "unknown": ("位置未知", "position unknown"),
}  # fmt: skip


def seals(page: Page, place: ListedPlace) -> list[tuple[str, str]]:
    """The seal of each family of lists with its words."""
    return [(SEALS[one][0], page.say(*SEALS[one][1:])) for one in place.families]


def era_words(page: Page, place: ListedPlace) -> str:
    """The list's own words for the era, else the era that the years tell, else unknown.

    A reader of English is told the era beside the list's words.
    """
    if place.era == UNKNOWN.code:
        return place.era_said or page.say("时代未知", "era unknown")
    era = eras()[place.era]
    if place.era_said:
        return page.say(place.era_said, f"{place.era_said} ({era.en})")
    return page.say(f"{era.zh}（按年份推定）", f"{era.en} (from the years)")


def kind_words(page: Page, feature_class: str) -> str:
    """What kind of thing bears the name."""
    return page.say(FEATURE_CLASSES[feature_class], CLASSES_EN[feature_class])


def where_words(page: Page, place: ListedPlace) -> str:
    """The division around it, and how exactly the position is known."""
    unit = place.unit_name or page.say("所在未知", "division unknown")
    if place.quality in VAGUE:
        zh, en = VAGUE[place.quality]
    elif place.quality == "approximate":
        zh, en = "位置近似", "approximate"
    else:
        return unit
    return page.say(f"{unit}（{zh}）", f"{unit} ({en})")


def half(page: Page, text: str | None) -> str | None:
    """The reader's half of words kept in both languages: 「示意 · schematic」."""
    parts = (text or "").split(" · ")
    if len(parts) != 2 or not _has_han(parts[0]) or _has_han(parts[1]):
        return text
    return page.say(*parts)


def _has_han(text: str) -> bool:
    return any("\u4e00" <= one <= "\u9fff" for one in text)


def time_line() -> tuple[Era, ...]:
    """Every era, and unknown at its end."""
    return (*eras().values(), UNKNOWN)


def years_of(page: Page, era: Era) -> str:
    """The years of an era; 0 is 1 BCE."""
    if era is UNKNOWN:
        return ""
    first, last = (_year(page, year) for year in (era.from_year, era.to_year))
    if era.from_year is None:
        return page.say(f"{last}以前", f"until {last}")
    if era.to_year is None:
        return page.say(f"{first}以来", f"since {first}")
    return f"{first}–{last}"


def _year(page: Page, year: int | None) -> str:
    if year is None:
        return ""
    if year > 0:
        return page.say(f"{year} 年", str(year))
    return page.say(f"公元前 {1 - year} 年", f"{1 - year} BCE")

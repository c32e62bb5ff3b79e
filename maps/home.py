"""Who comes here, and which door is theirs? The first page: four doors, no map."""

from __future__ import annotations

from dataclasses import dataclass

from maps.base import Page, draw_sheet


@dataclass(frozen=True, slots=True)
class Door:
    """One large door: for whom, to what, where it leads."""

    path: str
    wing: str
    for_zh: str
    for_en: str
    zh: str
    en: str
    note_zh: str
    note_en: str


DOORS = (
    Door(
        "/elder-care", "elder-care", "老人与家属", "Elders and families",
        "找养老服务", "Find elder care",
        "养老院、日间照料、老年食堂：在哪里，多少钱，有没有空床，离我多远。",
        "Homes, day care, canteens: where, at what price, with a free bed, how far.",
    ),
    Door(
        "/access", "access", "规划与养老科", "Planners",
        "看覆盖与缺口", "See coverage and gaps",
        "每个片区有多少老人够得着，缺口在哪里，先补哪里；每个数可以追到方法和来源。",
        "How many elders are within reach, where the gaps are; each number with its method.",
    ),
    Door(
        "/boundaries", "boundaries", "区划与界线科", "Boundary officers",
        "查区划与界线", "Divisions and boundaries",
        "今天和往年的区划、隶属、邻接与沿革；没有图形的如实列出。",
        "Divisions now and then, their neighbours and changes; missing outlines are listed so.",
    ),
    Door(
        "/names", "names", "地名科与文史", "Place-name officers",
        "查地名与旧名", "Names, old and new",
        "按汉字、拼音、首字母、旧名查；地名文化遗产与红色地名；某年此地叫什么。",
        "By characters, pinyin, initials, old names; heritage and red names; names by year.",
    ),
)  # fmt: skip


def draw_home(page: Page) -> str:
    """Answer the first page as HTML."""
    return draw_sheet(page, "home.html.j2", "home", page.say("首页", "Home"), doors=DOORS)

"""What kinds of facility are there, and how are they called and drawn?

No national open code list was found; this is the house's own list (facility types of the
requirement documents and of provincial elder-care regulations).
"""

from __future__ import annotations

from dataclasses import dataclass

from geo.errors import BadInput, both


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of facility: its code, its names, its group and its mark on a map."""

    code: str
    zh: str
    en: str
    group: str
    shape: str
    glyph: str
    is_residential: bool = False
    is_sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Kinds that are asked for together, drawn in one colour."""

    code: str
    zh: str
    en: str
    colour: str


# Colours: Okabe–Ito's palette, which survives the common colour-vision deficiencies.
GROUPS = {
    group.code: group
    for group in (
        Group("elder_home", "养老机构", "Elder-care homes", "#0072B2"),
        Group("community", "社区养老服务", "Community care", "#009E73"),
        Group("meal", "助餐助浴", "Meals and bathing", "#D55E00"),
        Group("protection", "救助与保护", "Relief and protection", "#CC79A7"),
        Group("affairs", "民政服务", "Civil affairs services", "#56708A"),
    )
}

_ALL = (
    Kind("welfare_home", "社会福利院", "Social welfare home", "elder_home", "square", "福", True),
    Kind("rural_home", "敬老院", "Rural home for the aged", "elder_home", "square", "敬", True),
    Kind("nursing_home", "养老院", "Nursing home", "elder_home", "square", "养", True),
    Kind("senior_apartment", "老年公寓", "Senior apartments", "elder_home", "square", "寓", True),
    Kind("care_complex", "综合养老服务中心", "Area care centre", "community", "pentagon", "综"),
    Kind("day_care", "日间照料中心", "Day-care centre", "community", "circle", "日"),
    Kind("service_station", "养老服务站", "Care station", "community", "circle", "站"),
    Kind("small_home", "长者照护之家", "Small care home", "community", "circle", "护", True),
    Kind("mutual_aid_home", "农村幸福院", "Rural mutual-aid home", "community", "circle", "幸"),
    Kind("activity_centre", "老年人活动中心", "Activity centre", "community", "circle", "活"),
    Kind("rehab_rental", "康复辅具租赁点", "Assistive-device rental", "community", "circle", "辅"),
    Kind("canteen", "老年食堂", "Elder canteen", "meal", "triangle", "餐"),
    Kind("bathing", "助浴点", "Assisted bathing", "meal", "triangle", "浴"),
    Kind(
        "minor_station", "未保工作站", "Minors' protection station", "protection", "diamond", "未",
        is_sensitive=True,
    ),
    Kind(
        "child_home", "儿童福利院", "Children's home", "protection", "diamond", "童",
        is_sensitive=True,
    ),
    Kind(
        "rescue_station", "救助管理站", "Rescue station", "protection", "diamond", "救",
        is_sensitive=True,
    ),
    Kind("relief_store", "救灾物资储备库", "Relief-goods store", "protection", "diamond", "储"),
    Kind("assistance_window", "社会救助窗口", "Assistance window", "affairs", "hexagon", "助"),
    Kind("marriage_office", "婚姻登记处", "Marriage registry", "affairs", "hexagon", "婚"),
    Kind("funeral_home", "殡仪馆", "Funeral home", "affairs", "hexagon", "殡"),
)  # fmt: skip
KINDS = {kind.code: kind for kind in _ALL}


def kinds_of(code: str) -> list[str]:
    """The kinds that a kind or group code stands for: a kind itself, a group all of its kinds.

    Raises BadInput for an unknown code, with the list of known ones.
    """
    if code in KINDS:
        return [code]
    members = [kind.code for kind in KINDS.values() if kind.group == code]
    if not members:
        raise BadInput(
            both(
                f"没有「{code[:40]}」这种设施。可用的类别（名称或代码）：{_listed_in_chinese()}。",
                f"unknown facility kind {code[:40]!r}; known: {', '.join([*GROUPS, *KINDS])}",
            ),
            parameter="kind",
        )
    return members


def _listed_in_chinese() -> str:
    """Every group with its kinds, each as name and code."""
    return ";".join(
        f"{group.zh} {group.code}("
        + "、".join(f"{kind.zh} {kind.code}" for kind in KINDS.values() if kind.group == group.code)
        + ")"
        for group in GROUPS.values()
    )

"""Which kind of facility do a type column, a file name or a facility's own name speak of?"""

from __future__ import annotations

from geo.errors import BadInput
from geo.models.kinds import KINDS
from geo.text import search_key

# Words beside the house's own names of the kinds; a name may hold several, the last one decides
# (久安养老院社区长者食堂 is a canteen).
_WORDS: dict[str, tuple[str, ...]] = {
    "welfare_home": ("福利院", "welfare_home"),
    "rural_home": ("敬老院", "特困供养", "特困人员供养", "rural_home"),
    "nursing_home": (
        "养老院", "护理院", "养护院", "养老机构", "nursing_home", "nursinghome", "颐养院", "老人院",
        "安老院", "护老院", "护养院", "安养中心", "养护中心", "长期照顾中心", "护理之家",
        "老人福利机构", "老人ホーム", "介護老人福祉施設", "介護老人保健施設", "요양원",
        "노인요양시설",
        "care home", "residential care", "aged care", "rest home", "skilled nursing",
        "home for the aged", "ehpad", "pflegeheim", "altenheim", "seniorenheim",
        "vollstationäre pflege", "hébergement pour personnes âgées",
    ),
    "senior_apartment": ("老年公寓", "养老公寓", "senior_apartment"),
    "care_complex": (
        "综合养老服务中心", "综合为老服务中心", "养老服务综合体", "区域养老服务中心",
        "care_complex",
    ),
    "day_care": (
        "日间照料中心", "日间照料", "日间服务中心", "托老所", "day_care", "daycare",
        "日间照顾", "通所介護", "デイサービス", "주야간보호",
    ),
    "service_station": ("养老服务站", "养老驿站", "养老服务驿站", "service_station"),
    "small_home": ("长者照护之家", "small_home"),
    "mutual_aid_home": ("幸福院", "互助点", "互助养老", "mutual_aid"),
    "activity_centre": ("老年人活动中心", "老年活动中心", "老年活动室", "activity_centre"),
    "rehab_rental": ("辅具租赁", "辅助器具租赁", "rehab_rental"),
    "canteen": (
        "老年食堂", "长者食堂", "社区食堂", "食堂", "长者餐厅", "老年餐桌", "助餐点", "助餐",
        "饭堂", "小厨", "canteen",
    ),
    "bathing": ("助浴", "bathing"),
    "minor_station": ("未保工作站", "未成年人保护工作站", "未成年人保护站", "minor_station"),
    "child_home": ("儿童福利院", "child_home"),
    "rescue_station": ("救助管理站", "rescue_station"),
    "relief_store": ("救灾物资储备", "relief_store"),
    "assistance_window": ("社会救助窗口", "救助窗口", "assistance_window"),
    "marriage_office": ("婚姻登记处", "婚姻登记", "marriage_office"),
    "funeral_home": ("殡仪馆", "funeral_home"),
}  # fmt: skip

_KEYS = {search_key(word): kind for kind, words in _WORDS.items() for word in words}
KIND_WORDS = frozenset(_KEYS)
"""The search keys of all words that name a kind."""

STATE_WORDS = {
    "open": "open", "运营": "open", "运营中": "open", "在营": "open", "营业": "open",
    "正常": "open",
    "paused": "paused", "暂停": "paused", "停业": "paused", "歇业": "paused",
    "planned": "planned", "规划": "planned", "拟建": "planned",
    "under_construction": "under_construction", "在建": "under_construction",
    "closed": "closed", "关闭": "closed", "注销": "closed", "撤销": "closed",
}  # fmt: skip


def kind_given(text: str) -> str:
    """The kind that `--kind` names, by code or Chinese name; BadInput lists the known ones."""
    found = kind_of_words(text)
    if found is None:
        known = ", ".join(f"{kind.code} {kind.zh}" for kind in KINDS.values())
        raise BadInput(
            f"不认识设施类型 {text!r}；可用：{known}。\nUnknown kind of facility {text!r}.",
            parameter="kind",
        )
    return found


def kind_of_words(text: str) -> str | None:
    """The kind that a cell of a type column names, as a whole or by the words in it."""
    if text in KINDS:
        return text
    own = {search_key(kind.zh): kind.code for kind in KINDS.values()}
    return own.get(search_key(text)) or kind_in_name(text)


def kind_in_name(name: str) -> str | None:
    """The kind whose word stands last (and is longest) in a name, or None."""
    key = search_key(name)
    ends = [
        (key.rfind(word) + len(word), len(word), kind)
        for word, kind in _KEYS.items()
        if word in key
    ]
    return max(ends)[2] if ends else None

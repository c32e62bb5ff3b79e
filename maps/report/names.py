"""What are the values of an answer called, where no table's head says it?"""

from __future__ import annotations

from geo.models.kinds import KINDS

NAMES = {
    "people_60": "60 岁以上人数", "people_65": "65 岁以上人数", "people_80": "80 岁以上人数",
    "covered_60": "覆盖 60+ 人数", "covered_80": "覆盖 80+ 人数", "share_60": "60+ 覆盖率",
    "share_80": "80+ 比例", "area_km2": "面积 km²（量算值）",
    "nearest_m": "平均最近距离 m（量算值）",
    "open": "在用", "under_construction": "在建", "planned": "规划", "paused": "暂停",
    "present": "已有", "lacking": "缺", "unknown": "未知", "judged": "可判断", "rate": "比例",
    "beds": "床位", "beds_home": "机构床位", "beds_community": "社区床位", "homes": "机构数",
    "homes_unknown": "床位不详的机构", "nursing": "护理型床位", "nursing_of": "已知护理型的床位",
    "nursing_share": "护理型占比", "per_1000": "每千名老人床位", "passed": "达标",
    "failed": "未达标", "not_due": "未到期", "sites": "合计（处）",
    "order": "次序", "gained": "新增覆盖人数", "within": "半径内人数", "served": "就近服务人数",
    "area_m2": "面积 m²", "people": "老人合计", "covered_before": "现覆盖人数",
    "covered": "建后覆盖人数", "uncovered": "仍未覆盖人数", "unreachable": "候选点均不能及人数",
    "bound": "可证上限", "gap": "与最优至多相差", "usable": "可用候选点",
    "excluded": "排除候选点", "value": "数值", "numerator": "分子", "denominator": "分母",
    "meets": "达到目标（1 是 0 否）",
}  # fmt: skip


def value_name(name: str) -> str:
    """The Chinese name of a value; of `open:…` with its kind or area code."""
    head, _colon, part = name.partition(":")
    if part:
        return f"{NAMES.get(head, head)} {KINDS[part].zh if part in KINDS else part}"
    return NAMES.get(name, name)

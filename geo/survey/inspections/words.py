"""Which words do forms, lists and reports of a joint inspection share?"""

from __future__ import annotations

NOTICE = "内部资料"
"""Stands on everything here: coordinates of markers are never public."""
UNKNOWN = "未知"
SIDES = {"A": "甲方", "B": "乙方", "C": "丙方"}
STATES = {
    "intact": "完好", "leaning": "倾斜", "damaged": "损坏", "lost": "丢失", "moved": "移位",
    "buried": "掩埋", "unknown": "未查到",
}  # fmt: skip
METHODS = {
    "gnss_rtk": "RTK", "gnss_static": "GNSS 静态", "gnss_ppp": "GNSS 精密单点",
    "total_station": "全站仪", "traverse": "导线", "handheld": "手持机或手机", "map": "图解",
    "other": "其他",
}  # fmt: skip
VIEWS = {
    "near": "近景", "far": "远景", "north": "向北", "east": "向东", "south": "向南",
    "west": "向西", "other": "其他",
}  # fmt: skip
NORTHS = {"magnetic": "磁北", "true": "真北", "grid": "坐标北"}
VISIBLE = {"clear": "清楚", "partly": "部分清楚", "unclear": "不清楚"}
FEATURES = {
    "none": "无变化", "river": "河流改道", "road": "道路改线", "building": "新建建筑",
    "other": "其他变化",
}  # fmt: skip
CHANGES = {"disaster": "自然灾害", "river": "河流改道", "road": "道路改线", "other": "其他变化"}
REASONS = {"five_year": "五年联检", "reported_change": "变化后联检", "other": "其他"}
STEPS = {"desk_done": "内业完成", "field_done": "外业完成", "concluded": "联检完成"}
"""Steps of a line in their order; before the first it is planned."""
LINE_STATES = {"planned": "待检", **STEPS}
BASES = {"agreement": "协议书", "detailed_map": "详图", "derived": "推导（示意线）"}
FAULTS = {
    "lost": "界桩丢失", "damaged": "界桩损坏", "moved": "界桩移位", "leaning": "界桩倾斜",
    "buried": "界桩掩埋", "not_found": "界桩未查到", "letters": "字迹不清",
    "reference_objects": "方位物缺失", "danger": "附近有危及界桩的活动",
    "one_sided_marks": "单方设立的标志", "cross_border_building": "跨界建筑",
    "feature_changed": "界线地物变化", "unclear_line": "界线不清楚",
}  # fmt: skip
FAULTS_EN = {
    "lost": "marker lost", "damaged": "marker damaged", "moved": "marker moved",
    "leaning": "marker leaning", "buried": "marker buried", "not_found": "marker not found",
    "letters": "letters illegible", "reference_objects": "reference object missing",
    "danger": "danger nearby", "one_sided_marks": "marks of one side",
    "cross_border_building": "building across the line", "feature_changed": "feature changed",
    "unclear_line": "line unclear",
}  # fmt: skip
FIELDS = {
    "state": "状态", "legible": "字迹清晰", "repainted": "已描红", "references_seen": "方位物齐全",
    "position": "位置", "one_sided_marks": "单方标志", "danger": "险情", "visible": "界线清楚",
    "feature_changed": "地物变化", "cross_border_building": "跨界建筑", "action": "处理",
    "note": "备注", "form": "记录表",
}  # fmt: skip
ACTIONS = {
    "none": "无需处理", "cleared": "清除杂草", "repainted": "描红", "straightened": "扶正",
    "repaired": "修复", "replanted": "重新埋设", "put_back": "恢复原位", "reported": "上报",
}  # fmt: skip

"""What is served of divisions, the lines between them and the zones within them?

All are map layers, which need a 审图号.
"""

from __future__ import annotations

from geo.queries.collections.declared import (
    LINE_DIGITS,
    SOURCED,
    SPAN,
    Collection,
    columns,
)

UNITS = Collection(
    "units", "行政区划", "Divisions",
    "省、市、县、乡、村各级区划，取所问日期有效的版本；没有公开图形的说明原因。",
    "Divisions of every level in force on the day; those without an open outline say why.",
    "admin_unit t", ("admin_unit",),
    (
        *columns(
            "t", "code text 代码|code", "name text 名称|name", "short_name text 简称|short name",
            "level integer 级别|level", "unit_type text 类型|type",
            "parent_code text 上级|superior", "geometry_note text 图形说明|note on the outline",
            "note text 备注|note",
        ),
        *SPAN, *SOURCED,
    ),
    "MultiPolygon", layer="units", divisions=("t.code",), digits=LINE_DIGITS,
    keywords=("区划", "divisions"),
)  # fmt: skip

LINES = Collection(
    "lines", "界线", "Boundary lines",
    "已公开的界线，写明依据；由图形推出的为示意线，不作为划界依据；争议段不公开。",
    "Public boundary lines with their basis; derived ones are sketches, no proof of a boundary.",
    "boundary_line t", ("boundary_line",),
    (
        *columns(
            "t", "code text 编号|code", "name text 名称|name", "level integer 级别|level",
            "left_code text 左侧区划|division on the left",
            "right_code text 右侧区划|division on the right", "basis text 依据|basis",
            "document_no text 文号|document", "archive_scale integer 档案比例尺分母|archive scale",
            "published_length_m number 公布长度（米）|published length in m",
            "last_inspected_on day 最近联检|last joint inspection",
        ),
        *SPAN, *SOURCED,
    ),
    "MultiLineString", layer="lines", divisions=("t.left_code", "t.right_code"),
    digits=LINE_DIGITS, keywords=("界线", "boundary"),
)  # fmt: skip

ZONES = Collection(
    "zones", "规划片区", "Planning zones",
    "规划或分析用的片区。", "Zones that are planned or analysed as one.",
    "planning_zone t", ("planning_zone",),
    (
        *columns(
            "t", "code text 编码|code", "name text 名称|name", "kind text 类别|kind",
            "status text 阶段|stage", "parent_code text 所属区划|division",
            "due_on day 期限|due on",
        ),
        *SPAN, *SOURCED,
    ),
    "MultiPolygon", layer="units", divisions=("t.parent_code",), digits=LINE_DIGITS,
    keywords=("片区", "zones"),
)  # fmt: skip

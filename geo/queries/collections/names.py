"""What is served of names of places, dated by years?"""

from __future__ import annotations

from geo.queries.collections.declared import SOURCED, Collection, Property, Years, columns

EXACT = "('surveyed', 'point', 'approximate')"
"""Qualities of positions that may be drawn; others say only in which division a place lies."""
_RANK = "array_position(ARRAY['surveyed', 'point', 'approximate'], {0}.quality), {0}.id"
# Written as a join, not as a subquery of the best one, so that a box can begin with the positions.
_POSITION = f"""LEFT JOIN place_position p ON p.place_id = t.id AND p.geom IS NOT NULL
    AND p.quality IN {EXACT} AND NOT EXISTS (SELECT FROM place_position q
        WHERE q.place_id = p.place_id AND q.geom IS NOT NULL AND q.quality IN {EXACT}
          AND ({_RANK.format("q")}) < ({_RANK.format("p")}))"""

PLACE_NAMES = Collection(
    "place-names", "地名", "Place names",
    "每条记录是一处地方的一个名称，有种类和使用年份；只知所在区划的没有点位。",
    "One feature for each name of a place, with its kind and years; some are known only to lie in "
    "a division and have no position.",
    f"place_name n JOIN place t ON t.id = n.place_id {_POSITION}",
    ("place_position", "place_name", "place"),
    (
        *columns(
            "n", "name text 名称|name", "kind text 名称种类|kind of name",
            "language text 语种|language", "script text 文字|script", "pinyin text 拼音|pinyin",
            "start_earliest integer 起始年（最早）|first year, earliest",
            "start_latest integer 起始年（最晚）|first year, latest",
            "end_earliest integer 终止年（最早）|last year, earliest",
            "end_latest integer 终止年（最晚）|last year, latest",
            "certainty text 确定程度|certainty", "citation text 出处|citation",
        ),
        Property("place_code", "text", "地方编码", "code of the place", "t.code"),
        *columns(
            "t", "category text 类别代码|category", "feature_class text 大类|class",
            "unit_code text 即为区划|is the division", "located_in text 所在区划|lies in",
            "attribution text 署名|attribution",
        ),
        Property("position_quality", "text", "位置质量", "position quality", "p.quality"),
        *SOURCED,
    ),
    "Geometry", key="n.id", identity="n.id::text", lookup="n.id = CAST(:id AS bigint)",
    geom="p.geom", version="greatest(n.row_version, t.row_version, p.row_version)",
    time=Years("n.start_earliest", "n.end_latest"), divisions=("t.located_in", "t.unit_code"),
    keywords=("地名", "place names"),
)  # fmt: skip

HERITAGE_NAMES = Collection(
    "heritage-names", "地名文化遗产与红色地名", "Heritage and red names",
    "列入名录的地名，写明名录、级别、批次和年份；时间为列入年份之后。",
    "Names on lists of heritage and red names, with list, level, batch and year.",
    "heritage_listing h JOIN place t ON t.id = h.place_id JOIN LATERAL (SELECT n.name, n.pinyin,"
    " n.kind FROM place_name n WHERE n.place_id = t.id ORDER BY n.kind = 'standard' DESC, n.id"
    f" LIMIT 1) n ON true {_POSITION}",
    ("place_position", "heritage_listing", "place", "place_name"),
    (
        *columns(
            "n", "name text 名称|name", "pinyin text 拼音|pinyin",
        ),
        Property("name_kind", "text", "名称种类", "kind of name", "n.kind"),
        *columns(
            "h", "family text 名录类别|family", "list_name text 名录|list",
            "list_class text 类|class", "list_level text 级别|level of the list",
            "batch text 批次|batch", "listed_year integer 列入年份|year of listing",
            "era text 年代|era", "citation text 出处|citation",
        ),
        Property("place_code", "text", "地方编码", "code of the place", "t.code"),
        *columns("t", "located_in text 所在区划|lies in", "attribution text 署名|attribution"),
        Property("position_quality", "text", "位置质量", "position quality", "p.quality"),
        *SOURCED,
    ),
    "Geometry", key="h.id", identity="h.id::text", lookup="h.id = CAST(:id AS bigint)",
    geom="p.geom", version="greatest(h.row_version, t.row_version, p.row_version)",
    time=Years("h.listed_year", None), divisions=("t.located_in", "t.unit_code"),
    keywords=("地名文化遗产", "红色地名", "heritage"),
)  # fmt: skip

"""Which columns does a delivered road network have, and where do its edges go?"""

from __future__ import annotations

from geo.loaders.things.spec import LINES, Field, Spec
from geo.loaders.versions import Destination

FIELDS = (
    Field("code", ("edge_id", "link_id", "路段编码", "路段编号", "路段代码", "道路编码")),
    Field("from_node", ("from", "u", "from_node", "fnode", "tail", "source", "start_node",
                        "node_from", "起点编号", "起始节点", "起节点", "起点")),
    Field("to_node", ("to", "v", "to_node", "tnode", "head", "target", "end_node",
                      "node_to", "终点编号", "终止节点", "终节点", "终点")),
    Field("from_lon", ("from_lon", "from_lng", "from_x", "x1", "lon1", "lng1", "起点经度")),
    Field("from_lat", ("from_lat", "from_y", "y1", "lat1", "起点纬度")),
    Field("to_lon", ("to_lon", "to_lng", "to_x", "x2", "lon2", "lng2", "终点经度")),
    Field("to_lat", ("to_lat", "to_y", "y2", "lat2", "终点纬度")),
    Field("stated_length_m", ("length_m", "length", "len", "distance", "dist", "长度",
                              "路段长度", "道路长度", "里程")),
    Field("road_class", ("highway", "fclass", "road_class", "道路等级", "道路类型", "道路类别",
                         "等级", "类型", "class", "type")),
    Field("name", ("name", "道路名称", "路名", "名称")),
    Field("oneway", ("oneway", "one_way", "单行", "是否单行", "单双向", "方向")),
    Field("access", ("access", "通行权限")),
    Field("foot", ("foot",)),
    Field("motor_vehicle", ("motor_vehicle", "motorcar")),
    Field("motorroad", ("motorroad",)),
    Field("junction", ("junction",)),
    Field("military", ("military",)),
    Field("speed_kmh", ("maxspeed", "speed_kmh", "speed", "限速", "设计速度", "设计时速")),
    Field("slope", ("incline", "slope", "坡度")),
    Field("grade", ("grade",)),
)  # fmt: skip
TAGS = {
    "road_class": "highway", "access": "access", "foot": "foot", "motor_vehicle": "motor_vehicle",
    "motorroad": "motorroad", "junction": "junction", "military": "military", "oneway": "oneway",
}  # fmt: skip
"""Fields that together tell what a road is open to, and the keys of OpenStreetMap that they are."""

STAGED = {
    "code": "text", "network": "text", "from_node": "text", "to_node": "text",
    "length_m": "float8", "stated_length_m": "float8", "road_class": "text", "walkable": "bool",
    "drivable": "bool", "oneway": "bool", "is_steps": "bool", "slope": "float8",
    "speed_kmh": "float8", "name": "text",
}  # fmt: skip
KEYS = ("code", "network")


ALWAYS = ("from_node", "to_node", "length_m", "geom")
"""What every delivery says of its edges."""


def destination(told: tuple[str, ...] = ()) -> Destination:
    """The table of edges: corrected in place, told apart by code and network."""
    told = (*(name for name in told if name not in (*KEYS, *ALWAYS)), *ALWAYS)
    return Destination(
        "road_edge", told, keys=KEYS, fixed={"method": "CAST(:note AS text)"}, versioned=False
    )


ROADS = Spec(
    kind="roads",
    zh="道路",
    table="road_edge",
    fields=FIELDS,
    shape_types=LINES,
    stored_type="LINESTRING",
    identify=lambda _session, _batch, _on, _options: None,  # edges are told apart by columns
    destination=destination,
)

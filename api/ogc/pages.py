"""How does an answer look to a person? Plain pages without a script; every text is escaped."""

from __future__ import annotations

from html import escape
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import orjson

from api.ogc.answers import Call
from geo.gazetteer.places import POSITION_WORDS
from geo.models.kinds import KINDS
from geo.queries.collections import Collection
from geo.queries.filters import VALUE_WORDS

_STYLE = """
:root{--ink:#1d2733;--soft:#5b6775;--line:#dfe4ea;--accent:#1f5f8b;--ground:#f6f8fa}
*{box-sizing:border-box}body{margin:0;color:var(--ink);background:var(--ground);
font:16px/1.6 "Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei",system-ui,sans-serif}
header{background:#fff;border-bottom:3px solid var(--accent);padding:12px 20px}
header a{margin-right:14px}main{max-width:1100px;margin:20px auto;padding:0 20px 60px}
h1{font-size:26px;line-height:1.3;margin:18px 0 6px}h2{font-size:19px;margin:26px 0 8px}
a{color:var(--accent);display:inline-block;min-height:24px}p{max-width:46em}.soft{color:#5b6775}
.card{background:#fff;border:1px solid var(--line);border-radius:6px;padding:14px 18px;
margin:10px 0}
.card h2{margin:0}.wide{overflow-x:auto;background:#fff;border:1px solid var(--line);
border-radius:6px}table{border-collapse:collapse;width:100%;font-size:15px}
th,td{text-align:left;vertical-align:top;padding:7px 12px;border-bottom:1px solid var(--line)}
th{background:#eef2f6;white-space:nowrap}td{min-width:5em;max-width:24em;overflow-wrap:break-word}td:first-child{min-width:9em;
overflow-wrap:anywhere}.facts th{width:1%;font-weight:normal;color:var(--soft)}
.facts td{max-width:none}summary{cursor:pointer}
details ul{columns:2 18em}li{overflow-wrap:anywhere}.ways{list-style:none;padding:0;display:flex;
flex-wrap:wrap;gap:8px}.ways a{background:#fff;border:1px solid var(--accent);border-radius:6px;
padding:8px 14px;min-height:44px;text-decoration:none}
.flag{background:#fff4d6;border:1px solid #c99700;border-radius:4px;padding:1px 8px}
ul{padding-left:1.2em}@media print{header{display:none}}
"""
_TABLE_COLUMNS = 12
_FORMATS = {
    "html": "网页 · page", "geojson": "GeoJSON（分页）", "geojson-file": "GeoJSON",
    "geojsonseq": "GeoJSON 序列", "csv": "CSV", "fgb": "FlatGeobuf", "gpkg": "GeoPackage",
    "parquet": "GeoParquet", "kml": "KML", "xlsx": "Excel（十万条以上请用 CSV）",
}  # fmt: skip


def _page(call: Call, title: str, body: str) -> bytes:
    """A whole page around a body that is already escaped."""
    home = escape(call.scope.get("root_path", "") + "/", quote=True)
    ways = [(home, "民政一张图"), (escape(call.address()), "OGC API")]
    ways += [
        (escape(call.address(path)), name)
        for path, name in (("collections", "数据集合"), ("catalogue", "目录"), ("api", "接口"))
    ]
    bar = "".join(f'<a href="{href}">{name}</a>' for href, name in ways)
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)} · 民政一张图</title><style>{_STYLE}</style></head>"
        f'<body><header><nav aria-label="导航">{bar}</nav></header>'
        f"<main><h1>{escape(title)}</h1>{body}</main></body></html>"
    ).encode()


def _links(links: list[dict[str, Any]]) -> str:
    """A list of links with their titles; one address once, under whatever relations it stands."""
    shown = {one["href"]: one for one in reversed(links) if one["rel"] != "self"}
    return "<ul>" + "".join(
        f'<li><a href="{escape(one["href"], quote=True)}">'
        f"{escape(one.get('title') or one['rel'])}</a> "
        f'<span class="soft">{escape(one.get("type", ""))}</span></li>'
        for one in reversed(shown.values())
    ) + "</ul>"  # fmt: skip


def _ways(links: list[dict[str, Any]]) -> str:
    """Links as buttons, each named by its format."""
    return '<ul class="ways">' + "".join(
        f'<li><a href="{escape(one["href"], quote=True)}" title="{escape(one["type"])}">'
        f"{_FORMATS.get(name) or escape(one['title'])}</a></li>"
        for one in links for name in parse_qs(urlsplit(one["href"]).query).get("f", [""])
    ) + "</ul>"  # fmt: skip


def _words(value: Any, of: str = "") -> str:
    """A value, of a property, as a person reads it; what is unknown says so."""
    if of == "position_quality" and value in POSITION_WORDS:
        return POSITION_WORDS[value]
    if value is None or value == "":
        return '<span class="soft">未知</span>'
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return "、".join(_word(one) for one in value)
    if isinstance(value, dict | list):
        return escape(orjson.dumps(value).decode())
    return _word(str(value))


def _word(code: str) -> str:
    """What a fixed value is called in Chinese; any other text as it is."""
    named = KINDS[code].zh if code in KINDS else VALUE_WORDS.get(code, code)
    return escape(named)


def _table(head: list[str], rows: list[list[str]]) -> str:
    """A table of cells that are already escaped."""
    top = "".join(f'<th scope="col">{escape(one)}</th>' for one in head)
    body = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in rows)
    return (
        f'<div class="wide" tabindex="0"><table><thead><tr>{top}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _facts(rows: list[list[str]]) -> str:
    """Names and values, which are already escaped."""
    told = "".join(f'<tr><th scope="row">{name}</th><td>{value}</td></tr>' for name, value in rows)
    return (
        f'<div class="wide" tabindex="0"><table class="facts"><tbody>{told}</tbody></table></div>'
    )


def _flags(about: dict[str, Any]) -> str:
    """What has to stand above data: made-up rows, the approval of a map, that it is a sketch."""
    made_up = about.get("has_synthetic") or about.get("hasSynthetic")
    told = ["含合成数据 · holds synthetic rows"] if made_up else []
    told += [f"审图号：{about['mapApproval']}"] if about.get("mapApproval") else []
    told += [about["note"]] if about.get("note") else []
    return "".join(f'<p><span class="flag">{escape(one)}</span></p>' for one in told)


def landing(call: Call, body: dict[str, Any]) -> bytes:
    """The landing page."""
    return links_page(call, body)


def links_page(call: Call, body: dict[str, Any]) -> bytes:
    """A title, a description and links."""
    told = f"<p>{escape(body['description'])}</p>{_links(body['links'])}"
    return _page(call, body["title"], told)


def conformance(call: Call, body: dict[str, Any]) -> bytes:
    """The conformance classes."""
    listed = "".join(f"<li>{escape(one)}</li>" for one in body["conformsTo"])
    return _page(call, "符合性 · Conformance", f"<ul>{listed}</ul>")


def collections(call: Call, body: dict[str, Any]) -> bytes:
    """Every collection as a card."""
    cards = "".join(
        f'<section class="card"><h2><a href="'
        f'{escape(call.address("collections", one["id"]), quote=True)}">'
        f"{escape(one['title'])}</a></h2><p>{escape(one['description'])}</p>{_flags(one)}"
        f'<p class="soft">来源：{escape(one["attribution"])}</p></section>'
        for one in body["collections"]
    )
    return _page(call, "数据集合 · Collections", cards)


def collection(call: Call, body: dict[str, Any]) -> bytes:
    """One collection: what it is, what it rests on, its features and files, then the rest."""
    systems = "".join(f"<li>{escape(one)}</li>" for one in body["crs"])
    rows = [
        ["范围 · extent", _box(body["extent"].get("spatial", {}).get("bbox", [None])[0])],
        ["时间 · time", _interval(body["extent"]["temporal"]["interval"][0])],
        ["来源 · source", _words(body["attribution"])],
        ["来源日期 · date of the source", _words(body["sourceDate"])],
        ["存储坐标系 · storage CRS", _words(body["storageCrs"])],
        ["输出坐标系 · offered CRS", f"<details><summary>{len(body['crs'])} 种：CGCS2000 经纬度与"
         f"高斯–克吕格各带、WGS 84、Web 墨卡托</summary><ul>{systems}</ul></details>"],
    ]  # fmt: skip
    by_rel = {rel: [one for one in body["links"] if one["rel"] == rel]
              for rel in ("items", "enclosure")}  # fmt: skip
    others = [one for one in body["links"] if one["rel"] not in by_rel]
    told = f"<p>{escape(body['description'])}</p>{_flags(body)}{_facts(rows)}"
    told += f"<h2>要素 · Features</h2>{_ways(by_rel['items'][::-1])}"
    told += f"<h2>整个集合的文件 · Files of all</h2>{_ways(by_rel['enclosure'])}"
    return _page(call, body["title"], f"{told}<h2>说明与接口 · More</h2>{_links(others)}")


def _box(box: list[float] | None) -> str:
    """An extent in degrees."""
    if box is None:
        return _words(None)
    west, south, east, north = (f"{one:.4f}°" for one in box)
    return f"西 {west}，南 {south}，东 {east}，北 {north}（W, S, E, N）"


def _interval(interval: list[str | None]) -> str:
    """From when to when; an open end goes on."""
    start, end = (one and one[:10] for one in interval)
    if start is None and end is None:
        return _words(None)
    return escape(f"{start or '…'} — {end or '至今 · now'}")


def properties(call: Call, body: dict[str, Any]) -> bytes:
    """The properties of a schema."""
    rows = [
        [escape(name), _words(one.get("title")), _words(one.get("type") or one.get("format"))]
        for name, one in body["properties"].items()
    ]
    return _page(call, body["title"], _table(["名称", "含义", "类型"], rows))


def items(call: Call, one: Collection, about: dict[str, Any], features: list[bytes]) -> bytes:
    """A page of features as a table."""
    read = [orjson.loads(feature) for feature in features]
    shown = [
        p for p in one.properties
        if not p.is_nested and p.name != "code"
        and any(f["properties"].get(p.name) is not None for f in read)
    ][:_TABLE_COLUMNS]  # fmt: skip
    at = call.address("collections", one.id, "items")
    rows = [
        [
            f'<a href="{escape(at + "/" + quote(f["id"]), quote=True)}">{escape(f["id"])}</a>',
            *(_words(f["properties"].get(p.name), p.name) for p in shown),
        ]
        for f in read
    ]
    total = about["numberMatched"]
    nearly = "约 " if about.get("numberMatchedIsEstimate") else ""
    told = f'<p class="soft">共 {nearly}{total} 条，本页 {len(read)} 条。 {total} in all.</p>'
    table = _table(["标识", *(p.zh for p in shown)], rows) if read else "<p>没有符合的要素。</p>"
    following = [link for link in about["links"] if link["rel"] == "next"]
    others = [link for link in about["links"] if link["rel"] == "alternate"]
    home = [link for link in about["links"] if link["rel"] == "collection"]
    return _page(call, f"{one.zh} · {one.en}", _flags(about) + told + table + _links(following)
                 + "<h2>其他格式 · Formats</h2>" + _ways(others) + _links(home))  # fmt: skip


def item(call: Call, one: Collection, feature: bytes, more: dict[str, Any]) -> bytes:
    """One feature."""
    read = orjson.loads(feature)
    rows = [
        [escape(p.zh), escape(p.name), _words(read["properties"][p.name], p.name)]
        for p in one.properties if p.name in read["properties"]
    ]  # fmt: skip
    told = _flags({**more, "has_synthetic": read["properties"].get("is_synthetic")})
    title = read["properties"].get("name") or read["id"]
    return _page(call, str(title), told + _table(["属性", "名称", "值"], rows)
                 + "<h2>链接 · Links</h2>" + _links(more["links"]))  # fmt: skip


def records(call: Call, body: dict[str, Any]) -> bytes:
    """Records of the catalogue as a table."""
    rows = []
    for one in body["features"]:
        told = one["properties"]
        sources = "；".join(f"{s['source']}（{s['features']}）" for s in told["sources"])
        rows.append([
            f'<a href="{escape(call.address("collections", one["id"]), quote=True)}">'
            f"{escape(told['title'])}</a>",
            _words(told["license"]), _words(sources), _words(told["updated"]),
            _words(told["mapApproval"]), _words(told["hasSynthetic"]),
        ])  # fmt: skip
    head = ["集合", "许可", "来源（条数）", "日期", "审图号", "含合成数据"]
    return _page(call, "数据目录 · Catalogue", _table(head, rows) + _links(body["links"]))


def operations(call: Call, body: dict[str, Any]) -> bytes:
    """The addresses of the API as a table."""
    rows = [
        [escape(method.upper()), escape(path), _words(operation["summary"])]
        for path, methods in body["paths"].items()
        for method, operation in methods.items()
        if method in ("get", "post", "put", "patch", "delete")
    ]
    told = f"<p>{escape(body['info']['description'])}</p>"
    return _page(call, "接口 · API", told + _table(["方法", "地址", "用途"], rows))

"""How is a pack put together: one zip, every file marked internal, with a list of its contents?"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import datetime

from geo.survey.inspections.progress import Progress
from maps.pack.forms import as_workbook
from maps.pack.layers import ABOUT_CRS, as_geopackage, as_gpx, as_kml
from maps.pack.pages import draw_form, draw_map
from maps.pack.told import INTERNAL, day_zh, pack_data


def make_pack(found: Progress, *, made_at: datetime, approval: str = "") -> bytes:
    """The offline pack of a campaign as a zip. made_at: when, with its time zone."""
    one, ground = found.campaign, found.ground
    data = pack_data(found, made_at=made_at, approval=approval)
    files = {
        "离线地图.html": draw_map(data).encode(),
        "手机表单.html": draw_form(data).encode(),
        f"{one.code}.gpkg": as_geopackage(ground),
        f"{one.code}.gpx": as_gpx(one.title, ground),
        f"{one.code}.kml": as_kml(one.title, ground),
    }
    for side in one.sides:
        name = f"联检记录表-{side.side}-{side.unit_name or side.unit_code}.xlsx"
        files[name.replace("/", "_")] = as_workbook(one, ground, side)
    files["说明.txt"] = ("\ufeff" + _read_me(found, made_at)).encode()
    files["清单.json"] = _list_of(found, files, made_at)
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in files.items():
            bundle.writestr(zipfile.ZipInfo(name, made_at.timetuple()[:6]), content,
                            zipfile.ZIP_DEFLATED)  # fmt: skip
    return raw.getvalue()


def _list_of(found: Progress, files: dict[str, bytes], made_at: datetime) -> bytes:
    told = {
        "notice": INTERNAL, "campaign": found.campaign.code, "title": found.campaign.title,
        "made_at": made_at.isoformat(timespec="seconds"), "crs": "EPSG:4490",
        "sources": list(found.ground.sources), "has_synthetic": found.has_synthetic,
        "files": {name: hashlib.sha256(body).hexdigest() for name, body in files.items()},
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def _read_me(found: Progress, made_at: datetime) -> str:
    one = found.campaign
    lines = "、".join(line.label for line in found.ground.lines)
    synthetic = "含合成数据，仅供演示。\n" if found.has_synthetic else ""
    return f"""{INTERNAL}
{one.title}（{one.code}） 离线包，{day_zh(made_at.date())}生成
{synthetic}界线：{lines}
界桩 {len(found.ground.markers)} 颗，界线段 {len(found.ground.stretches)} 段；{ABOUT_CRS}。

离线地图.html  浏览器直接打开，不用网络：界线、界桩、三交点、当前位置
手机表单.html  传到手机，用浏览器打开填报、拍照；每天收工前点「保存文件」，把文件带回
联检记录表-*.xlsx  不用手机时填写，各方一本，状态从下拉列表选择
{one.code}.gpkg / .gpx / .kml  供 QGIS、手持机、奥维等使用；手持机记录轨迹，存成 GPX 或 KML 带回

带回后：./atlas survey import 文件… --campaign {one.code} --role 单位岗位
同一文件重复导入不产生变化；不能用的行会说明原因并保留。
"""

"""How do lines and markers reach a CAD drawing: in which zone, on which layers?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import ezdxf.document
import ezdxf.units
import numpy as np
import shapely
from ezdxf.enums import TextEntityAlignment
from ezdxf.tools.standards import setup_linetypes
from pyproj import Transformer

from geo.crs.names import FIRST_MERIDIAN, FIRST_ZONE
from geo.survey.topology.units import LEVEL_ZH

if TYPE_CHECKING:
    from geo.survey.exports import Sheet
    from geo.survey.register import LineOnRecord

APP = "MINZHENG_ATLAS"
FIRST_MERIDIAN_DEG, ZONE_WIDTH_DEG, FIRST_ZONE_NUMBER = 75, 3, 25
# Grade → colour index of AutoCAD and line type: as on the page, by form before colour.
LOOKS = {1: (1, "PHANTOM"), 2: (30, "DASHDOT"), 3: (52, "DASHED"), 4: (8, "DOT"), 0: (7, "DASHED")}


def zone_of(lon: float) -> tuple[int, int, int]:
    """The CGCS2000 3° zone of a longitude: its number, central meridian, EPSG code.

    The EPSG code is the one whose eastings carry the zone number (4513–4533).
    """
    step = round((lon - FIRST_MERIDIAN_DEG) / ZONE_WIDTH_DEG)
    step = min(max(step, 0), FIRST_MERIDIAN - FIRST_ZONE - 1)
    return FIRST_ZONE_NUMBER + step, FIRST_MERIDIAN_DEG + ZONE_WIDTH_DEG * step, FIRST_ZONE + step


def write_dxf(sheet: Sheet, path: Path) -> None:
    """DXF R2010 in metres of one 3° zone, which a text, a layer and every line's data state.

    x of the drawing is east with the zone number, y is north. The zone is that of the middle of
    all lines; what lies in a neighbouring zone is drawn in it too, and the text says how far out.
    """
    west, south, east, north = shapely.total_bounds([one.geom for one in sheet.lines])
    number, meridian, epsg = zone_of((west + east) / 2)
    to_zone = Transformer.from_crs(4490, epsg, always_xy=True, allow_ballpark=False)
    drawing = ezdxf.document.Drawing.new("R2010")
    drawing.units = ezdxf.units.M
    setup_linetypes(drawing)
    drawing.appids.add(APP)
    space = drawing.modelspace()
    stated = (
        f"CGCS2000 三度带高斯-克吕格投影，{number} 带，中央经线 {meridian}°E，EPSG:{epsg}；"
        f"单位米；图形 X=东（含带号 {number}），Y=北；"
        f"离中央经线最远 {max(abs(west - meridian), abs(east - meridian)):.2f}°"
    )
    drawing.header.custom_vars.append("CRS", f"EPSG:{epsg}")
    drawing.header.custom_vars.append("NOTE", "；".join([stated, *sheet.notes]))
    for grade, (colour, linetype) in LOOKS.items():
        layer = drawing.layers.add(_layer(grade), color=colour, linetype=linetype)
        layer.description = stated
    drawing.layers.add("MARKERS-界桩", color=1)
    drawing.layers.add("NOTES-说明", color=7)
    for line in sheet.lines:
        _draw(space, line, to_zone, stated)
    height = max((north - south) * 111_000 / 150, 1.0)
    for one in sheet.markers:
        if one.lon is not None and one.lat is not None:
            at = to_zone.transform(one.lon, one.lat)
            space.add_circle(at, radius=height / 3, dxfattribs={"layer": "MARKERS-界桩"})
            _write(space, one.number, (at[0] + height / 2, at[1]), height / 2, "MARKERS-界桩")
    x, y = to_zone.transform(west, south)
    for row, words in enumerate([stated, *sheet.notes], 2):
        _write(space, words, (x, y - 1.8 * row * height), height, "NOTES-说明")
    drawing.saveas(path)


def _draw(space: Any, line: LineOnRecord, to_zone: Transformer, stated: str) -> None:
    from geo.survey.exports import columns_of

    grade = line.grade if line.grade in LOOKS else 0
    told = [(1000, f"{key}={value}"[:250]) for key, value in columns_of(line).items()
            if value is not None]  # fmt: skip
    for part in shapely.get_parts(line.geom):
        xy = np.column_stack(to_zone.transform(*shapely.get_coordinates(part).T))
        made = space.add_lwpolyline(xy.tolist(), dxfattribs={"layer": _layer(grade or 0)})
        made.set_xdata(APP, [*told, (1000, stated[:250])])


def _layer(grade: int) -> str:
    return f"LINES-{grade}-{LEVEL_ZH.get(grade, '未知')}界"


def _write(space: Any, words: str, at: tuple[float, float], height: float, layer: str) -> None:
    text = space.add_text(words, height=height, dxfattribs={"layer": layer})
    text.set_placement(at, align=TextEntityAlignment.LEFT)

"""How does the directory of listed names leave as a table? CSV and XLSX, one row an entry."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date

import xlsxwriter

from geo.gazetteer.heritage.places import ListedPlace, counts_of
from geo.gazetteer.heritage.protection import words_of
from geo.gazetteer.heritage.words import UNKNOWN, eras, levels
from geo.gazetteer.search import FAMILIES, FEATURE_CLASSES
from geo.text.cells import harmless

HEADINGS = (
    "地名代码", "地名", "汉语拼音", "其他名称", "要素类别", "名录", "名录种类", "保护级别",
    "名录类别", "批次", "公布年份", "时代", "时代分期", "所在区划代码", "所在区划", "经度",
    "纬度", "存续状况", "标志", "调查日期", "下次调查", "故事", "故事来源", "名录来源", "合成",
)  # fmt: skip
UNKNOWN_WORD = "未知"
_MOST_CELL = 32_000


def rows_of(places: Iterable[ListedPlace]) -> list[list[str]]:
    """One row for each entry of each place, in the order of `HEADINGS`; unknown reads 未知."""
    known = {**eras(), UNKNOWN.code: UNKNOWN}
    made = []
    for place in places:
        lon, lat = _point(place)
        for one in place.lists:
            made.append([
                place.code, place.name, place.pinyin or UNKNOWN_WORD, "、".join(place.others),
                FEATURE_CLASSES.get(place.feature_class, place.feature_class), one.list_name,
                FAMILIES[one.family], levels()[one.level].zh, one.list_class or UNKNOWN_WORD,
                one.batch or UNKNOWN_WORD, str(one.year or UNKNOWN_WORD), one.era or UNKNOWN_WORD,
                known[place.era].zh, place.unit_code or UNKNOWN_WORD,
                place.unit_name or UNKNOWN_WORD, lon, lat,
                words_of("protection", place.protection)[0], words_of("sign", place.sign)[0],
                _day(place.surveyed_on), _day(place.survey_due), place.story or UNKNOWN_WORD,
                place.story_source or UNKNOWN_WORD, one.citation or UNKNOWN_WORD,
                "合成" if place.is_synthetic else "",
            ])  # fmt: skip
    return made


def as_csv(places: Iterable[ListedPlace]) -> bytes:
    """The table as UTF-8 with a byte-order mark; no cell begins as a formula does."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    writer.writerows([harmless(cell) for cell in row] for row in rows_of(places))
    return ("\ufeff" + out.getvalue()).encode()


def as_xlsx(places: Sequence[ListedPlace], *, on: date) -> bytes:
    """A workbook: the table, and a sheet that says day, numbers of places and what they count."""
    raw = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(raw, options) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        sheet = book.add_worksheet("名录")
        for at, heading in enumerate(HEADINGS):
            sheet.write_string(0, at, heading, bold)
        for number, row in enumerate(rows_of(places), start=1):
            for at, cell in enumerate(row):
                sheet.write_string(number, at, _printable(cell))
        sheet.freeze_panes(1, 2)
        sheet.set_column(0, len(HEADINGS) - 1, 16)
        notes = book.add_worksheet("说明")
        notes.set_column(0, 0, 30)
        notes.set_column(1, 1, 60)
        for number, (what, told) in enumerate(_notes(places, on)):
            notes.write_string(number, 0, what)
            notes.write_string(number, 1, _printable(told))
    return raw.getvalue()


def _notes(places: Sequence[ListedPlace], on: date) -> list[tuple[str, str]]:
    """What the table holds. Levels are told one by one; their sum is no number of places."""
    counts = counts_of(places)
    return [
        ("日期", on.isoformat()),
        ("地名（一地一计）", str(counts.places)),
        *(
            (f"其中列入{level.zh}名录", str(counts.by_level[code]))
            for code, level in levels().items()
            if code in counts.by_level
        ),
        ("列入不止一级名录", str(counts.on_several_levels)),
        ("名录条目", str(counts.entries)),
        ("说明", "一个地名可列入多级名录，各级数量不相加；未知写「未知」，不写 0。"),
        ("合成数据", "含合成数据" if any(one.is_synthetic for one in places) else "无"),
    ]


def _printable(cell: str) -> str:
    return "".join(c for c in cell if c.isprintable() or c in "\t\r\n")[:_MOST_CELL]


def _point(place: ListedPlace) -> tuple[str, str]:
    """Longitude and latitude of a point; a line or area, and an unknown place, has none here."""
    if place.geometry is None or place.geometry["type"] != "Point":
        return "", ""
    lon, lat = place.geometry["coordinates"][:2]
    return str(lon), str(lat)


def _day(day: date | None) -> str:
    return UNKNOWN_WORD if day is None else day.isoformat()

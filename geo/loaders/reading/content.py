"""Which format is a file by its content, whatever its name says?"""

from __future__ import annotations

import re
from pathlib import Path

from geo.loaders.personal import safe_file_name
from geo.loaders.reading.drafts import refused

# Format → the endings that its files have.
ENDINGS = {
    "CSV": (".csv", ".tsv", ".txt", ".tab"),
    "GeoJSON": (".geojson", ".json", ".geojsonl", ".geojsons", ".geojsonseq", ".ndjson", ".jsonl"),
    "XLSX": (".xlsx", ".xlsm"),
    "XLS": (".xls", ".et"),
    "Shapefile": (".shp",),
    "GeoPackage": (".gpkg",),
    "FlatGeobuf": (".fgb",),
    "GeoParquet": (".parquet", ".geoparquet"),
    "KML": (".kml",),
    "GPX": (".gpx",),
    "zip": (".zip", ".kmz"),
}
_OF_ENDING = {ending: name for name, endings in ENDINGS.items() for ending in endings}
_OF_SHAPEFILE = (".dbf", ".shx", ".prj", ".cpg", ".sbn", ".sbx", ".qix")
_MAGIC = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "XLS"),
    (b"SQLite format 3\x00", "GeoPackage"),
    (b"fgb\x03", "FlatGeobuf"),
    (b"PAR1", "GeoParquet"),
    (b"\x00\x00\x27\x0a", "Shapefile"),
)
_FOREIGN = (
    (b"%PDF", "PDF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"\x1f\x8b", "gzip"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"AC10", "DWG"),
)
_JSON = re.compile(r'[\s\x1e\ufeff]*(?:\{\s*["}]|\[\s*[\[{\]"\d]|[\[{]\s*$)')
_ROOT = re.compile(r"<\s*(?!\?|!)(?:[\w.-]+:)?([\w.-]+)")


def known_endings() -> str:
    """The endings of all formats that can be read."""
    return " ".join(sorted(_OF_ENDING))


def format_of_bytes(head: bytes, path: Path) -> str | None:
    """The binary format that the first bytes tell, or None for what may be text.

    Raises DeliveryRefused for formats that are known and cannot be read, and for a name that
    promises a binary format over bytes that are neither that format nor text.
    """
    ending = path.suffix.casefold()
    for magic, found in _MAGIC:
        if head.startswith(magic):
            return found
    for magic, foreign in _FOREIGN:
        if head.startswith(magic):
            raise _unknown(path, foreign)
    if ending in _OF_SHAPEFILE:
        raise refused(
            safe_file_name(path.name),
            "是 Shapefile 的附属文件；请交付 .shp（与附属文件同目录），整个文件夹或 zip。",
            "is a part of a shapefile: give the .shp beside it, the folder, or a zip of them.",
        )
    promised = _OF_ENDING.get(ending)
    if promised is None and ending:
        raise _unknown(path, ending)
    if promised not in (None, "CSV", "GeoJSON", "KML", "GPX") and b"\x00" in head[:4096]:
        raise refused(
            safe_file_name(path.name),
            f"不是有效的 {promised} 文件，可能已损坏或传输不完整；请重新导出。",
            f"is no valid {promised} file, perhaps damaged or cut off: export it again.",
        )
    return None


def format_of_text(text: str, path: Path) -> str:
    """The text format by what stands first in it: KML, GPX, GeoJSON or CSV."""
    begin = text[:4096].lstrip("\ufeff\x1e \t\r\n")
    if begin.startswith("<"):
        return _markup_of(text, path)
    if _JSON.match(text[:4096]) and _OF_ENDING.get(path.suffix.casefold()) != "CSV":
        return "GeoJSON"
    if begin.startswith(("{", "[")) and re.search(r'"(?:type|features)"\s*:', begin):
        return "GeoJSON"
    if _OF_ENDING.get(path.suffix.casefold()) == "GeoJSON" and not re.search("[,\t;|]", begin):
        raise refused(
            safe_file_name(path.name),
            "不是 GeoJSON；请重新导出。",
            "is no GeoJSON: export it again.",
        )
    return "CSV"


def _markup_of(text: str, path: Path) -> str:
    head = re.sub(r"<!--.*?-->", "", text[:65_536], flags=re.DOTALL)
    root = _ROOT.search(head)
    name = root[1].casefold() if root else ""
    if name in ("kml", "gpx"):
        return name.upper()
    if name in ("html", "table", "head", "body", "meta", "workbook"):
        raise refused(
            safe_file_name(path.name),
            "是网页或旧式 XML 表格（虽然扩展名可能是 .xls）；请在表格软件中打开并另存为 XLSX。",
            "is a web page or an XML sheet, whatever its ending: open it and save it as XLSX.",
        )
    raise _unknown(path, f"XML <{name[:40]}>")


def told_by_name(found: str, path: Path) -> str | None:
    """What to say when the ending and the content disagree, or None."""
    ending = path.suffix.casefold()
    if ending in ENDINGS.get(found, ()) or not ending:
        return None
    if found in ("KMZ", "XLSX", "Shapefile") and ending in ENDINGS["zip"]:
        return None
    return (
        f"扩展名是 {ending}，内容是 {found}，按内容读取 · "
        f"named {ending}, but the content is {found}: read as that"
    )


def _unknown(path: Path, found: str) -> Exception:
    known = known_endings()
    return refused(
        safe_file_name(path.name),
        f"暂不支持 {found} 文件，可用：{known}。",
        f"{found} cannot be read; use one of {known}.",
    )

"""What rows does a delivered file hold, whatever its format?

Content decides, not the name. Each format has one reader that answers a `Draft`.
"""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

from geo.errors import BadInput, DeliveryRefused
from geo.loaders.personal import safe_file_name, safe_headings
from geo.loaders.reading.archives import Member, begins_with, members, open_zip, unpack
from geo.loaders.reading.content import format_of_bytes, format_of_text, told_by_name
from geo.loaders.reading.delimited import read_delimited
from geo.loaders.reading.drafts import MAX_BYTES, Draft, refuse_too_wide, refused
from geo.loaders.reading.geojson import read_geojson
from geo.loaders.reading.layers import read_flatgeobuf, read_geopackage
from geo.loaders.reading.markup import read_gpx, read_kml
from geo.loaders.reading.national import is_national, read_national
from geo.loaders.reading.parquet import read_parquet
from geo.loaders.reading.places import settle_places
from geo.loaders.reading.shapefile import (
    PARTS,
    checksum_of,
    parts_beside,
    read_parts,
    read_zipped,
    shapefile_in_folder,
)
from geo.loaders.reading.sheets import check_workbook, read_workbook
from geo.loaders.tables import Table
from geo.text import decode

__all__ = ["read_table"]

_RECORD = b"\x1e"
"""Begins each feature of a GeoJSON text sequence (RFC 8142)."""


def read_table(path: Path, layer: str | None = None) -> Table:
    """Read a delivered file: CSV, GeoJSON, XLSX, shapefile (also folder or zip), GeoPackage, KML …

    `layer` names the layer or sheet of a file that has several. Raises DeliveryRefused when the
    file as a whole cannot be used, with what to do.
    """
    try:
        if path.is_dir():
            path = shapefile_in_folder(path, layer)
            layer = None
        if path.suffix.casefold() == ".shp":
            return _read_shapefile(path)
        size = _size_of(path)
        with path.open("rb") as file:
            head = file.read(8192)
            file.seek(0)
            sha = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as problem:
        name = safe_file_name(str(path))
        raise DeliveryRefused(
            f"{name}：无法读取（{problem.strerror}）。\n{name} cannot be read: {problem.strerror}."
        ) from None
    if not head.strip():
        raise refused(safe_file_name(path.name), "文件是空的。", "it is empty.")
    found, draft = _read(path, format_of_bytes(head, path), layer)
    return _table(draft, found, path, sha, size)


def _read_shapefile(path: Path) -> Table:
    parts = parts_beside(path)
    size = _size_of(path)
    if not size:
        raise refused(safe_file_name(path.name), "文件是空的。", "it is empty.")
    with path.open("rb") as file:
        found = format_of_bytes(file.read(8192), path)
    if found != "Shapefile":
        sha = checksum_of([path])[0]
        found, draft = _read(path, found, None)
        return _table(draft, found, path, sha, size)
    sha, size = checksum_of(parts.values())
    return _table(
        read_parts(parts, path.stem, safe_file_name(path.name)), "Shapefile", path, sha, size
    )


def _size_of(path: Path) -> int:
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise refused(
            safe_file_name(path.name),
            f"{size / 1e6:.0f} MB，超过 {MAX_BYTES / 1e6:.0f} MB，请分批交付。",
            f"is larger than {MAX_BYTES / 1e6:.0f} MB: deliver it in parts.",
        )
    return size


def _read(path: Path, found: str | None, layer: str | None) -> tuple[str, Draft]:
    """The format and the rows of one file."""
    name = safe_file_name(path.name)
    if found == "zip":
        return _read_zip(path, layer)
    if found == "XLS":
        return found, read_workbook(path, name, layer)
    if found == "GeoPackage":
        return found, read_geopackage(path, name, layer)
    if found == "FlatGeobuf":
        return found, read_flatgeobuf(path, name, layer)
    if found == "GeoParquet":
        return found, read_parquet(path, name)
    if found == "Shapefile":
        return found, read_parts(parts_beside(path) | {".shp": path}, path.stem, name)
    return _read_text(path.read_bytes(), path, layer)


def _read_text(data: bytes, path: Path, layer: str | None) -> tuple[str, Draft]:
    if data.startswith(_RECORD):
        data = data.replace(_RECORD, b"\n")
    try:
        decoded = decode(data)
    except BadInput as problem:
        raise DeliveryRefused(f"{safe_file_name(path.name)}: {problem}") from None
    del data  # a large file is held once, as text
    found = format_of_text(decoded.text, path)
    if found == "KML":
        draft = read_kml(decoded.text, safe_file_name(path.name))
    elif found == "GPX":
        draft = read_gpx(decoded.text, safe_file_name(path.name), layer)
    elif found == "GeoJSON" and is_national(decoded.text):
        draft = read_national(decoded.text, safe_file_name(path.name))
    elif found == "GeoJSON":
        draft = read_geojson(decoded.text, safe_file_name(path.name))
    else:
        draft = read_delimited(decoded.text, safe_file_name(path.name))
    draft.encoding, draft.evidence = decoded.encoding, decoded.evidence
    return found, draft


def _read_zip(path: Path, layer: str | None) -> tuple[str, Draft]:
    """A workbook, a KMZ, a shapefile, or one file of another format in a zip."""
    name = safe_file_name(path.name)
    with open_zip(path) as archive:
        found = members(archive, name)
        names = {member.name for member in found}
        if "[Content_Types].xml" in names:
            if not any(one.startswith("xl/") for one in names):
                raise refused(name, "是 Office 文件，但不是工作簿。", "is no workbook.")
            check_workbook(archive, name)
            return "XLSX", read_workbook(path, name, layer)
        if any(member.ending == ".shp" for member in found):
            return "Shapefile", read_zipped(archive, found, name, layer)
        documents = [member for member in found if member.ending == ".kml"]
        if documents:
            main = next((one for one in documents if one.name == "doc.kml"), documents[0])
            return "KMZ", _read_member(path, archive, main, layer)[1]
        data = [member for member in found if member.ending not in ("", *PARTS)]
        if len(data) != 1:
            shown = ", ".join(member.name[:40] for member in found[:10])
            raise refused(
                name,
                f"压缩包中应有一个 Shapefile 或一个数据文件；现有：{shown}。",
                f"a zip should hold one shapefile or one data file; there are: {shown}.",
            )
        return _read_member(path, archive, data[0], layer)


def _read_member(
    path: Path, archive: object, member: Member, layer: str | None
) -> tuple[str, Draft]:
    """The one data file of a zip, unpacked for as long as it is read; a zip in a zip is refused."""
    import zipfile

    assert isinstance(archive, zipfile.ZipFile)
    found = format_of_bytes(
        begins_with(archive, member, 8192, safe_file_name(path.name)), Path(member.name)
    )
    if found == "zip":
        raise refused(
            safe_file_name(path.name),
            f"压缩包中还有压缩包或工作簿（{member.name[:60]}）；请先解开一层。",
            f"there is a zip or workbook within the zip ({member.name[:60]}): unpack it once.",
        )
    with tempfile.TemporaryDirectory(prefix="atlas-") as folder:
        inner = Path(folder) / f"{member.stem[:80] or 'data'}{member.ending[:12]}"
        unpack(archive, member, inner, safe_file_name(path.name))
        return _read(inner, found, layer)


def _table(draft: Draft, found: str, path: Path, sha: str, size: int) -> Table:
    name = safe_file_name(path.name)
    if not draft.rows and not draft.unreadable:
        raise refused(name, "没有数据行。", "there are no data rows in it.")
    refuse_too_wide(name, len(draft.columns))
    settle_places(draft, name)
    told = told_by_name(found, path)
    columns = safe_headings(draft.columns)
    return Table(
        columns, draft.rows, draft.unreadable, draft.encoding, draft.evidence, draft.crs,
        sha, size, draft.geometry, draft.layer, found, draft.faults,
        [*([told] if told else []), *draft.notes], draft.titles,
        draft.crs_by_default and draft.crs == "EPSG:4326",
    )  # fmt: skip

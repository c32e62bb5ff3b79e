"""Which rows does a shapefile hold, whatever of its parts is missing?

The attributes (.dbf) are read as bytes and decoded here: a shapefile without .cpg does not say in
which encoding they are written, and GDAL would silently take them for Latin letters.
"""

from __future__ import annotations

import codecs
import hashlib
import os
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from geo.errors import BadInput
from geo.loaders.reading.archives import Member, unpack
from geo.loaders.reading.drafts import MAX_BYTES, Draft, refused
from geo.loaders.reading.layers import read_layer
from geo.loaders.report import Problem
from geo.loaders.tables import HEIGHT, LAT, LON, Row
from geo.text import Decoded, decode

PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_BYTES = "ISO-8859-1"
"""Maps every byte to one character and back: lets the bytes of the .dbf through GDAL."""
_CODECS = {"utf-8": "utf-8", "gb18030": "gb18030", "big5": "big5hkscs"}
_SAMPLE = 4 << 20


def parts_beside(path: Path) -> dict[str, Path]:
    """The parts of a shapefile by ending, found beside its .shp in any case of letters."""
    return {
        one.suffix.casefold(): one
        for one in sorted(path.parent.iterdir())
        if one.stem == path.stem and one.suffix.casefold() in PARTS and one.is_file()
    }


def shapefile_in_folder(folder: Path, layer: str | None) -> Path:
    """The one .shp of a folder, or that named `layer`; DeliveryRefused lists what is there."""
    found = [one for one in sorted(folder.iterdir()) if one.suffix.casefold() == ".shp"]
    return found[_index_of([one.stem for one in found], folder.name, layer)]


def _index_of(names: list[str], name: str, layer: str | None) -> int:
    shown = ", ".join(names[:20])
    if not names:
        raise refused(
            name,
            "文件夹或压缩包中没有 .shp；请交付单个文件，或含一个 Shapefile 的文件夹或 zip。",
            "there is no .shp in it: give one file, or a folder or zip with one shapefile.",
        )
    if layer is not None:
        if layer not in names:
            raise refused(
                name,
                f"没有图层「{layer}」；现有：{shown}。",
                f"there is no layer {layer!r}; there are: {shown}.",
            )
        return names.index(layer)
    if len(names) > 1:
        raise refused(
            name,
            f"有几个 Shapefile：{shown}；请用 --layer 指定一个。",
            f"there are several shapefiles, {shown}: choose one by --layer.",
        )
    return 0


def checksum_of(parts: Iterable[Path]) -> tuple[str, int]:
    """SHA-256 over the parts in the order of their endings, and their size together."""
    sha, size = hashlib.sha256(), 0
    for part in sorted(parts, key=lambda one: one.suffix.casefold()):
        size += part.stat().st_size
        if size > MAX_BYTES:
            raise refused(
                part.name,
                f"超过 {MAX_BYTES / 1e6:.0f} MB，请分批交付。",
                f"is larger than {MAX_BYTES / 1e6:.0f} MB: deliver it in parts.",
            )
        sha.update(part.read_bytes())
    return sha.hexdigest(), size


def read_zipped(
    archive: zipfile.ZipFile, found: list[Member], name: str, layer: str | None
) -> Draft:
    """Rows of the shapefile in a zip whose members were checked."""
    shapes = [member for member in found if member.ending == ".shp"]
    chosen = shapes[_index_of([member.stem for member in shapes], name, layer)]
    base = chosen.name[: -len(".shp")]
    with tempfile.TemporaryDirectory(prefix="atlas-") as folder:
        parts = {}
        for member in found:
            if member.ending in PARTS and member.name[: -len(member.ending)] == base:
                parts[member.ending] = Path(folder) / f"part{member.ending}"
                unpack(archive, member, parts[member.ending], name)
        return read_parts(parts, chosen.stem, name)


def read_parts(parts: dict[str, Path], layer: str, name: str) -> Draft:
    """Rows of a shapefile from its parts; without .prj the CRS is unknown, never assumed."""
    import pyogrio

    if ".shp" not in parts or ".dbf" not in parts:
        raise refused(
            name,
            f"Shapefile 缺少 {'.dbf（属性）' if '.shp' in parts else '.shp'}；请一并交付。",
            f"the shapefile lacks its {'.dbf' if '.shp' in parts else '.shp'}: deliver it too.",
        )
    with tempfile.TemporaryDirectory(prefix="atlas-") as folder:
        for ending, part in parts.items():
            if ending != ".cpg":
                os.symlink(part.absolute(), Path(folder) / f"layer{ending}")
        # Only in our own folder: a missing index is made anew there.
        pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": "YES"})
        try:
            raw = read_layer(
                Path(folder) / "layer.shp", f"{name} [{layer}]", None, "", encoding=_BYTES
            )
        finally:
            pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": None})
    draft = _decoded(raw, _declared(parts.get(".cpg")), name)
    draft.layer = layer
    if ".prj" not in parts:
        draft.crs = None
        draft.notes.append("没有 .prj，坐标系未说明 · no .prj: the file does not state its CRS")
    if ".shx" not in parts:
        draft.notes.append("没有 .shx，索引已重建 · no .shx: the index was rebuilt")
    return draft


def _declared(cpg: Path | None) -> str | None:
    return cpg.read_bytes()[:40].decode("ascii", "replace").strip() if cpg else None


@dataclass(frozen=True, slots=True)
class _Letters:
    """In which encoding the attributes are written, and why."""

    codec: str
    found: Decoded


def _decoded(raw: Draft, declared: str | None, name: str) -> Draft:
    """The draft with its cells and headings decoded from bytes; undecodable rows set apart."""
    letters = _encoding_of(raw, declared, name)
    raw.encoding, raw.evidence = letters.found.encoding, letters.found.evidence
    raw.columns = [_text(column, letters.codec)[0] for column in raw.columns]
    kept, rows, cut = [], [], 0
    for at, row in enumerate(raw.rows):
        cells = []
        for column, cell in zip(raw.columns, row.cells, strict=True):
            try:
                text, whole = _text(cell, letters.codec)
            except UnicodeDecodeError:
                message = f"文字不是 {raw.encoding}；请重新导出 · its text is not {raw.encoding}"
                raw.unreadable.append(Problem(row.number, column, None, "encoding", message))
                break
            cut += not whole
            cells.append(text)
        else:
            kept.append(at)
            rows.append(Row(row.number, cells))
    raw.rows = rows
    raw.geometry = None if raw.geometry is None else raw.geometry[kept]
    if cut:
        raw.notes.append(
            f"{cut} 个单元格因字段过短在半个字处截断，已去掉残字 · "
            f"{cut} cell(s) were cut within a character by a short field; the half is left off"
        )
    return raw


def _text(cell: str, codec: str) -> tuple[str, bool]:
    """The text of a cell whose characters are bytes, and whether its last character was whole.

    Shapefile fields have a fixed width in bytes: a long text ends within a character.
    """
    if cell.isascii():
        return cell, True
    data = cell.encode(_BYTES)
    decoder = codecs.getincrementaldecoder(codec)()
    text = decoder.decode(data)
    return text, decoder.getstate()[0] == b""


def _encoding_of(raw: Draft, declared: str | None, name: str) -> _Letters:
    """What the bytes speak for; what a .cpg declares is believed when it agrees with them."""
    cells: set[bytes] = set()
    size = 0
    own = [n for n, column in enumerate(raw.columns) if column not in (LON, LAT, HEIGHT)]
    texts = (row.cells[n] for row in raw.rows for n in own)
    for cell in (*raw.columns, *texts):
        if not cell.isascii() and (data := cell.encode(_BYTES)) not in cells:
            cells.add(data)
            size += len(data)
            if size > _SAMPLE:
                break
    if not cells:
        return _Letters("utf-8", Decoded("", "utf-8", "only ASCII bytes in the .dbf"))
    problem = ""
    for codec in _CODECS.values():
        try:
            # Whole characters only; then weighed like the text of any file.
            sample = b"\n".join(
                _text(cell.decode(_BYTES), codec)[0].encode(codec) for cell in sorted(cells)
            )
            found = decode(sample)
        except UnicodeDecodeError:
            continue
        except BadInput as told:
            problem = str(told)
            continue
        if _CODECS.get(found.encoding) != codec:
            continue
        return _Letters(codec, replace(found, text="", evidence=_evidence(found, declared)))
    raise refused(
        name,
        f"无法判断 .dbf 的文字编码；请另存并附 .cpg。 {problem}",
        "the encoding of the .dbf cannot be told: save it again with a .cpg.",
    )


def _evidence(found: Decoded, declared: str | None) -> str:
    if declared is None:
        return f"no .cpg; {found.evidence}"
    try:
        agrees = codecs.lookup(_usual(declared)).name in (
            codecs.lookup(name).name for name in _family(found.encoding)
        )
    except LookupError:
        return f"the .cpg says {declared}, which is no known encoding; {found.evidence}"
    said = "agrees" if agrees else "is wrong"
    return f"the .cpg says {declared}, which {said}; {found.evidence}"


def _usual(declared: str) -> str:
    return {"936": "gbk", "950": "big5", "65001": "utf-8", "ANSI 936": "gbk"}.get(
        declared.upper(), declared
    )


def _family(encoding: str) -> tuple[str, ...]:
    families = {"gb18030": ("gb2312", "gbk", "gb18030"), "big5": ("big5", "cp950", "big5hkscs")}
    return families.get(encoding, (encoding,))

"""Which deliveries do the paths mean that someone typed: files, folders, patterns?"""

from __future__ import annotations

import glob
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from geo.errors import BadInput
from geo.loaders.personal import safe_file_name
from geo.loaders.reading.content import ENDINGS

_OF_KINDS = (".pbf", ".graphml", ".tif", ".tiff")
"""Endings of formats that only one kind has: roads, demand."""
_READ = frozenset([*(ending for endings in ENDINGS.values() for ending in endings), *_OF_KINDS])
_OF_SHAPEFILE = (".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".qmd", ".fix", ".xml")
MOST_FILES = 1000


@dataclass(frozen=True, slots=True)
class Chosen:
    """The deliveries in their order, and the names of files in folders that no reader knows."""

    files: tuple[Path, ...]
    left_out: tuple[str, ...]


def chosen(paths: Sequence[Path], *, layer: str | None = None) -> Chosen:
    """The deliveries that paths mean.

    A folder that holds one shapefile or one pair of road tables is one delivery (with `layer`
    also one of several shapefiles); any other folder stands for the files in it, by name. The
    parts of a shapefile go with their .shp. A pattern (`*.csv`) that no shell has unfolded is
    unfolded here. Raises BadInput for a pattern or a folder with nothing in it.
    """
    found: list[Path] = []
    left_out: list[str] = []
    for path in paths:
        for one in _unfolded(path):
            if one.is_dir() and not is_one_delivery(one, layer):
                _of_folder(one, layer, found, left_out)
            else:
                found.append(one)
    files = _without_parts(found)
    if len(files) > MOST_FILES:
        raise BadInput(
            f"{len(files)} 个文件，一次最多 {MOST_FILES} 个；请分批导入。\n"
            f"{len(files)} files are more than {MOST_FILES} at one time: load them in parts.",
            parameter="files",
        )
    return Chosen(tuple(files), tuple(left_out))


def is_one_delivery(folder: Path, layer: str | None = None) -> bool:
    """Whether a folder is one delivery: a shapefile with its parts, or a pair of road tables."""
    inside = list(_visible(folder))
    shapefiles = [one for one in inside if one.suffix.casefold() == ".shp"]
    if shapefiles and layer is not None:
        return True
    if len(shapefiles) == 1:
        return not _without_parts(inside)[1:]
    if any(one.suffix.casefold() == ".co" for one in inside):
        return True
    stems = [one.stem.casefold() for one in inside if one.is_file()]
    nodes = [stem for stem in stems if "node" in stem or "节点" in stem or "结点" in stem]
    edges = [s for s in stems if any(w in s for w in ("edge", "link", "路段", "边"))]
    return len(stems) == 2 and len(nodes) == len(edges) == 1 and nodes != edges


def _unfolded(path: Path) -> list[Path]:
    """The paths that a pattern fits; a path that is no pattern stays as it is."""
    if path.exists() or not glob.has_magic(str(path)):
        return [path]
    found = sorted(Path(one) for one in glob.glob(str(path)))
    if not found:
        name = safe_file_name(path.name)
        raise BadInput(
            f"没有与 {name} 相符的文件。\nNo file fits {name}.", parameter="files"
        )  # fmt: skip
    return found


def _of_folder(folder: Path, layer: str | None, found: list[Path], left_out: list[str]) -> None:
    before = len(found)
    for one in _visible(folder):
        if one.is_dir():
            if is_one_delivery(one, layer):
                found.append(one)
            else:
                _of_folder(one, layer, found, left_out)
        elif one.suffix.casefold() in _READ or _belongs(one, folder):
            found.append(one)
        else:
            left_out.append(safe_file_name(one.name))
    if len(found) == before:
        name = safe_file_name(folder.name)
        raise BadInput(
            f"文件夹 {name} 中没有可导入的文件。\nThe folder {name} holds no file to load.",
            parameter="files",
        )


def _visible(folder: Path) -> Iterable[Path]:
    """What lies in a folder by name, without what systems and open documents leave there."""
    try:
        inside = sorted(folder.iterdir())
    except OSError as problem:
        name = safe_file_name(folder.name)
        raise BadInput(
            f"无法读取文件夹 {name}：{problem.strerror}。\n"
            f"The folder {name} cannot be read: {problem.strerror}.",
            parameter="files",
        ) from None
    return (one for one in inside if not one.name.startswith((".", "~$", "__MACOSX", "Thumbs.db")))


def _belongs(part: Path, folder: Path) -> bool:
    """Whether a file is a part of a shapefile in its folder."""
    return _shapefile_of(part) in {
        (one.parent, one.stem) for one in folder.iterdir() if one.suffix.casefold() == ".shp"
    }


def _shapefile_of(part: Path) -> tuple[Path, str] | None:
    """Where the .shp of a part lies: its folder and its stem (`a.shp.xml` is a part of `a`)."""
    if part.suffix.casefold() not in _OF_SHAPEFILE:
        return None
    inner = Path(part.stem)
    return part.parent, inner.stem if inner.suffix.casefold() == ".shp" else part.stem


def _without_parts(paths: Iterable[Path]) -> list[Path]:
    """The paths without parts of shapefiles and places of nodes that go with others of them."""
    given = list(paths)
    whole = {(one.parent, one.stem) for one in given if one.suffix.casefold() == ".shp"}
    beside = {(one.parent, one.stem) for one in given if one.suffix.casefold() != ".co"}
    return [
        one for one in given
        if _shapefile_of(one) not in whole
        and not (one.suffix.casefold() == ".co" and (one.parent, one.stem) in beside)
    ]  # fmt: skip

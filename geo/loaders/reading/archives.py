"""What lies in a zip, and can it be unpacked without harm?"""

from __future__ import annotations

import lzma
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from geo.errors import BadInput
from geo.loaders.personal import safe_file_name
from geo.loaders.reading.drafts import MAX_BYTES, refused
from geo.text import decode

MAX_MEMBERS = 2_000
MAX_RATIO = 200
"""Honest text shrinks to a fiftieth at best; deflate reaches a thousandth only for repetition."""
_RATIO_FROM = 16 * 1024 * 1024
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a zip: the name that a person reads, and the entry."""

    name: str
    entry: zipfile.ZipInfo

    @property
    def ending(self) -> str:
        """The lower-case ending of the name."""
        return PurePosixPath(self.name).suffix.casefold()

    @property
    def stem(self) -> str:
        """The name without folder and ending."""
        return PurePosixPath(self.name).stem


def members(archive: zipfile.ZipFile, name: str) -> list[Member]:
    """The files in a zip whose directory is believable.

    Raises DeliveryRefused for names that leave the folder, links, encrypted or too many files, and
    sizes that only a bomb has. Nothing is unpacked before all of it was looked at.
    """
    entries = archive.infolist()
    if len(entries) > MAX_MEMBERS:
        raise refused(
            name,
            f"压缩包有 {len(entries)} 个文件，超过 {MAX_MEMBERS}。",
            f"{len(entries)} files in the zip are over {MAX_MEMBERS}.",
        )
    found = [
        Member(_readable(entry), entry)
        for entry in entries
        if not entry.is_dir() and not _is_clutter(entry.filename)
    ]
    for member in found:
        _refuse_escape(member, name)
    total = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if total > MAX_BYTES or (total > _RATIO_FROM and total > MAX_RATIO * max(packed, 1)):
        raise refused(
            name,
            f"压缩包解开后有 {total / 1e6:.0f} MB（压缩前后之比 {total // max(packed, 1)}），"
            "疑为压缩炸弹，未解压。",
            f"the zip would unpack to {total / 1e6:.0f} MB, {total // max(packed, 1)} times its "
            "size: not unpacked.",
        )
    return found


def _is_clutter(name: str) -> bool:
    """Files that systems add by themselves."""
    return name.startswith("__MACOSX/") or PurePosixPath(name).name in (".DS_Store", "Thumbs.db")


def _readable(entry: zipfile.ZipInfo) -> str:
    """The name; Chinese systems write it in GB18030 where the zip does not say UTF-8."""
    if entry.flag_bits & 0x800 or entry.filename.isascii():
        return entry.filename
    try:
        return decode(entry.filename.encode("cp437")).text
    except (UnicodeError, BadInput):
        return entry.filename


def _refuse_escape(member: Member, name: str) -> None:
    path = member.name.replace("\\", "/")
    parts = path.split("/")
    is_link = (member.entry.external_attr >> 16) & 0o170000 == 0o120000
    if ".." in parts or path.startswith("/") or ":" in parts[0] or is_link:
        raise refused(
            name,
            f"压缩包中的路径不安全：{member.name[:80]!r}，未解压。",
            f"the zip holds an unsafe path, {member.name[:80]!r}: not unpacked.",
        )
    if member.entry.flag_bits & 0x1:
        raise refused(
            name,
            "压缩包有密码；请去掉密码后交付。",
            "the zip is encrypted: deliver it without a password.",
        )


def open_zip(path: Path) -> zipfile.ZipFile:
    """The zip; DeliveryRefused when it is damaged or cut off."""
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise _damaged(safe_file_name(path.name)) from None


_BROKEN = (
    zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError,
    zlib.error, lzma.LZMAError,
)  # fmt: skip
"""What reading a damaged, encrypted or unknown stream of a zip raises."""


def unpack(archive: zipfile.ZipFile, member: Member, target: Path, name: str) -> None:
    """Write one file to `target`, never more than it promised."""
    left = member.entry.file_size
    try:
        with archive.open(member.entry) as source, target.open("wb") as out:
            while chunk := source.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise _damaged(name)
                out.write(chunk)
    except _BROKEN:
        raise _damaged(name) from None


def begins_with(archive: zipfile.ZipFile, member: Member, count: int, name: str) -> bytes:
    """The first bytes of a file in the zip."""
    try:
        with archive.open(member.entry) as source:
            return source.read(count)
    except _BROKEN:
        raise _damaged(name) from None


def _damaged(name: str) -> Exception:
    return refused(
        name,
        "压缩包已损坏或传输不完整；请重新打包。",
        "the zip is damaged or cut off: pack it again.",
    )

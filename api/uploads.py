"""How do the files of a request reach the disk, under what names, and never more than allowed?

A name that someone else chose is never a path: only its last part is used, without control
characters, in a folder that is made for the request and removed with it.
"""

from __future__ import annotations

import shutil
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import anyio.to_thread
from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from geo.errors import BadInput, Unavailable, both
from geo.loaders.chosen import chosen
from geo.loaders.personal import safe_file_name
from geo.loaders.secrecy import refuse_secret

MOST_FILES = 200
MOST_FIELDS = 300
FIELD_CAP = 1_000_000
"""Longest field that is no file, in bytes: a mapping of columns is the longest."""
_LONGEST_STEM = 180
"""Bytes of a name before its ending: with it the name fits any file system."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a form held: its files on disk, in their order, and the values of its other fields."""

    files: tuple[Path, ...]
    fields: dict[str, list[str]]


async def receive(request: Request, folder: Path) -> Sent:
    """Write the files of a multipart form into `folder`.

    Raises HTTPException (415 for another type of body, 400 for one that is cut off or damaged),
    BadInput without any file, DeliveryRefused for a name that marks a secret.
    """
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "multipart/form-data":
        raise HTTPException(
            415, both("请以 multipart/form-data 发送。", "send it as multipart/form-data")
        )
    try:
        async with request.form(
            max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=FIELD_CAP
        ) as form:
            return await anyio.to_thread.run_sync(_keep, form, folder)
    except ClientDisconnect:
        raise HTTPException(
            400, both("上传中断，没有保存任何内容。", "the upload was cut off; nothing was stored")
        ) from None
    except OSError:
        raise Unavailable(
            both("服务器磁盘空间不足，请稍后再试。", "the server's disk is full; try again later")
        ) from None


def _keep(form: FormData, folder: Path) -> Sent:
    """Copy each file under its own name; of equal names each gets a folder of its own."""
    fields: dict[str, list[str]] = {}
    files: list[Path] = []
    seen: Counter[str] = Counter()
    for name, value in form.multi_items():
        if not isinstance(value, UploadFile):
            fields.setdefault(name, []).append(value)
            continue
        if name not in ("files", "file"):
            raise BadInput(
                both("文件应放在字段 files 中。", "files go into the field `files`"),
                parameter=safe_file_name(name[:50]),
            )
        whole = last_part(value.filename)
        refuse_secret("unknown", Path(whole))  # before a long name is cut
        short = _short(whole)
        inside = folder / str(seen[short.casefold()])
        seen[short.casefold()] += 1
        inside.mkdir(exist_ok=True)
        with (inside / short).open("xb") as out:
            shutil.copyfileobj(value.file, out)
        files.append(inside / short)
    if not files:
        raise BadInput(
            both("没有文件；请放在字段 files 中。", "there is no file in the field `files`"),
            parameter="files",
        )
    return Sent(chosen(files).files, fields)


def last_part(given: str | None) -> str:
    """The last part of a name as someone's system wrote it, without what no name should hold."""
    name = (given or "").replace("\\", "/").rsplit("/", 1)[-1].replace("\u3000", " ")
    name = unicodedata.normalize("NFC", name)
    return "".join(c for c in name if c.isprintable()).strip(" .") or "upload"


def _short(name: str) -> str:
    """The name, cut so that every file system takes it; its ending stays."""
    suffix = Path(name).suffix
    ending = suffix if len(suffix.encode()) <= 20 else ""
    stem = name.removesuffix(ending).encode()[:_LONGEST_STEM]
    return stem.decode(errors="ignore") + ending

"""How is a photo kept without what a camera writes into it? Only its picture is kept.

A photo is decoded and written anew: place, time, device, serial numbers and thumbnails of the file
are gone. What the register needs (direction, view, time) stands in the form.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import warnings
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from geo.errors import BadInput, Unavailable, both
from geo.settings import HomeSettings, read

MOST_BYTES = 30_000_000
LONGEST_SIDE = 2400
QUALITY = 85


def photo_folder() -> Path:
    """Where photos lie: below the home folder, by their checksum."""
    return read(HomeSettings).folder / "photos"


def path_of(sha256: str) -> str:
    """A photo's path relative to the folder of photos."""
    return f"{sha256[:2]}/{sha256}.jpg"


def stripped(content: bytes) -> bytes:
    """The picture alone, upright, as JPEG. Raises BadInput for what is no picture."""
    if len(content) > MOST_BYTES:
        raise _bad("照片超过 30 MB。", "the photo is larger than 30 MB")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as opened:
                picture = ImageOps.exif_transpose(opened).convert("RGB")
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        bare = Image.new("RGB", picture.size)
        bare.paste(picture)
        made = io.BytesIO()
        bare.save(made, "JPEG", quality=QUALITY)
    except (
        UnidentifiedImageError, Image.DecompressionBombWarning, Image.DecompressionBombError,
        OSError, ValueError, SyntaxError,
    ):  # fmt: skip
        raise _bad("照片无法读取（JPEG、PNG、WebP）。", "no JPEG, PNG or WebP picture") from None
    return made.getvalue()


def checksum(content: bytes) -> str:
    """SHA-256 of what is kept."""
    return hashlib.sha256(content).hexdigest()


def from_data_url(told: str) -> bytes:
    """The bytes of a `data:image/…;base64,…`. Raises BadInput for anything else."""
    head, _, body = told.partition(",")
    try:
        if head.startswith("data:image/") and head.endswith(";base64"):
            return base64.b64decode(body, validate=True)
    except binascii.Error:
        pass
    raise _bad("照片数据损坏。", "the photo's data are damaged")


def keep_photo(content: bytes) -> str:
    """Strip a photo, keep it under its checksum, and answer that. The same picture is kept once."""
    bare = stripped(content)
    sha256 = checksum(bare)
    path = photo_folder() / path_of(sha256)
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_suffix(".part")
            draft.write_bytes(bare)
            draft.replace(path)
    except OSError as problem:
        raise Unavailable(
            both(f"照片写不到 {path.parent}：{problem.strerror}。", "the photo cannot be written")
        ) from None
    return sha256


def _bad(zh: str, en: str) -> BadInput:
    return BadInput(both(zh, en), parameter="photo")

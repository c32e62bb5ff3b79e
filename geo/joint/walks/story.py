"""What may stand in the story of a walk: texts with their source, and pictures without metadata?"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from geo.errors import BadInput, both
from geo.loaders.personal import redact

MOST_CHAPTERS = 40
LONGEST_TEXT = 4000
LONGEST_TITLE = 100
MOST_PICTURES = 40
LARGEST_PICTURE = 12_000_000
WIDEST_PX = 1600

# 31.7054、119°56′12″、X=3512345.678: what tells where a marker stands has no place in a story.
_COORDINATES = re.compile(
    r"\d{2,3}\.\d{4,}|\d{1,3}\s*[°度]\s*\d{1,2}\s*[′'分]|\b\d{6,8}\.\d{2,}\b|[XYxy]\s*[=＝:：]\s*\d{6,}"
)


def checked_story(told: Mapping[str, Any], stop_codes: Sequence[str]) -> dict[str, Any]:
    """The story as it is kept: intro and chapters, every text with a source.

    Raises BadInput, with the path, for unknown fields, texts that are too long or without source,
    numbers of persons, coordinates, and stops that the walk does not have.
    """
    _only(told, {"intro", "chapters"}, "story")
    chapters = told.get("chapters", [])
    if not isinstance(chapters, list) or len(chapters) > MOST_CHAPTERS:
        raise _bad("story.chapters", f"须为列表，至多 {MOST_CHAPTERS} 节。", "a list of 40 at most")
    intro = told.get("intro")
    return {
        "intro": None if intro is None else _passage(intro, "story.intro", {"text", "source"}),
        "chapters": [
            _chapter(one, f"story.chapters.{k}", stop_codes) for k, one in enumerate(chapters, 1)
        ],
    }


def plain_words(told: Any, where: str, longest: int) -> str:
    """Text for the public. Raises BadInput where it is empty, long, personal or a coordinate."""
    if not isinstance(told, str) or not told.strip() or len(told) > longest:
        raise _bad(where, f"须为 1–{longest} 字。", f"1 to {longest} characters")
    text = told.strip()
    if any(ord(one) < 32 and one != "\n" for one in text):
        raise _bad(where, "含有控制字符。", "it holds control characters")
    if redact(text) != text:
        raise _bad(where, "像含有证件号或手机号。", "it seems to hold a person's number")
    if _COORDINATES.search(text):
        raise _bad(where, "像含有坐标；公开文字不写坐标。", "it seems to hold coordinates")
    return text


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture encoded anew: JPEG, at most 1600 pixels wide, without metadata."""

    content: bytes
    width: int
    height: int


def cleaned_picture(content: bytes) -> Picture:
    """A picture (JPEG, PNG, WebP) without anything but its pixels, upright.

    Metadata would tell where and with what it was taken. Raises BadInput for what is no picture.
    """
    if len(content) > LARGEST_PICTURE:
        raise _bad("picture", "不超过 12 MB。", "12 MB at most")
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as opened:
            if opened.width * opened.height > 60_000_000:
                raise _bad("picture", "像素过多。", "it has too many pixels")
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as problem:
        if isinstance(problem, BadInput):
            raise
        raise _bad("picture", "不是可读的 JPEG、PNG 或 WebP。", "no JPEG, PNG or WebP") from None
    upright.thumbnail((WIDEST_PX, WIDEST_PX))
    bare = Image.frombytes("RGB", upright.size, upright.tobytes())
    made = io.BytesIO()
    bare.save(made, "JPEG", quality=85)
    return Picture(made.getvalue(), bare.width, bare.height)


def _chapter(told: Any, where: str, stop_codes: Sequence[str]) -> dict[str, Any]:
    made = _passage(told, where, {"title", "text", "source", "stop"})
    made["title"] = plain_words(told.get("title"), f"{where}.title", LONGEST_TITLE)
    stop = told.get("stop")
    if stop is not None and stop not in stop_codes:
        known = "、".join(stop_codes[:20]) or "无"
        raise _bad(f"{where}.stop", f"没有此站；可用：{known}。", f"no such stop; known: {known}")
    return made | {"stop": stop}


def _passage(told: Any, where: str, parts: set[str]) -> dict[str, Any]:
    if not isinstance(told, dict):
        raise _bad(where, "须为对象。", "an object is needed")
    _only(told, parts, where)
    return {
        "text": plain_words(told.get("text"), f"{where}.text", LONGEST_TEXT),
        "source": plain_words(told.get("source"), f"{where}.source", 200),
    }


def _only(told: Mapping[str, Any], known: set[str], where: str) -> None:
    if not isinstance(told, Mapping) or set(told) - known:
        listed = "、".join(sorted(known))
        raise _bad(where, f"只可有：{listed}。", f"only: {listed}")


def _bad(where: str, zh: str, en: str) -> BadInput:
    return BadInput(both(f"{where}：{zh}", f"{where}: {en}"), parameter=where)

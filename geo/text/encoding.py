"""In which encoding is a delivered file written, and what speaks for that?"""

from __future__ import annotations

import codecs
import unicodedata
from dataclasses import dataclass
from itertools import islice

from geo.errors import BadInput

_BOMS = (
    # UTF-32 first: its little-endian mark begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_TEXT_CONTROLS = frozenset("\t\n\r\f\x1a")
SAMPLE = 20_000
"""Characters that are weighed to tell GB18030 from Big5."""
# Text wrongly read as UTF-8 hits a valid sequence only by chance; a damaged UTF-8 file keeps most.
_DAMAGED_UTF8_SHARE = 0.9


@dataclass(frozen=True)
class Decoded:
    """Text of a file, the name of its encoding, and in words why that one was taken."""

    text: str
    encoding: str
    evidence: str


def decode(data: bytes) -> Decoded:
    """Answer the text of a file in UTF-8, UTF-16, GB18030 or Big5, with or without a byte mark.

    A byte-order mark decides; then UTF-8, which hardly any other text satisfies by chance; then
    UTF-16 by its zero bytes; then GB18030 or Big5, whichever reads as commoner characters.
    Raises BadInput with byte and line where nothing decodes cleanly.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _with_mark(data, encoding)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        utf8_error = error
    else:
        if "\x00" not in text:
            return _checked(text, "utf-8", _utf8_evidence(text))
    wide = _utf16_without_mark(data)
    if wide is not None:
        return wide
    if b"\x00" in data:
        at = data.index(0)
        raise BadInput(
            f"不是文本文件:第 {at + 1} 字节为零,请另存为 UTF-8 文本 · "
            f"not a text file: zero byte at {_place(data, at)}; save it as text (UTF-8)"
        )
    _refuse_damaged_utf8(data, utf8_error)
    return _chinese_double_byte(data, utf8_error)


def _with_mark(data: bytes, encoding: str) -> Decoded:
    name = encoding.removesuffix("-sig")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise BadInput(
            f"文件标记为 {name},内容却不是,请另存为 UTF-8 · the byte-order mark says {name}, but "
            f"{_place(data, error.start)} is not {name}; "
            "save the file again as UTF-8"
        ) from None
    return _checked(text, name, f"begins with the byte-order mark of {name}")


def _utf8_evidence(text: str) -> str:
    wide = len(text) - len(text.encode("ascii", "ignore"))
    if wide == 0:
        return "only ASCII bytes: the same in every candidate"
    return f"all {wide} non-ASCII characters are valid UTF-8 sequences"


def _utf16_without_mark(data: bytes) -> Decoded | None:
    """UTF-16 shows by zero bytes beside ASCII (commas, digits, line ends), all on one side."""
    if len(data) % 2 or b"\x00" not in data:
        return None
    even, odd = data[0::2].count(0), data[1::2].count(0)
    encoding, ours, other = ("utf-16-le", odd, even) if odd >= even else ("utf-16-be", even, odd)
    if other > ours * 0.05:
        return None
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    if _unreadable(text) is not None:
        return None
    side = "second" if encoding == "utf-16-le" else "first"
    return Decoded(text, encoding, f"no mark; {ours} zero bytes, on the {side} byte of the pairs")


def _refuse_damaged_utf8(data: bytes, error: UnicodeDecodeError) -> None:
    """A UTF-8 file with a few broken bytes would read as GB18030 gibberish: say so instead."""
    repaired = data.decode("utf-8", errors="replace")
    good = sum(1 for character in repaired if character > "\x7f" and character != "�")
    bad = repaired.count("�")
    if good >= 3 and good / (good + bad) >= _DAMAGED_UTF8_SHARE:
        raise BadInput(
            f"UTF-8 文本有损坏,请在该处修复或重新导出 · "
            f"UTF-8 text is damaged at {_place(data, error.start)} ({bad} bad place(s) beside "
            f"{good} good characters); repair it there or export the file again"
        )


def _chinese_double_byte(data: bytes, utf8_error: UnicodeDecodeError) -> Decoded:
    candidates: list[tuple[float, str, str]] = []
    failed_at: dict[str, int] = {"UTF-8": utf8_error.start}
    # Python's `big5` lacks the Hong Kong and Windows additions that real files use.
    for name, codec in (("gb18030", "gb18030"), ("big5", "big5hkscs")):
        try:
            text = data.decode(codec)
        except UnicodeDecodeError as error:
            failed_at[name.upper()] = error.start
            continue
        unreadable = _unreadable(text)
        if unreadable is None:
            candidates.append((_common_share(text, name), name, text))
        else:
            failed_at[name.upper()] = len(text[:unreadable].encode(codec))
    if not candidates:
        tried = "; ".join(f"{name} fails at {_place(data, at)}" for name, at in failed_at.items())
        raise BadInput(
            f"无法判断文件编码,请另存为 UTF-8 · the encoding cannot be told: {tried}; "
            "save the file as UTF-8"
        )
    # The first wins a tie: mainland files are GB18030.
    share, name, text = max(candidates, key=lambda candidate: candidate[0])
    not_utf8 = f"not UTF-8 at {_place(data, utf8_error.start)}"
    evidence = f"{not_utf8}; {share:.0%} common characters as {name}"
    for other_share, other, _ in candidates:
        if other != name:
            evidence += f", {other_share:.0%} as {other}"
    return Decoded(text, name, evidence)


def _common_share(text: str, encoding: str) -> float:
    """Share of the non-ASCII characters in the first, everyday plane of the encoding.

    GB 2312 level 1 (3 755 characters) lies at lead bytes B0–D7, punctuation and full-width forms
    at A1–A3; Big5 level 1 (5 401 characters) at A4–C6, punctuation at A1–A3.
    """
    wide = list(islice((character for character in text if character > "\x7f"), SAMPLE))
    if not wide:
        return 0.0
    codec, low, high = ("gb2312", 0xB0, 0xD7) if encoding == "gb18030" else ("big5", 0xA4, 0xC6)
    common = 0
    for character in wide:
        pair = character.encode(codec, errors="ignore")
        if len(pair) == 2 and (low <= pair[0] <= high or 0xA1 <= pair[0] <= 0xA3):
            common += 1
    return common / len(wide)


def _checked(text: str, encoding: str, evidence: str) -> Decoded:
    at = _unreadable(text)
    if at is not None:
        line = text.count("\n", 0, at) + 1
        raise BadInput(
            "不是文本文件,请另存为 UTF-8 文本 · not a text file: control or unassigned character "
            f"U+{ord(text[at]):04X} at character {at + 1}, line {line}; save it as text (UTF-8)"
        )
    return Decoded(text, encoding, evidence)


def _unreadable(text: str) -> int | None:
    """Index of the first character that no readable text holds, or None."""
    bad = {
        character
        for character in set(text)
        if not character.isprintable()
        and character not in _TEXT_CONTROLS
        and unicodedata.category(character) in ("Cc", "Cn", "Cs")
    }
    return min(map(text.index, bad), default=None)


def _place(data: bytes, at: int) -> str:
    line = data.count(b"\n", 0, at) + 1
    return f"byte {at + 1} (line {line})"

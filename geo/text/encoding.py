"""In which encoding is a delivered file written, and what speaks for that?"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from geo.errors import BadInput
from geo.text.everyday import bits, chinese, japanese, korean, western

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
"""Characters that are weighed to tell encodings apart."""
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
    UTF-16 by its zero bytes; then GB18030 or Big5, whichever reads as commoner characters, unless
    the bytes read better as Japanese, Korean or Western European. Raises BadInput with byte and
    line where nothing decodes cleanly, or where what decodes is no Chinese.
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
            _refuse_escapes(data)
            return _checked(text, "utf-8", _utf8_evidence(text))
    wide = _utf16_without_mark(data)
    if wide is not None:
        return wide
    if b"\x00" in data:
        at = data.index(0)
        raise BadInput(
            f"不是文本文件：第 {at + 1} 字节为零，请另存为 UTF-8 文本 · "
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
            f"文件标记为 {name}，内容却不是，请另存为 UTF-8 · the byte-order mark says {name}, but "
            f"{_place(data, error.start)} is not {name}; "
            "save the file again as UTF-8"
        ) from None
    return _checked(text, name, f"begins with the byte-order mark of {name}")


_HZ = re.compile(rb"~\{(?:[!-w][!-~])+~\}")


def _refuse_escapes(data: bytes) -> None:
    """Refuse HZ, which writes Chinese in ASCII: its cells would be stored as they stand."""
    if b"~{" in data and (found := _HZ.search(data)):
        raise BadInput(
            f"文字是 HZ 编码，请另存为 UTF-8 · {_place(data, found.start())} is in the old "
            "encoding HZ: save the file as UTF-8"
        )


def _utf8_evidence(text: str) -> str:
    wide = len(text) - len(text.encode("ascii", "ignore"))
    if wide == 0:
        return "only ASCII bytes: the same in every candidate"
    return f"all {wide} non-ASCII characters are valid UTF-8 sequences"


def _utf16_without_mark(data: bytes) -> Decoded | None:
    """UTF-16 shows by zero bytes beside ASCII (commas, digits, line ends), all on one side.

    A stray zero in other text is none: of a table's characters a twentieth are ASCII at least.
    """
    if len(data) % 2 or b"\x00" not in data:
        return None
    even, odd = data[0::2].count(0), data[1::2].count(0)
    encoding, ours, other = ("utf-16-le", odd, even) if odd >= even else ("utf-16-be", even, odd)
    if other > ours * 0.05 or ours * 40 < len(data):
        return None
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    if _unreadable(text) is not None or _strangeness(text[:SAMPLE]) > MOST_STRANGE:
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
            f"UTF-8 文本有损坏，请在该处修复或重新导出 · "
            f"UTF-8 text is damaged at {_place(data, error.start)} ({bad} bad place(s) beside "
            f"{good} good characters); repair it there or export the file again"
        )


def _chinese_double_byte(data: bytes, utf8_error: UnicodeDecodeError) -> Decoded:
    """GB18030 or Big5, whichever reads better; refused where another script reads better still."""
    sample = _distinct_cells(data)
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
            candidates.append((bits(sample.decode(codec), chinese), name, text))
        else:
            failed_at[name.upper()] = len(text[:unreadable].encode(codec))
    # The first wins a tie: mainland files are GB18030.
    best = min(candidates, key=lambda candidate: candidate[0]) if candidates else None
    _refuse_foreign(data, sample, best, utf8_error.start)
    if best is None:
        tried = "; ".join(f"{name} fails at {_place(data, at)}" for name, at in failed_at.items())
        raise BadInput(
            f"无法判断文件编码，请另存为 UTF-8 · the encoding cannot be told: {tried}; "
            "save the file as UTF-8"
        )
    _, name, text = best
    _refuse_strange(data, text, name, utf8_error.start)
    _refuse_mixed(data, name)
    not_utf8 = f"not UTF-8 at {_place(data, utf8_error.start)}"
    evidence = f"{not_utf8}; {_common_share(text, name):.0%} common characters as {name}"
    for _, other, other_text in candidates:
        if other != name:
            evidence += f", {_common_share(other_text, other):.0%} as {other}"
    return Decoded(text, name, evidence)


def _distinct_cells(data: bytes) -> bytes:
    """The different cells with bytes beyond ASCII, as many as are weighed; no character is cut.

    The separators are no part of a character in any of the encodings in question.
    """
    cells: dict[bytes, None] = {}
    size = 0
    for line in data.split(b"\n"):
        if line.isascii():
            continue
        for cell in re.split(rb"[\r\t,;\"]", line):
            if not cell.isascii() and cell not in cells:
                cells[cell] = None
                size += len(cell)
        if size > 2 * SAMPLE:
            break
    return b"\n".join(cells)


_FOREIGN: tuple[tuple[str, str, str, Callable[[str], float]], ...] = (
    ("Shift_JIS", "日文", "cp932", japanese),
    ("EUC-JP", "日文", "euc_jp", japanese),
    ("EUC-KR", "韩文", "cp949", korean),
)
_BEYOND_DOUBT = 10.0
"""Bits by which another script must read better: about a thousand to one."""


def _refuse_foreign(
    data: bytes, sample: bytes, best: tuple[float, str, str] | None, first: int
) -> None:
    """Refuse text of another script, which would read as Chinese gibberish, by its place."""
    readings = [(western(sample), "Latin-1", "西文")]
    for name, script, codec, cost in _FOREIGN:
        with suppress(UnicodeDecodeError):
            readings.append((bits(sample.decode(codec), cost), name, script))
    cost_of, name, script = min(readings)
    if best is None and name == "Latin-1":
        return  # any bytes at all are Latin letters: that nothing else fits is no evidence
    if best is None or cost_of + _BEYOND_DOUBT < best[0]:
        chinese_name = best[1] if best else "GB18030, Big5"
        raise BadInput(
            f"第 {first + 1} 字节起不是 UTF-8，看来是{script}编码（{name} 一类），不是中文；"
            f"请另存为 UTF-8 · {_place(data, first)} is not UTF-8; the text reads as {name} or its "
            f"like, not as {chinese_name}: save the file as UTF-8"
        )


def _strangeness(text: str) -> float:
    """Bits of the average character beyond ASCII; 0 where there are too few to judge."""
    wide = [character for character in text if character > "\x7f"]
    return sum(map(chinese, wide)) / len(wide) if len(wide) >= _FEW else 0.0


MOST_STRANGE = 16.5
"""Bits of the average character: ordinary lists have 10 to 12, ones of rare names 14."""
_FEW = 4


def _refuse_strange(data: bytes, text: str, name: str, first: int) -> None:
    """Refuse text that decodes and still is none: nearly all of its characters are rare ones."""
    if _strangeness("".join(islice((c for c in text if c > "\x7f"), SAMPLE))) > MOST_STRANGE:
        raise BadInput(
            f"第 {first + 1} 字节起不是 UTF-8，按 {name} 读出的几乎全是生僻字，不是该编码；"
            f"请另存为 UTF-8 · {_place(data, first)} is not UTF-8, and as {name} nearly all "
            "characters are rare ones: the encoding cannot be told; save the file as UTF-8"
        )


_UTF8_WITHIN = re.compile(rb"[\xe3-\xe9][\x80-\xbf]{2}[\xe3-\xef][\x80-\xbf]{2}")


def _refuse_mixed(data: bytes, name: str) -> None:
    """Refuse a file of which some lines are UTF-8: they too would decode, as gibberish."""
    codec = "big5hkscs" if name == "big5" else name
    seen = -1
    for found in _UTF8_WITHIN.finditer(data):
        if found.start() < seen:
            continue
        start = data.rfind(b"\n", 0, found.start()) + 1
        seen = (data.find(b"\n", found.start()) + 1) or len(data)
        line = data[start:seen]
        try:
            other = bits(line.decode("utf-8"), chinese)
        except UnicodeDecodeError:
            continue
        if other + _BEYOND_DOUBT < bits(line.decode(codec), chinese):
            raise BadInput(
                f"各行编码不一：{_place(data, found.start())} 是 UTF-8，其余是 {name}；请统一另存"
                f"为 UTF-8 · {_place(data, found.start())} is UTF-8 while the rest is {name}: save "
                "all of it as UTF-8"
            )


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
            "不是文本文件，请另存为 UTF-8 文本 · not a text file: control or unassigned character "
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

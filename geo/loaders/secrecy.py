"""Is a delivery marked as a state secret, and what may the public see of what it changes?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from geo.errors import BadInput, DeliveryRefused

SECRECY = ("public", "internal", "unknown")
_WORD = "秘密|机密|绝密"
_SECRET_WORD = re.compile(_WORD)
_DENIED = re.compile(rf"(?:不涉及|不涉|不含|不属于|非)(?:国家)?(?:{_WORD})")
_HEADING = re.compile("密级|涉密|保密|定密")
_YES = re.compile(r"是|涉密|y|yes|true|1")
MAY_MARK = r"密|^\s*(?:是|[yY1ｙＹ１]|[tT][rR][uU][eE])"
"""Whatever is a mark below any heading matches this, also in the syntax of RE2."""
# 机密, 【秘密】, 机密★10年, 密级:机密 … as a whole cell or line; 秘密花园 is a name.
_MARK = re.compile(rf"(?:密级:?)?[(\[【〔]?(?:{_WORD})级?[)\]】〕]?(?:[★☆*].*)?")


def refuse_secret(secrecy: str, path: Path) -> None:
    """Refuse, unread, what is or may be a state secret; BadInput for an unknown secrecy."""
    words = unicodedata.normalize("NFKC", f"{secrecy} {path.name}")
    if _SECRET_WORD.search(words) or secrecy in ("secret", "confidential", "top-secret"):
        raise secret()
    if secrecy not in SECRECY:
        raise BadInput(
            f"密级 {secrecy!r} 无效，可用：{' '.join(SECRECY)}。\n"
            f"Secrecy {secrecy!r} is not one of {' '.join(SECRECY)}.",
            parameter="secrecy",
        )


def is_marked(texts: Iterable[str]) -> bool:
    """Whether any text is, as a whole, a mark of secrecy; for headings, titles and lines."""
    return any("密" in text and _MARK.fullmatch(_plain(text)) for text in texts)


def title_is_marked(texts: Iterable[str]) -> bool:
    """Whether any title says that what follows is a secret; 不涉及秘密 says that it is none."""
    return any(_SECRET_WORD.search(_DENIED.sub("", _plain(text))) for text in texts)


def column_is_secret(column: str, cells: Iterable[str]) -> bool:
    """Whether a column marks any row as secret; `cells` may be just its distinct values.

    Below a heading with 密级, 涉密 or 保密 the word 秘密, 机密 or 绝密 is enough, and 是 where the
    heading asks; elsewhere a cell must be a mark as a whole.
    """
    heading = _plain(column)
    if not _HEADING.search(heading):
        return is_marked(cells)
    asks = "涉密" in heading
    return any(_says_secret(_plain(cell), asks) for cell in cells)


def _says_secret(cell: str, asks: bool) -> bool:
    if _SECRET_WORD.search(cell):
        return not re.search(rf"(?:非|不是|不属于)(?:{_WORD})", cell)
    return asks and _YES.fullmatch(cell) is not None


def _plain(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).casefold()


def secret() -> DeliveryRefused:
    """The refusal of a secret file; it says nothing of what stands in it."""
    return DeliveryRefused(
        "标有密级（秘密及以上）的文件不得导入本系统，未保存任何内容。\n"
        "A file marked 秘密 (secret) or above is refused; nothing of it was stored."
    )

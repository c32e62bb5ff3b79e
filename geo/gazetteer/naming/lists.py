"""Which lists has the officer supplied? They stay in the officer's folder, never in the project."""

from __future__ import annotations

import csv
import io
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geo.errors import BadInput, both
from geo.gazetteer.naming.rules import standard_characters
from geo.settings import CHECKOUT
from geo.text import decode, search_key
from geo.text.likeness import grouped, look_alikes

WORD_LISTS = ("leaders", "persons", "foreign", "brands", "famous")
"""Lists of one entry a line: `leaders.txt` and so on; `#` begins a remark."""
LARGEST_BYTES = 20_000_000
SHORTEST_ENTRY = 2


@dataclass(frozen=True)
class SizeRule:
    """What a generic part asks for by a local rule; None: nothing is asked."""

    generic: str
    source: str
    least_land_m2: float | None = None
    least_floor_m2: float | None = None
    least_height_m: float | None = None
    least_green_percent: float | None = None


@dataclass(frozen=True)
class Lists:
    """The lists at hand; a list that is not in `words` was not supplied.

    `dialect` gives each character its sound in the dialect. `complete` holds the divisions (12
    digits, or `nation`) of which the officer states that all names are loaded.
    """

    words: dict[str, frozenset[str]] = field(default_factory=dict)
    dialect: dict[str, str] = field(default_factory=dict)
    alike: dict[str, frozenset[str]] = field(default_factory=look_alikes)
    characters: frozenset[str] = field(default_factory=standard_characters)
    sizes: tuple[SizeRule, ...] = ()
    complete: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        """Tell how long the lists are and none of their entries: a log may show this."""
        counts = {name: len(entries) for name, entries in self.words.items()}
        return f"Lists({counts}, dialect={len(self.dialect)}, sizes={len(self.sizes)})"


def read_lists(folder: Path | None) -> Lists:
    """Read the officer's folder; None or an empty folder gives no lists.

    Known files: `leaders.txt persons.txt foreign.txt brands.txt famous.txt`, `dialect.csv` (字,音),
    `look-alikes.csv` (one group of characters a line), `characters.txt` (replaces the table of
    standard characters), `local-rules.toml` (`complete`, `[[generic_size]]`). Raises BadInput for
    a folder that is missing or lies inside the project, where it could be committed, and for a
    file that cannot be read; no message shows an entry.
    """
    if folder is None:
        return Lists()
    folder = folder.resolve()
    if not folder.is_dir():
        raise _refused("名单文件夹不存在。", "the folder of lists does not exist")
    if folder.is_relative_to(CHECKOUT.resolve()):
        raise _refused(
            "名单文件夹不得放在项目目录内，请移到项目之外。",
            "the folder of lists must lie outside the project, so that it is never committed",
        )
    words = {name: _entries(folder / f"{name}.txt") for name in WORD_LISTS}
    own = _local(folder / "local-rules.toml")
    alike = _text(folder / "look-alikes.csv")
    characters = _text(folder / "characters.txt")
    return Lists(
        words={name: entries for name, entries in words.items() if entries is not None},
        dialect=_dialect(folder / "dialect.csv"),
        alike=look_alikes() if alike is None else look_alikes() | grouped(_groups(alike)),
        characters=standard_characters()
        if characters is None
        else frozenset("".join(_lines(characters))),
        sizes=_sizes(own),
        complete=frozenset(str(code).ljust(12, "0") if str(code).isdigit() else str(code)
                           for code in own.get("complete", [])),
    )  # fmt: skip


def _sizes(own: dict[str, Any]) -> tuple[SizeRule, ...]:
    try:
        return tuple(SizeRule(**one) for one in own.get("generic_size", []))
    except TypeError:
        raise _refused(
            "local-rules.toml 中 generic_size 的项目有误；可用：generic、source、least_land_m2、"
            "least_floor_m2、least_height_m、least_green_percent。",
            "an entry of generic_size in local-rules.toml is wrong",
        ) from None


def _entries(path: Path) -> frozenset[str] | None:
    text = _text(path)
    if text is None:
        return None
    keys = (search_key(line) for line in _lines(text))
    return frozenset(key for key in keys if len(key) >= SHORTEST_ENTRY)


def _groups(text: str) -> list[str]:
    return [
        "".join(c for c in line if not c.isascii() and c not in "，、") for line in _lines(text)
    ]


def _dialect(path: Path) -> dict[str, str]:
    text = _text(path)
    if text is None:
        return {}
    rows = [row for row in csv.reader(io.StringIO(text)) if len(row) >= 2 and len(row[0]) == 1]
    return {row[0]: row[1].strip() for row in rows if row[1].strip() and row[0] != "字"}


def _local(path: Path) -> dict[str, Any]:
    text = _text(path)
    try:
        return tomllib.loads(text) if text is not None else {}
    except tomllib.TOMLDecodeError:
        raise _refused(f"{path.name} 不是有效的 TOML。", f"{path.name} is not valid TOML") from None


def _lines(text: str) -> list[str]:
    lines = (line.split("#")[0].strip() for line in text.splitlines())
    return [line for line in lines if line]


def _text(path: Path) -> str | None:
    if not path.is_file():
        return None
    if path.stat().st_size > LARGEST_BYTES:
        raise _refused(f"{path.name} 过大。", f"{path.name} is too large")
    return decode(path.read_bytes()).text


def _refused(zh: str, en: str) -> BadInput:
    return BadInput(both(zh, en), parameter="lists")

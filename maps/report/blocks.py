"""What is a report made of, before it is Word, Excel or PDF? Blocks; all formats show these."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby

from geo.text.cells import clean

UNKNOWN = "未知"


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is shown: so many decimals, or as a percentage; None is unknown."""

    value: float | None
    digits: int = 0
    percent: bool = False

    @property
    def text(self) -> str:
        """The number in words of every format."""
        if self.value is None:
            return UNKNOWN
        if self.percent:
            return f"{self.value * 100:.1f}%"
        return f"{self.value:,.{self.digits}f}"

    @property
    def excel_format(self) -> str:
        """The same look as a number format."""
        if self.percent:
            return "0.0%"
        return "#,##0" + ("." + "0" * self.digits if self.digits else "")


Cell = str | Number


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. width: its share of the page. small: ids, printed small and grey."""

    name: str
    width: float = 1.0
    align: str = "right"
    small: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 (chapter) to 3; key: its anchor."""

    level: int
    text: str
    key: str
    breaks: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; look: body, note (small), warning (framed) or lead."""

    text: str
    look: str = "body"


@dataclass(frozen=True, slots=True)
class Card:
    """One headline number with its unit, its id and what it is out of."""

    label: str
    number: Number
    unit: str
    id: str
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Cards:
    """Headline numbers in a row."""

    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table. sheet: its name in a workbook. bold_last: the last row is a total. dense: small.

    keep: not to be torn between pages. wide: on pages of its own, turned to the side.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    sheet: str = ""
    bold_last: bool = False
    dense: bool = False
    keep: bool = False
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A map as PNG with its caption; alt says the same in words."""

    title: str
    png: bytes = field(repr=False)
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The guide sheet of one street: its name, facts with their ids, a table, and advice."""

    name: str
    key: str
    facts: tuple[Card, ...]
    table: Table
    advice: tuple[str, ...]


Block = Heading | Paragraph | Cards | Table | Picture | Sheet


def stretches(blocks: Sequence[Block]) -> Iterator[tuple[bool, tuple[Block, ...]]]:
    """Blocks that share a page's direction: upright, or turned to the side for wide tables.

    The headings and texts right before a wide table, down to its heading, turn with it.
    """
    sides = [isinstance(block, Table) and block.wide for block in blocks]
    for at in range(len(blocks) - 1, 0, -1):
        before = blocks[at - 1]
        leads = isinstance(before, Heading) or (
            isinstance(before, Paragraph) and at > 1 and isinstance(blocks[at - 2], Heading)
        )
        if sides[at] and leads:
            sides[at - 1] = True
    for is_wide, group in groupby(zip(sides, blocks, strict=True), key=lambda pair: pair[0]):
        yield is_wide, tuple(block for _, block in group)


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report. banner: what every page must say (synthetic data, internal); "" if nothing.

    approval: the 审图号 line of every map. details: tables for a workbook, too long for paper.
    """

    title: str
    subtitle: str
    place: str
    on: date
    made: date
    banner: str
    approval: str
    cover_lines: tuple[str, ...]
    blocks: tuple[Block, ...]
    details: tuple[Table, ...] = ()

    @property
    def headings(self) -> tuple[Heading, ...]:
        """What the contents list: chapters and their parts."""
        return tuple(b for b in self.blocks if isinstance(b, Heading) and b.level <= 2)

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table, those of the guide sheets too."""
        own = [b.table if isinstance(b, Sheet) else b for b in self.blocks]
        return tuple(b for b in own if isinstance(b, Table))


def shown(cell: Cell) -> str:
    """A cell as text."""
    return cell.text if isinstance(cell, Number) else clean(cell)


_WIDE = str.maketrans(",;:!?", "\uff0c\uff1b\uff1a\uff01\uff1f")
_HAN = "\u3400-\u9fff\u3000-\u303f\uff00-\uffef"
_MARK = re.compile(rf"(?<=[{_HAN}])[,;:!?](?!\d)|[,;:!?](?=[{_HAN}])")
_BRACKETS = re.compile(rf"\(([^()]*[{_HAN}][^()]*)\)|(?<=[{_HAN}])\(([^()]*)\)")


def prose(text: str) -> str:
    """Our own sentences with the wide marks that belong to Chinese on paper; data stay as given."""

    def wide(found: re.Match[str]) -> str:
        return f"\uff08{found[1] if found[1] is not None else found[2]}\uff09"

    bracketed = _BRACKETS.sub(wide, _BRACKETS.sub(wide, text))
    return _MARK.sub(lambda found: found[0].translate(_WIDE), bracketed)


def printed(block: Block) -> Block:
    """A block with its own words in wide marks; the cells of tables are left alone."""
    if isinstance(block, Heading | Paragraph):
        return replace(block, text=prose(block.text))
    if isinstance(block, Cards):
        return Cards(tuple(_card(card) for card in block.cards))
    if isinstance(block, Picture):
        return replace(block, title=prose(block.title), alt=prose(block.alt))
    if isinstance(block, Sheet):
        return replace(
            block,
            facts=tuple(_card(fact) for fact in block.facts),
            table=printed_table(block.table),
            advice=tuple(prose(one) for one in block.advice),
        )
    return printed_table(block)


def _card(card: Card) -> Card:
    return replace(card, label=prose(card.label), beside=prose(card.beside))


def printed_table(table: Table) -> Table:
    """A table whose own words bear wide marks."""
    columns = tuple(replace(column, name=prose(column.name)) for column in table.columns)
    return replace(table, title=prose(table.title), columns=columns, note=prose(table.note))

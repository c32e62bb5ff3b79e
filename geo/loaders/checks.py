"""Is what a row says believable: its numbers, dates, codes and coordinates?

A row is refused only when it cannot be a facility: no name, no kind, no position on the earth.
Any other value that cannot be read is kept as delivered in `extra` and reported. Columns are read
as a whole and each distinct value once, for a delivery may have a million rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from geo.loaders.candidates import Candidate, Candidates, Readings, Refusal
from geo.loaders.care import SAYS_NO
from geo.loaders.columns import Numbers, column_of, numbers_of_rows, to_numpy
from geo.loaders.fields import Mapping, public_column
from geo.loaders.kinds import kind_in_name, kind_of_words
from geo.loaders.offers import gather
from geo.loaders.parsed import parsed
from geo.loaders.personal import public_text
from geo.loaders.report import MOST_PROBLEMS, Problem
from geo.loaders.tables import Row, Table
from geo.loaders.values import (
    MAX_COUNT,
    RULES,
    UNKNOWN,
    has_form_of_phones,
    parser_of,
)
from geo.loaders.values import uscc_problem as uscc_problem

__all__ = [
    "MAX_COUNT", "Candidate", "Candidates", "Readings", "Refusal", "public_cells", "read_rows",
    "uscc_problem",
]  # fmt: skip


def read_rows(
    table: Table, mapping: Mapping, kind: str | None, *, is_stated: bool = False
) -> Readings:
    """Read every row's values; `kind` is the kind of all rows, None where each says its own.

    Where the deliverer stated it (`is_stated`), it also holds for rows whose own word for their
    kind nobody understands; the words are kept in `extra` and reported.
    """
    reading = _Reading(table, mapping, numbers_of_rows(table.rows))
    for name, index in mapping.fields.items():
        reading.read_field(name, index)
    if "stated_city" in mapping.fields:  # tells sites apart; a facility has no column for it
        heading = table.columns[mapping.fields["stated_city"]]
        reading.extra[heading] = reading.values["stated_city"]
    for index, column in mapping.extra.items():
        public, _ = public_column(_cells(table.rows, index), None)
        reading.extra[column] = _known(public)
    reading.limit_beds()
    reading.gather_offers()
    refused, good = _settle_identity(reading, kind, is_stated)
    unreadable = [Refusal(problem, {}) for problem in table.unreadable]
    reading.problems.sort(key=lambda problem: problem.row or 0)
    shown = reading.problems[:MOST_PROBLEMS]
    candidates = Candidates(reading.numbers, reading.values, reading.extra).take(good)
    return Readings(candidates, [*unreadable, *refused], shown, reading.noted - len(shown))


def public_cells(row: Row, columns: list[str], mapping: Mapping) -> dict[str, str]:
    """A row's cells by column, without personal columns and values, as refused rows keep them."""
    return {
        column: public_text(cell, mapping.field_of(index))
        for index, (column, cell) in enumerate(zip(columns, row.cells, strict=True))
        if index not in mapping.personal
    }


def _cells(rows: Sequence[Row], index: int) -> pa.Array:
    return pc.utf8_trim_whitespace(column_of(rows, index))


def _known(texts: pa.Array, name: str = "") -> pa.Array:
    """The texts, of a field, with null for what says nothing."""
    empty = UNKNOWN - {"无", "none"} if name in SAYS_NO else UNKNOWN
    says_nothing = pc.is_in(pc.utf8_lower(texts), pa.array(sorted(empty)))
    return pc.if_else(says_nothing, pa.scalar(None, pa.string()), texts)


@dataclass(slots=True)
class _Reading:
    """A table while its columns are read one after the other."""

    table: Table
    mapping: Mapping
    numbers: Numbers
    values: dict[str, pa.Array] = field(default_factory=dict)
    extra: dict[str, pa.Array] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    noted: int = 0

    def note(
        self,
        places: Sequence[int],
        column: str,
        shown: pa.Array | None,
        rule: str,
        messages: Sequence[str],
    ) -> None:
        """Remember problems of one column, at growing `places`; only the first are told in full."""
        self.noted += len(places)
        for place, message in list(zip(places, messages, strict=True))[:MOST_PROBLEMS]:
            value = None if shown is None else str(shown[int(place)].as_py())[:80]
            self.problems.append(Problem(int(self.numbers[place]), column, value, rule, message))

    def read_field(self, name: str, index: int) -> None:
        """Read the column of a field: redacted, unknowns as null, each distinct value once."""
        column = self.table.columns[index]
        cells = _cells(self.table.rows, index)
        texts, changed = public_column(cells, name)
        message = "单元格中的个人信息已去除 · a personal value was taken out"
        self.note(changed, column, None, "personal_value", [message] * len(changed))
        texts = _known(texts, name)
        if name == "phone":
            self.note_phones(column, texts)
        parse = parser_of(name, column)
        if parse is None:
            self.values[name] = texts
            return
        self.values[name], faults = parsed(name, parse, texts)
        if faults:
            places = list(faults)
            self.note(places, column, texts, RULES.get(name, "value"), list(faults.values()))
            left = np.zeros(len(texts), dtype=bool)
            left[places] = True
            self.keep_aside(column, texts, left)

    def keep_aside(self, column: str, texts: pa.Array, left: NDArray[np.bool_]) -> None:
        """Keep what stands in some rows of a column of a field in `extra`, as it was delivered."""
        kept = pc.if_else(pa.array(left), texts, pa.scalar(None, pa.string()))
        self.extra[column] = pc.coalesce(kept, self.extra[column]) if column in self.extra else kept

    def gather_offers(self) -> None:
        """Make the lists of prices and ratings; what says something of none is kept in `extra`."""
        at = self.mapping.fields.get("rating_level")
        heading = None if at is None else self.table.columns[at]
        for name, alone in gather(self.values, len(self.numbers), heading).items():
            if alone.any():
                index = self.mapping.fields[name]
                texts, _ = public_column(_cells(self.table.rows, index), name)
                self.keep_aside(self.table.columns[index], texts, alone)

    def note_phones(self, column: str, texts: pa.Array) -> None:
        """Report what is written as a phone and has not the form of one; it is kept."""
        doubtful = to_numpy(pc.invert(pc.fill_null(has_form_of_phones(texts), True)))
        places = doubtful.nonzero()[0].tolist()
        message = "不像电话号码，原样保留，请核对 · has not the form of a phone: check"
        self.note(places, column, texts, "phone", [message] * len(places))

    def limit_beds(self) -> None:
        """Parts of the beds cannot exceed their total: such a part is not stored."""
        total = self.values.get("beds_total")
        for name in ("beds_nursing", "beds_free"):
            part = self.values.get(name)
            if total is None or part is None:
                continue
            over = pc.fill_null(pc.greater(part, total), False)
            places = to_numpy(over).nonzero()[0].tolist()
            beds = [total[place].as_py() for place in places]
            told = [f"大于总床位 {n}，未采用 · more than the {n} beds, not stored" for n in beds]
            self.note(places, name, part, "beds", told)
            self.values[name] = pc.if_else(over, pa.scalar(None, part.type), part)


def _settle_identity(
    reading: _Reading, kind: str | None, is_stated: bool
) -> tuple[list[Refusal], Numbers]:
    """Give each row its kind; answer the rows that cannot be facilities and the good places."""
    names = reading.values["name"]
    stated = reading.values.pop("kind", None)
    if stated is None:
        stated = pa.nulls(len(names), pa.string())
    found = _mapped(stated, kind_of_words)
    if kind and is_stated:
        found = _by_statement(reading, stated, found, kind)
    if stated.null_count:
        unsaid = pc.is_null(stated)
        other = pa.scalar(kind) if kind else _mapped(pc.if_else(unsaid, names, None), kind_in_name)
        found = pc.if_else(unsaid, other, found)
    reading.values["kind"] = found
    good = to_numpy(pc.and_(pc.is_valid(names), pc.is_valid(found)))
    refused = []
    for place in (~good).nonzero()[0].tolist():
        number, name = int(reading.numbers[place]), names[place].as_py()
        problem = _no_kind(number, stated[place].as_py() or name[:80]) if name else _no_name(number)
        row = reading.table.rows[place]
        refused.append(Refusal(problem, public_cells(row, reading.table.columns, reading.mapping)))
    return refused, good.nonzero()[0]


def _by_statement(reading: _Reading, stated: pa.Array, found: pa.Array, kind: str) -> pa.Array:
    """The kinds, with the stated one for words that nobody understands; each word is told once."""
    strange = pc.and_(pc.is_valid(stated), pc.is_null(found))
    words = pc.value_counts(stated.filter(strange))
    if not len(words):
        return found
    heading = reading.table.columns[reading.mapping.fields["kind"]]
    reading.extra[heading] = pc.if_else(strange, stated, pa.scalar(None, pa.string()))
    for word in words.to_pylist()[:MOST_PROBLEMS]:
        message = (
            f"不认识类型「{word['values'][:40]}」，{word['counts']} 行按 --kind 作 {kind}，"
            f"原文保留在 extra · unknown kind, {word['counts']} rows taken for {kind} as stated"
        )
        reading.problems.append(Problem(None, heading, word["values"][:80], "kind_word", message))
    reading.noted += len(words)
    return pc.if_else(strange, pa.scalar(kind), found)


def _mapped(texts: pa.Array, meaning: Callable[[str], str | None]) -> pa.Array:
    """What each text means, asked once per distinct text."""
    encoded = pc.dictionary_encode(texts)
    meant = [meaning(text) for text in encoded.dictionary.to_pylist()]
    return pa.array(meant, pa.string()).take(encoded.indices)


def _no_name(number: int) -> Problem:
    return Problem(number, "name", None, "name", "没有名称，请补上 · no name: fill it in")


def _no_kind(number: int, value: str) -> Problem:
    message = "不知道是哪类设施，请用 --kind 或「类型」列说明 · unknown kind: state it by --kind"
    return Problem(number, "kind", value, "kind", message)

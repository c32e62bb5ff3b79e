"""What is a place outside of any database or format: one record with all that is known of it?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

NEVER_PUBLIC = ("2175", "275")
"""Categories that no public answer and no public file holds: military areas and units."""


@dataclass(frozen=True, slots=True)
class Years:
    """From when to when, in astronomical years (0 = 1 BCE); None is unknown."""

    start_earliest: int | None = None
    start_latest: int | None = None
    end_earliest: int | None = None
    end_latest: int | None = None

    @property
    def is_known(self) -> bool:
        """Whether any year is known."""
        return any(year is not None for year in self.as_dict().values())

    def as_dict(self) -> dict[str, int | None]:
        """The four years by the names of their columns."""
        return {name: getattr(self, name) for name in YEARS}


YEARS = ("start_earliest", "start_latest", "end_earliest", "end_latest")
UNKNOWN_YEARS = Years()


@dataclass(frozen=True, slots=True)
class NameRecord:
    """A name; kinds as in `geo.models.placename`, language a BCP 47 tag, script ISO 15924."""

    name: str
    kind: str
    language: str = "zh"
    script: str | None = None
    pinyin: str | None = None
    reading_status: str | None = None
    years: Years = UNKNOWN_YEARS
    certainty: str | None = None
    citation: str | None = None


@dataclass(frozen=True, slots=True)
class PositionRecord:
    """A position: hexadecimal WKB in CGCS2000 degrees, or None where only a division is known."""

    wkb: str | None
    quality: str
    unit_code: str | None = None
    start_year: int | None = None
    end_year: int | None = None
    citation: str | None = None


@dataclass(frozen=True, slots=True)
class ListingRecord:
    """An entry on a list of heritage or red names."""

    list_name: str
    family: str
    list_class: str | None
    list_level: str
    batch: str | None
    listed_year: int | None
    era: str | None
    citation: str | None


@dataclass(frozen=True, slots=True)
class TextRecord:
    """A text about the name or the past of a place."""

    kind: str
    value: str
    language: str = "zh"
    uri: str | None = None
    citation: str | None = None


@dataclass(frozen=True, slots=True)
class RelationRecord:
    """How the place stands to another; `other` is the code of a place, or an address."""

    kind: str
    other: str
    label: str | None = None
    years: Years = UNKNOWN_YEARS
    certainty: str | None = None
    citation: str | None = None


@dataclass(frozen=True, slots=True)
class MediaRecord:
    """A picture, recording or document by its address."""

    kind: str
    uri: str
    title: str | None = None
    licence: str | None = None
    citation: str | None = None


@dataclass(frozen=True, slots=True)
class PlaceRecord:
    """A place with all its rows. `original` is what a foreign file said of it, word for word."""

    code: str
    feature_class: str
    names: tuple[NameRecord, ...]
    category: str | None = None
    unit_code: str | None = None
    located_in: str | None = None
    origin: str | None = None
    attribution: str | None = None
    source: str | None = None
    source_date: date | None = None
    is_synthetic: bool = False
    method: str | None = None
    seed: int | None = None
    positions: tuple[PositionRecord, ...] = ()
    listings: tuple[ListingRecord, ...] = ()
    texts: tuple[TextRecord, ...] = ()
    relations: tuple[RelationRecord, ...] = ()
    media: tuple[MediaRecord, ...] = ()
    original: dict[str, Any] | None = None

    @property
    def title(self) -> str:
        """The name that stands for the place: the first standard one, else the first."""
        standard = (name.name for name in self.names if name.kind == "standard")
        return next(standard, self.names[0].name if self.names else self.code)

    @property
    def may_be_public(self) -> bool:
        """Whether its category lets the public see it at all."""
        return not (self.category or "").startswith(NEVER_PUBLIC)


SCALARS = (
    "feature_class", "category", "unit_code", "located_in", "origin", "attribution", "source",
    "source_date", "is_synthetic", "method", "seed",
)  # fmt: skip
"""The fields of a record that are columns of `place`, beside its code."""

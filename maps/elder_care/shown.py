"""What does the template of the list get to say, and what does it know besides the answer?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from maps.elder_care.cards import CardTold
from maps.elder_care.choices import ChipTold, Choice, District, Tab, Tick
from maps.elder_care.sketch import Area
from maps.elder_care.start_told import StartSaid


@dataclass(frozen=True, slots=True)
class LinkTold:
    """A link with its words."""

    words: str
    href: str


@dataclass(frozen=True, slots=True)
class Pager:
    """Which rows are shown, and the links to those before and after."""

    before: str | None
    after: str | None
    words: str


@dataclass(frozen=True, slots=True)
class Printing:
    """What the button prints, the link to a longer list, and what paper says of the rest."""

    words: str
    whole: LinkTold | None = None
    partial: str = ""


@dataclass(frozen=True, slots=True)
class Picked:
    """A place that was ticked for the comparison on another page of the list."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Shown:
    """All that the template says."""

    tabs: tuple[Tab, ...]
    chips: tuple[ChipTold, ...]
    selects: tuple[Choice, ...]
    ticks: tuple[Tick, ...]
    form_names: tuple[str, ...]
    filters_on: int
    more_on: int
    clear_href: str
    q: str
    as_of: str
    start: StartSaid
    start_label: str
    has_start: bool
    start_at: tuple[float, float] | None
    heading: str
    status: str
    notes: tuple[str, ...]
    dropped: tuple[LinkTold, ...] | None
    empty: str
    cards: tuple[CardTold, ...]
    unknown: LinkTold | None
    pager: Pager | None
    printing: Printing
    picked_elsewhere: tuple[Picked, ...]
    sources: str
    today: str


@dataclass(frozen=True, slots=True)
class Ground:
    """What the page knows besides the answer: districts to choose, outlines, names of picks."""

    districts: Sequence[District] = ()
    areas: Sequence[Area] = ()
    credit: str = ""
    picked: Sequence[Picked] = ()

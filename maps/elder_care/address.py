"""What stands in the address of an elder-care page, and which link changes one thing of it?

Every choice is in the address, so any view has a link, works without scripts, and is the same for
whoever opens it. `old_address` reads the links of earlier versions of the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from geo.access.finder import FILTERS
from geo.models.kinds import KINDS

SHARED = ("lang", "large", "city")
START = ("start", "lon", "lat", "rough")
ASKED = (*START, "what", *FILTERS, "sort", "part", "at")
PAGED = ("offset", "limit")
KNOWN = (*SHARED, *ASKED, *PAGED, "pick")
_OWN = ("codes", "code")
"""What only the comparison or the form has in its address."""
READ = frozenset((*KNOWN, *_OWN))
"""What these pages read; whatever else an app hangs on a link is left aside."""
MOST_PICKED = 4
MINE = ("我的位置", "my place")
"""How one's own place is called; it stays out of what is handed on."""
_ALONG = (*SHARED, *START, "what", *FILTERS, "sort")
"""What goes along to a page below the list, so that the way back leads to the same list."""
ON_PAPER = ("codes", "lang", "city", *START, "what", "care_level", "max_price")
"""What the link of a comparison says on paper: what its facts depend on, no more."""
_OF_ONE = ("lang", "city", *START)
FINDER = "/elder-care"
_USUAL = {"what": "canteen", "part": "found", "lang": "zh"}


@dataclass(frozen=True, slots=True)
class Address:
    """Where we are: the root of the service, the page, and what was chosen (name → text).

    base: the address of the service as others see it, with its host, for links on paper.
    """

    root: str
    chosen: Mapping[str, str]
    page: str = FINDER
    base: str = ""

    @property
    def path(self) -> str:
        """The address of the list."""
        return f"{self.root}{FINDER}"

    @property
    def has_point(self) -> bool:
        """Whether a position to measure from is given."""
        return "lon" in self.chosen and "lat" in self.chosen

    @property
    def point(self) -> tuple[float, float] | None:
        """That position: longitude, latitude."""
        try:
            return float(self.chosen["lon"]), float(self.chosen["lat"])
        except (KeyError, ValueError):
            return None

    @property
    def picked(self) -> tuple[str, ...]:
        """The codes that were ticked for a comparison."""
        return tuple(filter(None, self.chosen.get("pick", "").split(",")))[:MOST_PICKED]

    @property
    def shared(self) -> str:
        """Language, type size and city, for links to other pages."""
        return urlencode({name: self.chosen[name] for name in SHARED if name in self.chosen})

    def same(self, **changes: str | None) -> str:
        """This page with changes; None takes a choice away."""
        return self._link(f"{self.root}{self.page}", self._with(changes))

    def to_finder(self, **changes: str | None) -> str:
        """The list with changes, from its first row on."""
        kept = {k: v for k, v in self._with(changes).items() if k in KNOWN}
        if not changes.keys() & set(PAGED):
            kept = {k: v for k, v in kept.items() if k not in PAGED}
        return self._link(self.path, kept)

    def to(self, room: str, **more: str | None) -> str:
        """A page below this one (`facility/X`, `report`), which knows from where one came."""
        kept = {k: self.chosen[k] for k in _ALONG if k in self.chosen}
        kept |= {k: v for k, v in more.items() if v}
        return self._link(f"{self.path}/{room}", kept)

    def on_paper(self, **changes: str | None) -> str:
        """This page as somebody may type it: its host, readable text, without one's own place."""
        left_out = {"pick", "large"}
        if self.chosen.get("start") in MINE:
            left_out |= {*START, "within_min"}
        known = KNOWN if self.page == FINDER else ON_PAPER if "codes" in self.chosen else _OF_ONE
        told = [
            f"{name}={_readable(value)}"
            for name, value in _unusual(self.page, self._with(changes)).items()
            if name in known and name not in left_out
        ]
        return f"{self.base or self.root}{self.page}{'?' if told else ''}{'&'.join(told)}"

    def hidden(self, *without: str) -> list[tuple[str, str]]:
        """What a form has to carry along besides its own fields; an answer begins anew."""
        left_out = {*without, *PAGED, "part"}
        return [(k, v) for k, v in self.chosen.items() if k in KNOWN and k not in left_out]

    @property
    def compare_hidden(self) -> list[tuple[str, str]]:
        """What the comparison has to know besides the codes."""
        known = {"what": _USUAL["what"], **self.chosen}
        return [(k, known[k]) for k in _ALONG if k in known]

    def _with(self, changes: Mapping[str, str | None]) -> dict[str, str]:
        made = {**self.chosen, **{k: v for k, v in changes.items() if v is not None}}
        return {k: v for k, v in made.items() if not (k in changes and changes[k] is None)}

    @staticmethod
    def _link(path: str, chosen: Mapping[str, str]) -> str:
        told = _unusual(path, chosen)
        return f"{path}?{urlencode(told)}" if told else path


def _unusual(path: str, chosen: Mapping[str, str]) -> dict[str, str]:
    """What a link has to say; what is looked for goes without saying on the list alone."""
    usual = _USUAL if path.endswith(FINDER) else {**_USUAL, "what": ""}
    return {name: value for name, value in chosen.items() if value and usual.get(name) != value}


def _readable(value: str) -> str:
    """A value as people read it in an address (RFC 3987): only what parts it is escaped."""
    if re.fullmatch(r"-?\d+\.\d+", value):
        value = value.rstrip("0").rstrip(".")
    return "".join(one if one > "\x7f" and one.isprintable() and not one.isspace()
                   else quote(one, safe=",:/-._~") for one in value)  # fmt: skip


def address_of(
    root: str, items: Iterable[tuple[str, str]], page: str = FINDER, base: str = ""
) -> Address:
    """Where a request is: the parameters that these pages know, empty ones left out."""
    chosen: dict[str, str] = {}
    for name, value in items:
        if name in READ and value.strip() and len(value) <= 420:
            chosen[name] = value.strip()
    return Address(root, chosen, page, base)


# Switches that have new names: what an earlier address said → what is asked now.
_RENAMED = {
    "with_free_beds": "free_beds", "with_medical": "medical", "from_name": "start",
}  # fmt: skip
_OLD = {"from", "z", "place", "all_states", "on", *_RENAMED}
_SPOT = re.compile(r"-?\d+(\.\d+)?,-?\d+(\.\d+)?")
_GROUPS = {"elder_home": "home", "meal": "canteen", "community": "day_care"}


def old_address(items: Iterable[tuple[str, str]]) -> tuple[str | None, dict[str, str]] | None:
    """Where an address of the earlier page leads now: a facility (or None) and the choices.

    Answers None for an address that is not of the earlier page.
    """
    old = {name: value for name, value in items if value}
    if not _SPOT.fullmatch(old.get("from", "")):  # chat apps hang a `from` of their own on links
        old.pop("from", None)
    kind = old.get("kind", "")
    is_list = "," in kind or kind in _GROUPS or (bool(kind) and "what" not in old)
    if not (_OLD & old.keys() or is_list):
        return None
    made = {k: v for k, v in old.items() if k in KNOWN and k != "kind"}
    if "z" in old or "from" in old:  # there lat and lon were the middle of the map
        made = {k: v for k, v in made.items() if k not in ("lat", "lon")}
    made |= {new: old[was] for was, new in _RENAMED.items() if was in old}
    made |= {k: "true" for k, v in made.items() if v == "1" and k != "large"}
    lon, _, lat = old.get("from", "").partition(",")
    if lon and lat:
        made |= {"lon": lon, "lat": lat}
    if "on" in old:
        made["at"] = f"{old['on']}T12:00"
    made |= _meant(kind)
    return old.get("place"), made


def _meant(kind: str) -> dict[str, str]:
    """What an earlier list of kinds or groups means now: the first of them that we know."""
    from geo.access.finder import WHAT

    for one in kind.split(","):
        if one in _GROUPS:
            return {"what": _GROUPS[one]}
        for what in WHAT.values():
            if one in KINDS and one in what.kinds:
                alone = len(what.kinds) > 1 and "," not in kind
                return {"what": what.code, **({"kind": one} if alone else {})}
    return {}

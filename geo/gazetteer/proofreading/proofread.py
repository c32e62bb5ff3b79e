"""Which names in a document are old or not standard, and what is the standard form of each?"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from geo.errors import BadInput, NotFound, both
from geo.gazetteer.matching import KINDS
from geo.gazetteer.places import PlaceFacts, facts_of, units_within
from geo.gazetteer.proofreading.context import Decision, decide
from geo.gazetteer.proofreading.lexicon import Form, Lexicon, fold, lexicon_of
from geo.queries.succession import history
from geo.text import search_key
from geo.validity import today_in_china

LONGEST_TEXT = 500_000
NOTICE = (
    "标注由机器比对地名库得出，仅供校对人员参考；历史叙述、引文和专名请人工判定。文本不保存、不记入日志。",
    "Marks come from a comparison with the stored names, for a person to judge. The text is "
    "neither stored nor logged.",
)
_CITED = text("SELECT id, citation FROM place_name WHERE id = ANY(CAST(:ids AS bigint[]))")


@dataclass(frozen=True)
class Pages:
    """Where in a text each page of its document begins, and the pages (from 1) not read."""

    starts: tuple[int, ...]
    unread: tuple[int, ...] = ()

    def page_at(self, at: int) -> int:
        """The number of the page, from 1, on which a character stands."""
        return bisect_right(self.starts, at)


@dataclass(frozen=True)
class Meant:
    """A place that a name may mean: its standard name today, or what followed it."""

    place_code: str
    standard_name: str | None
    followed_by: tuple[str, ...]
    in_unit_name: str | None
    name_kind: str
    name_kind_zh: str
    start_year: int | None
    end_year: int | None
    source: str | None
    is_synthetic: bool


@dataclass(frozen=True)
class Mark:
    """A name in the text: characters `start` to `end` (half-open), its line from 1, and why.

    `status`: marked (not standard) or possible (a person has to read it). `page`: from 1, where
    the document has pages.
    """

    start: int
    end: int
    line: int
    text: str
    status: str
    zh: str
    en: str
    meant: tuple[Meant, ...]
    page: int | None = None

    @property
    def suggestion(self) -> str | None:
        """The one standard form, None where there are none or several."""
        forms = {one.standard_name for one in self.meant}
        return forms.pop() if len(forms) == 1 else None


@dataclass(frozen=True)
class Proofread:
    """The marks of a text, and how many names were met, standing as they are or passed over."""

    on: date
    characters: int
    marks: tuple[Mark, ...]
    standing: int
    passed: int
    has_synthetic: bool
    notice_zh: str
    notice_en: str
    unread_pages: tuple[int, ...] = ()


@dataclass(frozen=True)
class Found:
    """A name in a text that is not standard, before its places are known."""

    start: int
    end: int
    forms: tuple[Form, ...]
    decision: Decision


def find_names(written: str, lexicon: Lexicon) -> tuple[list[Found], int]:
    """Answer names of a text that do not stand, each with a decision, and how many stand; pure."""
    folded = fold(written)
    found, standing = [], 0
    for start, end in lexicon.matches(folded):
        key = folded[start:end]
        if key in lexicon.standing:
            standing += 1
            continue
        forms = lexicon.forms[key]
        found.append(Found(start, end, forms, decide(folded, start, end, forms)))
    return found, standing


def proofread(
    session: Session | Connection, written: str, *, on: date | None = None,
    within: str | None = None, pages: Pages | None = None,
) -> Proofread:  # fmt: skip
    """Mark the old and non-standard names of a text.

    `within` keeps only names of places inside a division (code); `pages` tells the pages of the
    document, so that each mark tells its own. Raises BadInput for a text that
    is too long; the text is in no message.
    """
    if len(written) > LONGEST_TEXT:
        raise BadInput(
            both(f"文本最多 {LONGEST_TEXT} 字。", f"at most {LONGEST_TEXT} characters"),
            parameter="text",
        )
    day = on or today_in_china()
    lexicon = lexicon_of(session, day)
    found, standing = find_names(written, lexicon)
    asked = [one for one in found if one.decision.status != "passed"]
    places = {form.place_id for one in asked for form in one.forms}
    facts = facts_of(session, list(places), day)
    if within is not None:
        inside = set(units_within(session, within, day))
        facts = {id_: f for id_, f in facts.items() if _lies_in(f, inside)}
    meant = _meant(session, asked, facts, lexicon.standing)
    starts = [0, *(at + 1 for at, c in enumerate(written) if c == "\n")]
    marks = [_mark(one, written, meant, starts) for one in asked]
    kept = tuple(mark for mark in marks if mark is not None)
    if pages is not None:
        kept = tuple(replace(mark, page=pages.page_at(mark.start)) for mark in kept)
    return Proofread(
        day, len(written), kept, standing, len(found) - len(kept),
        any(one.is_synthetic for mark in kept for one in mark.meant), *NOTICE,
        unread_pages=() if pages is None else pages.unread,
    )  # fmt: skip


def _lies_in(facts: PlaceFacts, inside: set[str]) -> bool:
    return bool({facts.unit_code, facts.in_unit_code, facts.position_unit} & inside)


def _mark(
    one: Found, written: str, meant: Mapping[int, Meant], starts: Sequence[int]
) -> Mark | None:
    places = [meant[form.name_id] for form in one.forms if form.name_id in meant]
    if not places:
        return None
    by_code = {place.place_code: place for place in places}
    known = [one for one in by_code.values() if one.standard_name or one.followed_by]
    unique = tuple(known or by_code.values())  # an entry of a list alone tells no form
    status, zh, en = one.decision
    if len({place.standard_name for place in unique}) > 1:
        status, zh, en = "possible", "多处曾用此名，请核对所指", "several places had this name"
    return Mark(
        one.start, one.end, bisect_right(starts, one.start), written[one.start : one.end],
        status, zh, en, unique,
    )  # fmt: skip


def _meant(
    session: Session | Connection, asked: Sequence[Found], facts: Mapping[int, PlaceFacts],
    standing: frozenset[str],
) -> dict[int, Meant]:  # fmt: skip
    """Answer, by row of name, the place that is meant and its name today."""
    forms = {form.name_id: form for one in asked for form in one.forms if form.place_id in facts}
    rows = session.execute(_CITED, {"ids": list(forms)})
    cited: dict[int, str | None] = {row.id: row.citation for row in rows}
    followed: dict[str, tuple[str, ...]] = {}
    made = {}
    for name_id, form in forms.items():
        place = facts[form.place_id]
        shown = search_key(place.name)
        is_gone = shown == search_key(form.name) or shown not in standing
        unit = place.unit_code
        if is_gone and unit is not None and unit not in followed:
            followed[unit] = _successors(session, unit)
        made[name_id] = Meant(
            place_code=place.code, standard_name=None if is_gone else place.name,
            followed_by=followed.get(unit or "", ()) if is_gone else (),
            in_unit_name=place.in_unit_name, name_kind=form.kind,
            name_kind_zh=KINDS[form.kind][0], start_year=form.start, end_year=form.end,
            source=cited.get(name_id) or place.source, is_synthetic=place.is_synthetic,
        )  # fmt: skip
    return made


def _successors(session: Session | Connection, code: str) -> tuple[str, ...]:
    """What followed a division that is gone, from the stored changes."""
    try:
        events = history(session, code).events
    except NotFound:
        return ()
    after = [
        member.name for event in events
        if any(member.code == code for member in event.predecessors)
        for member in event.successors
    ]  # fmt: skip
    return tuple(dict.fromkeys(after))

"""Which old names does this land have, and what is told of them? A page with a map, stories first.

The list is whole without scripts; the map is drawn by `maps/static/js/heritage/`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

from geo.gazetteer.heritage.places import ListedPlace, OnList, Wanted, by_era, counts_of
from geo.gazetteer.heritage.words import UNKNOWN, eras, levels
from geo.gazetteer.search import FAMILIES, FEATURE_CLASSES
from maps.base import Layer, Page, View, draw_view
from maps.heritage_words import (
    GLYPHS,
    SEALS,
    era_words,
    kind_words,
    seals,
    time_line,
    where_words,
    years_of,
)

PAGE_SIZE = 40
VIEW = View(
    wing="names",
    module="pages/heritage.js",
    zh="老地名",
    en="Old names",
    layers=(
        Layer("ground", "政区（示意）", "Divisions (schematic)"),
        Layer("areas", "成片的地名", "Names of areas"),
        Layer("lines", "道路与水系的名称", "Names of roads and waters"),
        Layer("vague", "仅知所在政区的地名", "Names known to a division only"),
        Layer("places", "位置已知的地名", "Names with a known position"),
    ),
    clusters=True,
    styles=("css/heritage.css",),
)


@dataclass(frozen=True, slots=True)
class Question:
    """What the reader chose; `offset`: places before the first that is shown."""

    wanted: Wanted
    offset: int = 0
    districts: tuple[tuple[str, str], ...] = ()
    city: str = ""


def draw_heritage(
    page: Page,
    question: Question,
    places: Sequence[ListedPlace],
    whole: Sequence[ListedPlace],
    data: Mapping[str, Any] | None = None,
) -> str:
    """Answer the page as HTML.

    places: those that fit every choice but the era, from which the time line counts; whole: all of
    the city, for the numbers beside the choices. data: for one self-contained file.
    """
    era = question.wanted.era
    fitting = [one for one in places if era in (None, one.era)]
    size = len(fitting) if data is not None else PAGE_SIZE
    shown = fitting[question.offset : question.offset + size]
    seen = replace(page, has_synthetic=any(one.is_synthetic for one in shown))
    link = _Links(page, question)
    return draw_view(
        seen, VIEW, data, template="heritage.html.j2",
        asked=question.wanted, any_listed=bool(whole),
        lead=_lead(page, whole), status=_status(page, fitting, shown, question.offset),
        eras=_eras(page, question, by_era(places), link),
        choices=_choices(page, question, whole), kept=link.kept(), clear=link.to(cleared=True),
        is_narrowed=any((question.wanted.family, question.wanted.kind, question.wanted.level))
        or question.wanted.within in {code for code, _ in question.districts},
        is_filtered=question.wanted != Wanted(within=question.wanted.within)
        or question.wanted.within in {code for code, _ in question.districts},
        sections=_sections(page, shown, saved=data is not None),
        before=link.to(offset=max(0, question.offset - size)) if question.offset else "",
        after=link.to(offset=question.offset + size) if question.offset + size < len(fitting)
        else "",
        pages=f"{question.offset + 1}–{question.offset + len(shown)} / {len(fitting)}",
        by_level=[
            (page.say(f"{level.zh}名录", f"{level.en} lists"), counts_of(fitting).by_level[code])
            for code, level in levels().items() if code in counts_of(fitting).by_level
        ],
        table_query=link.table(),
    )  # fmt: skip


class _Links:
    """Addresses of this page with other choices; what is chosen stands in every one of them."""

    def __init__(self, page: Page, question: Question) -> None:
        self._page = page
        asked = question.wanted
        city = page.city_code
        self._shared = [
            ("lang", "en" if page.lang == "en" else ""), ("large", "1" if page.large else ""),
            ("city", question.city),
        ]  # fmt: skip
        self._chosen = {
            "q": asked.text or "", "family": asked.family or "", "feature_class": asked.kind or "",
            "list_level": asked.level or "", "list_class": asked.list_class or "",
            "within": "" if asked.within == city else asked.within or "", "era": asked.era or "",
        }  # fmt: skip
        self._city = city or ""

    def to(self, *, cleared: bool = False, **changes: Any) -> str:
        """An address with these changes; without `offset` it begins at the first place."""
        chosen = {} if cleared else self._chosen
        pairs = [*self._shared, *({**chosen, **changes}).items()]
        query = urlencode([(name, value) for name, value in pairs if value not in ("", 0)])
        return f"{self._page.root_path}/heritage" + (f"?{query}" if query else "")

    def kept(self) -> list[tuple[str, str]]:
        """What a form sends along beside its own fields."""
        own = [(name, self._chosen[name]) for name in ("era", "list_class")]
        return [pair for pair in (*self._shared, *own) if pair[1]]

    def table(self) -> str:
        """The query of the same places as a table."""
        asked = {**self._chosen, "within": self._chosen["within"] or self._city}
        return "?" + urlencode([pair for pair in asked.items() if pair[1]])


def _eras(
    page: Page, question: Question, numbers: Mapping[str, int], link: _Links
) -> list[dict[str, Any]]:
    most = max(numbers.values(), default=0) or 1
    return [
        {
            "code": era.code, "name": page.say(era.zh, era.en), "count": numbers[era.code],
            "glyph": page.say(*GLYPHS[era.code]), "chosen": era.code == question.wanted.era,
            "height": round(100 * (numbers[era.code] / most) ** 0.5),
            "href": link.to(era="" if era.code == question.wanted.era else era.code),
        }
        for era in time_line()
        if numbers[era.code] or era is not UNKNOWN
    ]  # fmt: skip


def _choices(page: Page, question: Question, whole: Sequence[ListedPlace]) -> list[dict[str, Any]]:
    asked, counts = question.wanted, counts_of(whole)
    kinds = {code: sum(one.feature_class == code for one in whole) for code in FEATURE_CLASSES}
    return [
        {"name": "family", "label": page.say("名录", "Lists"), "value": asked.family, "options": [
            (code, page.say(*SEALS[code][1:]), counts.by_family[code])
            for code in FAMILIES if code in counts.by_family]},
        {"name": "feature_class", "label": page.say("类别", "Kind"), "value": asked.kind,
         "options": [(code, kind_words(page, code), n) for code, n in kinds.items() if n]},
        {"name": "list_level", "label": page.say("级别", "Level"), "value": asked.level,
         "options": [(code, page.say(one.zh, one.en), counts.by_level[code])
                     for code, one in levels().items() if code in counts.by_level]},
        {"name": "within", "label": page.say("政区", "Division"), "value": asked.within,
         "options": [(code, name, None) for code, name in question.districts]},
    ]  # fmt: skip


def _sections(page: Page, shown: Sequence[ListedPlace], *, saved: bool) -> list[dict[str, Any]]:
    known = {era.code: era for era in time_line()}
    made: dict[str, list[dict[str, Any]]] = {}
    for place in shown:
        made.setdefault(place.era, []).append(_card(page, place, saved=saved))
    return [
        {"code": code, "name": page.say(known[code].zh, known[code].en), "places": cards,
         "glyph": page.say(*GLYPHS[code]), "years": years_of(page, known[code])}
        for code, cards in made.items()
    ]  # fmt: skip


def _card(page: Page, place: ListedPlace, *, saved: bool) -> dict[str, Any]:
    shared = [
        ("lang", page.lang if page.lang == "en" else ""),
        ("large", "1" if page.large else ""),
    ]
    query = urlencode([pair for pair in shared if pair[1]])
    address = f"{page.root_path}/heritage/{quote(place.code, safe=':')}"
    return {
        "code": place.code, "name": place.name, "pinyin": place.pinyin, "seals": seals(page, place),
        "href": f"#{quote(place.code)}" if saved else address + (f"?{query}" if query else ""),
        "story": place.story, "story_source": place.story_source, "era": era_words(page, place),
        "kind": kind_words(page, place.feature_class), "where": where_words(page, place),
        "others": "、".join(place.others[:4]), "is_synthetic": place.is_synthetic,
        "lists": [
            (page.say(levels()[one.level].short_zh, levels()[one.level].en),
             " · ".join(str(part) for part in (one.list_name, one.list_class, one.batch, one.year)
                        if part and str(part) != f"{one.year}年"))
            for one in place.lists
        ],
    }  # fmt: skip


def draw_saved(page: Page, data: Mapping[str, Any] | None = None) -> str:
    """Answer the page as one self-contained file of what `saved_data` gathered."""
    held = data or {"listed": {"features": []}}
    places = [
        ListedPlace(**{
            **one["properties"], "geometry": one["geometry"],
            "lists": tuple(OnList(**entry) for entry in one["properties"]["lists"]),
        })
        for one in held["listed"]["features"]
    ]  # fmt: skip
    return draw_heritage(page, Question(Wanted(within=page.city_code)), places, places, data)


def saved_data(places: Sequence[ListedPlace], units: Mapping[str, Any]) -> dict[str, Any]:
    """What a self-contained file holds: the places as the API tells them, and the divisions."""
    features = []
    for place in places:
        told = asdict(place)
        geometry = told.pop("geometry")
        features.append({"type": "Feature", "geometry": geometry, "properties": told})
    return {"units": units, "listed": {"type": "FeatureCollection", "features": features}}


def _lead(page: Page, whole: Sequence[ListedPlace]) -> str:
    """One sentence that says what is here."""
    number = len(whole)
    dated = [era for era in eras().values() if by_era(whole)[era.code]]
    city = page.city_name or ""
    if not dated:
        return page.say(f"{city}列入名录的地名 {number} 个。", f"{number} names on lists.")
    first, last = dated[0], dated[-1]
    told = sum(one.story is not None for one in whole)
    undated = by_era(whole)[UNKNOWN.code]
    zh = f"{city}列入名录的地名 {number} 个，"
    zh += (
        f"年代可考的都在{first.zh}" if first is last
        else f"早的见于{first.zh}，近的到{last.zh}"
    )  # fmt: skip
    zh += f"，另有 {undated} 个年代未知" if undated else ""
    en = f"{number} names on lists; those with a known era: {first.en}"
    en += "" if first is last else f" to {last.en}"
    en += f"; {undated} of unknown era" if undated else ""
    return page.say(
        f"{zh}；有来源的故事 {told} 则。" if told else f"{zh}；故事还未知。",
        f"{en}. Stories with a source: {told}.",
    )


def _status(
    page: Page, fitting: Sequence[ListedPlace], shown: Sequence[ListedPlace], offset: int
) -> str:
    number = len(fitting)
    if number > len(shown):
        return page.say(
            f"{number} 个地名（一地一计），列出第 {offset + 1}–{offset + len(shown)} 个",
            f"{number} names, each counted once; {offset + 1}–{offset + len(shown)} listed",
        )
    return page.say(f"{number} 个地名（一地一计）", f"{number} names, each counted once")

"""What does the public page show first: what is asked, the nearest places, their numbers, a sketch?

The page is whole without scripts: every condition is a link or a field, and the first card stands
in the HTML. Scripts only make it quicker (`maps/static/js/elder_care/`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Any

from geo.access.finder import FILTERS, QUESTIONS, SORTS, WHAT, Answer
from geo.access.finder.question import MOST
from maps.base import WINGS, Page, map_files, page_config, safe_json, template_named
from maps.elder_care import choices
from maps.elder_care.address import ON_PAPER, Address
from maps.elder_care.cards import card_told
from maps.elder_care.saved import MAP
from maps.elder_care.shown import Ground, LinkTold, Pager, Printing, Shown
from maps.elder_care.sketch import Point, Sketch, sign_of, sketch_of
from maps.elder_care.start_told import start_told
from maps.elder_care.versus import column_of, sent
from maps.elder_care.words import Say, count

PIECE = 8_000
"""Letters of a piece of the page: about three cards."""


def draw_finder(page: Page, here: Address, answer: Answer, ground: Ground) -> Iterator[str]:
    """Answer the list as HTML in pieces, so that the first card leaves while others are written.

    What the answer says is worked out, and the first piece written, before this returns: what can
    go wrong has gone wrong by then. Only what a comparison would say is worked out at the end.
    """
    seen = replace(page, has_synthetic=page.has_synthetic or answer.has_synthetic)
    shown = shown_of(page.say, here, answer, ground)
    drawn = sketch_of_list(page, answer, ground) if page.may_show_map else None

    def columns() -> str:
        """What a comparison of these would say: scripts read it, long after the first card."""
        pairs = zip(answer.cards, shown.cards, strict=True)
        rough = answer.question.rough
        told = [column_of(page.say, card, one, is_rough=rough) for card, one in pairs]
        return safe_json(sent(page.say, told))

    written = template_named("elder_care.html.j2").generate(
        **frame_of(seen, here, shown.heading), shown=shown, drawn=drawn,
        config=safe_json(_config(seen, here, answer)), module_map=_module_map(page),
        columns=columns, questions=QUESTIONS,
    )  # fmt: skip
    pieces = _gathered(written)
    return chain([next(pieces)], pieces)


def _gathered(written: Iterable[str]) -> Iterator[str]:
    """Gather many short texts into some pieces, each sent on its own."""
    piece: list[str] = []
    size = 0
    for one in written:
        piece.append(one)
        size += len(one)
        if size > PIECE:
            yield "".join(piece)
            piece, size = [], 0
    yield "".join(piece)


def frame_of(page: Page, here: Address, title: str) -> dict[str, Any]:
    """What every page of the elder-care map hands to its template."""
    city = page.city_name or ""
    short = city.removesuffix("市") if len(city) > 2 else city
    return {
        "page": page, "t": page.say, "here": here, "title": title, "wings": WINGS,
        "place_name": short,
    }  # fmt: skip


def shown_of(say: Say, here: Address, answer: Answer, ground: Ground) -> Shown:
    """Say the answer in the reader's language, with a link for every choice."""
    asked = answer.question
    mixes = len(asked.kinds) > 1
    cards = tuple(
        card_told(
            say,
            one,
            here,
            today=answer.generated_on,
            shows_kind=mixes,
            at=asked.at,
            is_rough=asked.rough,
        )
        for one in answer.cards
    )
    on_page = {one.code for one in cards}
    own = {chip.filter for chip in WHAT[asked.what].chips}
    is_on = [name for name in FILTERS if getattr(asked, name) not in (None, False, "")]
    start = answer.start
    label = (start.label if start and start.label else asked.start) or ""
    return Shown(
        tabs=choices.tabs(say, here, asked), chips=choices.chips(say, here, asked),
        selects=choices.selects(say, asked, ground.districts, answer.sorted_by),
        ticks=choices.ticks(say, asked), form_names=choices.FORM,
        filters_on=sum(name in own for name in is_on),
        more_on=sum(name not in own for name in is_on),
        clear_href=here.to_finder(**dict.fromkeys((*FILTERS, "part"), None)), q=asked.q or "",
        as_of=str(asked.at)[:10] if asked.at else "",
        start=start_told(say, here, start),
        start_label=label or (say("所选位置", "the chosen place") if asked.has_start else ""),
        has_start=asked.has_start, start_at=_point_of(answer),
        heading=_heading(say, answer), status=_status(say, answer), notes=_notes(say, answer),
        dropped=_dropped(say, here, answer) if not answer.found and asked.part == "found" else None,
        empty=say("本市还没有公开这类机构。", "No such place of this city is public yet."),
        cards=cards, unknown=_unknown(say, here, answer), pager=_pager(say, here, answer),
        printing=_printing(say, here, answer),
        picked_elsewhere=tuple(one for one in ground.picked if one.code not in on_page),
        sources=_sources(say, answer), today=str(answer.generated_on),
    )  # fmt: skip


def _heading(say: Say, answer: Answer) -> str:
    what = WHAT[answer.question.what]
    if answer.question.part == "unknown":
        return say(f"{what.zh} · 未知，请电话确认", f"{what.en} · not known, please call")
    if answer.sorted_by == "near":
        how = ("按步行时间", "by walking time") if answer.measured_by == "walk" else (
            "按直线距离", "by straight-line distance")  # fmt: skip
        return say(f"最近的{what.zh} · {how[0]}", f"Nearest {what.en.lower()} · {how[1]}")
    order = SORTS[answer.sorted_by]
    return say(f"{what.zh} · {order[0]}", f"{what.en} · {order[1].lower()}")


def _status(say: Say, answer: Answer) -> str:
    """How many there are, and which of them are on this page, on screen as on paper."""
    number, first, last = _span(answer)
    if last - first + 1 >= number:
        return say(f"共 {count(number)} 家。", f"{count(number)} found.")
    return say(f"共 {count(number)} 家，这里是第 {first}–{last} 家。",
               f"{count(number)} found; these are {first}–{last}.")  # fmt: skip


def _span(answer: Answer) -> tuple[int, int, int]:
    """How many are asked for, the number of the first on this page and that of the last."""
    asked = answer.question
    number = answer.unknown if asked.part == "unknown" else answer.found
    return number, asked.offset + 1, asked.offset + len(answer.cards)


def _notes(say: Say, answer: Answer) -> tuple[str, ...]:
    """What has to be said besides: no start, straight lines, a holiday."""
    return tuple(say(*words) for words in answer.notes)


def _dropped(say: Say, here: Address, answer: Answer) -> tuple[LinkTold, ...]:
    """Which single condition, taken away, leaves something; the most first."""
    fitting = [one for one in answer.dropped if one.found and one.filter in here.chosen]
    return tuple(
        LinkTold(
            say(f"不要求「{one.zh}」：{count(one.found)} 家",
                f"without “{one.en}”: {count(one.found)}"),
            here.to_finder(**{one.filter: None}),
        )
        for one in fitting
    )  # fmt: skip


def _unknown(say: Say, here: Address, answer: Answer) -> LinkTold | None:
    if not answer.unknown or answer.question.part != "found":
        return None
    number = count(answer.unknown)
    return LinkTold(
        say(f"另有 {number} 家没有填报您要的条件，打电话问一问也许合适。",
            f"{number} more did not report what you ask for; a call may tell."),
        here.to_finder(part="unknown"),
    )  # fmt: skip


def _pager(say: Say, here: Address, answer: Answer) -> Pager | None:
    asked = answer.question
    total, first, last = _span(answer)
    if total <= asked.limit:
        return None
    before = max(0, asked.offset - asked.limit)
    return Pager(
        here.to_finder(offset=str(before) if before else None) if asked.offset else None,
        here.to_finder(offset=str(answer.next_offset)) if answer.next_offset else None,
        say(f"第 {first}–{last} 家，共 {count(total)} 家", f"{first}–{last} of {count(total)}"),
    )


def _printing(say: Say, here: Address, answer: Answer) -> Printing:
    """What the buttons print, and on paper what is missing and how to get it."""
    total, first, last = _span(answer)
    shown = last - first + 1
    if shown >= total:
        return Printing(say("打印名单", "Print the list"))
    words = say(f"打印这 {shown} 家", f"Print these {shown}")
    if answer.question.limit >= MOST:
        rest = say("其余的请翻到下一页再打印。", "Turn the page and print the rest.")
        return Printing(words, partial=_partial(say, answer) + rest)
    most = say(f"打印全部 {total} 家", f"Print all {total}") if total <= MOST else say(
        f"打印前 {MOST} 家", f"Print the first {MOST}")  # fmt: skip
    how = say(f"要更多，请在网页上点「{most}」。", f"For more choose “{most}” on the page.")
    whole = here.to_finder(limit=str(MOST))
    return Printing(words, LinkTold(most, whole), _partial(say, answer) + how)


def _partial(say: Say, answer: Answer) -> str:
    total, first, last = _span(answer)
    return say(f"这张纸只有第 {first}–{last} 家，共 {count(total)} 家。",
               f"This paper holds {first}–{last} of {count(total)} only. ")  # fmt: skip


def _sources(say: Say, answer: Answer) -> str:
    named = []
    for one in answer.sources:
        source, day = (
            one.source or say("未知", "unknown"),
            one.source_date or say("日期未知", "undated"),
        )
        named.append(say(f"{source}（{day}）", f"{source} ({day})"))
    told = say("、", ", ").join(dict.fromkeys(named)) or say("未知", "unknown")
    zh, en = answer.method
    return say(f"数据来源：{told}。{zh}", f"Sources: {told}. {en}")


def _point_of(answer: Answer) -> tuple[float, float] | None:
    """Where distances are measured from: as asked, or as what was typed was understood."""
    asked = answer.question
    return None if asked.lon is None or asked.lat is None else (asked.lon, asked.lat)


def sketch_of_list(page: Page, answer: Answer, ground: Ground) -> Sketch | None:
    """The places of this page of the list with their numbers."""
    points = [Point(one.number, one.lon, one.lat, sign_of(one.kind)) for one in answer.cards]
    return sketch_of(
        points, ground.areas, start=_point_of(answer), km=page.say("公里", "km"),
        metres=page.say("米", "m"), credit=ground.credit,
    )  # fmt: skip


def _config(page: Page, here: Address, answer: Answer) -> dict[str, Any]:
    """What the scripts know from the start."""
    return page_config(page, "elder-care") | {
        "path": here.path, "map": _map_files(page, here), "on_paper": ON_PAPER,
    }  # fmt: skip


def _map_files(page: Page, here: Address) -> dict[str, Any] | None:
    """What a script has to fetch to show the map; None where no map is served."""
    if not page.may_show_map:
        return None
    files = map_files(MAP)
    return {
        "styles": files.styles, "scripts": files.scripts,
        "shell": f"{here.path}/map.js?{here.shared}",
    }  # fmt: skip


def _module_map(page: Page) -> str:
    return safe_json({"imports": {"atlas/": f"{page.root_path}/static/js/"}})

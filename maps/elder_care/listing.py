"""What does the public page show first: what is asked, the nearest places, their numbers, a sketch?

The page is whole without scripts: every condition is a link or a field, and the first card stands
in the HTML. Scripts only make it quicker (`maps/static/js/elder_care/`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from geo.access.finder import FILTERS, QUESTIONS, SORTS, WHAT, Answer
from maps.base import WINGS, Page, map_parts, page_config, safe_json, template_named
from maps.elder_care import choices
from maps.elder_care.address import Address
from maps.elder_care.cards import card_told
from maps.elder_care.saved import MAP
from maps.elder_care.shown import Ground, LinkTold, Pager, Shown, StartTold
from maps.elder_care.sketch import Point, Sketch, sign_of, sketch_of
from maps.elder_care.words import Say, count


def draw_finder(page: Page, here: Address, answer: Answer, ground: Ground) -> str:
    """Answer the list as HTML."""
    seen = replace(page, has_synthetic=page.has_synthetic or answer.has_synthetic)
    shown = shown_of(page.say, here, answer, ground)
    drawn = sketch_of_list(page, answer, ground) if page.may_show_map else None
    return template_named("elder_care.html.j2").render(
        **frame_of(seen, here, shown.heading), shown=shown, drawn=drawn,
        config=safe_json(_config(seen, here, answer)), module_map=_module_map(page),
        questions=QUESTIONS,
    )  # fmt: skip


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
        card_told(say, one, here, today=answer.generated_on, shows_kind=mixes, at=asked.at)
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
        start_label=label or (say("所选位置", "the chosen place") if asked.has_start else ""),
        has_start=asked.has_start, start_at=_point_of(answer),
        start_how=_how(say, start),
        start_not_found=bool(start and start.not_found),
        choices=tuple(_start_told(say, here, one) for one in (start.choices if start else ())),
        heading=_heading(say, answer), status=_status(say, answer), notes=_notes(say, answer),
        dropped=_dropped(say, here, answer) if not answer.found and asked.part == "found" else None,
        empty=say("本市还没有公开这类机构。", "No such place of this city is public yet."),
        cards=cards, unknown=_unknown(say, here, answer), pager=_pager(say, here, answer),
        picked_elsewhere=tuple(one for one in ground.picked if one.code not in on_page),
        sources=_sources(say, answer), today=str(answer.generated_on), link=here.same(),
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
    number = answer.unknown if answer.question.part == "unknown" else answer.found
    return say(f"共 {count(number)} 家。", f"{count(number)} found.")


def _notes(say: Say, answer: Answer) -> tuple[str, ...]:
    """What has to be said besides: no start, straight lines, a holiday."""
    return tuple(say(*words) for words in answer.notes)


def _how(say: Say, start: Any) -> str:
    """Why this place is meant, and that it stands for a whole area where it does."""
    if start is None or not start.how_zh:
        return ""
    vague = say("；以区域中心代表，远近只供参考", "; the middle of an area: distances are rough")
    how = say(
        f"按「{start.label}」计算（{start.how_zh}）", f"From “{start.label}” ({start.how_en})"
    )
    return how + (vague if start.is_vague else "")


def _start_told(say: Say, here: Address, one: Any) -> StartTold:
    href = here.to_finder(start=one.label, lon=f"{one.lon:.6f}", lat=f"{one.lat:.6f}")
    return StartTold(one.label, say(one.detail_zh or "", one.detail_en or ""), href)


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
    total = answer.unknown if asked.part == "unknown" else answer.found
    if total <= asked.limit:
        return None
    first, last = asked.offset + 1, min(total, asked.offset + len(answer.cards))
    before = max(0, asked.offset - asked.limit)
    return Pager(
        here.to_finder(offset=str(before) if before else None) if asked.offset else None,
        here.to_finder(offset=str(answer.next_offset)) if answer.next_offset else None,
        say(f"第 {first}–{last} 家，共 {count(total)} 家", f"{first}–{last} of {count(total)}"),
    )


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
        "path": here.path, "map": _map_files(page, here),
    }  # fmt: skip


def _map_files(page: Page, here: Address) -> dict[str, Any] | None:
    """What a script has to fetch to show the map; None where no map is served."""
    if not page.may_show_map:
        return None
    parts = map_parts(page, MAP)
    return {
        "styles": parts.styles, "scripts": parts.scripts,
        "shell": f"{here.path}/map.js?{here.shared}",
    }  # fmt: skip


def _module_map(page: Page) -> str:
    return safe_json({"imports": {"atlas/": f"{page.root_path}/static/js/"}})

"""Where are the public elder-care list, one place's page, the comparison and the form for faults?

These pages are whole as HTML; scripts only make them quicker. Their parameters are those of the
API (`api/schemas/elder_care.py`) with `lang`, `large`, `city` and `pick` besides; what is empty or
of an earlier version leads to the address that says the same today.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Annotated, cast
from urllib.parse import parse_qsl, urlencode

import orjson
from fastapi import APIRouter, Depends, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.deps import CityAsked, DoorsHere
from api.elder_care import answer_to, card_of, comparison_of, take_report
from api.outside import base_of
from api.reads import Doors
from api.routes.elder_care_ground import ground_of
from api.routes.pages import Lang, Large, as_page, page_for
from api.schemas.elder_care import (
    Asked,
    CareWanted,
    FromLat,
    FromLon,
    LangWanted,
    PriceCap,
    StartText,
    WhatWanted,
)
from api.schemas.parameters import BBox, ThingCode
from geo.access.finder import Question
from geo.access.finder.marks import marks
from geo.errors import BadInput, GeoError, NotFound, Unavailable, both
from geo.validity import today_in_china
from maps.base import map_script as script_of
from maps.elder_care.address import FINDER, READ, Address, address_of, old_address
from maps.elder_care.listing import draw_finder
from maps.elder_care.saved import MAP
from maps.elder_care.sheets import Sent, draw_comparison, draw_facility, draw_report

router = APIRouter(include_in_schema=False)
LONGEST_FORM = 10_000


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form that a browser sends without scripts."""
    body = await request.body()
    if len(body) > LONGEST_FORM:
        raise HTTPException(413, f"最多 {LONGEST_FORM} 字节 / at most {LONGEST_FORM} bytes")
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


Form = Annotated[dict[str, str], Depends(_form)]
Reported = Annotated[str, Query(min_length=1, max_length=100)]
Listed = Annotated[str, Query(max_length=10_000, description="codes that the list numbers")]
Cell = Annotated[float, Query(gt=0, le=20, description="side of a cell in degrees")]


async def _tidy(request: Request) -> None:
    """Lead an untidy address, or one of an earlier version, to the one that says the same.

    A form without scripts sends its empty fields too, and apps hang parameters of their own on a
    link that is handed on (`from`, `isappinstalled`, `utm_source`): a page knows them not, so it
    leaves them out, and the next who gets the link has it clean. `was` is the label under which a
    position was shown: once another text is typed, that position is no longer meant.
    """
    given = request.query_params.multi_items()
    root = request.scope.get("root_path", "")
    page = request.url.path.removeprefix(root)
    if page == FINDER and (old := old_address(given)) is not None:
        place, chosen = old
        here = Address(root, chosen)
        raise _elsewhere(here.to(f"facility/{place}") if place else here.to_finder())
    kept = [(name, value.strip()) for name, value in given if value.strip() and name in READ]
    was, start = request.query_params.get("was"), request.query_params.get("start", "").strip()
    if was is not None and was != start:
        kept = [(name, value) for name, value in kept if name not in ("lon", "lat", "rough")]
    if kept != given:
        raise _elsewhere(f"{root}{page}?{urlencode(kept)}" if kept else f"{root}{page}")


def _elsewhere(address: str) -> HTTPException:
    return HTTPException(303, "见新地址 / see the new address", headers={"Location": address})


async def _asked_of_chosen(
    what: WhatWanted = "home", start: StartText = None, lon: FromLon = None, lat: FromLat = None,
    rough: Annotated[bool, Query()] = False, care_level: CareWanted = None,
    max_price: PriceCap = None, lang: LangWanted = "zh",
) -> Question:  # fmt: skip
    """What is asked of places that are chosen; the list's other conditions only lead back to it."""
    return Question(**locals())


AskedOfChosen = Annotated[Question, Depends(_asked_of_chosen)]
TIDY = [Depends(_tidy)]


@router.get(FINDER, name="page /elder-care", dependencies=TIDY)
def finder(
    request: Request, doors: DoorsHere, city: CityAsked, asked: Asked,
    lang: Lang = "zh", large: Large = False,
) -> Response:  # fmt: skip
    """The list: what is asked, the nearest places with their numbers, every choice a link."""
    wanted = replace(asked, within=asked.within or city)
    answer = answer_to(doors, wanted)
    answer = replace(answer, question=replace(answer.question, within=asked.within))
    here = _here(request)
    with doors.public() as reader:
        page = page_for(request, reader, city, lang=lang, large=large)
        ground = ground_of(
            doors, reader, page.city_code or city, lang=lang, within=asked.within,
            on=asked.moment.date(), picked=here.picked, drawn=page.may_show_map,
        )  # fmt: skip
    return as_page(draw_finder(page, here, answer, ground), page.nonce, tile_url=page.tile_url)


@router.get(
    "/elder-care/facility/{code}", name="page /elder-care/facility/{code}", dependencies=TIDY
)
def facility(
    request: Request, doors: DoorsHere, city: CityAsked, asked: AskedOfChosen, code: ThingCode,
    lang: Lang = "zh", large: Large = False,
) -> Response:  # fmt: skip
    """All that is known of one place."""
    one = card_of(doors, code, asked)
    with doors.public() as reader:
        page = page_for(request, reader, city, lang=lang, large=large)
        ground = ground_of(doors, reader, page.city_code or city, lang=lang, within=None,
                           on=asked.moment.date(), drawn=page.may_show_map)  # fmt: skip
    drawn = draw_facility(page, _here(request), one, ground, today_in_china())
    return as_page(drawn, page.nonce)


@router.get("/elder-care/compare", name="page /elder-care/compare", dependencies=TIDY)
def compare(
    request: Request, doors: DoorsHere, city: CityAsked, asked: AskedOfChosen,
    codes: Annotated[list[str] | None, Query(max_length=20)] = None,
    lang: Lang = "zh", large: Large = False,
) -> Response:  # fmt: skip
    """Two to four places side by side; `codes` by commas, or given more than once."""
    wanted = [code for part in codes or [] for code in part.split(",") if code]
    found = comparison_of(doors, wanted, asked)
    with doors.public() as reader:
        page = page_for(request, reader, city, lang=lang, large=large)
        ground = ground_of(doors, reader, page.city_code or city, lang=lang, within=None,
                           on=asked.moment.date(), drawn=page.may_show_map)  # fmt: skip
    told = ",".join(dict.fromkeys(wanted))
    here = _here(request, codes=told, pick=told)
    return as_page(draw_comparison(page, here, found, ground, today_in_china()), page.nonce)


@router.get("/elder-care/report", name="page /elder-care/report", dependencies=TIDY)
def report(
    request: Request, doors: DoorsHere, city: CityAsked, code: Reported,
    lang: Lang = "zh", large: Large = False,
) -> Response:  # fmt: skip
    """The form that tells the office that an entry is wrong."""
    return _report_page(request, doors, city, code, Sent(), lang=lang, large=large)


@router.post("/elder-care/report", name="page /elder-care/report sent")
def reported(
    request: Request, doors: DoorsHere, city: CityAsked, form: Form,
    lang: Lang = "zh", large: Large = False,
) -> Response:  # fmt: skip
    """What the form said, kept as a work item without a sender; else what is wrong with it."""
    code, what, told = (form.get(name, "") for name in ("code", "what", "text"))
    client = request.client.host if request.client else ""
    status = 200
    try:
        sent = Sent(number=take_report(doors, client, code, what, told))
    except NotFound:
        raise
    except HTTPException as problem:
        status, sent = (
            problem.status_code,
            Sent(problem=_half(problem.detail, lang), what=what, text=told),
        )
    except GeoError as problem:
        status = 503 if isinstance(problem, Unavailable) else 400
        sent = Sent(problem=_half(str(problem), lang), what=what, text=told)
    return _report_page(request, doors, city, code, sent, lang=lang, large=large, status=status)


@router.get("/elder-care/map.js", name="page /elder-care/map.js")
def map_script(request: Request, doors: DoorsHere, city: CityAsked, lang: Lang = "zh") -> Response:
    """Folium's shell of the map, which a page loads when somebody wants to see the map."""
    with doors.public() as reader:
        page = page_for(request, reader, city, lang=lang, large=False)
    if not page.may_show_map:
        raise HTTPException(404, "尚无审图号 / no approval number")
    return Response(script_of(page, MAP), media_type="text/javascript; charset=utf-8")


@router.get("/elder-care/marks", name="page /elder-care/marks")
def marks_in_view(
    doors: DoorsHere, city: CityAsked, asked: Asked, bbox: BBox, cell: Cell, without: Listed = ""
) -> Response:
    """What a part of the map shows of an answer: single marks, and circles with a number."""
    if bbox is None:
        raise BadInput(both("缺少范围 bbox。", "bbox is missing"), parameter="bbox")
    wanted = replace(asked, within=asked.within or city)
    with doors.public() as reader:
        box = cast("tuple[float, float, float, float]", bbox)
        found = marks(reader, wanted, box, cell, [code for code in without.split(",") if code])
    return Response(orjson.dumps(asdict(found)), media_type="application/json")


def _report_page(
    request: Request, doors: Doors, city: str, code: str, sent: Sent, *, lang: Lang, large: bool,
    status: int = 200,
) -> Response:  # fmt: skip
    one = card_of(doors, code, Question(lang=lang))
    with doors.public() as reader:
        page = page_for(request, reader, city, lang=lang, large=large)
    answer = as_page(draw_report(page, _here(request, code=code), one, sent), page.nonce)
    answer.status_code = status
    return answer


def _here(request: Request, **more: str) -> Address:
    """Where the request is, as links of the page need it."""
    root = request.scope.get("root_path", "")
    items = [*request.query_params.multi_items(), *more.items()]
    page = request.url.path.removeprefix(root)
    return address_of(root, items, page, base_of(request))


def _half(told: str, lang: str) -> str:
    """The reader's half of a message in both languages."""
    zh, _, en = told.partition("\n")
    return en if lang == "en" and en else zh

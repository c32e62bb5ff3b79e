"""How does a whole collection, or what a filter leaves of it, become a file to be saved?"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace

from starlette.types import ASGIApp

from api.ogc.answers import Call
from api.ogc.asked import Asked
from api.ogc.callers import eyes
from api.ogc.exports import EXPORTS, Export
from api.ogc.features import map_words
from api.ogc.sending import Pieces, file_sent, patient
from api.turns import Turns
from geo.errors import BadInput, both
from geo.queries.formats import FORMATS, Format, Wanted, stream, whole_file
from geo.queries.reference_systems import CRS84

AT_ONCE = 3
PATIENCE_S = 5.0
TURNS = Turns(AT_ONCE, of_one=AT_ONCE - 1)
"""Files under way in this process: each holds a connection, a stream until it has been read."""
_BUSY = both("正在导出的文件过多，请稍后再试。", "too many files are being made; try again")


def exported(call: Call, asked: Asked, word: str) -> ASGIApp:
    """Every feature of the question as a file; a stream where the format is text.

    Raises BadInput for a cursor or a reference system, Unavailable when too many are under way.
    """
    _refuse(asked)
    form = FORMATS[word]
    question = asked.question
    words = map_words(question.collection, question.when)
    about = "；".join(words[name] for name in ("mapApproval", "note") if name in words)
    with ExitStack() as stack:
        address = str((call.scope.get("client") or ("",))[0])
        stack.enter_context(TURNS.held(_BUSY, patience_s=PATIENCE_S, address=address))
        seen = stack.enter_context(eyes(call, question.collection, question.when))
        if seen.division is not None:
            question = replace(question, division=seen.division)
        wanted = Wanted(question, asked.limit, about)
        headers = _headers(wanted, form, is_staff=seen.is_staff)
        patient(call)
        if form.file is not None:
            return file_sent(whole_file(seen.connection, wanted, form), form.media, headers)
        parts = stream(seen.connection, wanted, form)
        stack.callback(parts.close)
        first = next(parts, b"")
        return Pieces(first, lambda: next(parts, b""), stack.pop_all(), form.media, headers)


def _refuse(asked: Asked) -> None:
    if asked.after is not None:
        raise BadInput(
            both("下载文件不分页，请去掉 cursor。", "a file has no pages: leave out 'cursor'"),
            parameter="cursor",
        )
    if asked.skip:
        raise BadInput(
            both("下载文件不分页，请去掉 offset。", "a file has no pages: leave out 'offset'"),
            parameter="offset",
        )
    if asked.question.crs is not CRS84:
        raise BadInput(
            both(
                "文件格式的坐标固定为 CGCS2000 经纬度（经度在前），请去掉 crs。",
                "files hold longitude and latitude of CGCS2000: leave out 'crs'",
            ),
            parameter="crs",
        )


def _headers(wanted: Wanted, form: Format, *, is_staff: bool) -> dict[str, str]:
    when = wanted.question.when
    day = f"-{when.since}" if when.since is not None and not when.is_interval else ""
    name = f"{wanted.collection.id}{day}{form.ending}"
    return {
        "content-disposition": f'attachment; filename="{name}"',
        "vary": "Accept, Authorization",
        "cache-control": "no-store" if is_staff else "no-cache",
    }


def _export(word: str, form: Format) -> Export:
    return Export(form.media, form.ending, lambda call, asked: exported(call, asked, word))


def install() -> None:
    """Offer every file format beside the pages of features."""
    EXPORTS.update({word: _export(word, form) for word, form in FORMATS.items()})

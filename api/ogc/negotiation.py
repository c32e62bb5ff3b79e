"""In which format does an answer leave: the one that `f` names, or the first that Accept fits?"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.exceptions import HTTPException

from api.ogc.answers import GEOJSON, HTML, JSON, Call, accepted
from geo.errors import BadInput, both

DOCUMENT = {"json": JSON, "html": HTML}
"""Formats of documents: word of `f` → media type. The first one is sent where nothing is said."""
FEATURES = {"json": GEOJSON, "geojson": GEOJSON, "html": HTML}
_ALSO = {"application/json": "json", "text/json": "json"}


def format_of(call: Call, offered: Mapping[str, str] = DOCUMENT) -> str:
    """The word of the format that is wanted.

    Raises BadInput for an unknown `f`, and 406 where Accept shuts out all that is offered.
    """
    said = call.get("f")
    if said is not None:
        if said not in offered:
            listed = "、".join(offered)
            raise BadInput(
                both(f"没有格式「{said[:40]}」；可用：{listed}。", f"no format {said[:40]!r}"),
                parameter="f",
            )
        return said
    accept = call.header(b"accept")
    if not accept:
        return next(iter(offered))
    for media in accepted(accept):
        if (found := _fits(media, offered)) is not None:
            return found
    raise HTTPException(
        406, both(f"此地址可提供：{'、'.join(offered)}。", f"offered: {', '.join(offered)}")
    )


def _fits(media: str, offered: Mapping[str, str]) -> str | None:
    """The first format that a media type of an Accept header means."""
    if media in ("*/*", "application/*"):
        return next(iter(offered))
    if media in _ALSO:
        return _ALSO[media]
    for word, own in offered.items():
        bare = own.split(";")[0]
        if media == bare or (media.endswith("/*") and bare.startswith(media[:-1])):
            return word
    return None


def alternates(call: Call, offered: Mapping[str, str], chosen: str) -> list[dict[str, str]]:
    """Links to this answer itself and in its other formats."""
    titles = {"json": "JSON", "geojson": "GeoJSON", "html": "网页 · page"}
    bare = call.again(f=None)
    plain = f"{bare}{'&' if '?' in bare else '?'}f="
    said = call.get("f")
    own = bare if said is None else plain + said
    made = [
        {"href": own, "rel": "self", "type": offered[chosen].split(";")[0], "title": "本页 · this"}
    ]
    told = {offered[chosen]}
    for word, media in offered.items():
        if media not in told:
            told.add(media)
            made.append(
                {
                    "href": plain + word, "rel": "alternate", "type": media.split(";")[0],
                    "title": titles.get(word, word),
                }
            )  # fmt: skip
    return made

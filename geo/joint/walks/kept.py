"""Which walks are kept, which of them are published, and what does the public get to see?

What is kept is what may be public: names and tri-junctions with places, markers by number only.
Publishing is refused for a line that is not public or is disputed, for a stretch under 1 km (a
number on it would tell where a marker stands), and for ends near a marker.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import shapely
from sqlalchemy import text

from geo.errors import BadInput, NotAllowed, NotFound, both
from geo.joint.walks.found import WalkStop
from geo.joint.walks.plan import CAUTION, Walk, plan_walk
from geo.joint.walks.story import LONGEST_TITLE, MOST_PICTURES, checked_story, cleaned_picture
from geo.joint.walks.story import plain_words as _plain
from geo.queries.admin import Reader
from geo.survey.inspections.log import signed
from geo.survey.lines import MEASURED
from geo.validity import today_in_china

SHORTEST_PUBLIC_M = 1000.0
CLEAR_OF_MARKERS_M = 100.0

_COLUMNS = """w.id, w.code, w.title, w.line_code, w.line_label, w.planned_on, w.part, w.from_m,
    w.to_m, w.near_m, w.way, w.length_m, w.aside_m, w.pace, w.minutes, w.stops, w.marker_numbers,
    w.story, w.source, w.is_synthetic, w.is_published, w.published_at,
    EXISTS (SELECT FROM boundary_line l WHERE l.code = w.line_code AND l.validity @> w.planned_on
            AND l.validity @> CAST(:today AS date)) AS is_current,
    ST_AsBinary(w.geom) AS wkb"""
_ALL = text(f"SELECT {_COLUMNS} FROM walk w ORDER BY w.published_at DESC NULLS LAST, w.code")
_ONE = text(f"SELECT {_COLUMNS} FROM walk w WHERE w.code = :code")
_PICTURES = text("""
SELECT p.walk_id, p.position, p.chapter, p.caption, p.source, p.width, p.height
FROM walk_picture p WHERE p.walk_id = ANY(:ids) ORDER BY p.walk_id, p.position""")
_PICTURE = text("""
SELECT p.content FROM walk_picture p JOIN walk w ON w.id = p.walk_id
WHERE w.code = :code AND p.position = :position""")
_STILL_SHOWN = text("SELECT p.code FROM place p WHERE p.code = ANY(:codes)")
_INSERT = text("""
INSERT INTO walk (code, title, line_code, line_label, planned_on, part, from_m, to_m, near_m, way,
    network, length_m, aside_m, pace, minutes, stops, marker_numbers, story, geom, kept_by, source,
    source_date, is_synthetic)
VALUES (:code, :title, :line, :label, :on, :part, :from_m, :to_m, :near_m, :way, :network,
    :length_m, :aside_m, :pace, :minutes, CAST(:stops AS jsonb), :markers, CAST(:story AS jsonb),
    ST_Multi(ST_GeomFromWKB(:geom, 4490)), :role, :source, :dated, :synthetic)""")
_NEXT = text(
    "SELECT coalesce(max(substr(code, 3)::int), 0) + 1 FROM walk WHERE code ~ '^W-[0-9]+$'"
)
_NEXT_PICTURE = text("SELECT coalesce(max(position), 0) + 1 FROM walk_picture WHERE walk_id = :id")
_ADD_PICTURE = text("""
INSERT INTO walk_picture (walk_id, position, chapter, caption, source, width, height, content)
VALUES (:id, :position, :chapter, :caption, :source, :width, :height, :content)""")
_PUBLISH = text("""
UPDATE walk SET is_published = :on, published_by = :role,
    published_at = CASE WHEN :on THEN now() END WHERE code = :code""")
_LINE = text("""
SELECT bool_or(l.is_published) AS published, bool_or(l.is_disputed) AS disputed
FROM boundary_line l WHERE l.code = :line""")


@dataclass(frozen=True, slots=True)
class PictureKept:
    """A picture of a walk without its content; chapter None: at the top."""

    position: int
    chapter: int | None
    caption: str
    source: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class KeptWalk:
    """A walk as it is kept; lengths in metres (量算值), minutes without stops.

    is_current: its version of the line is still in force, so that its route is no old boundary.
    """

    code: str
    title: str
    line_code: str
    line_label: str
    planned_on: date
    part: int
    from_m: float
    to_m: float
    near_m: float
    way: str
    length_m: float
    aside_m: float
    pace: str
    minutes: float
    stops: tuple[dict[str, Any], ...]
    marker_numbers: tuple[str, ...]
    story: dict[str, Any]
    source: str | None
    is_synthetic: bool
    is_published: bool
    published_at: datetime | None
    is_current: bool
    geom: Any
    pictures: tuple[PictureKept, ...] = ()
    caution: str = CAUTION
    measure: str = MEASURED


def keep_walk(session: Reader, walk: Walk, *, title: str, story: dict[str, Any], role: str) -> str:
    """Keep a planned walk with its story, unpublished; answers its code. The caller commits.

    Raises BadInput for a story that cannot be public (see `checked_story`).
    """
    stops = [_stop(one) for one in walk.public_stops]
    told = checked_story(story, [one["code"] for one in stops if one["code"]])
    code = f"W-{session.execute(_NEXT).scalar_one():04d}"
    session.execute(_INSERT, {
        "code": code, "title": _plain(title, "title", LONGEST_TITLE), "line": walk.line.code,
        "label": walk.line.label, "on": walk.on, "part": walk.part, "from_m": walk.from_m,
        "to_m": walk.to_m, "near_m": walk.near_m, "way": walk.way, "network": walk.network,
        "length_m": walk.length_m, "aside_m": walk.aside_m, "pace": walk.pace,
        "minutes": walk.minutes, "stops": json.dumps(stops, ensure_ascii=False),
        "markers": list(walk.marker_numbers), "story": json.dumps(told, ensure_ascii=False),
        "geom": shapely.to_wkb(walk.geom), "role": signed(role), "source": walk.line.source,
        "dated": walk.line.source_date, "synthetic": walk.has_synthetic,
    })  # fmt: skip
    return code


def add_picture(
    session: Reader, code: str, content: bytes, *, caption: str, source: str,
    chapter: int | None = None,
) -> int:  # fmt: skip
    """Add a picture, encoded anew; answers its position. Only before the walk is published."""
    one = kept_walk(session, code)
    if one.is_published:
        raise NotAllowed(both("先撤回再改。", "withdraw it first"))
    if len(one.pictures) >= MOST_PICTURES:
        raise BadInput(both(f"至多 {MOST_PICTURES} 张。", "too many pictures"), parameter="picture")
    if chapter is not None and not 1 <= chapter <= len(one.story["chapters"]):
        raise BadInput(both("没有这一节。", "there is no such chapter"), parameter="chapter")
    made = cleaned_picture(content)
    row = session.execute(_ONE, {"code": code, "today": today_in_china()}).one()
    position = int(session.execute(_NEXT_PICTURE, {"id": row.id}).scalar_one())
    session.execute(_ADD_PICTURE, {
        "id": row.id, "position": position, "chapter": chapter,
        "caption": _plain(caption, "caption", 200), "source": _plain(source, "source", 200),
        "width": made.width, "height": made.height, "content": made.content,
    })  # fmt: skip
    return position


def publish_walk(session: Reader, code: str, *, role: str) -> None:
    """Let the public see a walk. Raises NotAllowed with the reason where it may not."""
    one = kept_walk(session, code)
    line = session.execute(_LINE, {"line": one.line_code}).one()
    if line.disputed or not line.published:
        raise NotAllowed(
            both("界线未公开或有争议，不得发布。", "the line is not public, or is disputed")
        )
    if one.to_m - one.from_m < SHORTEST_PUBLIC_M:
        raise NotAllowed(both("公开路线不短于 1 千米。", "a public walk is 1 km at least"))
    today = plan_walk(
        session, one.line_code, on=one.planned_on, part=one.part, from_m=one.from_m, to_m=one.to_m,
        near_m=one.near_m,
    )  # fmt: skip
    for stop in (stop for stop in today.stops if stop.kind == "marker"):
        if min(stop.at_m, one.to_m - one.from_m - stop.at_m) < CLEAR_OF_MARKERS_M:
            raise NotAllowed(
                both(
                    f"起止点离界桩不足 {CLEAR_OF_MARKERS_M:g} 米，会透露其位置；请另选里程。",
                    "an end lies too near a marker and would tell where it stands: choose another",
                )
            )
    session.execute(_PUBLISH, {"code": code, "on": True, "role": signed(role)})


def withdraw_walk(session: Reader, code: str, *, role: str) -> None:
    """Take a walk off the public page."""
    kept_walk(session, code)
    session.execute(_PUBLISH, {"code": code, "on": False, "role": signed(role)})


def kept_walks(session: Reader) -> tuple[KeptWalk, ...]:
    """Walks that the reader may see: the public's views hold published ones only."""
    return _read(session, session.execute(_ALL, {"today": today_in_china()}).all())


def kept_walk(session: Reader, code: str) -> KeptWalk:
    """One walk by its code. Raises NotFound."""
    asked = {"code": code, "today": today_in_china()}
    found = _read(session, session.execute(_ONE, asked).all())
    if not found:
        raise NotFound(both(f"没有路线「{code[:40]}」。", f"there is no walk {code[:40]!r}"))
    return found[0]


def picture_of(session: Reader, code: str, position: int) -> bytes:
    """A picture as JPEG. Raises NotFound."""
    found = session.execute(_PICTURE, {"code": code, "position": position}).scalar()
    if found is None:
        raise NotFound(both("没有这张图片。", "there is no such picture"))
    return bytes(found)


def _read(session: Reader, rows: Sequence[Any]) -> tuple[KeptWalk, ...]:
    pictures = session.execute(_PICTURES, {"ids": [row.id for row in rows]}).all()
    codes = [stop["code"] for row in rows for stop in row.stops if stop["code"]]
    shown = set(session.execute(_STILL_SHOWN, {"codes": codes}).scalars())
    made = []
    for row in rows:
        told = dict(row._mapping)
        key, wkb = told.pop("id"), told.pop("wkb")
        stops = tuple(s for s in told.pop("stops") if not s["code"] or s["code"] in shown)
        of_this = tuple(
            PictureKept(p.position, p.chapter, p.caption, p.source, p.width, p.height)
            for p in pictures
            if p.walk_id == key
        )
        markers = tuple(told.pop("marker_numbers"))
        made.append(KeptWalk(
            **told, stops=stops, marker_numbers=markers, geom=shapely.from_wkb(bytes(wkb)),
            pictures=of_this,
        ))  # fmt: skip
    return tuple(made)


def _stop(one: WalkStop) -> dict[str, Any]:
    """A public stop as it is kept: places to about ten metres, distances to ten."""
    return {
        "kind": one.kind, "name": one.name, "at_m": round(one.at_m, -1),
        "offset_m": round(one.offset_m, -1), "lon": _short(one.lon), "lat": _short(one.lat),
        "told": [{"text": words, "source": source} for words, source in one.told],
        "lists": list(one.lists), "source": one.source, "code": one.code,
        "is_synthetic": one.is_synthetic,
    }  # fmt: skip


def _short(degrees: float | None) -> float | None:
    return None if degrees is None else round(degrees, 4)

"""From where does someone start: which place, division, road, estate or facility is meant?

The gazetteer knows names, old names, pinyin, initials and one wrong character of places; published
facilities and estates are looked up by name and address beside it. A place without a position of
its own (a street whose outline nobody gave) is offered by the middle of the division around it, and
says so. Where nothing is called so, names that share characters with it are offered as that.
Nothing that is typed is kept.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from datetime import date
from threading import Lock
from typing import Any

from sqlalchemy import text

from geo.access.finder.start import Start
from geo.errors import BadInput, both
from geo.gazetteer.places import EXACT_ENOUGH, StandIn, stand_ins
from geo.gazetteer.probes import is_latin
from geo.gazetteer.search import CALLED_SO, Hit, search, sharing
from geo.queries.admin import Reader
from geo.text import core, generic_part, initials, pinyin_key, romanise, search_key

LONGEST = 100
MOST = 20
SHORTEST_LOOSE = 3
WITHOUT_POSITION = 20.0
"""Points that a place loses whose position is not known: 竹箦, a point, comes before 竹箦镇."""
KINDS = {"A": "division", "R": "road", "P": "settlement", "S": "site"}
"""Class of a place → kind of start; the others are a `place`."""
_HOW = {
    "name": ("{0}名称相同", "name of {1}"),
    "begins": ("{0}名称以此开头", "name of {1} begins so"),
    "part": ("{0}名称包含", "name of {1} contains it"),
    "sound": ("{0}名称拼音相同", "pinyin of {1}"),
    "initials": ("{0}名称首字母相同", "initials of {1}"),
    "address": ("{0}地址包含", "address of {1} contains it"),
    "one_wrong": ("{0}名称一字不同", "name of {1}, one character differs"),
    "shared": ("{0}名称有相同的字", "name of {1} shares characters"),
}
_ALIKE = ("specific", "shared")
"""Kinds of match that are not what was typed: a name that shares characters with it."""
_THINGS = {"facility": ("机构", "a facility"), "estate": ("小区", "an estate")}
_POINTS = {
    "name": 98.0, "begins": 88.0, "part": 76.0, "sound": 86.0, "initials": 72.0, "address": 64.0,
    "one_wrong": 66.0, "shared": 46.0,
}  # fmt: skip

_FACILITIES = """SELECT 'facility' AS kind, code, name, address, geom, is_synthetic
    FROM facility WHERE state = 'open' AND validity @> CAST(:on AS date)"""
_ESTATES = """SELECT 'estate', code, name, NULL, geom, is_synthetic
    FROM atlas_public.estate_name WHERE validity @> CAST(:on AS date)"""
_WRITTEN = "replace(replace(lower(f.name), ' ', ''), '-', '')"
_FOUND = text(
    f"""SELECT f.kind, f.code, f.name, f.address, ST_X(f.geom) AS lon, ST_Y(f.geom) AS lat,
        f.is_synthetic, f.how
    FROM (SELECT f.*,
        CASE WHEN {_WRITTEN} = :key THEN 'name'
             WHEN starts_with({_WRITTEN}, :key) THEN 'begins'
             WHEN f.code = ANY(:codes) THEN 'sound'
             WHEN strpos({_WRITTEN}, :key) > 0 THEN 'part'
             WHEN {_WRITTEN} LIKE ANY(:patterns) THEN 'one_wrong'
             WHEN strpos(lower(f.address), :typed) > 0 THEN 'address'
             WHEN :specific <> '' AND starts_with({_WRITTEN}, :specific) THEN 'shared'
             WHEN length(f.name) > 1 AND starts_with(:key, {_WRITTEN}) THEN 'shared' END AS how
        FROM ({_FACILITIES} UNION ALL {_ESTATES}) AS f) AS f
    WHERE f.how IS NOT NULL
    ORDER BY array_position(
        ARRAY['name', 'begins', 'sound', 'part', 'one_wrong', 'address', 'shared'], f.how),
        length(f.name), f.code
    LIMIT :limit"""
)
_NAMES = text(f"SELECT f.code, f.name FROM ({_FACILITIES} UNION ALL {_ESTATES}) AS f")


def starts(session: Reader, typed: str, *, on: date, limit: int = 8) -> list[Start]:
    """The places that what was typed may mean, the likeliest first.

    session: reads published rows. Raises BadInput for an empty or overlong text.
    """
    plain = typed.strip()
    if not search_key(plain) or len(plain) > LONGEST or "\0" in plain:
        raise BadInput(
            both(
                f"请输入小区、路名、区划或机构名，最多 {LONGEST} 字。",
                f"type an estate, road, division or facility, at most {LONGEST} characters",
            ),
            parameter="q",
        )
    if not 1 <= limit <= MOST:
        raise BadInput(
            both(f"条数须在 1 至 {MOST} 之间。", f"limit lies in 1 … {MOST}"), parameter="limit"
        )
    things = _things(session, plain, on, limit)
    hits = search(session, plain, on=on, limit=limit)
    if all(_is_alike(hit, plain) for hit in hits) and all(one.is_alike for one in things):
        known = {hit.code for hit in hits}
        hits += [h for h in sharing(session, plain, on=on, limit=limit) if h.code not in known]
    found = [*_places(session, hits, plain, on), *things]
    called_so = [one for one in found if not one.is_alike]
    if any(one.score >= CALLED_SO for one in called_so):  # an address with the word is noise then
        called_so = [one for one in called_so if one.how != "address"]
    return sorted(called_so or found, key=_order)[:limit]


def _order(one: Start) -> tuple[bool, float, int, str]:
    """The likeliest first; what has a position of its own before what is as likely without one."""
    score = one.score - WITHOUT_POSITION * one.is_stand_in
    return (one.is_alike and one.is_stand_in, -score, len(one.label), one.code)


def chosen(found: list[Start], typed: str) -> Start | None:
    """The one that is surely meant: the only one, or the only one of exactly that name.

    Whose name only shares characters, and whose position is not known, has to be chosen by hand.
    """
    key = search_key(typed)
    same = [start for start in found if search_key(start.label) == key]
    sure = found if len(found) == 1 else same
    is_sure = len(sure) == 1 and not (sure[0].is_alike or sure[0].is_stand_in)
    return sure[0] if is_sure else None


def _places(session: Reader, hits: Sequence[Hit], typed: str, on: date) -> list[Start]:
    """Named places as starts; those of which no district is known are left out."""
    without = [hit for hit in hits if hit.lon is None and hit.position_unit]
    around = stand_ins(session, [str(hit.position_unit) for hit in without], on)
    # 红梅, a name on a list that is only known to lie in 红梅街道, is offered as that street.
    units = {(hit.unit_code, core(hit.name)) for hit in hits if hit.unit_code}
    made = []
    for hit in hits:
        if hit.position_quality == "city" and _is_alike(hit, typed):
            continue
        if hit.lon is not None and hit.lat is not None:
            made.append(_of_place(hit, typed, hit.lon, hit.lat, *_own_middle(hit)))
        elif hit.position_unit in around and (
            hit.unit_code or (hit.position_unit, core(hit.name)) not in units
        ):
            one = around[hit.position_unit]
            made.append(_of_place(hit, typed, one.lon, one.lat, *_middle_of(one)))
    return made


def _of_place(
    hit: Hit, typed: str, lon: float, lat: float, about_zh: str | None, about_en: str | None
) -> Start:
    return Start(
        hit.name, hit.in_unit_name, hit.in_unit_name, KINDS.get(hit.feature_class, "place"),
        hit.code, lon, lat, hit.how, hit.how_zh, hit.how_en, hit.score, about_zh is not None,
        hit.is_synthetic, about_zh, about_en, hit.lon is None, _is_alike(hit, typed),
    )  # fmt: skip


def _is_alike(hit: Hit, typed: str) -> bool:
    """Is the place not what was typed, but one whose name shares characters with it?"""
    key, name = search_key(typed), search_key(hit.matched_name)
    return (
        hit.how in _ALIKE
        or (hit.how == "part" and key not in name)
        or (hit.how == "one_extra" and key.startswith(name))  # 天宁 for 天宁寺
    )


def _own_middle(hit: Hit) -> tuple[str | None, str | None]:
    if hit.position_quality in EXACT_ENOUGH:
        return None, None
    return f"{hit.name}中心，距离只是大约", f"the middle of {hit.name}: distances are rough"


def _middle_of(around: StandIn) -> tuple[str, str]:
    return (
        f"确切位置未知，按{around.name}中心算，距离只是大约",
        f"its position is unknown, the middle of {around.name} stands for it: distances are rough",
    )


def _things(session: Reader, typed: str, on: date, limit: int) -> list[Start]:
    key = search_key(typed)
    codes, how = _spelled(session, typed, on) if is_latin(typed) else ([], "sound")
    rows = session.execute(
        _FOUND,
        {
            "key": key, "typed": typed.lower(), "codes": codes, "patterns": _one_wrong(key),
            "specific": _specific(key), "on": on, "limit": limit,
        },
    )  # fmt: skip
    return [_of_thing(row, how if row.how == "sound" else row.how) for row in rows]


def _of_thing(row: Any, how: str) -> Start:
    zh, en = (words.format(*_THINGS[row.kind]) for words in _HOW[how])
    return Start(
        row.name, row.address, row.address, row.kind, row.code, row.lon, row.lat, how, zh, en,
        _POINTS[how] - min(len(row.name), 40) / 20, False, row.is_synthetic,
        is_alike=how == "shared",
    )  # fmt: skip


def _specific(key: str) -> str:
    """What stands before the generic part (红梅 of 红梅公园), where that is a name."""
    specific = key.removesuffix(generic_part(key).replace("·", ""))
    return specific if len(specific) > 1 and specific != key else ""


def _one_wrong(key: str) -> list[str]:
    """Patterns of names that hold the key with one character changed; none for short ones."""
    if len(key) < SHORTEST_LOOSE or is_latin(key) or len(key) > 20:
        return []
    safe = [character if character not in "%_\\" else "\\" + character for character in key]
    return ["%" + "".join([*safe[:at], "_", *safe[at + 1 :]]) + "%" for at in range(len(safe))]


# --- spellings of facilities and estates -------------------------------------------------

_SPELLINGS: OrderedDict[str, tuple[str, str]] = OrderedDict()
_KEPT = 100_000
_LOCK = Lock()


def _spelled(session: Reader, typed: str, on: date) -> tuple[list[str], str]:
    """Codes of what has a name that is spelled or abbreviated so, whole or at its beginning."""
    key = pinyin_key(typed)
    if len(key) < 2:
        return [], "sound"
    sound, short = [], []
    for code, name in session.execute(_NAMES, {"on": on}):
        spelling, letters = _spelling(name)
        if len(key) >= SHORTEST_LOOSE and spelling.startswith(key):
            sound.append(code)
        elif letters.startswith(key):
            short.append(code)
    return (sound[:MOST], "sound") if sound else (short[:MOST], "initials")


def _spelling(name: str) -> tuple[str, str]:
    """The pinyin and the initials of a name; worked out once."""
    with _LOCK:
        known = _SPELLINGS.get(name)
    if known is None:
        known = pinyin_key(romanise(name).text), initials(name).lower()
        with _LOCK:
            _SPELLINGS[name] = known
            while len(_SPELLINGS) > _KEPT:
                _SPELLINGS.popitem(last=False)
    return known

"""From where does someone start: which place, division, road, estate or facility is meant?

The gazetteer knows names, old names, pinyin, initials and one wrong character of places; published
facilities and estates are looked up by name and address beside it. Nothing that is typed is kept.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import date
from threading import Lock
from typing import Any

from sqlalchemy import text

from geo.access.finder.start import Start
from geo.errors import BadInput, both
from geo.gazetteer.places import EXACT_ENOUGH
from geo.gazetteer.probes import is_latin
from geo.gazetteer.search import Hit, search
from geo.queries.admin import Reader
from geo.text import initials, pinyin_key, romanise, search_key

LONGEST = 100
MOST = 20
SHORTEST_LOOSE = 3
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
}
_THINGS = {"facility": ("机构", "a facility"), "estate": ("小区", "an estate")}
_POINTS = {
    "name": 98.0, "begins": 88.0, "part": 76.0, "sound": 86.0, "initials": 72.0, "address": 64.0,
    "one_wrong": 66.0,
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
             WHEN strpos(lower(f.address), :typed) > 0 THEN 'address' END AS how
        FROM ({_FACILITIES} UNION ALL {_ESTATES}) AS f) AS f
    WHERE f.how IS NOT NULL
    ORDER BY array_position(
        ARRAY['name', 'begins', 'sound', 'part', 'one_wrong', 'address'], f.how),
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
    places = [
        _of_place(hit)
        for hit in search(session, plain, on=on, limit=limit)
        if hit.lon is not None and hit.lat is not None
    ]
    found = [*places, *_things(session, plain, on, limit)]
    return sorted(found, key=lambda start: (-start.score, len(start.label), start.code))[:limit]


def chosen(found: list[Start], typed: str) -> Start | None:
    """The one that is surely meant: the only one, or the only one of exactly that name."""
    if len(found) == 1:
        return found[0]
    key = search_key(typed)
    same = [start for start in found if search_key(start.label) == key]
    return same[0] if len(same) == 1 else None


def _of_place(hit: Hit) -> Start:
    assert hit.lon is not None
    assert hit.lat is not None
    return Start(
        hit.name, hit.in_unit_name, hit.in_unit_name, KINDS.get(hit.feature_class, "place"),
        hit.code, hit.lon, hit.lat, hit.how, hit.how_zh, hit.how_en, hit.score,
        hit.position_quality not in EXACT_ENOUGH, hit.is_synthetic,
    )  # fmt: skip


def _things(session: Reader, typed: str, on: date, limit: int) -> list[Start]:
    key = search_key(typed)
    codes, how = _spelled(session, typed, on) if is_latin(typed) else ([], "sound")
    rows = session.execute(
        _FOUND,
        {
            "key": key, "typed": typed.lower(), "codes": codes, "patterns": _one_wrong(key),
            "on": on, "limit": limit,
        },
    )  # fmt: skip
    return [_of_thing(row, how if row.how == "sound" else row.how) for row in rows]


def _of_thing(row: Any, how: str) -> Start:
    zh, en = (words.format(*_THINGS[row.kind]) for words in _HOW[how])
    return Start(
        row.name, row.address, row.address, row.kind, row.code, row.lon, row.lat, how, zh, en,
        _POINTS[how] - min(len(row.name), 40) / 20, False, row.is_synthetic,
    )  # fmt: skip


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

"""Which divisions are there on a day: by code, at a point, under a superior?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from geo.errors import Ambiguous, BadInput, NotFound, both
from geo.queries.filters import check_point

Reader = Session | Connection

MUNICIPALITIES = ("11", "12", "31", "50")
"""First two digits of the province-level cities, whose districts lie directly under them."""

LEVEL_WORDS = {1: "省级", 2: "地级", 3: "县级", 4: "乡级", 5: "村级"}
"""What the levels are called."""

MOST_CANDIDATES = 10
"""How many divisions of one name a message lists."""

# An outline is known for the day of its source. A version may reach further back, because neither
# name nor code changed; whether its territory was the same then, no source tells: that is said.
UNIT = """u.code, u.name, u.short_name, u.level, u.unit_type, u.parent_code,
    lower(u.validity) AS valid_from, upper(u.validity) AS valid_until, u.validity_note,
    u.geom IS NOT NULL AS has_geometry,
    coalesce(u.geom IS NOT NULL AND u.source_date > CAST(:on AS date), false) AS outline_is_later,
    CASE WHEN u.geom IS NOT NULL AND u.source_date > CAST(:on AS date)
        THEN concat_ws('; ', u.geometry_note, '图形为 ' || u.source_date
            || ' 的，当日是否如此未知 · outline of ' || u.source_date || ', not known for that day')
        ELSE u.geometry_note END AS geometry_note,
    u.note, u.source, u.source_date, u.is_synthetic"""
"""Columns of one version of a division, for the day `:on` (NULL: no day in particular)."""

_UNIT = text(
    f"SELECT {UNIT} FROM admin_unit u WHERE u.code = :code AND u.validity @> CAST(:on AS date)"
)

_UNIT_AT = text(
    f"""SELECT {UNIT} FROM admin_unit u
    WHERE ST_Intersects(u.geom, ST_SetSRID(ST_Point(:lon, :lat), 4490))
      AND u.validity @> CAST(:on AS date)
    ORDER BY u.level, u.code"""
)

_UNITS = text(
    f"""SELECT {UNIT} FROM admin_unit u
    WHERE u.validity @> CAST(:on AS date)
      AND (CAST(:level AS smallint) IS NULL OR u.level = :level)
      AND (CAST(:parent AS text) IS NULL OR u.parent_code = :parent)
    ORDER BY u.level, u.code"""
)

BELOW = """below AS (
    SELECT u.code, u.level FROM admin_unit u
    WHERE u.code = :code AND u.validity @> CAST(:on AS date)
    UNION
    SELECT u.code, u.level FROM admin_unit u JOIN below b ON u.parent_code = b.code
    WHERE u.validity @> CAST(:on AS date)
)"""
"""Recursive part: the unit `:code` and all under it on `:on`, by parent, not by prefix."""

_DESCENDANTS = text(
    f"""WITH RECURSIVE {BELOW}
    SELECT {UNIT} FROM below b
    JOIN admin_unit u ON u.code = b.code AND u.validity @> CAST(:on AS date)
    WHERE u.code <> :code AND (CAST(:level AS smallint) IS NULL OR u.level = :level)
    ORDER BY u.level, u.code"""
)

_ABOVE = text(
    f"""WITH RECURSIVE above AS (
        SELECT u.code, u.parent_code, 0 AS step FROM admin_unit u
        WHERE u.code = :code AND u.validity @> CAST(:on AS date)
        UNION ALL
        SELECT u.code, u.parent_code, a.step + 1 FROM admin_unit u
        JOIN above a ON u.code = a.parent_code
        WHERE u.validity @> CAST(:on AS date) AND a.step < 6
    )
    SELECT {UNIT} FROM above a
    JOIN admin_unit u ON u.code = a.code AND u.validity @> CAST(:on AS date)
    ORDER BY a.step"""
)

_BOUNDS = text(
    f"""WITH RECURSIVE {BELOW}, extent AS (
        SELECT ST_Extent(u.geom) AS box FROM below b
        JOIN admin_unit u ON u.code = b.code AND u.validity @> CAST(:on AS date)
    )
    SELECT ST_XMin(box) AS west, ST_YMin(box) AS south, ST_XMax(box) AS east, ST_YMax(box) AS north
    FROM extent"""
)

_VERSIONS = text(
    f"""SELECT {UNIT} FROM admin_unit u WHERE u.code = :code
    ORDER BY lower(u.validity) NULLS FIRST"""
)

# Full names before short ones: 常州市 is the city, whatever else is called 常州市 for short.
_NAMED = text(
    """WITH fitting AS (
        SELECT u.code, u.name, u.level, u.parent_code, u.name = :name AS in_full
        FROM admin_unit u
        WHERE (u.name = :name OR u.short_name = :name) AND u.validity @> CAST(:on AS date)
    )
    SELECT f.code, f.name, (SELECT a.name FROM admin_unit a
        WHERE a.code = f.parent_code AND a.validity @> CAST(:on AS date)) AS above
    FROM fitting f WHERE f.in_full = (SELECT bool_or(in_full) FROM fitting)
    ORDER BY f.level, f.code"""
)


@dataclass(frozen=True, slots=True)
class Unit:
    """One version of a division, without its geometry. `None` is unknown, never empty.

    outline_is_later: its outline is of a day after the one asked for.
    """

    code: str
    name: str
    short_name: str | None
    level: int
    unit_type: str | None
    parent_code: str | None
    valid_from: date | None
    valid_until: date | None
    validity_note: str | None
    has_geometry: bool
    outline_is_later: bool
    geometry_note: str | None
    note: str | None
    source: str | None
    source_date: date | None
    is_synthetic: bool


def full_code(code: str) -> str:
    """The 12-digit form of a division code that people type with 2, 4, 6, 9 or 12 digits.

    Raises BadInput for anything else.
    """
    typed = code.strip()
    if not re.fullmatch(r"[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12}", typed, re.ASCII):
        raise BadInput(
            both(
                f"区划代码是 6、9 或 12 位数字，不是「{code[:20]}」。",
                f"a division code has 6, 9 or 12 digits, not {code[:20]!r}",
            ),
            parameter="code",
        )
    return typed.ljust(12, "0")


def code_of(session: Reader, said: str, on: date) -> str:
    """The 12-digit code of a division that someone names by its code or by its name on a day.

    A code is only filled up, not looked up: the question asked with it says whether it is known.
    A name is a full one (常州市); where none fits, one without its generic part (常州). Raises
    NotFound for a name that no stored division has on that day, Ambiguous where several have it,
    with their codes.
    """
    typed = said.strip()
    if typed.isascii() and typed.isdigit():
        return full_code(typed)
    fitting = session.execute(_NAMED, {"name": typed.replace("\0", ""), "on": on}).all()
    if not fitting:
        raise NotFound(
            both(
                f"{on} 没有名为「{typed[:40]}」的区划；请核对名称（全称如 常州市）或改用区划代码。"
                f"如该城市尚未载入，请运行 ./atlas up --city 城市名称。",
                f"no division in force on {on} is called {typed[:40]!r}; check the name or give"
                " the code. If its city has not been loaded: ./atlas up --city CITY",
            )
        )
    if len(fitting) > 1:
        listed = [f"{row.code} {row.above or ''}{row.name}" for row in fitting]
        more = len(listed) - MOST_CANDIDATES
        raise Ambiguous(
            both(
                f"名为「{typed[:40]}」的区划不止一个，请改用代码："
                + "、".join(listed[:MOST_CANDIDATES])
                + (f" …（另有 {more} 个）。" if more > 0 else "。"),
                f"{len(listed)} divisions are called {typed[:40]!r}; give one of the codes above",
            )
        )
    return str(fitting[0].code)


def unit(session: Reader, code: str, on: date) -> Unit:
    """The version of a division that is in force on a day.

    Raises NotFound where the code has none on that day, saying when it had.
    """
    whole = full_code(code)
    row = session.execute(_UNIT, {"code": whole, "on": on}).one_or_none()
    if row is None:
        raise NotFound(_why_missing(session, whole, on))
    return Unit(**row._mapping)


def unit_at(session: Reader, lon: float, lat: float, on: date) -> list[Unit]:
    """The divisions whose territory holds a point on a day, largest first.

    A point on a shared border belongs to both sides. Empty where no stored territory of that day
    holds the point: versions without geometry cannot be found this way.
    """
    check_point(lon, lat)
    rows = session.execute(_UNIT_AT, {"lon": lon, "lat": lat, "on": on})
    return [Unit(**row._mapping) for row in rows]


def units(
    session: Reader, *, level: int | None = None, parent: str | None = None, on: date
) -> list[Unit]:
    """Divisions in force on a day, of a level (1 province … 5 village), right under a superior."""
    if level is not None and not 1 <= level <= 5:
        raise bad_level(level)
    above = full_code(parent) if parent is not None else None
    rows = session.execute(_UNITS, {"level": level, "parent": above, "on": on})
    return [Unit(**row._mapping) for row in rows]


def bad_level(level: int) -> BadInput:
    """The refusal of a level that does not exist."""
    return BadInput(
        both(
            "级别是 1 至 5：" + "、".join(f"{n} {zh}" for n, zh in LEVEL_WORDS.items())
            + f"；现为 {level}。",
            f"level is 1 (province) … 5 (village), not {level}",
        ),
        parameter="level",
    )  # fmt: skip


def children(session: Reader, code: str, on: date) -> list[Unit]:
    """The divisions right under one on a day. Raises NotFound for an unknown superior."""
    return units(session, parent=unit(session, code, on).code, on=on)


def descendants(session: Reader, code: str, on: date, *, level: int | None = None) -> list[Unit]:
    """All divisions under one on a day, at any depth or at one level, by their stated superiors."""
    found = unit(session, code, on)
    rows = session.execute(_DESCENDANTS, {"code": found.code, "on": on, "level": level})
    return [Unit(**row._mapping) for row in rows]


def ancestors(session: Reader, code: str, on: date) -> list[Unit]:
    """A division and its superiors on a day, smallest first."""
    found = unit(session, code, on)
    rows = session.execute(_ABOVE, {"code": found.code, "on": on})
    return [Unit(**row._mapping) for row in rows]


def city_of(session: Reader, code: str, on: date) -> Unit:
    """The prefecture-level city over a division; for a municipality's district the municipality.

    Raises NotFound where the division lies under neither.
    """
    above = ancestors(session, code, on)
    municipal = [u for u in above if u.level == 1 and u.code[:2] in MUNICIPALITIES]
    city = municipal or [u for u in above if u.level == 2]
    if not city:
        raise NotFound(
            both(
                f"{above[0].name} {full_code(code)} 在 {on} 不属于任何已载入的城市；"
                "请给出城市或其下的区划。",
                f"no city is known above {full_code(code)} on {on}; give a city or a division"
                " under one",
            )
        )
    return city[0]


def bounds_of(
    session: Reader, of: str | Unit, *, on: date
) -> tuple[float, float, float, float] | None:
    """West, south, east, north (degrees) of a division's territory, or of all known ones under it.

    of: its code, or the version in force that was read already. None where no territory is known.
    Raises NotFound for a code not in force on that day.
    """
    found = of if isinstance(of, Unit) else unit(session, of, on)
    row = session.execute(_BOUNDS, {"code": found.code, "on": on}).one()
    return None if row.west is None else (row.west, row.south, row.east, row.north)


def versions(session: Reader, code: str) -> list[Unit]:
    """Every stored version of a division, oldest first; empty where the code has none."""
    rows = session.execute(_VERSIONS, {"code": full_code(code), "on": None})
    return [Unit(**row._mapping) for row in rows]


def _why_missing(session: Reader, code: str, on: date) -> str:
    """One sentence: never known, or known on other days."""
    rows = session.execute(_VERSIONS, {"code": code, "on": None}).all()
    if not rows:
        return unknown_code(session, code)
    spans = "; ".join(f"{r.name} {r.valid_from or '…'} – {r.valid_until or '…'}" for r in rows[:5])
    return both(
        f"区划 {code} 在 {on} 无效；已知的时段："
        + "；".join(
            f"{r.name} {r.valid_from or '不详'} 至 {r.valid_until or '今'}" for r in rows[:5]
        )
        + "。请改用其中的日期。",
        f"division {code} is not in force on {on}; known: {spans}",
    )


def unknown_code(session: Reader, code: str) -> str:
    """The sentence about a code that no stored division has."""
    zh, en = not_loaded(session, code)
    return both(f"数据库里没有区划 {code}。{zh}", f"division {code} is not known. {en}")


def not_loaded(session: Reader, code: str) -> tuple[str, str]:
    """What to do about a code that is not stored: check it, or load the city it belongs to."""
    if not re.fullmatch(r"[0-9]{12}", code, re.ASCII):
        return "请核对代码。", "Check the code."
    city = code[:2] + "0000" if code[:2] in MUNICIPALITIES else code[:4] + "00"
    rows = session.execute(_VERSIONS, {"code": city.ljust(12, "0"), "on": None}).first()
    if rows is not None or (city.endswith("0000") and code[:2] not in MUNICIPALITIES):
        return "请核对代码。", "Check the code."
    return (
        f"请核对代码；如该城市尚未载入，请运行 ./atlas up --city {city}。",
        f"Check the code; if its city has not been loaded: ./atlas up --city {city}",
    )

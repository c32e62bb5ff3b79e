"""Which collections can be written, and what does each step do there?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from api.ogc.bodies import Feature
from geo.gazetteer.index import refresh_keys
from geo.loaders.ending import DOOR, end_facility
from geo.loaders.single import WRITABLE, FeatureRefused, Reason, write_facility
from geo.loaders.single_name import HEADINGS, write_name

if TYPE_CHECKING:
    from api.ogc.writing import Writing

_FOLLOWS = ("code", "admin_code", "position_quality", "position_note", "valid_from", "valid_until",
            "source", "source_date", "is_synthetic", "method", "place_code", "located_in",
            "unit_code")  # fmt: skip
"""Properties that follow from others: what is sent of them is not written and refuses nothing."""


@dataclass(frozen=True, slots=True)
class Writer:
    """How a collection is written. `create` answers the new feature's id."""

    create: Callable[[Session, Writing, Feature], str]
    replace: Callable[[Session, Writing, str, Feature, dict[str, Any]], None]
    delete: Callable[[Session, Writing, str], None] | None
    afterwards: Callable[[Session], object]


def _nothing(session: Session) -> None:
    """Nothing more is to be done."""


def _refuse_unwritable(
    given: Feature, writable: tuple[str, ...], stored: dict[str, Any] | None = None
) -> None:
    """Refuse values of properties that no delivery brings, unless they are the stored ones."""
    before = stored["properties"] if stored else {}
    wrong = [
        name for name, value in given.properties.items()
        if name not in writable and name not in _FOLLOWS
        and value is not None and value != before.get(name)
    ]  # fmt: skip
    if wrong:
        message = "此属性不能由此修改 · this property cannot be written here"
        raise FeatureRefused([Reason(name, "read_only", message) for name in wrong])


def _by(made: Writing) -> str:
    return f"{made.who.role} · {DOOR}"


def _create_facility(session: Session, made: Writing, given: Feature) -> str:
    _refuse_unwritable(given, WRITABLE)
    code = given.properties.get("code")
    if code is not None:
        _refuse_taken(session, code)
    lon, lat = given.point
    report = write_facility(
        session, given.properties, lon, lat, code=code, on=made.day, secrecy=made.secrecy,
        by=_by(made),
    )  # fmt: skip
    if not report.counts.kept:
        message = "库中已有此设施，请用 PUT 修改 · it is stored already: use PUT"
        raise FeatureRefused([Reason("name", "exists", message)], is_conflict=True)
    found = session.execute(
        text("""SELECT f.code FROM delivery_change c JOIN facility f ON f.id = c.row_id
        WHERE c.delivery_id = :id AND c.table_name = 'facility' AND c.action = 'began'"""),
        {"id": report.delivery_id},
    )
    return str(found.scalar_one())


def _refuse_taken(session: Session, code: Any) -> None:
    """A code is one word, and never used for another site."""
    if not isinstance(code, str) or not 3 <= len(code) <= 64 or not code.isprintable() or (
        set(code) & set("/@?#% ")
    ):  # fmt: skip
        message = "编码须为 3–64 个字符，不含空格和 / @ ? # % · 3 to 64 characters, one word"
        raise FeatureRefused([Reason("code", "code", message)])
    taken = text("SELECT EXISTS (SELECT FROM facility WHERE code = :code)")
    if session.execute(taken, {"code": code}).scalar_one():
        message = "编码已用过，不再重复使用 · the code has been used"
        raise FeatureRefused([Reason("code", "exists", message)], is_conflict=True)


def _replace_facility(
    session: Session, made: Writing, id: str, given: Feature, stored: dict[str, Any]
) -> None:
    _refuse_unwritable(given, WRITABLE, stored)
    lon, lat = given.point
    write_facility(
        session, given.properties, lon, lat, code=stored["properties"]["code"], on=made.day,
        secrecy=made.secrecy, by=_by(made),
    )  # fmt: skip


def _delete_facility(session: Session, made: Writing, id: str) -> None:
    end_facility(session, id, on=made.day, secrecy=made.secrecy, by=_by(made))


_NAME = text("""SELECT n.id FROM place_name n JOIN place p ON p.id = n.place_id
    WHERE p.code = :code AND n.name = :name AND n.kind = :kind""")


def _create_name(session: Session, made: Writing, given: Feature) -> str:
    _refuse_unwritable(given, tuple(HEADINGS))
    said = given.properties
    _say(said, "name", "kind")
    place = said.get("place_code")
    named = {"name": str(said["name"]).strip(), "kind": said["kind"]}
    if isinstance(place, str) and session.execute(_NAME, {"code": place, **named}).first():
        raise _name_exists()
    known = text("SELECT coalesce(max(id), 0) FROM place_name")
    before = session.execute(known).scalar_one()
    _, code = write_name(
        session, said, given.geometry, place_code=place, on=made.day, secrecy=made.secrecy,
        by=_by(made),
    )  # fmt: skip
    found = session.execute(_NAME, {"code": code, **named}).scalar_one_or_none()
    if found is None or found <= before:
        raise _name_exists()
    return str(found)


def _name_exists() -> FeatureRefused:
    message = "该地方已有此名称，请用 PUT 修改 · the place has this name: use PUT"
    return FeatureRefused([Reason("name", "exists", message)], is_conflict=True)


def _say(said: dict[str, Any], *names: str) -> None:
    """Refuse a feature that leaves out what it must say."""
    missing = [name for name in names if not isinstance(said.get(name), str) or not said[name]]
    if missing:
        message = "必填 · it is needed"
        raise FeatureRefused([Reason(name, "missing", message) for name in missing])


def _replace_name(
    session: Session, made: Writing, id: str, given: Feature, stored: dict[str, Any]
) -> None:
    before = stored["properties"]
    _refuse_unwritable(given, tuple(HEADINGS), stored)
    changed = [n for n in ("name", "kind") if given.properties.get(n) != before[n]]
    if changed:
        message = "新名称请另建，原名写明终止年 · a new name is a feature of its own: POST it"
        raise FeatureRefused([Reason(n, "new_name", message) for n in changed], is_conflict=True)
    write_name(
        session, given.properties, given.geometry, place_code=before["place_code"], on=made.day,
        secrecy=made.secrecy, by=_by(made),
    )  # fmt: skip


WRITERS = {
    "facilities": Writer(_create_facility, _replace_facility, _delete_facility, _nothing),
    "place-names": Writer(_create_name, _replace_name, None, refresh_keys),
}
"""Collection → how it is written; the others come by deliveries alone."""


def methods_of(collection: str) -> set[str]:
    """The methods that write to a collection."""
    writer = WRITERS.get(collection)
    if writer is None:
        return set()
    return {"POST", "PUT", "PATCH", *(["DELETE"] if writer.delete else [])}

"""Do the models, the migrated database, the public views and the dictionary agree?"""

from __future__ import annotations

from datetime import date

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from geo.models import AdminUnit, Base, Facility
from geo.models.dictionary import PAGE, dictionary, undescribed
from geo.models.public import PUBLIC_ROWS, public_columns
from geo.validity import valid_between


def ours(_thing: object, name: str | None, kind: str, reflected: bool, _other: object) -> bool:
    return not (kind == "table" and reflected and name not in Base.metadata.tables)


def test_migrated_database_equals_models(session: Session) -> None:
    context = MigrationContext.configure(
        session.connection(), opts={"include_object": ours, "compare_type": True}
    )
    assert compare_metadata(context, Base.metadata) == []


def test_public_views_show_just_the_declared_columns(session: Session) -> None:
    rows = session.execute(
        text(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'atlas_public'"
        )
    ).all()
    found: dict[str, set[str]] = {}
    for table, column in rows:
        found.setdefault(table, set()).add(column)
    found.pop("source_register")
    assert found.pop("estate_name") == {
        "code", "name", "geom", "admin_code", "validity", "is_synthetic",
    }  # fmt: skip
    expected = {name: set(public_columns(Base.metadata.tables[name])) for name in PUBLIC_ROWS}
    assert found == expected


def test_public_views_have_no_barrier(session: Session) -> None:
    options = session.scalars(
        text(
            "SELECT c.reloptions FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'atlas_public' AND c.relkind = 'v' AND c.reloptions IS NOT NULL"
        )
    ).all()
    assert options == []


def test_dictionary_is_written_from_the_models() -> None:
    assert undescribed() == []
    assert PAGE.read_text(encoding="utf-8") == dictionary(), (
        "run python -m geo.models.dictionary to renew docs/data-dictionary.md"
    )


def unit(start: date | None, end: date | None) -> AdminUnit:
    return AdminUnit(
        code="320402000000",
        name="天宁区",
        level=3,
        geometry_note="test",
        validity=valid_between(start, end),
    )


def test_versions_of_one_code_may_touch_but_not_overlap(session: Session) -> None:
    session.add_all([unit(None, date(2000, 1, 1)), unit(date(2000, 1, 1), None)])
    session.flush()
    session.add(unit(date(1999, 12, 31), date(2000, 1, 2)))
    with pytest.raises(IntegrityError, match="ex_admin_unit_validity"):
        session.flush()


def test_an_empty_validity_is_refused() -> None:
    with pytest.raises(ValueError, match="not after its start"):
        valid_between(date(2020, 1, 1), date(2020, 1, 1))


@pytest.mark.parametrize("validity", ["empty", "[0044-03-15 BC,)", "[2000-01-01,infinity)"])
def test_a_validity_without_a_calendar_day_is_refused(session: Session, validity: str) -> None:
    session.add(unit(None, None))
    session.flush()
    with pytest.raises(IntegrityError, match="validity"):
        session.execute(text("UPDATE admin_unit SET validity = :v"), {"v": validity})


def test_the_public_role_cannot_make_large_objects(public_connection: Connection) -> None:
    public_connection.execute(text("SET default_transaction_read_only = off"))
    public_connection.commit()
    for call in ("lo_from_bytea(0, 'x')", "lo_create(0)", "lo_creat(-1)"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            public_connection.execute(text(f"SELECT {call}"))
        public_connection.rollback()


def test_a_unit_without_geometry_says_why(session: Session) -> None:
    session.add(AdminUnit(code="320402001000", name="天宁街道", level=4))
    with pytest.raises(IntegrityError, match="geometry_or_reason"):
        session.flush()


def test_an_update_moves_the_row_version_and_the_stamp(session: Session) -> None:
    facility = Facility(
        code="T-1", name="示例", kinds=["canteen"], geom="SRID=4490;POINT(119.9 31.8)"
    )
    session.add(facility)
    session.flush()
    first = facility.row_version
    stamp = "SELECT stamp FROM data_stamp WHERE table_name = 'facility'"
    before = session.scalar(text(stamp))
    facility.name = "示例二"
    session.flush()
    session.refresh(facility)
    assert facility.row_version > first
    after = session.scalar(text(stamp))
    assert after > before
    session.delete(facility)
    session.flush()
    assert session.scalar(text(stamp)) > after


def test_the_public_role_reads_views_and_nothing_else(session: Session) -> None:
    granted = session.scalars(
        text(
            "SELECT table_schema || '.' || table_name FROM information_schema.role_table_grants"
            " WHERE grantee = 'atlas_public' AND table_schema <> 'atlas_public'"
        )
    ).all()
    assert granted == []
    superusers = session.scalars(
        text("SELECT rolname FROM pg_roles WHERE rolname IN ('atlas', 'atlas_public') AND rolsuper")
    ).all()
    assert superusers == []

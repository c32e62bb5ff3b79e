"""How do the tests of names reach the service: the public without a token, an officer with one?"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi.testclient import TestClient

from api.app import create_app
from api.security import issue
from geo.db import Database, session_factory

CITY, NORTH, SOUTH = "320400000000", "320402000000", "320404000000"


def served(town: Database) -> Iterator[TestClient]:
    """The service on this database, for one city."""
    app = create_app(town, city_code=CITY)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def token(
    town: Database, role: str = "names_officer", division: str | None = None
) -> dict[str, str]:
    """The header of a token of this role, limited to a division if one is given."""
    with session_factory(town).begin() as session:
        made = issue(session, label="试验", role=role, division_code=division, days=1)
        return {"Authorization": f"Bearer {made.secret}"}

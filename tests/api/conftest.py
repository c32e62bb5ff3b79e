"""What do the tests of the service share? One whose database is away, one that may be attacked."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from geo.db import Database, session_factory
from geo.db.embedded import Embedded
from tests.conftest import served
from tests.machine import demo_database

CITY = "320400000000"


@pytest.fixture(scope="session")
def away() -> Iterator[TestClient]:
    """The service with a database that is not there: what needs it answers 503.

    Whoever is refused with 400 here was refused before anything reached the database.
    """
    nowhere = "postgresql://atlas@/atlas?host=/nonexistent"
    app = create_app(Database(nowhere, nowhere), city_code=CITY)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@dataclass(frozen=True)
class Target:
    """A service that tests may attack: its database, address, real values, a secret by caller."""

    database: Database
    address: str
    values: dict[tuple[str, str], list[str]]
    secrets: dict[str, str]

    def head(self, who: str) -> dict[str, str]:
        """The header that a caller sends; nothing for the public."""
        secret = self.secrets.get(who)
        return {"Authorization": f"Bearer {secret}"} if secret else {}


@pytest.fixture(scope="session")
def target(home: Path, cluster: Embedded) -> Iterator[Target]:
    """The demo city with one of everything, in a database that nobody else needs."""
    from tests.api import attacked

    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = demo_database(home, cluster.socket, f"attacked_{worker}")
    with session_factory(database).begin() as session:
        attacked.furnish(session)
        secrets = attacked.tokens(session)
        values = attacked.real_values(session)
    with served(database) as address:
        yield Target(database, address, values, secrets)

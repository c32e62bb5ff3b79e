"""What do the tests of the service share? A service whose database is away."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from geo.db import Database

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

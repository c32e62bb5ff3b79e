"""Does a formula that somebody stored ever reach a spreadsheet as one, from any export?"""

from __future__ import annotations

import csv
import io
import os
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest

from geo.db import make_engine, session_factory
from geo.db.embedded import Embedded
from geo.text.cells import FORMULA
from tests.api.attacked import CAMPAIGN, furnish, tokens
from tests.conftest import served
from tests.machine import worker_database
from tests.stored import poison

FORMULAS = '=HYPERLINK("http://x","恶")'
COLLECTIONS = ("facilities", "units", "lines", "zones", "place-names", "heritage-names")
EXPORTS = (
    *(f"/ogc/collections/{one}/items?f={f}" for one in COLLECTIONS for f in ("csv", "xlsx")),
    *(f"/api/access/export/{one}?f=csv" for one in ("candidates", "estates")),
    "/api/survey/lines.xlsx", "/api/survey/register.xlsx",
    f"/api/survey/inspections/{CAMPAIGN}/register.xlsx",
    f"/api/survey/inspections/{CAMPAIGN}/pack.zip",
)  # fmt: skip
NUMBER = re.compile(r"[+-]?[0-9.]+(e[+-]?\d+)?$")


@pytest.fixture(scope="module")
def desk(home: Path, cluster: Embedded) -> Iterator[httpx.Client]:
    """An administrator at a service in which every text begins with a formula."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = worker_database(home, cluster.socket, f"formulas_{worker}")
    with session_factory(database).begin() as session:
        furnish(session)
        secret = tokens(session)["administrator"]
    engine = make_engine(database.owner_url)
    taken, count = poison(engine, FORMULAS, FORMULAS, is_first=True)
    assert (len(taken) > 60, count > 3000) == (True, True)
    engine.dispose()
    headers = {"Authorization": f"Bearer {secret}"}
    with served(database) as address:
        yield httpx.Client(base_url=address, headers=headers, timeout=60)


@pytest.mark.parametrize("address", EXPORTS)
def test_no_export_holds_a_formula(desk: httpx.Client, address: str) -> None:
    answer = desk.get(address)
    assert answer.status_code == 200, answer.text[:300]
    if "csv" in address:
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        cells = [cell for row in rows for cell in row if not NUMBER.match(cell)]
        assert not [cell for cell in cells if cell.lstrip(" \u3000").startswith(FORMULA)]
        assert "heritage" in address or any(cell.startswith("'=") for cell in cells), rows[:2]
        return
    books = [answer.content]
    if address.endswith("zip"):
        with zipfile.ZipFile(io.BytesIO(answer.content)) as pack:
            books = [pack.read(one) for one in pack.namelist() if one.endswith(".xlsx")]
    assert books
    for book in books:
        with zipfile.ZipFile(io.BytesIO(book)) as parts:
            for name in parts.namelist():
                if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                    sheet = parts.read(name).decode()
                    assert "<f>" not in sheet, name
                    assert "<hyperlink" not in sheet, name

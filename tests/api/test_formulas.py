"""Does a formula that somebody stored ever reach a spreadsheet as one, from any export?"""

from __future__ import annotations

import csv
import io
import os
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import httpx2 as httpx
import pytest
from typer.testing import CliRunner

from api.cli import app
from geo.db import Database, make_engine, session_factory
from geo.db.embedded import Embedded
from geo.text.cells import FORMULA
from maps.report.blocks import (
    Card,
    Column,
    Document,
    Heading,
    Number,
    Paragraph,
    Sheet,
    Table,
)
from maps.report.excel import as_excel
from tests.api.attacked import CAMPAIGN, furnish, tokens
from tests.conftest import served
from tests.factories import make_delivery, make_refusal
from tests.machine import demo_database
from tests.stored import poison

FORMULAS = '=HYPERLINK("http://x","恶")'
WORDS = (FORMULAS,) * 5
COLLECTIONS = ("facilities", "units", "lines", "zones", "place-names", "heritage-names")
EXPORTS = (
    *(f"/ogc/collections/{one}/items?f={f}" for one in COLLECTIONS for f in ("csv", "xlsx")),
    *(f"/api/access/export/{one}" for one in (
        "candidates?f=csv", "estates?f=csv", "missing?areas=zone&f=csv")),
    *(f"/api/heritage/directory.{one}" for one in ("csv", "xlsx")),
    "/api/templates/facilities.xlsx", "/api/deliveries/{refused}/refused.xlsx",
    "/api/survey/lines.xlsx", "/api/survey/register.xlsx",
    f"/api/survey/inspections/{CAMPAIGN}/register.xlsx",
    f"/api/survey/inspections/{CAMPAIGN}/pack.zip",
)  # fmt: skip
OUTWARD = re.compile(r"<hyperlink [^>]*r:id")
"""A link to somewhere else; those between the sheets of a report have a place instead."""
NUMBER = re.compile(r"[+-]?[0-9.]+(e[+-]?\d+)?$")


@pytest.fixture(scope="module")
def poisoned(home: Path, cluster: Embedded) -> tuple[Database, str]:
    """A database in which every text begins with a formula, and an administrator's token."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = demo_database(home, cluster.socket, f"formulas_{worker}")
    with session_factory(database).begin() as session:
        furnish(session)
        refused = make_delivery(session, report={"rows_read": 1})
        make_refusal(session, refused, data={FORMULAS: FORMULAS, "名称": FORMULAS})
        secret = tokens(session)["administrator"]
    engine = make_engine(database.owner_url)
    taken, count = poison(engine, FORMULAS, FORMULAS, is_first=True)
    assert (len(taken) > 60, count > 3000) == (True, True)
    engine.dispose()
    return database, secret


@pytest.fixture(scope="module")
def desk(poisoned: tuple[Database, str]) -> Iterator[httpx.Client]:
    """An administrator at a service on it."""
    database, secret = poisoned
    headers = {"Authorization": f"Bearer {secret}"}
    with served(database) as address:
        yield httpx.Client(base_url=address, headers=headers, timeout=60)


@pytest.mark.parametrize("address", EXPORTS)
def test_no_export_holds_a_formula(desk: httpx.Client, address: str) -> None:
    if "{refused}" in address:
        newest = desk.get("/api/deliveries?limit=1").json()["deliveries"][0]["id"]
        address = address.replace("{refused}", str(newest))
    answer = desk.get(address)
    assert answer.status_code == 200, answer.text[:300]
    if "csv" in address:
        has_any = _check_rows(answer.content)
        assert "heritage" in address or has_any
        return
    books = [answer.content]
    if address.endswith("zip"):
        with zipfile.ZipFile(io.BytesIO(answer.content)) as pack:
            books = [pack.read(one) for one in pack.namelist() if one.endswith(".xlsx")]
    assert books
    for book in books:
        _check_book(book)


def test_no_file_of_a_command_holds_a_formula(
    desk: httpx.Client, poisoned: tuple[Database, str], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    assert desk.get("/api/audit", headers={"X-Request-ID": "-2-3"}).status_code == 200
    figures, out = tmp_path / "figures.csv", tmp_path / "out.csv"
    figures.write_text("区划代码,数值\n320402,100\n", "utf-8")
    url = poisoned[0].owner_url.replace("+psycopg", "")
    monkeypatch.setenv("ATLAS_DATABASE_URL", url)
    for command in (
        ["audit", "--limit", "5"],
        ["survey", "crosswalk", "--from", "2020-01-01", "--figures", str(figures)],
    ):
        told = CliRunner().invoke(app, [*command, "--out", str(out)])
        assert told.exit_code == 0, told.output[-500:]
        assert _check_rows(out.read_bytes()), command


def test_no_sheet_of_a_report_holds_a_formula() -> None:
    row = (*WORDS[:4], Number(1.5))
    table = Table(FORMULAS, (Column(FORMULAS),) * 5, (row, row), FORMULAS)
    guide = Sheet(FORMULAS, "b", (Card(*WORDS[:1], Number(1), *WORDS[:3]),), table, WORDS)
    day, blocks = date(2026, 1, 1), (Heading(1, FORMULAS, "a"), Paragraph(FORMULAS), table, guide)
    _check_book(as_excel(Document(*WORDS[:3], day, day, *WORDS[:2], WORDS, blocks, (table,))))


def _check_rows(content: bytes) -> bool:
    """That no cell of a CSV file would be computed; answers whether some would have been."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    cells = [cell for row in rows for cell in row if not NUMBER.match(cell)]
    assert not [cell for cell in cells if cell.lstrip(" \u3000").startswith(FORMULA)]
    return any(cell.startswith(("'=", "'-")) for cell in cells)


def _check_book(content: bytes) -> None:
    """That no sheet of a workbook computes or links anything."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for name in parts.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                sheet = parts.read(name).decode()
                assert "<f>" not in sheet, name
                assert not OUTWARD.search(sheet), name

"""Do export and import work from the command line, whole lists too, each bad row with a reason?"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import orjson
import pytest
import typer
from sqlalchemy import text
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from geo.errors import BadInput, DeliveryRefused
from geo.gazetteer import cli, exchange_cli
from geo.gazetteer.history import called_in
from geo.gazetteer.index import refresh_keys
from geo.gazetteer.matched import Asked, match_rows
from geo.gazetteer.search import search
from geo.loaders.undo import undo_delivery
from tests.factories import make_city, make_place
from tests.geo.gazetteer_files import TSV_HEADING, dated_names, modern_places

ON = date(2026, 11, 22)
FULL = os.environ.get("ATLAS_TEST_FULL", "") not in ("", "0")
DATED, MODERN = (70_000, 16_000) if FULL else (700, 160)


@pytest.fixture
def run(session: Session, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    @contextmanager
    def opened(what: str = "") -> Iterator[Session]:
        with session.begin_nested():  # the command's own transaction: all or nothing
            yield session

    monkeypatch.setattr(exchange_cli, "open_session", opened)
    monkeypatch.setenv("COLUMNS", "200")
    return CliRunner()


def app() -> typer.Typer:
    made = typer.Typer()
    cli.register(made)
    return made


def count(session: Session, table: str) -> int:
    found: int = session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
    return found


def test_every_format_leaves_and_linked_places_come_back(
    run: CliRunner, session: Session, tmp_path: Path
) -> None:
    make_city(session)
    make_place(session, "天宁寺", code="t:1", located_in="320400000000")
    make_place(session, "别处寺", code="t:2", located_in="500000000000")
    refresh_keys(session)
    for ending in exchange_cli.ENDINGS:
        out = tmp_path / f"places{ending}"
        done = run.invoke(app(), ["names", "export", "--out", str(out)])
        assert done.exit_code == 0, done.output
        assert "2 places written" in done.output
        assert out.stat().st_size > 0
    inside = tmp_path / "inside.json"
    sent = ["names", "export", "--out", str(inside), "--within", "320400", "--base"]
    assert "1 places" in run.invoke(app(), [*sent, "https://names.example.org"]).output
    (feature,) = orjson.loads(inside.read_bytes())["features"]
    assert feature["@id"] == "https://names.example.org/id/t:1"
    back = run.invoke(
        app(), ["names", "import", str(inside), "--base", "https://names.example.org"]
    )
    assert back.exit_code == 0, back.output
    assert "1 unchanged" in back.output
    odd = run.invoke(app(), ["names", "export", "--out", str(tmp_path / "places.pdf")])
    assert isinstance(odd.exception, BadInput)
    assert not (tmp_path / "places.pdf").exists()


@pytest.mark.timeout(1800 if FULL else 300)
def test_whole_lists_are_loaded_and_found(run: CliRunner, session: Session, tmp_path: Path) -> None:
    old, modern = tmp_path / "old.tsv", tmp_path / "modern.jsonl"
    old.write_text("".join(dated_names(DATED)), encoding="utf-8")
    modern.write_text("".join(modern_places(MODERN)), encoding="utf-8")
    for file, kept in ((old, DATED), (modern, MODERN)):
        done = run.invoke(app(), ["names", "import", str(file), "--secrecy", "public"])
        assert done.exit_code == 0, done.output
        assert f"{kept} read: {kept} new" in done.output
    assert count(session, "place") == DATED + MODERN
    assert count(session, "place_name") == DATED + DATED // 2 + MODERN * 4
    rows = list(csv.DictReader(old.open(encoding="utf-8"), delimiter="\t"))
    for row in rows[:: DATED // 7]:
        hits = search(session, row["title"], on=ON, limit=100)
        assert any(hit.matched_name == row["title"] for hit in hits)
        (code,) = session.execute(
            text("SELECT code FROM place WHERE code LIKE :end"), {"end": f"%:{row['id']}"}
        ).scalars().all() or ("",)  # fmt: skip
        year = int(row["start"]) + (1 if row["start"].startswith("-") else 0)
        names = {one.name: one.verdict for one in called_in(session, code, year)}
        assert names[row["title"]] == "certain"
    found = list(match_rows(session, [Asked(n, r["title"]) for n, r in enumerate(rows)], on=ON))
    assert all(row.state in ("matched", "several") for row in found)
    feature = orjson.loads(modern.read_bytes().splitlines()[5])
    former = feature["names"][2]["toponym"]
    hits = search(session, former, on=ON, limit=100)
    assert any(hit.name == feature["properties"]["title"] for hit in hits)


def test_a_bad_row_is_told_by_its_number_and_the_others_stay(
    run: CliRunner, session: Session, tmp_path: Path
) -> None:
    file = tmp_path / "old.tsv"
    good = list(dated_names(3))
    bad = "h9\t坏县\t志\tA\t\tspring\t\t\t\t\n"
    file.write_text(good[0] + good[1] + bad + "".join(good[2:]), encoding="utf-8")
    done = run.invoke(app(), ["names", "import", str(file)])
    assert "4 read: 3 new" in done.output, done.output
    assert "1 refused" in done.output
    assert "deliveries refused" in done.output
    (refused,) = session.execute(text("SELECT row_number, rule, message FROM refused_row")).all()
    assert (refused.row_number, refused.rule) == (2, "start")
    assert refused.message
    assert count(session, "place WHERE NOT is_published") == 3, "nobody said that it is public"
    delivery = session.execute(text("SELECT max(id) FROM delivery")).scalar_one()
    undo_delivery(session, delivery)
    assert count(session, "place") == 0


@pytest.mark.parametrize(
    "content", ["", "{", '{"type": "FeatureCollection", "features": []}', "名称,区划\n甲,乙\n"]
)
def test_what_is_no_such_file_leaves_nothing(
    run: CliRunner, session: Session, tmp_path: Path, content: str
) -> None:
    file = tmp_path / "odd.json"
    file.write_text(content, encoding="utf-8")
    done = run.invoke(app(), ["names", "import", str(file)])
    assert isinstance(done.exception, DeliveryRefused), done.output
    assert count(session, "place") == count(session, "delivery") == 0


def test_an_import_that_breaks_off_leaves_nothing(
    run: CliRunner, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "old.tsv"
    file.write_text("".join(dated_names(5)), encoding="utf-8")

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the power failed")

    monkeypatch.setattr("geo.gazetteer.exchange.store.refresh_keys", broken)
    done = run.invoke(app(), ["names", "import", str(file)])
    assert isinstance(done.exception, RuntimeError)
    assert count(session, "place") == count(session, "delivery") == 0


def test_the_made_up_list_is_one(tmp_path: Path) -> None:
    lines = list(dated_names(10))
    assert (len(lines), lines[0]) == (11, TSV_HEADING)

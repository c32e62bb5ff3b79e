"""Does following `next` show each feature once, also while rows are written; are numbers right?"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy import Engine, text

from geo.db import Database, make_engine

POINTS = "/ogc/collections/facilities/items"


@pytest.fixture(scope="module")
def engine(bureau: Database) -> Iterator[Engine]:
    """The owner's engine on the bureau."""
    made = make_engine(bureau.owner_url)
    yield made
    made.dispose()


def walk(browser: httpx.Client, address: str) -> Iterator[dict[str, Any]]:
    """The pages from an address on."""
    while True:
        answer = browser.get(address)
        assert answer.status_code == 200, answer.text[:300]
        body = answer.json()
        yield body
        following = [link["href"] for link in body["links"] if link["rel"] == "next"]
        if not following:
            return
        address = following[0]


INSERT = """INSERT INTO atlas.facility (code, name, kinds, geom, is_published, beds_total)
SELECT 'P-' || :run || '-' || n, '翻页' || n, '{canteen}',
       ST_SetSRID(ST_Point(119.9 + n * 0.001, 31.7), 4490), true, n % 7
FROM generate_series(1, :number) AS n"""


@pytest.mark.parametrize(
    "order", ["", "name", "-beds_total,name", "beds_total", "-valid_from", "is_synthetic"]
)
def test_pages_hold_each_feature_once(desk: str, order: str) -> None:
    more = f"&sortby={order}" if order else ""
    with httpx.Client(timeout=30) as browser:
        whole = browser.get(f"{desk}{POINTS}?limit=10000&skipGeometry=true{more}").json()
        expected = [one["id"] for one in whole["features"]]
        pages = [*walk(browser, f"{desk}{POINTS}?limit=173&skipGeometry=true{more}")]
    assert [one["id"] for page in pages for one in page["features"]] == expected
    assert {page["numberMatched"] for page in pages} == {len(expected)}
    assert all(page["numberReturned"] == len(page["features"]) for page in pages)


@pytest.mark.parametrize("order", ["", "&sortby=-beds_total,name"])
def test_rows_written_meanwhile_neither_repeat_nor_hide_others(
    desk: str, engine: Engine, order: str
) -> None:
    run = f"w{len(order)}"
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            with engine.begin() as connection:
                connection.execute(text(INSERT), {"run": f"{run}{number}", "number": 20})
            with engine.begin() as connection:  # and take some of an earlier round away
                connection.execute(
                    text("DELETE FROM atlas.facility WHERE code LIKE :which"),
                    {"which": f"P-{run}{number - 2}-%"},
                )

    with httpx.Client(timeout=30) as browser:
        before = browser.get(f"{desk}{POINTS}?limit=10000&skipGeometry=true{order}").json()
        stable = [one["id"] for one in before["features"]]
        writer = threading.Thread(target=write)
        writer.start()
        try:
            seen = [
                one["id"]
                for page in walk(browser, f"{desk}{POINTS}?limit=61&skipGeometry=true{order}")
                for one in page["features"]
            ]
        finally:
            stop.set()
            writer.join()
    assert len(seen) == len(set(seen)), "one came twice"
    known = set(stable)
    assert [one for one in seen if one in known] == stable, "one was hidden"
    with engine.begin() as connection:
        connection.execute(text(f"DELETE FROM atlas.facility WHERE code LIKE 'P-{run}%'"))


def test_numbers_follow_every_commit(desk: str, engine: Engine) -> None:
    address = f"{desk}{POINTS}?limit=1&name=%E8%AE%A1%E6%95%B0"
    with httpx.Client(timeout=60) as browser, engine.connect() as connection:
        for expected in range(5):
            assert browser.get(address).json()["numberMatched"] == expected
            # A writer under way is not counted, whoever asks in between.
            connection.execute(
                text("""INSERT INTO atlas.facility (code, name, kinds, geom, is_published) VALUES
                (:code, '计数', '{canteen}', ST_SetSRID(ST_Point(119.9, 31.7), 4490), true)"""),
                {"code": f"N-{expected}"},
            )
            for _ in range(3):
                assert browser.get(address).json()["numberMatched"] == expected
            connection.commit()
        connection.execute(text("DELETE FROM atlas.facility WHERE code LIKE 'N-%'"))
        connection.commit()
        assert browser.get(address).json()["numberMatched"] == 0


def test_more_than_can_be_counted_is_estimated_and_says_so(
    desk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from geo.queries.items import pages, statements

    monkeypatch.setattr(pages, "COUNTED", 100)
    monkeypatch.setattr(statements, "COUNTED", 100)
    statements.count_statement.cache_clear()
    pages._counts.clear()
    answer = httpx.get(f"{desk}{POINTS}?limit=3&state=open", timeout=60)
    assert answer.json()["numberMatchedIsEstimate"] is True
    assert answer.json()["numberMatched"] > 100
    assert answer.headers["OGC-NumberMatched"].startswith("~")
    assert "约" in httpx.get(f"{desk}{POINTS}?limit=3&state=open&f=html", timeout=60).text
    statements.count_statement.cache_clear()
    pages._counts.clear()


def _word(*parts: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "!!!!", "AAAA", _word(), _word(1), _word("1", "", None), _word(-1, "", None),
     _word(2**63, "", None), _word(True, "", None), _word(1, "", "soon"), _word(1, "", None, "x"),
     _word(1, "name", None, "x"), _word({}, "", None), "A" * 5_000, "９" * 8],
)  # fmt: skip
def test_a_wrong_cursor_is_400(client: Any, cursor: str) -> None:
    answer = client.get(POINTS, params={"cursor": cursor})
    assert answer.status_code == 400
    assert answer.json()["parameter"] == "cursor"


@pytest.mark.parametrize(
    ("order", "value"),
    [("beds_total", "x"), ("beds_total", "9" * 30), ("valid_from", "soon"), ("name", "\0"),
     ("name", 5), ("has_lift", "maybe"), ("floor_area_m2", "many")],
)  # fmt: skip
def test_wrong_values_in_a_cursor_are_400(client: Any, order: str, value: Any) -> None:
    given = {"sortby": order, "cursor": _word(1, order, None, value)}
    assert client.get(POINTS, params=given).status_code == 400
    assert client.get(POINTS, params={**given, "cursor": _word(1, order, None, None)}).json()[
        "features"
    ] is not None  # fmt: skip


def test_boxes_and_pages_are_found_by_an_index(engine: Engine) -> None:
    from geo.queries.collections import COLLECTIONS
    from geo.queries.items import Question
    from geo.queries.items.statements import page_statement
    from geo.queries.moments import on_day
    from geo.queries.paging import Cursor
    from geo.queries.reference_systems import read_box
    from geo.validity import today_in_china

    facilities = COLLECTIONS["facilities"]
    with engine.connect() as connection:
        connection.execute(text(INSERT), {"run": "x", "number": 20_000})
        connection.execute(text("ANALYZE atlas.facility"))
        connection.execute(text("SET LOCAL search_path = atlas_public, public"))

        def plan(asked: Question, after: Cursor | None = None) -> str:
            _, values = asked.conditions()
            condition = None
            if after is not None:
                condition, more = after.condition((), facilities.key)
                values |= more
            statement = page_statement(asked.shape, condition)
            lines = connection.exec_driver_sql(f"EXPLAIN {statement}", {**values, "limit": 11})
            return "\n".join(lines.scalars())

        today = on_day(today_in_china())
        boxed = plan(Question(facilities, today, area=read_box("119.9,31.7,119.91,31.71")))
        assert "ix_facility_shown" in boxed, boxed
        paged = plan(Question(facilities, today), Cursor(10_000))
        assert "pk_facility" in paged, paged
        assert "Sort" not in paged
        for told in (boxed, paged):
            assert "Seq Scan" not in told, told
        connection.rollback()


def test_features_can_be_skipped_by_number(client: httpx.Client) -> None:
    """Clients such as ogc-client and older ones page by `offset`; `next` goes on by key."""
    ask = f"{POINTS}?skipGeometry=true&sortby=-name"
    whole = [one["id"] for one in client.get(f"{ask}&limit=40").json()["features"]]
    skipped = client.get(f"{ask}&limit=10&offset=20").json()
    assert [one["id"] for one in skipped["features"]] == whole[20:30]
    (following,) = [one["href"] for one in skipped["links"] if one["rel"] == "next"]
    assert "offset" not in following
    assert [one["id"] for one in client.get(following).json()["features"]] == whole[30:40]
    matched = skipped["numberMatched"]
    last = client.get(f"{ask}&limit=10&offset={matched - 1}").json()
    assert (last["numberReturned"], last["numberMatched"]) == (1, matched)
    beyond = client.get(f"{ask}&offset={matched}").json()
    assert (beyond["features"], beyond["numberMatched"]) == ([], matched)
    assert client.get(f"{ask}&offset=0&f=csv&limit=1").status_code == 200
    cursor = following.partition("cursor=")[2].partition("&")[0]
    for more in ("offset=-1", "offset=100001", "offset=x", "offset=1&f=csv",
                 f"offset=1&cursor={cursor}"):  # fmt: skip
        answer = client.get(f"{ask}&{more}")
        assert answer.status_code == 400, more
        assert answer.json()["parameter"] == "offset", more

"""Do the 97 real canteens of Shanghai stand on the public page, without a synthetic banner?"""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from geo.db import make_engine
from geo.db.embedded import Embedded
from geo.errors import Unavailable
from geo.loaders.city import load_city
from geo.loaders.load import load_delivery
from tests.acceptance.test_canteens import FILE
from tests.conftest import OpenPage, served
from tests.machine import worker_database
from tests.maps.test_pages import PHONE, settle, shown_total, visit

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.browser,
    pytest.mark.skipif(not FILE.exists(), reason="../shared/acceptance is absent"),
]


def test_the_real_canteens_on_the_public_page(
    home: Path, cluster: Embedded, open_page: OpenPage
) -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = worker_database(home, cluster.socket, f"canteens_{worker}")
    engine = make_engine(database.owner_url)
    with Session(engine) as session:
        try:
            load_city(session, "上海市")
        except Unavailable as problem:
            pytest.skip(f"the boundary package cannot be had: {problem}")
        load_delivery(session, "facilities", FILE, crs="gcj02", on=date(2026, 1, 1),
                      secrecy="public")  # fmt: skip
        session.commit()
    engine.dispose()
    with served(database) as address:
        tab = visit(open_page(viewport=PHONE, alone=True), f"{address}/elder-care?city=310000")
        assert shown_total(tab) == 97
        assert not tab.locator("#synthetic").is_visible(), "nothing here is made up"
        assert "合成" not in tab.inner_text("body")
        card = tab.locator(".card").first.inner_text()
        assert "来源：" in card
        assert re.search(r"价格\s+未知", card)
        seen: list[str] = []
        while True:
            seen += tab.locator(".card h3").all_inner_texts()
            if not tab.locator("#page-after").count():
                break
            tab.locator("#page-after").click()
            settle(tab)
        assert len(seen) == 97
        tab.locator("#start").fill(seen[40])
        tab.locator("#offers [role=option]").first.click()
        settle(tab)
        assert "直线" in tab.locator(".way").first.inner_text()
        assert seen[40] in tab.locator(".card h3").all_inner_texts()[:3]

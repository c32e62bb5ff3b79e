"""Do the pages come with their policy, also under a prefix, and are the docs offline?"""

from __future__ import annotations

import re

import httpx2 as httpx
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from geo.db import Database
from tests.browser import Watched

PAGES = ["/", "/elder-care", "/access", "/boundaries", "/names", "/data"]


@pytest.mark.parametrize("address", PAGES)
def test_a_page_runs_only_what_carries_its_nonce(client: TestClient, address: str) -> None:
    page = client.get(address)
    assert page.status_code == 200, page.text[:500]
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    policy = page.headers["content-security-policy"]
    nonce = policy.split("'nonce-")[1].split("'")[0]
    assert "default-src 'self'" in policy
    assert "script-src 'self' 'nonce-" in policy
    for tag in re.findall(r"<script\b[^>]*>", page.text):
        assert "src=" in tag or f'nonce="{nonce}"' in tag or "application/json" in tag, tag
    assert not re.findall(r"\son\w+=", re.sub(r"<script.*?</script>", "", page.text, flags=re.S))
    again = client.get(address).headers["content-security-policy"]
    assert again != policy, "a nonce is used once"


def test_a_page_knows_city_language_and_size(client: TestClient) -> None:
    assert "常州市" in client.get("/elder-care").text
    assert 'lang="en"' in client.get("/elder-care", params={"lang": "en"}).text
    assert client.get("/elder-care", params={"large": "1"}).text != client.get("/elder-care").text
    assert client.get("/elder-care", params={"kind": "canteen", "zoom": "12"}).status_code == 200


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"lang": "xx"}, 400),
        ({"large": "maybe"}, 400),
        ({"city": "abc"}, 400),
        ({"city": "110100"}, 404),
    ],
)
def test_what_a_page_cannot_be_is_told_as_a_page(
    client: TestClient, query: dict[str, str], status: int
) -> None:
    answer = client.get("/elder-care", params=query, headers={"Accept": "text/html"})
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")


def test_everything_works_under_a_prefix(city: Database) -> None:
    with TestClient(create_app(city), root_path="/atlas") as client:
        page = client.get("/atlas/elder-care")
        assert page.status_code == 200
        own = re.findall(r'(?:href|src)="(/[^"]*)"', page.text)
        assert own
        assert all(address.startswith("/atlas/") for address in own), own
        style = next(address for address in own if address.endswith(".css"))
        assert client.get(style).status_code == 200
        assert '{"imports":{"atlas/":"/atlas/static/js/"}}' in page.text
        assert client.get("/atlas/static/js/pages/elder_care_finder.js").status_code == 200
        assert client.get("/atlas/elder-care/map.js").status_code == 200
        assert client.get("/atlas/api/kinds").status_code == 200
        docs = client.get("/atlas/docs").text
        assert 'url: "/atlas/api/openapi.json"' in docs
        assert client.get("/atlas/api/openapi.json").json()["servers"] == [{"url": "/atlas"}]
        missing = client.get("/atlas/nope", headers={"Accept": "text/html"})
        assert 'href="/atlas/"' in missing.text
        assert client.delete("/atlas/api/kinds").headers["allow"] == "GET, HEAD"


def test_a_city_set_by_name_is_the_one_that_pages_show(
    city: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_CITY", "常州市")
    with TestClient(create_app(city)) as client:
        assert "常州市" in client.get("/elder-care").text
    with TestClient(create_app(city, city_code="110000000000")) as client:
        assert client.get("/elder-care").status_code == 404


def test_head_on_a_real_server(server: str) -> None:
    for address in ("/api/facilities", "/names", "/static/css/shell.css", "/elder-care"):
        answer = httpx.head(f"{server}{address}", timeout=60)
        assert answer.status_code == 200
        assert answer.content == b""
        # The list leaves in pieces: its length is not known when its head is sent.
        assert address == "/elder-care" or int(answer.headers["content-length"]) > 0


def test_a_tile_server_is_let_into_the_policy(
    city: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_TILE_URL", "https://tiles.example/{z}/{x}/{y}.png?k=1")
    with TestClient(create_app(city)) as client:
        policy = client.get("/elder-care").headers["content-security-policy"]
    assert "img-src 'self' data: https://tiles.example;" in policy


@pytest.mark.browser
def test_the_documentation_page_works_without_a_network(server: str, browser_page: Watched) -> None:
    browser_page.page.set_viewport_size({"width": 1280, "height": 6000})  # only what shows is drawn
    browser_page.page.goto(f"{server}/docs")
    browser_page.page.locator(".opblock").nth(39).wait_for()
    assert not browser_page.errors
    assert not browser_page.foreign_hosts(server)

"""Who asks too much, from where, vouched for by whom, and does it stand on record?"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from api.app import create_app
from api.rates import Rates
from api.security import issue
from geo.db import Database, make_engine, open_session
from geo.db.embedded import Embedded
from geo.errors import BadInput
from geo.text.cells import harmless
from tests.machine import worker_database

HOME_ROW = "名称,经度,纬度,类别\n示例养老院,119.97,31.79,养老院\n"


@pytest.fixture(scope="module")
def database(home: Any, cluster: Embedded) -> Database:
    """A migrated database for these tests."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return worker_database(home, cluster.socket, f"guards_{worker}")


@pytest.fixture(scope="module")
def owner(database: Database) -> Iterator[Session]:
    """The owner's session, committing."""
    made = make_engine(database.owner_url)
    with Session(made) as session:
        yield session
    made.dispose()


@pytest.fixture(scope="module")
def tokens(owner: Session) -> dict[str, dict[str, str]]:
    """A header for each role."""
    found = {}
    for role in ("planner", "surveyor", "administrator"):
        made = issue(owner, label=role, role=role, division_code=None, days=1)
        found[role] = {"Authorization": f"Bearer {made.secret}"}
    owner.commit()
    return found


@pytest.fixture(scope="module")
def client(database: Database) -> Iterator[TestClient]:
    """The service."""
    with TestClient(create_app(database), raise_server_exceptions=False) as opened:
        yield opened


def _entries(client: TestClient, tokens: dict[str, dict[str, str]], **asked: Any) -> list[Any]:
    answer = client.get("/api/audit", params=asked, headers=tokens["administrator"])
    assert answer.status_code == 200, answer.text
    entries: list[Any] = answer.json()["entries"]
    return entries


# --- on record ---------------------------------------------------------------


def test_readings_refusals_and_writes_stand_on_record(
    client: TestClient, tokens: dict[str, dict[str, str]], owner: Session
) -> None:
    asked: dict[str, Any] = {"headers": tokens["planner"] | {"X-Request-ID": "r-1"}}
    assert client.get("/api/deliveries?limit=5&home=my%20home", **asked).status_code in (
        200, 400,
    )  # fmt: skip
    assert client.get("/api/deliveries", **asked).status_code == 200
    assert client.get("/api/metrics", headers=tokens["planner"]).status_code == 403
    made = client.post(
        "/api/deliveries?wait=true", headers=tokens["planner"] | {"X-Request-ID": "w-1"},
        data={"kind": "facilities", "crs": "4490", "secrecy": "public"},
        files=[("files", ("养老院.csv", HOME_ROW.encode()))],
    )  # fmt: skip
    assert made.status_code == 200, made.text
    reads = _entries(client, tokens, action="read")
    assert any(e["what"] == "GET /api/deliveries" for e in reads)
    assert all("home" not in e["what"] for e in reads)
    assert any(e["request_id"] == "r-1" and e["role"] == "planner" for e in reads)
    refused = _entries(client, tokens, action="refused")
    assert refused[0]["what"] == "GET /api/metrics"
    (write,) = [e for e in _entries(client, tokens, action="write") if e["request_id"] == "w-1"]
    assert (write["role"], write["what"]) == ("planner", "POST /api/deliveries?wait")
    before = _entries(client, tokens)[0]["id"]
    assert all(e["id"] < before for e in _entries(client, tokens, before=before))
    assert client.get("/api/audit").status_code == 401
    assert client.get("/api/audit", headers=tokens["planner"]).status_code == 403


def test_no_character_keeps_anybody_off_the_record_and_metrics_need_no_entry(
    client: TestClient, tokens: dict[str, dict[str, str]]
) -> None:
    address = "/api/access/planning/work-items/%00"
    assert client.get(address, headers=tokens["surveyor"]).status_code == 403
    assert client.get("/api/metrics", headers=tokens["administrator"]).status_code == 200
    last, *_ = _entries(client, tokens)
    assert last["what"] == "GET /api/access/planning/work-items/\N{REPLACEMENT CHARACTER}"
    assert (last["action"], last["role"]) == ("refused", "surveyor")


def test_what_a_token_reads_is_kept_nowhere(
    client: TestClient, tokens: dict[str, dict[str, str]]
) -> None:
    answer = client.get("/api/deliveries", headers=tokens["planner"])
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert client.get("/api/kinds").headers["cache-control"] == "no-cache"


def test_a_write_and_its_entry_come_and_go_together(
    client: TestClient, owner: Session, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_DATABASE_URL", database.owner_url.replace("+psycopg", ""))
    count = text("SELECT count(*) FROM atlas.audit_entry WHERE what = 'atlas trial'")
    with open_session("atlas trial") as session:
        session.execute(text("SELECT 1"))
    assert owner.scalar(count) == 0, "who only looks is not on record"
    with open_session("atlas trial") as session:
        issue(session, label="x", role="planner", division_code=None, days=1)
    owner.rollback()
    assert owner.scalar(count) == 1
    with pytest.raises(BadInput), open_session("atlas trial") as session:  # noqa: PT012
        issue(session, label="x", role="planner", division_code=None, days=1)
        raise BadInput("no")
    owner.rollback()
    assert owner.scalar(count) == 1
    owner.rollback()


def test_nothing_is_taken_off_the_record(owner: Session) -> None:
    for statement in ("UPDATE atlas.audit_entry SET what = ''", "DELETE FROM atlas.audit_entry",
                      "TRUNCATE atlas.audit_entry"):  # fmt: skip
        with pytest.raises(DBAPIError, match="never changed"):
            owner.execute(text(statement))
        owner.rollback()


def test_the_command_shows_and_saves_the_record(
    client: TestClient, database: Database, tokens: dict[str, dict[str, str]], tmp_path: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from api.cli import app

    client.get("/api/audit?=HYPERLINK(1)", headers=tokens["administrator"])
    assert client.get("/api/audit", headers=tokens["administrator"]).status_code == 200
    monkeypatch.setenv("ATLAS_DATABASE_URL", database.owner_url.replace("+psycopg", ""))
    monkeypatch.setenv("COLUMNS", "160")
    told = CliRunner().invoke(app, ["audit", "--limit", "5"])
    assert told.exit_code == 0, told.output
    assert "读取" in told.output
    out = tmp_path / "记录.csv"
    assert CliRunner().invoke(app, ["audit", "--out", str(out)]).exit_code == 0
    assert out.read_text("utf-8-sig").startswith("id,at,action")
    assert CliRunner().invoke(app, ["audit", "--action", "all"]).exit_code == 2


@pytest.mark.parametrize(
    ("cell", "shown"),
    [("=1+1", "'=1+1"), ("+86", "'+86"), ("\u3000@x", "'@x"), ("－1", "'－1"), ("甲", "甲"),
     ("a\x00\u202eb", "ab"), ("", "")],
)  # fmt: skip
def test_a_cell_is_never_computed(cell: str, shown: str) -> None:
    assert harmless(cell) == shown


# --- how much ----------------------------------------------------------------


def _scope(host: str, token: str | None = None) -> dict[str, Any]:
    headers = [(b"authorization", token.encode())] if token else []
    return {"client": (host, 1), "headers": headers}


def test_a_bucket_empties_and_fills_again() -> None:
    rates = Rates(per_s=2, burst=3)
    assert [rates.wait_s(_scope("10.0.0.1"), now=100) for _ in range(4)] == [0, 0, 0, 1]
    assert rates.wait_s(_scope("10.0.0.2"), now=100) == 0, "another address"
    assert rates.wait_s(_scope("10.0.0.1"), now=100.6) == 0
    assert rates.wait_s(_scope("10.0.0.1"), now=100.6) > 0
    assert [rates.wait_s(_scope("10.0.0.1"), now=1e6) for _ in range(4)] == [0, 0, 0, 1]
    slow = Rates(per_s=0.01, burst=1)
    assert (slow.wait_s(_scope("a"), now=0), slow.wait_s(_scope("a"), now=0)) == (0, 100)


def test_neither_guessed_tokens_nor_one_net_give_more() -> None:
    rates = Rates(per_s=1, burst=5)
    guessed = [rates.wait_s(_scope("10.0.0.1", f"Bearer mza_{n}"), now=0) for n in range(8)]
    assert guessed.count(0) == 5
    net = [rates.wait_s(_scope(f"2001:db8:1:2::{n:x}"), now=0) for n in range(8)]
    assert net.count(0) == 5, "a household has a net of addresses"
    shared = Rates(per_s=1, burst=5)
    many = [shared.wait_s(_scope(f"10.0.1.{n}", "Bearer mza_x"), now=0) for n in range(8)]
    assert many.count(0) == 5, "one token from many addresses"


def test_too_many_requests_get_429_and_a_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_RATE_PER_S", "0.5")
    monkeypatch.setenv("ATLAS_RATE_BURST", "3")
    with TestClient(create_app(database)) as client:
        answers = [client.get("/api/kinds") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        last = answers[-1]
        assert last.headers["retry-after"] == "2"
        assert last.headers["content-type"] == "application/problem+json"
        assert last.json()["type"].endswith("too-often")


# --- from where --------------------------------------------------------------


def test_only_sites_that_are_set_read_the_answers(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_CORS_ORIGINS", "https://gis.example.cn")
    with TestClient(create_app(database)) as client:
        mine = client.get("/api/kinds", headers={"Origin": "https://gis.example.cn"})
        assert mine.headers["access-control-allow-origin"] == "https://gis.example.cn"
        assert "ETag" in mine.headers["access-control-expose-headers"]
        other = client.get("/api/kinds", headers={"Origin": "https://gis.example.cn.evil.example"})
        assert "access-control-allow-origin" not in other.headers
        asked = client.options(
            "/api/kinds",
            headers={"Origin": "https://gis.example.cn", "Access-Control-Request-Method": "GET"},
        )
        assert asked.status_code == 200
        assert "access-control-allow-credentials" not in mine.headers
    for wrong in ("gis.example.cn", "https://a b", "https://a/b"):
        monkeypatch.setenv("ATLAS_CORS_ORIGINS", wrong)
        with pytest.raises(BadInput, match="ATLAS_CORS_ORIGINS"):
            create_app()


# --- vouched for by whom -----------------------------------------------------


class Provider:
    """An OpenID Connect provider on this machine, with keys of its own."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        told: dict[str, Any] = {
            "/keys": {"keys": [{**public, "kid": "k1", "use": "sig", "alg": "RS256"}]}
        }

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = json.dumps(told.get(self.path, {})).encode()
                self.send_response(200 if self.path in told else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        told["/.well-known/openid-configuration"] = {
            "issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys",
        }  # fmt: skip
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def token(self, *, key: Any = None, algorithm: str = "RS256", **claims: Any) -> dict[str, str]:
        """A header with a token that says what is given."""
        now = int(time.time())
        said = {
            "iss": self.issuer, "aud": "atlas", "sub": "officer-7", "iat": now, "exp": now + 300,
            "atlas_role": "planner", **claims,
        }  # fmt: skip
        kept = {name: value for name, value in said.items() if value is not None}
        made = jwt.encode(kept, key or self.key, algorithm=algorithm, headers={"kid": "k1"})
        return {"Authorization": f"Bearer {made}"}


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    made = Provider()
    monkeypatch.setenv("ATLAS_OIDC_ISSUER", made.issuer)
    monkeypatch.setenv("ATLAS_OIDC_AUDIENCE", "atlas")
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_a_token_of_the_provider_opens_what_its_role_opens(
    client: TestClient, provider: Provider, owner: Session
) -> None:
    door = "/api/deliveries"
    for _ in range(2):
        assert client.get(door, headers=provider.token()).status_code == 200
    owner.rollback()
    kept = owner.execute(
        text("SELECT label, role FROM atlas.api_token WHERE label LIKE 'OpenID %'")
    ).all()
    assert len(kept) == 1
    assert "officer-7" not in kept[0].label
    owner.rollback()
    assert client.get("/api/metrics", headers=provider.token()).status_code == 403
    chief = provider.token(sub="s-1", atlas_role="administrator")
    assert client.get("/api/metrics", headers=chief).status_code == 200


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"exp": 1}, 401),
        ({"aud": "another"}, 401),
        ({"iss": "https://evil.example"}, 401),
        ({"sub": None}, 401),
        ({"exp": None}, 401),
        ({"atlas_role": "king"}, 403),
        ({"atlas_role": None}, 403),
        ({"atlas_division": "3204"}, 403),
    ],
)
def test_a_token_that_does_not_hold_is_refused(
    client: TestClient, provider: Provider, changed: dict[str, Any], status: int
) -> None:
    answer = client.get("/api/deliveries", headers=provider.token(**changed))
    assert answer.status_code == status, answer.text


def test_a_forged_signature_is_refused(client: TestClient, provider: Provider) -> None:
    door = "/api/deliveries"
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    curve = ec.generate_private_key(ec.SECP256R1())
    assert client.get(door, headers=provider.token(key=stranger)).status_code == 401
    other = provider.token(key=curve, algorithm="ES256")
    assert client.get(door, headers=other).status_code == 401
    shared = provider.token(key="k" * 40, algorithm="HS256")
    assert client.get(door, headers=shared).status_code == 401
    unsigned = jwt.encode({"sub": "x", "atlas_role": "planner"}, "", algorithm="none")
    assert client.get(door, headers={"Authorization": f"Bearer {unsigned}"}).status_code == 401


def test_a_provider_that_is_away_is_told(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, tokens: dict[str, dict[str, str]]
) -> None:
    monkeypatch.setenv("ATLAS_OIDC_ISSUER", "http://127.0.0.1:9")
    monkeypatch.setenv("ATLAS_OIDC_AUDIENCE", "atlas")
    door = "/api/deliveries"
    assert client.get(door, headers={"Authorization": "Bearer abc.def.ghi"}).status_code == 503
    assert client.get(door, headers=tokens["planner"]).status_code == 200, "ours still opens"
    monkeypatch.delenv("ATLAS_OIDC_AUDIENCE")
    monkeypatch.setenv("ATLAS_OIDC_ISSUER", "https://id.example.cn")
    assert client.get(door, headers={"Authorization": "Bearer abc"}).status_code in (400, 503)

"""Does a token open the door for its role, division and time, and for nothing else?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, delete, select, text, update
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from api.app import create_app
from api.schemas.coverage import CoverageAnswer
from api.security import PREFIX, caller_of, issue, listed, revoke
from api.token_cli import app as token_cli
from geo.db import Database, make_engine
from geo.errors import BadInput, NotFound
from geo.models.account import ROLES, ApiToken
from tests.api.test_problems import read_problem

SQUARE = [[119.9, 31.7], [120.0, 31.7], [120.0, 31.8], [119.9, 31.8], [119.9, 31.7]]
BODY = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"code": "A", "name": "片区甲"},
            "geometry": {"type": "Polygon", "coordinates": [SQUARE]},
        }
    ],
}
ADDRESS = "/api/access/coverage?kind=canteen&radius_m=500"


@pytest.fixture
def kept(engine: Engine, database: Database) -> Iterator[Session]:
    """A session whose tokens the service sees; they are deleted afterwards."""
    with Session(engine, expire_on_commit=False) as session:
        yield session
        session.rollback()
        session.execute(delete(ApiToken))
        session.commit()


@pytest.fixture(scope="module")
def service(database: Database) -> Iterator[TestClient]:
    with TestClient(create_app(database), raise_server_exceptions=False) as client:
        yield client


def given(session: Session, role: str, *, days: int | None = 1) -> dict[str, str]:
    """The header of a new token of a role."""
    made = issue(session, label="试验", role=role, division_code=None, days=days)
    session.commit()
    return {"Authorization": f"Bearer {made.secret}"}


def test_only_the_hash_is_stored(session: Session) -> None:
    made = issue(session, label="试验", role="planner", division_code=None, days=30)
    assert made.secret.startswith(PREFIX)
    assert len(made.secret) >= len(PREFIX) + 43, "256 bits"
    (row,) = session.execute(select(ApiToken)).scalars()
    assert len(row.token_hash) == 32
    assert made.secret.encode() not in row.token_hash
    assert made.secret not in str(listed(session))
    other = issue(session, label="试验", role="planner", division_code=None, days=30)
    assert other.secret != made.secret


def test_who_holds_it_until_it_expires_or_is_revoked(session: Session) -> None:
    made = issue(session, label="a", role="surveyor", division_code="320402000000", days=1)
    caller = caller_of(session, made.secret)
    assert caller is not None
    assert (caller.role, caller.division_code) == ("surveyor", "320402000000")
    assert caller_of(session, made.secret[:-1]) is None
    past = datetime.now(UTC) - timedelta(seconds=1)
    session.execute(update(ApiToken).values(expires_at=past))
    assert caller_of(session, made.secret) is None
    assert [token.is_valid for token in listed(session)] == [False]
    lasting = issue(session, label="b", role="planner", division_code=None, days=None)
    assert caller_of(session, lasting.secret) is not None
    revoke(session, lasting.id)
    assert caller_of(session, lasting.secret) is None
    with pytest.raises(NotFound):
        revoke(session, lasting.id)


@pytest.mark.parametrize(("role", "days"), [("king", 1), ("planner", 0), ("planner", 4000)])
def test_a_token_that_makes_no_sense_is_not_made(session: Session, role: str, days: int) -> None:
    with pytest.raises(BadInput):
        issue(session, label="x", role=role, division_code=None, days=days)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_at_the_planners_door(service: TestClient, kept: Session, role: str) -> None:
    answer = service.post(ADDRESS, json=BODY, headers=given(kept, role))
    if role in ("planner", "administrator"):
        assert answer.status_code == 404, "let in; there are no people in an empty database"
    else:
        assert read_problem(answer).status == 403


@pytest.mark.parametrize(
    "header", [None, "Bearer", "Bearer nobody", "Basic eDp5", "Bearer " + "x" * 5000]
)
def test_without_a_good_token_the_door_stays_shut(service: TestClient, header: str | None) -> None:
    headers = {"Authorization": header} if header else {}
    answer = service.post(ADDRESS, json=BODY, headers=headers)
    assert read_problem(answer).status == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_revoked_token_is_shut_out_at_once(service: TestClient, kept: Session) -> None:
    header = given(kept, "planner")
    assert service.post(ADDRESS, json=BODY, headers=header).status_code == 404
    (token,) = listed(kept)
    revoke(kept, token.id)
    kept.commit()
    assert service.post(ADDRESS, json=BODY, headers=header).status_code == 401


def _with(geometry: object = None, **properties: object) -> dict[str, object]:
    feature = dict(BODY["features"][0])  # type: ignore[call-overload]
    feature["properties"] = {**feature["properties"], **properties}
    if geometry is not None:
        feature["geometry"] = geometry
    return {"type": "FeatureCollection", "features": [feature]}


CROSSED = [[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]
GEOMETRY = "body.features.0.geometry"
NO_AREAS = [
    ({"type": "FeatureCollection", "features": []}, "body.features"),
    ({"type": "FeatureCollection", "features": BODY["features"] * 201}, "body.features"),
    (
        {"type": "FeatureCollection", "features": BODY["features"] * 2},
        "body.features.1.properties.code",
    ),
    ({"type": "Feature"}, "body"),
    ([], "body"),
    (_with({"type": "Point", "coordinates": [1, 2]}), GEOMETRY),
    (_with({"type": "Polygon", "coordinates": []}), GEOMETRY),
    (_with({"type": "Polygon", "coordinates": [[[500000, 3500000]] * 4]}), GEOMETRY),
    (_with({"type": "Polygon", "coordinates": [CROSSED]}), GEOMETRY),
    (_with(code=""), "body.features.0.properties.code"),
    (_with(name="x" * 101), "body.features.0.properties.name"),
    (_with(code="\0"), "body.features.0.properties.code"),
]


@pytest.mark.parametrize(("body", "named"), NO_AREAS)
def test_a_body_that_is_no_set_of_areas_is_refused(
    service: TestClient, kept: Session, body: object, named: str
) -> None:
    answer = service.post(ADDRESS, json=body, headers=given(kept, "planner"))
    told = read_problem(answer)
    assert told.status == 400, answer.text
    assert (told.parameter or "").startswith(named)


def test_bodies_that_are_no_json_too_large_or_too_deep(service: TestClient, kept: Session) -> None:
    header = given(kept, "planner")

    def status(content: bytes, kind: str = "application/json") -> int:
        sent = service.post(ADDRESS, content=content, headers={**header, "Content-Type": kind})
        return read_problem(sent).status

    assert status(b"{") == 400
    assert status(b"[" * 100_000) == 400
    assert status(b'{"type": "FeatureCollection", "features": [NaN]}') == 400
    assert status(b"\xff\xfe") == 400
    assert status(b"{}", "text/plain") == 415
    assert status(b"x" * 5_000_000) == 413
    assert service.post(ADDRESS, headers=header).status_code == 400


def test_the_body_is_read_only_for_a_known_caller(service: TestClient) -> None:
    """Whoever has no token learns nothing about the body."""
    assert service.post(ADDRESS, json={"type": "nonsense"}).status_code == 401


# --- the command ------------------------------------------------------------


def test_the_command_makes_lists_and_revokes(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.token_cli.open_session", lambda: nullcontext(session))
    run = CliRunner().invoke
    made = run(token_cli, ["create", "片区规划", "--division", "320402", "--days", "30"])
    assert made.exit_code == 0, made.output
    secret = made.stdout.strip().splitlines()[0]
    caller = caller_of(session, secret)
    assert caller is not None
    assert (caller.role, caller.division_code) == ("planner", "320402000000")
    shown = run(token_cli, ["list"])
    assert "片区规划" in shown.output
    assert secret not in shown.output
    (token,) = listed(session)
    assert run(token_cli, ["revoke", str(token.id)]).exit_code == 0
    assert caller_of(session, secret) is None
    assert run(token_cli, ["create", "x", "--role", "king"]).exit_code != 0
    odd = "[red]处[/b] =1"
    assert run(token_cli, ["create", odd]).exit_code == 0
    shown = run(token_cli, ["list"], env={"COLUMNS": "160"})
    assert odd in shown.output, "a label is text, and no markup"
    for label in ("", " ", "a\nb", "\x1b[2J", "长" * 300):
        assert run(token_cli, ["create", label]).exit_code != 0


# --- on a real city ---------------------------------------------------------


@pytest.fixture(scope="module")
def tokens(city: Database) -> Iterator[dict[str | None, dict[str, str]]]:
    """Planners' tokens on the city: for everywhere, and for 天宁区 only."""
    engine = make_engine(city.owner_url)
    made: dict[str | None, dict[str, str]] = {}
    with Session(engine) as session:
        session.execute(text("SET TRANSACTION READ WRITE"))
        for division in (None, "320402000000"):
            issued = issue(session, label="t", role="planner", division_code=division, days=1)
            made[division] = {"Authorization": f"Bearer {issued.secret}"}
        session.commit()
    yield made
    with Session(engine) as session:
        session.execute(text("SET TRANSACTION READ WRITE"))
        session.execute(delete(ApiToken))
        session.commit()
    engine.dispose()


def _outline(client: TestClient, code: str) -> dict[str, object]:
    (unit,) = client.get(f"/api/units/{code}").json()["features"]
    return _with(unit["geometry"], code=code, name=unit["properties"]["name"])


def test_a_districts_outline_counts_what_the_district_counts(
    client: TestClient, tokens: dict[str | None, dict[str, str]]
) -> None:
    question = {"kind": "canteen", "radius_m": "500"}
    answer = client.post(
        "/api/access/coverage",
        params=question,
        json=_outline(client, "320402"),
        headers=tokens[None],
    )
    assert answer.status_code == 200, answer.text
    told = CoverageAnswer.model_validate_json(answer.content)
    public = CoverageAnswer.model_validate_json(
        client.get("/api/access/coverage", params=question).content
    )
    (mine,) = told.features
    (theirs,) = [one for one in public.features if one.properties.area_code == "320402000000"]
    assert mine.properties.people_60 == theirs.properties.people_60
    assert mine.properties.covered_60 == theirs.properties.covered_60
    assert mine.geometry is not None


def test_a_token_of_a_district_reaches_no_further(
    client: TestClient, tokens: dict[str | None, dict[str, str]]
) -> None:
    def status(code: str) -> int:
        body = _outline(client, code)
        return client.post(ADDRESS, json=body, headers=tokens["320402000000"]).status_code

    assert status("320402") == 200
    assert status("320404") == 403


def test_a_small_polygon_tells_no_small_count(
    client: TestClient, tokens: dict[str | None, dict[str, str]], city: Database
) -> None:
    """One cell with few elders, cut out by itself: the planner is not told how few."""
    engine = make_engine(city.owner_url)
    with engine.connect() as connection:
        lon, lat = connection.execute(
            text(
                "SELECT ST_X(geom), ST_Y(geom) FROM demand_cell"
                " WHERE people_60 BETWEEN 1 AND 9 ORDER BY code LIMIT 1"
            )
        ).one()
    engine.dispose()
    d = 0.0005
    ring = [[lon - d, lat - d], [lon + d, lat - d], [lon + d, lat + d], [lon - d, lat + d]]
    body = _with({"type": "Polygon", "coordinates": [[*ring, ring[0]]]})
    answer = client.post(ADDRESS, json=body, headers=tokens[None])
    assert answer.status_code == 200, answer.text
    told = CoverageAnswer.model_validate_json(answer.content)
    assert told.features[0].properties.people_60 is None
    assert told.summary.total.people_60 is None, "the total of one area is that area"

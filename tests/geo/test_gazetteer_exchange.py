"""Does a place leave and come back whole, and is every format of exchange read as it is written?"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest
import shapely
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import BadInput, DeliveryRefused
from geo.gazetteer.exchange import lp_tsv, lpf_in, lpf_out, national
from geo.gazetteer.exchange.addresses import Addresses
from geo.gazetteer.exchange.files import import_places
from geo.gazetteer.exchange.lpf_in import Faulty, Unusable
from geo.gazetteer.exchange.read import records
from geo.gazetteer.exchange.record import (
    ListingRecord,
    MediaRecord,
    NameRecord,
    PlaceRecord,
    PositionRecord,
    RelationRecord,
    TextRecord,
    Years,
)
from geo.gazetteer.exchange.when import NoYear, from_bce, iso, spans_of, when_of, year_of
from geo.gazetteer.index import refresh_keys
from geo.gazetteer.search import search
from geo.loaders.undo import undo_delivery
from geo.models.place_history import MEDIA_KINDS, RELATION_KINDS, TEXT_KINDS
from geo.models.placename import NAME_KINDS, POSITION_QUALITIES
from tests.factories import make_city, make_listing, make_name, make_place, make_unit

ON = date(2026, 11, 22)
HERE = Addresses("https://names.example.org/id/")


def exported(session: Session, **asked: Any) -> bytes:
    """Every stored place as Linked Places."""
    return b"".join(lpf_out.written(records(session, **asked), HERE, on=ON))


def imported(session: Session, content: bytes | str, path: Path, **asked: Any) -> Any:
    """A file of that content, loaded."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return import_places(session, path, **({"addresses": HERE} | asked))


def emptied(session: Session) -> None:
    for table in ("place", "admin_unit", "delivery"):
        session.execute(text(f"DELETE FROM {table}"))
    session.expire_all()


# --- round trip -----------------------------------------------------------------------

WORDS = st.text(
    st.characters(blacklist_categories=("Cs", "Cc", "Cn", "Co"), blacklist_characters="0123456789"),
    min_size=1, max_size=8,
).filter(lambda t: t.strip() == t and bool(t))  # fmt: skip
MAYBE = st.none() | WORDS
YEAR = st.integers(-3000, 2100)
CERTAINTY = st.sampled_from([None, "certain", "less-certain", "uncertain"])


@st.composite
def years(draw: Any) -> Years:
    bounds = []
    for _ in range(2):
        pair = sorted([draw(YEAR), draw(YEAR)])
        known = draw(st.sampled_from([(0, 0), (1, 0), (0, 1), (1, 1)]))
        bounds += [year if is_known else None for year, is_known in zip(pair, known, strict=True)]
    return Years(*bounds)


NUMBERS = st.floats(-89, 89, allow_nan=False, allow_infinity=False)
SHAPES = st.one_of(
    st.builds(shapely.Point, NUMBERS, NUMBERS),
    st.builds(lambda x, y: shapely.LineString([(x, y), (x / 2 + 1, y / 2)]), NUMBERS, NUMBERS),
    st.builds(lambda x, y: shapely.box(x, y, x + 0.5, y + 0.25), NUMBERS, NUMBERS),
    st.builds(lambda x, y: shapely.MultiPoint([(x, y), (y, x)]), NUMBERS, NUMBERS),
)
HEX = SHAPES.map(lambda shape: shapely.to_wkb(shape, hex=True, flavor="iso").lower())
SPAN = st.none() | YEAR
NAMES = st.builds(
    NameRecord, WORDS, st.sampled_from(NAME_KINDS), st.sampled_from(["zh", "bo", "en", "und"]),
    st.sampled_from([None, "Hans", "Hant", "Tibt"]), MAYBE,
    st.sampled_from(["reviewed", "library", "uncertain", "none"]), years(), CERTAINTY, MAYBE,
)  # fmt: skip
POSITIONS = st.builds(
    PositionRecord, st.none() | HEX, st.sampled_from(POSITION_QUALITIES), MAYBE, SPAN, SPAN, MAYBE
)
OTHERS = st.sampled_from(["甲:1", "unit:320402000000", "https://example.org/p/1?a=b&c=%20"])
PLACES = st.builds(
    PlaceRecord,
    code=st.just("x:1"),
    feature_class=st.sampled_from("AHLPRST"),
    names=st.lists(NAMES, min_size=1, max_size=4).map(tuple),
    category=MAYBE, unit_code=st.none(), located_in=st.none(), origin=MAYBE, attribution=MAYBE,
    source=MAYBE, source_date=st.none() | st.dates(date(1900, 1, 1), ON),
    is_synthetic=st.booleans(), method=MAYBE, seed=st.none() | st.integers(0, 99),
    positions=st.lists(POSITIONS, max_size=3).map(
        lambda found: tuple(sorted(found, key=lambda one: one.wkb is None))
    ),
    listings=st.lists(
        st.builds(ListingRecord, WORDS, st.sampled_from(["heritage", "red"]), MAYBE,
                  st.sampled_from(["province", "city"]), MAYBE, st.none() | st.integers(1, 2100),
                  MAYBE, MAYBE), max_size=2).map(tuple),
    texts=st.lists(
        st.builds(TextRecord, st.sampled_from(TEXT_KINDS), WORDS, st.sampled_from(["zh", "en"]),
                  MAYBE, MAYBE), max_size=3).map(tuple),
    relations=st.lists(
        st.builds(RelationRecord, st.sampled_from(RELATION_KINDS), OTHERS, MAYBE, years(),
                  CERTAINTY, MAYBE), max_size=4).map(tuple),
    media=st.lists(
        st.builds(MediaRecord, st.sampled_from(MEDIA_KINDS), WORDS, MAYBE, MAYBE, MAYBE),
        max_size=2).map(tuple),
)  # fmt: skip


@given(PLACES)
@settings(max_examples=300, deadline=None)
def test_a_record_is_read_from_a_feature_as_it_was(place: PlaceRecord) -> None:
    feature = orjson.loads(orjson.dumps(lpf_out.feature(place, HERE, on=ON)))
    lpf_in.check(feature)
    again = lpf_in.record_of(feature, HERE)
    # Links and relations are two members of the format: their order among each other is not kept.
    key = repr
    assert sorted(again.relations, key=key) == sorted(place.relations, key=key)
    for part in PlaceRecord.__dataclass_fields__:
        if part != "relations":
            assert getattr(again, part) == getattr(place, part), part
    assert lpf_out.feature(again, HERE, on=ON) == lpf_out.feature(place, HERE, on=ON)


@given(found=st.lists(PLACES, min_size=1, max_size=3))
@settings(
    max_examples=20,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_export_import_export_is_equal(
    session: Session, tmp_path: Path, found: list[PlaceRecord]
) -> None:
    emptied(session)
    places = [replace(one, code=f"x:{n}") for n, one in enumerate(found)]
    first = b"".join(lpf_out.written(places, HERE, on=ON))
    report = imported(session, first, tmp_path / "a.json")
    assert (report.counts.kept, report.counts.refused) == (len(places), 0)
    second = exported(session)
    assert orjson.loads(second) == orjson.loads(first)


def test_a_stored_city_comes_back_whole(session: Session, tmp_path: Path) -> None:
    city = make_city(session, name="常州市")
    unit = make_unit(session, name="天宁区", parent_code=city.code)
    place = make_place(session, "常州市", None, code="unit:320400000000", feature_class="A",
                       unit_code=city.code, quality="city")  # fmt: skip
    years = {"start_earliest": -201, "start_latest": -201, "end_earliest": 280, "end_latest": 300}
    make_name(
        session, place, "毗陵", kind="former", certainty="less-certain", citation="汉书", **years
    )
    make_listing(session, place)
    make_place(session, "天宁区", None, code="unit:320402000000", feature_class="A",
               unit_code=unit.code, quality="district")  # fmt: skip
    refresh_keys(session)
    first = exported(session)
    told = orjson.loads(first)["features"]
    assert told[0]["names"][1]["when"] == {
        "timespans": [
            {"start": {"in": "-0201"}, "end": {"earliest": "0280", "latest": "0300"}}
        ]
    }  # fmt: skip
    parent = told[1]["relations"][0]
    assert parent["relationTo"] == "https://names.example.org/id/unit:320400000000"
    emptied(session)
    report = imported(session, first, tmp_path / "city.json", secrecy="public")
    assert report.counts.kept == 2
    assert orjson.loads(exported(session)) == orjson.loads(first)
    hits = search(session, "毗陵", on=ON)
    assert [hit.code for hit in hits] == ["unit:320400000000"]


def test_loading_twice_changes_nothing_and_undo_takes_all_back(
    session: Session, tmp_path: Path
) -> None:
    make_place(session, "甲", code="x:1")
    make_place(session, "乙", code="x:2")
    content = exported(session)
    emptied(session)
    first = imported(session, content, tmp_path / "a.json")
    again = imported(session, content, tmp_path / "a.json")
    assert (again.counts.unchanged, again.counts.kept) == (2, 0)
    whole = json.loads(content)
    whole["features"][0]["names"].append({"toponym": "甲村", "lang": "zh", "kind": "alias"})
    more = imported(session, json.dumps(whole), tmp_path / "b.json")
    assert (more.counts.updated, more.counts.unchanged) == (1, 1)
    for report in (more, again, first):
        undo_delivery(session, report.delivery_id)
    assert session.scalar(text("SELECT count(*) FROM place")) == 0


def test_rows_are_stored_letter_by_letter_with_their_journal(
    session: Session, tmp_path: Path
) -> None:
    odd = 'a,"b"\\N\n\\.\n\\\t{甲}\r\n'
    names = (NameRecord("甲村", "standard", citation=odd), NameRecord("Jia", "alias", "en"))
    place = PlaceRecord("x:1", "P", names, origin="", texts=(TextRecord("history", odd),))
    report = imported(session, b"".join(lpf_out.written([place], HERE, on=ON)), tmp_path / "a.json")
    (stored,) = records(session)
    assert (stored.names[0].citation, stored.texts[0].value, stored.origin) == (odd, odd, "")
    assert [name.reading_status for name in stored.names] == ["library", "none"]
    assert session.scalar(text("SELECT extra IS NULL FROM place"))
    # What was written is what the journal says: no row was written twice.
    for table in ("place", "place_name", "place_text"):
        unlike = f"""SELECT count(*) FROM {table} t FULL JOIN (SELECT * FROM delivery_change
            WHERE delivery_id = :id AND table_name = '{table}') c ON c.row_id = t.id
            WHERE c.version_after IS DISTINCT FROM t.row_version OR c.action <> 'began'"""
        assert session.scalar(text(unlike), {"id": report.delivery_id}) == 0, table


@pytest.mark.parametrize(
    ("about", "part"),
    [
        ({"seed": "seven"}, "seed"), ({"seed": 2**40}, "seed"), ({"category": {}}, "category"),
        ({"listings": [{"family": "red", "list_level": "city"}]}, "listings.list_name"),
        ({"listings": 5}, "atlas.listings"), ({"positions": ["x"]}, "atlas"),
        ({"positions": [{"quality": "fair"}]}, "positions.quality"),
        ({"positions": [{"start_year": True}]}, "positions.start_year"),
    ],
)  # fmt: skip
def test_a_file_of_ours_edited_by_hand_is_refused_by_its_part(
    about: dict[str, Any], part: str
) -> None:
    with pytest.raises(Unusable) as refused:
        lpf_in.record_of(minimal(atlas={"code": "x:1"} | about), HERE)
    assert refused.value.part == part


def test_an_object_where_a_text_belongs_is_left_to_the_original(
    session: Session, tmp_path: Path
) -> None:
    one = minimal(depictions=[{"@id": "http://a.b/1.jpg", "title": {"x": 1}, "license": 4}])
    whole = {"type": "FeatureCollection", "@context": "x", "features": [one]}
    imported(session, json.dumps(whole), tmp_path / "f.json")
    assert session.execute(text("SELECT title, licence FROM place_media")).one() == (None, "4")


# --- what is required, and what is law --------------------------------------------------


def minimal(**changed: Any) -> dict[str, Any]:
    return {
        "@id": "http://mygaz.org/places/p_1", "type": "Feature",
        "properties": {"title": "延陵", "fclasses": ["P"], "ccodes": ["CN"]},
        "names": [{"toponym": "延陵", "lang": "zh", "citations": [{"label": "史记"}]}],
        "geometry": None, "when": {"timespans": [{"start": {"in": "-0546"}}]},
    } | changed  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({"@id": ""}, "@id"), ({"type": "feature"}, "type"),
        ({"properties": {}}, "properties.title"),
        ({"properties": {"title": "延陵"}}, "properties.fclasses"),
        ({"properties": {"title": "延陵", "fclasses": []}}, "properties.fclasses"),
        ({"properties": {"title": "延陵", "fclasses": ["Z"]}}, "properties.fclasses"),
        ({"names": []}, "names"), ({"names": [{"lang": "zh"}]}, "names.toponym"),
        ({"names": [{"toponym": "延陵"}]}, "names.citations"), ({"when": {}}, "when"),
        ({"when": {"timespans": [{"start": {"in": "spring"}}]}}, "when"),
        ({"geometry": {"type": "Point", "coordinates": [999, 0]}}, "geometry"),
        ({"geometry": {"type": "Point"}}, "geometry"),
        ({"properties": {"title": "Abingdon", "fclasses": ["P"], "ccodes": ["GB"]}},
         "properties.ccodes"),
    ],
)  # fmt: skip
def test_a_feature_without_a_required_part_is_refused(changed: dict[str, Any], part: str) -> None:
    with pytest.raises(Unusable) as refused:
        lpf_in.record_of(minimal(**changed), HERE)
    assert refused.value.part == part


def test_geometry_may_be_null_but_must_be_said() -> None:
    one = minimal()
    assert lpf_in.record_of(one, HERE).positions == ()
    del one["geometry"]
    with pytest.raises(Unusable):
        lpf_in.record_of(one, HERE)


def test_a_foreign_feature_is_understood_and_kept_word_for_word(
    session: Session, tmp_path: Path
) -> None:
    one = minimal(
        names=[
            {"toponym": "延陵", "lang": "zh-Hant", "citations": [{"label": "史记", "@id": "http://a.b"}],
             "when": {"timespans": [{"start": {"in": "-0546"}, "end": {"latest": "-0200"}}]}},
            {"toponym": "Yanling", "lang": "en"},
        ],
        geometry={"type": "GeometryCollection", "geometries": [
            {"type": "Point", "coordinates": [119.97, 31.78], "certainty": "uncertain"}]},
        links=[{"type": "closeMatch", "identifier": "wd:Q57906"}],
        relations=[{"relationType": "gvp:broaderPartitive", "relationTo": "http://a.b/wu",
                    "label": "part of Wu", "when": {"timespans": [{"start": {"in": "-0546"}}]}}],
        descriptions=[{"value": "季札封地", "lang": "zh"}],
        properties={"title": "延陵", "fclasses": ["P"], "ccodes": ["TW"], "era": "春秋"},
    )  # fmt: skip
    made = lpf_in.record_of(one, HERE)
    assert made.code == "lp:http://mygaz.org/places/p_1"
    assert made.names[0] == NameRecord(
        "延陵", "former", "zh", "Hant", None, None, Years(-546, -546, None, -200), None,
        "史记 (http://a.b)",
    )  # fmt: skip
    # A name in a foreign language is never the name of the place.
    assert (made.names[1].kind, made.names[1].language) == ("alias", "en")
    assert made.positions[0].quality == "approximate"
    assert {r.kind: r.other for r in made.relations} == {
        "same_as": "http://mygaz.org/places/p_1",
        "close_match": "https://www.wikidata.org/wiki/Q57906", "part_of": "http://a.b/wu",
    }  # fmt: skip
    # A zero character, which JSON can write and no database holds, is all that does not stay.
    sent = {**one, "descriptions": [{"value": "季札\0封地", "lang": "zh"}]}
    whole = {"type": "FeatureCollection", "@context": "x\0", "features": [sent]}
    imported(session, json.dumps(whole), tmp_path / "f.json")
    kept = session.scalar(text("SELECT extra->'original' FROM place"))
    assert kept == one
    assert orjson.loads(exported(session))["features"][0]["properties"]["ccodes"] == ["CN"]


def test_only_a_public_delivery_is_published_and_military_names_never(
    session: Session, tmp_path: Path
) -> None:
    rows = [
        PlaceRecord("x:1", "S", (NameRecord("甲", "standard", citation="a"),), category="27500"),
        PlaceRecord("x:2", "S", (NameRecord("乙", "standard", citation="a"),), category="27610"),
    ]
    content = b"".join(lpf_out.written(rows, HERE, on=ON))
    published = text("SELECT code FROM place WHERE is_published ORDER BY code")
    imported(session, content, tmp_path / "a.json")
    assert session.scalars(published).all() == []
    emptied(session)
    imported(session, content, tmp_path / "a.json", secrecy="public")
    assert session.scalars(published).all() == ["x:2"]
    session.execute(text("UPDATE place SET is_published = true"))
    assert [one.code for one in records(session, public=True)] == ["x:2"]


def test_personal_numbers_are_not_stored(session: Session, tmp_path: Path) -> None:
    one = minimal(descriptions=[{"value": "联系人 王小明 13812345678", "lang": "zh"}])
    whole = {"type": "FeatureCollection", "@context": "x", "features": [one]}
    imported(session, json.dumps(whole, ensure_ascii=False), tmp_path / "f.json")
    stored = session.execute(text("SELECT t.value, p.extra::text FROM place_text t, place p")).one()
    assert "13812345678" not in "".join(stored)
    assert "王小明" not in "".join(stored)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[",
        "{}",
        '{"type": "FeatureCollection", "features": []}',
        "a,b\n1,2\n",
        '"text"',
        "null",
    ],
)
def test_what_is_no_exchange_file_is_refused_whole(
    session: Session, tmp_path: Path, content: str
) -> None:
    with pytest.raises(DeliveryRefused):
        imported(session, content, tmp_path / "f.json")
    with pytest.raises(DeliveryRefused):
        imported(session, content or "x", tmp_path / "绝密.json")
    with pytest.raises(BadInput):
        imported(session, content, tmp_path / "f.json", default_class="Z")


# --- years ------------------------------------------------------------------------------


def test_years_before_the_common_era() -> None:
    assert (iso(676), iso(-221), iso(0)) == ("0676", "-0221", "0000")
    assert (year_of("-0221"), year_of("1832-08-01"), year_of("0676~"), year_of(987)) == (
        -221, 1832, 676, 987,
    )  # fmt: skip
    # LP-TSV: -320 is 320 BCE, which ISO 8601 writes -0319
    assert (from_bce(-320), from_bce(-1), from_bce(5)) == (-319, 0, 5)
    for wrong in ("", "spring", "19xx", True, None, [], "99999"):
        with pytest.raises(NoYear):
            year_of(wrong)
    with pytest.raises(NoYear):
        from_bce(0)


@given(years())
def test_years_are_read_as_written(span: Years) -> None:
    assert list(spans_of(when_of(span))) == [span]


# --- LP-TSV -----------------------------------------------------------------------------

TSV = (
    "id\ttitle\ttitle_source\tfclasses\tstart\tend\tattestation_year\tvariants\tlon\tlat\tmatches"
    "\tparent_name\tparent_id\tccodes\n"
    "1\t毗陵\t汉书\tP;A\t-202\t\t\tPiling@en;毘陵@zh-Hant\t119.97\t31.78\twd:Q57906;gn:1815456\t会稽郡"
    "\thttp://a.b/kuaiji\tCN\n"
    "2\t晋陵\t晋书\tA\t0304\t0589\t\t\t\t\t\t\t\t\n"
    "3\t兰陵\t宋书\tP\t\t\t0488\t\t\t\t\t\t\t\n"
)


def test_lp_tsv(session: Session, tmp_path: Path) -> None:
    report = imported(session, TSV, tmp_path / "old.tsv")
    assert (report.format, report.counts.kept) == ("LP-TSV 0.5", 3)
    found = {one.title: one for one in records(session)}
    piling = found["毗陵"]
    assert piling.names[0].years == Years(-201, -201, None, None)
    assert [(n.name, n.language, n.script) for n in piling.names[1:]] == [
        ("Piling", "en", None), ("毘陵", "zh", "Hant"),
    ]  # fmt: skip
    assert [r.other for r in piling.relations] == [
        "https://www.wikidata.org/wiki/Q57906", "http://www.geonames.org/1815456",
        "http://a.b/kuaiji",
    ]  # fmt: skip
    assert (found["晋陵"].names[0].kind, found["晋陵"].names[0].years) == (
        "former", Years(304, 304, 589, 589),
    )  # fmt: skip
    assert found["兰陵"].names[0].years == Years(None, 488, None, None)


@pytest.mark.parametrize(
    ("cells", "part"),
    [
        ("\t甲\ts\tP\t1", "id"), ("1\t\ts\tP\t1", "title"), ("1\t甲\t\tP\t1", "title_source"),
        ("1\t甲\ts\t\t1", "fclasses"), ("1\t甲\ts\tQ\t1", "fclasses"), ("1\t甲\ts\tP\t", "start"),
        ("1\t甲\ts\tP\tspring", "start"), ("1\t甲\ts\tP\t0", "start"),
        ("1\t甲\ts\tP\t9\t8", "end"), ("1\t甲\ts\tP\t1\t\t200\t1", "lon"),
    ],
)  # fmt: skip
def test_a_wrong_row_of_lp_tsv_is_refused_by_its_cell(cells: str, part: str) -> None:
    lines = "id\ttitle\ttitle_source\tfclasses\tstart\tend\tlon\tlat\n" + cells + "\n"
    (one,) = lp_tsv.read_rows(lines, "t")
    assert isinstance(one, Faulty)
    assert one.part == part


# --- the national database --------------------------------------------------------------

POINT = json.dumps({"type": "MultiPoint", "coordinates": [[119.97, 31.78]]})


def entry(code: str, name: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"id": code, "place_code": code, "standard_name": name, "place_type_code": kind,
            "place_type": "测试", "province": "320000", "city": "320400", "area": "320402",
            "gdm": POINT, **more}  # fmt: skip


def test_the_national_response_becomes_names_and_texts(session: Session, tmp_path: Path) -> None:
    listed = {"total": 1, "records": [entry("32040200021610000001", "示例村", "21610")]}
    detail = {"data": entry("32040200021610000001", "示例村\0", "21610", old_name="旧甲\0、旧乙",
                            place_origin="示例来历", place_meaning="示例含义",
                            place_history="示例沿革")}  # fmt: skip
    path = tmp_path / "n.json"
    report = imported(session, json.dumps([listed, detail], ensure_ascii=False), path)
    assert (report.format, report.counts.rows_read, report.counts.kept) == (
        "国家地名信息库 JSON", 1, 1,
    )  # fmt: skip
    (one,) = records(session)
    assert (one.code, one.feature_class, one.category) == ("id:32040200021610000001", "A", "21610")
    assert one.located_in == "320402000000"
    assert [(n.name, n.kind) for n in one.names] == [
        ("示例村", "standard"), ("旧甲", "former"), ("旧乙", "former"),
    ]  # fmt: skip
    assert [(t.kind, t.value) for t in one.texts] == [
        ("origin", "示例来历"), ("meaning", "示例含义"), ("history", "示例沿革"),
    ]  # fmt: skip
    shape = shapely.from_wkb(one.positions[0].wkb)
    assert (shape.geom_type, shape.x, shape.y) == ("Point", 119.97, 31.78)


def twins(found: Iterable[PlaceRecord | Faulty]) -> dict[str, str]:
    return {
        one.title: r.other
        for one in found
        if isinstance(one, PlaceRecord)
        for r in one.relations
        if r.kind == "same_as"
    }


def test_a_village_registered_twice_is_linked() -> None:
    entries = [
        entry("32040200021610000001", "示例村", "21610"),
        entry("32040200027610000001", "示例村村民委员会", "27610"),
        entry("32040200021620000001", "花园社区", "21620"),
        entry("32040200027620000001", "花园社区居民委员会", "27620"),
        entry("32040200027620000002", "花园居委会", "27620"),  # which of the two it is: unknown
        entry("32040200027610000009", "别处村委会", "27610"),
    ]
    found = national.linked_twins(national.read_entries(entries))
    assert twins(found) == {"示例村村民委员会": "id:32040200021610000001"}


def test_a_national_file_also_loads_as_a_delivery(session: Session, tmp_path: Path) -> None:
    from geo.loaders.things import SPECS, load_things

    path = tmp_path / "n.json"
    listed = {"records": [entry("32040200022200000001", "示例村", "22200", old_name="旧甲")]}
    path.write_text(json.dumps(listed, ensure_ascii=False), encoding="utf-8")
    report = load_things(session, SPECS["place-names"], path)
    assert report.counts.kept == 1
    names = session.execute(text("SELECT name, kind FROM place_name ORDER BY id")).all()
    assert set(map(tuple, names)) == {("示例村", "standard"), ("旧甲", "former")}

"""Are addresses, headings in pinyin and ids of sibling files understood as evidence?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from geo.crs import wgs84_to_gcj02
from geo.loaders.addresses import House, house_of
from geo.loaders.fields import claims_of
from geo.loaders.several import load_several
from geo.loaders.unit_ids import unit_ids


@pytest.mark.parametrize(
    ("address", "house"),
    [
        ("上海市示例区东一街道示例东路100号", House("示例东路", 100)),
        ("示例路136弄11号", House("示例路", 136)),
        ("景德镇路5号", House("景德镇路", 5)),
        ("镇宁路 ４０５ 号", House("镇宁路", 405)),
        ("市光路10号", House("市光路", 10)),
        ("示例小区3栋", None),
        ("", None),
        (None, None),
    ],
)
def test_road_and_number_of_an_address(address: str | None, house: House | None) -> None:
    assert house_of(address) == house


@pytest.mark.parametrize(
    ("heading", "field"),
    [("zheng_qu", "stated_unit"), ("qu", "stated_unit"), ("Xian Di Zhi", "address"),
     ("MING_CHENG", "name"), ("jing_du", "lon"), ("weidu", "lat"), ("XZQMC", "stated_unit"),
     ("shi", None), ("xing_ming", None),
     ("橫座標", "east"), ("縱座標", "north"), ("X座標", "x"), ("橫坐標（公尺）", "east")],
)  # fmt: skip
def test_headings_in_pinyin_and_as_taiwan_writes_them(heading: str, field: str | None) -> None:
    claim = claims_of([heading])[0]
    assert (claim and claim[0]) == field


def geojson(path: Path, rows: list[dict[str, object]]) -> Path:
    features = [
        {"type": "Feature", "properties": {k: v for k, v in row.items() if k != "at"},
         "geometry": {"type": "Point", "coordinates": row["at"]}}
        for row in rows
    ]  # fmt: skip
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


def test_ids_are_named_by_a_sibling(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {
            "title": f"示例{n}",
            "zheng_qu": f"示例{n % 2}区",
            "qu_id": f"1234{n % 2}",
            "at": [121, 31],
        }
        for n in range(8)
    ]
    rows[0]["qu_id"] = "99999"  # seen once: not believed
    assert unit_ids([geojson(tmp_path / "a.geojson", rows)]) == {
        "12340": "示例0区",
        "12341": "示例1区",
    }
    rows[2]["zheng_qu"] = "示例9区"  # names two divisions: neither
    assert unit_ids([geojson(tmp_path / "a.geojson", rows)]) == {"12341": "示例1区"}


def test_a_silent_file_is_weighed_with_a_declared_sibling(session: Session, tmp_path: Path) -> None:
    """The first file in order is settled by what the second brings, and a third is questioned."""
    spots = [(119.9 + n / 500, 31.7 + n / 700) for n in range(12)]
    known = [{"title": f"甲{n}楼", "di_zhi": f"示例路{n + 1}号", "at": list(at)}
             for n, at in enumerate(spots)]  # fmt: skip
    shifted = [tuple(float(axis) for axis in wgs84_to_gcj02(*at)) for at in spots]
    asked = [{"title": f"乙{n}楼", "xian_di_zhi": f"示例路{n + 1}号", "at": list(at)}
             for n, at in enumerate(shifted)]  # fmt: skip
    bare = [{"title": "丙楼", "at": [119.9, 31.7]}]
    files = [
        geojson(tmp_path / f"{name}.geojson", rows)  # type: ignore[arg-type]
        for name, rows in (("asked", asked), ("known", known), ("bare", bare))
    ]
    loaded = load_several(session, "place-names", files, crs=["auto", "wgs84", "auto"])
    first, second, third = loaded.reports
    assert (first.file_name, first.crs.used, first.crs.by) == (
        "asked.geojson",
        "GCJ-02",
        "evidence",
    )
    assert (second.crs.used, second.crs.by) == ("EPSG:4326", "declared")
    assert (third.crs.used, third.crs.by) == ("EPSG:4326", "default")
    [told] = [p for p in third.problems if p.rule == "crs_siblings"]
    assert "asked.geojson: GCJ-02 1.000" in told.message
    assert "crs_siblings" not in {p.rule for p in first.problems + second.problems}

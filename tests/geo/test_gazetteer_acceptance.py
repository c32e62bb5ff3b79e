"""Does the reading of names hold on 900 real road names that nobody here wrote?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geo.text import name_keys, pinyin_key, romanise

OLD_ROADS = (
    Path(__file__).resolve().parents[3]
    / "shared/acceptance/placenames/shanghai_table_li_shi_jiao_tong.geojson"
)


@pytest.mark.acceptance
@pytest.mark.skipif(not OLD_ROADS.is_file(), reason="../shared/acceptance is not here")
def test_old_road_names_of_shanghai_are_romanised_and_keyed() -> None:
    features = json.loads(OLD_ROADS.read_text(encoding="utf-8"))["features"]
    titles = {f["properties"]["title"] for f in features} - {None}
    names = {name for name in titles if all("㐀" <= c <= "鿿" for c in name)}
    assert len(names) > 800
    uncertain = 0
    for name in names:
        read = romanise(name, feature_class="R")
        assert len(read.syllables) == len(name), name
        digits = any(c.isdigit() for c in read.text)  # ordinal streets: 2 Mǎlù
        assert digits or pinyin_key(read.text) == pinyin_key("".join(read.syllables)), name
        # generic part apart: 斜桥弄 is Xiéqiáo Lòng
        assert " " in read.text or name[-1] not in "路弄街", name
        uncertain += read.status == "uncertain"
        kinds = {key.kind for key in name_keys(name, romanised=read)}
        assert {"exact", "pinyin", "bigram"} <= kinds, name
    assert 0 < uncertain / len(names) < 0.1  # the list for review stays short enough to be read

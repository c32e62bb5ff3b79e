"""Is the share of a line that was walked right, and are the stretches that were not?"""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import BadInput
from geo.survey.inspections.along import CGCS2000, chainage_of, ruler_of, stretch
from geo.survey.inspections.files.tracks import read_track
from geo.survey.inspections.walked import walked

LINE = shapely.LineString([(120.0, 31.80), (120.0, 31.75), (120.0, 31.70)])


def north_south(start: float, end: float, aside: float = 0.0, step: float = 0.0004):
    lats = np.append(np.arange(start, end, -step), end)
    return shapely.LineString([(120.0 + aside, lat) for lat in lats])


def test_half_a_line_is_half_walked_and_the_rest_is_one_stretch() -> None:
    found = walked(LINE, [north_south(31.80, 31.75)], within_m=50)
    total = CGCS2000.inv(120, 31.8, 120, 31.7)[2]
    assert found.total_m == pytest.approx(total, abs=1e-6)
    (gap,) = found.gaps
    # The round end of the buffer reaches 50 m beyond the last point.
    assert gap.from_m == pytest.approx(CGCS2000.inv(120, 31.8, 120, 31.75)[2] + 50, abs=0.1)
    assert gap.to_m == pytest.approx(total)
    assert found.share == pytest.approx((total - gap.length_m) / total)
    assert gap.geom.geoms[0].coords[-1] == pytest.approx((120.0, 31.70))
    assert {type(gap.from_m), type(found.walked_m), type(found.share)} == {float}, "goes into JSON"


def test_a_track_too_far_aside_counts_nothing() -> None:
    aside = 60 / 94_700  # degrees for 60 m
    assert walked(LINE, [north_south(31.8, 31.7, aside)], within_m=50).share == 0
    assert walked(LINE, [north_south(31.8, 31.7, aside)], within_m=70).share == 1


def test_nobody_walked_between_two_points_far_apart() -> None:
    hop = shapely.LineString([(120, 31.80), (120, 31.7999), (120, 31.70)])
    found = walked(LINE, [hop], within_m=50, hop_m=100)
    assert found.share == pytest.approx((11.09 + 50 + 50) / found.total_m, rel=0.001)
    assert walked(LINE, [hop], within_m=50, hop_m=1e6).share == 1


def test_without_a_track_everything_is_left() -> None:
    found = walked(LINE, [])
    assert (found.share, len(found.gaps)) == (0, 1)


@settings(max_examples=25, deadline=None)
@given(st.floats(31.70, 31.80), st.floats(31.70, 31.80), st.floats(5, 500))
def test_walked_and_not_walked_make_the_whole(one: float, other: float, near: float) -> None:
    found = walked(LINE, [shapely.LineString([(120, one), (120, other)])], within_m=near, hop_m=1e6)
    left = sum(gap.length_m for gap in found.gaps)
    assert found.walked_m + left == pytest.approx(found.total_m, abs=0.05)
    brute = np.linspace(31.8, 31.7, 2001)
    low, high = sorted((one, other))
    reach = near / 110_880
    share = np.mean((brute >= low - reach) & (brute <= high + reach))
    assert found.share == pytest.approx(share, abs=0.005)


def test_chainage_and_stretch_agree_over_parts() -> None:
    parts = shapely.MultiLineString(
        [[(120, 31.8), (120, 31.79)], [(120.01, 31.79), (120.02, 31.79)]]
    )
    ruler = ruler_of(parts)
    along, aside = chainage_of(ruler, 120.015, 31.7901)
    first = CGCS2000.inv(120, 31.8, 120, 31.79)[2]
    assert along == pytest.approx(first + CGCS2000.inv(120.01, 31.79, 120.015, 31.79)[2], abs=0.1)
    assert aside == pytest.approx(11.1, abs=0.1)
    assert len(stretch(ruler, first - 10, first + 10).geoms) == 2
    assert ruler.at(along) == pytest.approx((120.015, 31.79), abs=1e-6)


GPX = b"""<?xml version="1.0"?><gpx xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>
<trkpt lat="31.8" lon="120"><time>2026-04-01T02:00:00Z</time></trkpt>
<trkpt lat="0" lon="0"/><trkpt lat="31.7" lon="120"><time>2026-04-01T03:00:00Z</time></trkpt>
</trkseg></trk></gpx>"""
KML = b"""<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">
<Document><Placemark><LineString><coordinates>120,31.8,5 120,31.7,5</coordinates></LineString>
</Placemark><Placemark><gx:Track><when>2026-04-01T02:00:00Z</when><gx:coord>120.1 31.8 5</gx:coord>
<when>2026-04-01T02:10:00Z</when><gx:coord>120.1 31.7 5</gx:coord></gx:Track></Placemark>
</Document></kml>"""


def test_tracks_of_gpx_and_kml_are_read() -> None:
    track = read_track(GPX, ".gpx")
    assert (track.points, track.skipped) == (2, 1)
    assert track.started_at is not None
    assert track.started_at.isoformat() == "2026-04-01T02:00:00+00:00"
    assert len(read_track(KML, ".kml").geom.geoms) == 2


@pytest.mark.parametrize(
    "content",
    [
        b"", b"no xml", b"<gpx/>",
        b"<gpx><trk><trkseg><trkpt lat='x' lon='y'/></trkseg></trk></gpx>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><gpx>&b;</gpx>',
    ],
)  # fmt: skip
def test_what_is_no_track_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(BadInput, match=r"[轨可]"):
        read_track(content, ".gpx")

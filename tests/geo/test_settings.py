"""Are settings read once for an environment, and again when it changes?"""

from __future__ import annotations

import pytest

from geo.errors import BadInput
from geo.settings import MapSettings, read


def test_settings_follow_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATLAS_MAP_APPROVAL_NUMBER", "甲")
    one = read(MapSettings)
    assert one.map_approval_number == "甲"
    assert read(MapSettings) is one, "a request reads them many times"
    monkeypatch.setenv("ATLAS_MAP_APPROVAL_NUMBER", "乙")
    assert read(MapSettings).map_approval_number == "乙"
    monkeypatch.delenv("ATLAS_MAP_APPROVAL_NUMBER")
    assert read(MapSettings).map_approval_number == ""


def test_what_cannot_be_used_is_refused_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    from geo.settings import ServeSettings

    monkeypatch.setenv("ATLAS_PORT", "many")
    for _ in range(2):
        with pytest.raises(BadInput, match="ATLAS_PORT"):
            read(ServeSettings)

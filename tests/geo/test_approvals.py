"""Is a layer's approval read as it is stated, and is none ever made up?"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from geo.approvals import Approval, approval_of, is_served, read_approvals
from geo.errors import BadInput

WHOLE = """
[[approval]]
layers = ["units", "lines"]
number = "示例号一"
approver = "示例机关"
date = 2026-02-01
scope = "甲市"
[[approval]]
layers = ["old-units"]
number = "示例号二"
approver = "示例上级机关"
date = 2026-03-01
scope = "甲市旧区划"
"""


@pytest.fixture
def stated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "approvals.toml"
    path.write_text(WHOLE, encoding="utf-8")
    monkeypatch.setenv("ATLAS_MAP_APPROVALS", str(path))
    return path


def test_without_settings_there_is_no_approval(monkeypatch: pytest.MonkeyPatch) -> None:
    assert approval_of("units") is None
    assert is_served("units"), "inside, layers are served"
    monkeypatch.setenv("ATLAS_PUBLIC_MODE", "true")
    assert not is_served("units")


def test_each_layer_has_its_own(stated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = approval_of("lines")
    assert found == Approval("lines", "示例号一", "示例机关", date(2026, 2, 1), "甲市")
    assert found.words == "示例号一（示例机关，2026-02-01，甲市）"
    monkeypatch.setenv("ATLAS_PUBLIC_MODE", "true")
    assert is_served("old-units")
    assert not is_served("old-lines"), "a number for today's lines opens no old ones"
    monkeypatch.setenv("ATLAS_MAP_APPROVAL_NUMBER", "通用号")
    assert approval_of("units").number == "示例号一"  # type: ignore[union-attr]
    assert not is_served("old-lines")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "没有"), ("x = ", "无法使用"), ("[[approval]]\nnumber = '1'\n", "每项须有"),
        (WHOLE.replace("lines", "sea"), "未知图层 sea"),
        (WHOLE.replace("old-units", "units"), "两次"),
        (WHOLE.replace('scope = "甲市"\n', ""), "每项须有"), ("approval = 3", "没有"),
        (WHOLE.replace("2026-02-01", "'2026-02-01'"), "每项须有"),
    ],
)  # fmt: skip
def test_a_file_that_states_less_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "approvals.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=words):
        read_approvals(path)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="无法使用"):
        read_approvals(tmp_path / "none.toml")

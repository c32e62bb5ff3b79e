"""Is what was typed wrongly told in Chinese, before the English words of the command line?"""

from __future__ import annotations

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from api.cli import app
from geo.settings import CHECKOUT


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["nearest"], "缺少 'lon'。用法见"),
        (["nearest", "abc", "1"], "'lon' 的值不能用（须为数字）"),
        (["nearest", "-119", "31"], "负数前请先写 --"),
        (["nosuch"], "没有命令 'nosuch'"),
        (["names", "nosuch"], "没有命令 'nosuch'"),
        (["--bad"], "没有选项 --bad"),
        (["unit", "甲", "乙"], "多出了内容 乙"),
        (["unit", "--on"], "选项 --on 后面的值缺少或多余"),
        (["unit", "--on", "2026-13-01"], "日期须写作 2026-01-31"),
        (["survey", "marker", "observe", "1", "--at", "2026-05-01T10:00"], "时间须带时区"),
        (["deliveries", "--limit", "0"], "须不小于 1"),
        (["up", "--port", "99999"], "须不大于 65535"),
    ],
)
def test_a_misuse_is_told_in_chinese_first(typed: list[str], told: str) -> None:
    result = CliRunner().invoke(app, typed)
    assert result.exit_code == 2
    first = result.stderr.splitlines()[0]
    assert first.startswith("✗ 参数有误：")
    assert told in first
    assert "Error" in result.stderr, "the English words follow"
    assert result.stderr.count("参数有误") == 1


@pytest.mark.parametrize("typed", [[], ["--help"], ["unit", "--help"], ["token"]])
def test_help_is_no_misuse(typed: list[str]) -> None:
    assert "参数有误" not in CliRunner().invoke(app, typed).stderr


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    command = [sys.executable, "-m", "api", "indicators"]
    with subprocess.Popen(
        command, cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        told = process.stderr.read()
    assert told == ""

"""Do Chinese sentences that people read have Chinese points, full width, and not , ; : ! ? ( )?"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from geo.settings import CHECKOUT

HAN = r"[\u3400-\u9fff」』）》】]"
# A semicolon with a space after it parts two notes that are in both languages.
HALF = re.compile(
    rf"{HAN}[,;:!?](?! [A-Za-z])|{HAN} ?\([^()a-zA-Z]*[\u3400-\u9fff)]"
    r"|[}）](?:[,:!?] ?|;)[\u3400-\u9fff]"
)
NO_SENTENCE = re.compile(r"\(\?|\\d|\\s|\[\^|\)\?|\}\?|\(\[|\||://")
"""Patterns and addresses, in which points mean something else."""
AS_TYPED = ("经度,纬度", "代码:数值")
"""What is typed so."""
AS_STORED = {
    "maps/elder_care/vocabulary.py", "geo/gazetteer/naming/listing.py",
    "geo/access/indicators/catalogue.py",
}  # fmt: skip
"""Words and headings as they stand in the data."""


def _sources() -> Iterator[Path]:
    yield from CHECKOUT.glob("api/**/*.py")
    yield from CHECKOUT.glob("maps/**/*.py")
    # The other models hold English notes on columns.
    yield CHECKOUT / "geo/models/kinds.py"
    yield from (one for one in CHECKOUT.glob("geo/**/*.py") if one.parent.name != "models")


def _texts(path: Path) -> Iterator[tuple[int, str]]:
    """The strings of a file and their lines; of docstrings those of commands, their help."""
    source = path.read_text(encoding="utf-8")
    if not HALF.search(source):
        return
    said = {
        (node.value.lineno, node.value.col_offset)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        is_doc = token.start in said and "cli" not in path.name
        if token.type == tokenize.STRING and not is_doc:
            yield token.start[0], token.string


def _faults(texts: Iterator[tuple[int, str]], path: Path) -> list[str]:
    return [
        f"{path.relative_to(CHECKOUT)}:{line} …{found[0]}… {text[:60]}"
        for line, text in texts
        if not NO_SENTENCE.search(text) and not any(typed in text for typed in AS_TYPED)
        and (found := HALF.search(text))
    ]  # fmt: skip


def test_messages_have_chinese_points() -> None:
    sources = [one for one in _sources() if str(one.relative_to(CHECKOUT)) not in AS_STORED]
    assert len(sources) > 200
    assert [fault for path in sources for fault in _faults(_texts(path), path)] == []


def test_pages_have_chinese_points() -> None:
    pages = [*CHECKOUT.glob("maps/templates/*.j2"), *CHECKOUT.glob("maps/static/js/**/*.js")]
    quoted = re.compile(r"""(?<![\w])(['"`])((?:(?!\1).)*[\u3400-\u9fff](?:(?!\1).)*)\1""")
    assert [
        fault
        for path in pages
        for fault in _faults(
            ((line, found[2]) for line, text in enumerate(path.read_text("utf-8").splitlines(), 1)
             for found in quoted.finditer(text)),
            path,
        )
    ] == []  # fmt: skip


@pytest.mark.parametrize(
    ("text", "is_fault"),
    [
        ("没有找到,请重试", True), ("请重试!", True), ("半径(米)", True), (f"{1}处）,完", True),
        ("{name}, 请补上", True), ("{one}; 点位未知 · position unknown", False),
        ("没有找到，请重试。", False), ("人口 · resident 常住 or registered 户籍, never", False),
        ("约 3,000 米", False), ("「甲」：GeoNames (CC BY)", False),
    ],
)  # fmt: skip
def test_what_counts_as_a_fault(text: str, is_fault: bool) -> None:
    assert bool(HALF.search(text)) is is_fault

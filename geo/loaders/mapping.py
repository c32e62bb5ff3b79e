"""Which column means what, as a person said for this file or once said for one with its headings?

A mapping is a JSON object, heading → field; `extra` keeps a column aside. What was said is kept in
the delivery's report and holds again for every later file with the same headings.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from sqlalchemy import text

from geo.errors import BadInput
from geo.loaders.fields import EXTRA
from geo.loaders.personal import is_personal_name
from geo.loaders.staging import Target
from geo.loaders.tables import LAT, LON, WKT
from geo.text import search_key

MAX_BYTES = 1_000_000
_LEARNT = text("""
SELECT id, report -> 'mapping' -> 'given' FROM delivery
WHERE kind = :kind AND status = 'loaded' AND report -> 'mapping' -> 'given' <> '{}'
  AND :headings IN (report -> 'mapping' ->> 'headings', report -> 'mapping' ->> 'stored_headings')
ORDER BY delivered_by IS NOT DISTINCT FROM CAST(:by AS text) DESC, id DESC LIMIT 1
""")
_SHAPE = {search_key(name) for name in (LON, LAT, WKT)}
"""Columns that stand for a geometry: whether a format has them says nothing of the source."""


@dataclass(frozen=True, slots=True)
class Told:
    """What was said of a file's columns, and the delivery in whose file it was said first.

    `learnt_from` is None where it was said now or never.
    """

    columns: list[str]
    given: dict[str, str]
    learnt_from: int | None = None

    def as_json(self, personal: Collection[str] = ()) -> dict[str, Any]:
        """For the report; `stored_headings` is the digest without the `personal` columns.

        The file of refused rows has those headings: it is read like the file that they came from.
        """
        stored = [column for column in self.columns if column not in personal]
        return {
            "headings": heading_set(self.columns), "stored_headings": heading_set(stored),
            "given": self.given, "learnt_from": self.learnt_from,
        }  # fmt: skip


def told_mapping(
    target: Target, kind: str, columns: list[str], fields: Collection[str], file: Path | None,
    by: str | None = None, counted: Collection[str] = (),
) -> Told:  # fmt: skip
    """The mapping in `file`, else the one learnt from the newest file with the same headings.

    `fields` are those of the kind, `counted` those among them that hold persons and are only
    counted. Where files of several sources have the same headings, what was
    said of a file of this source (`by`) goes before.
    """
    if file is not None:
        return Told(columns, _checked(read_mapping(file, fields), columns, file.name, counted))
    sought = {"kind": kind, "headings": heading_set(columns), "by": (by or "").strip() or None}
    known = target.execute(_LEARNT, sought).first()
    if known is None:
        return Told(columns, {})
    by_key = {search_key(column): column for column in columns}
    given = {
        by_key[search_key(heading)]: field
        for heading, field in known[1].items()
        if search_key(heading) in by_key
    }
    return Told(columns, given, known[0])


def heading_set(columns: list[str]) -> str:
    """A digest of the headings, whatever their order, width and brackets."""
    keys = "\x1f".join(sorted({search_key(column) for column in columns} - _SHAPE))
    return blake2b(keys.encode(), digest_size=8).hexdigest()


def read_mapping(file: Path, known: Collection[str]) -> dict[str, str]:
    """The heading → field object of a JSON file, the fields being `known` ones or `EXTRA`.

    BadInput says what is wrong with it.
    """
    try:
        if file.stat().st_size > MAX_BYTES:
            raise ValueError("too large")
        said = json.loads(file.read_text("utf-8-sig"))
    except OSError as problem:
        raise _bad(file.name, f"无法读取 · cannot be read: {problem.strerror}") from None
    except (ValueError, RecursionError):
        raise _bad(file.name, "不是 UTF-8 的 JSON · is no JSON in UTF-8") from None
    if not isinstance(said, dict) or not all(isinstance(field, str) for field in said.values()):
        raise _bad(file.name, '应为 {"列名": "字段"} · must be {"heading": "field"}')
    unknown = sorted({field for field in said.values() if field not in (*known, EXTRA)})
    if unknown:
        usable = " ".join((*known, EXTRA))
        raise _bad(file.name, f"没有字段 no field {', '.join(unknown)[:200]}；可用 use: {usable}")
    fields = [field for field in said.values() if field != EXTRA]
    twice = sorted({field for field in fields if fields.count(field) > 1})
    if twice:
        raise _bad(file.name, f"字段重复 · two columns for one field: {', '.join(twice)}")
    return said


def _checked(
    said: dict[str, str], columns: list[str], name: str, counted: Collection[str]
) -> dict[str, str]:
    """The mapping by the file's own headings, all of which must be there and not personal."""
    by_key = {search_key(column): column for column in columns}
    missing = [heading for heading in said if search_key(heading) not in by_key]
    if missing:
        raise _bad(name, f"文件中没有这些列 · the file has no column {', '.join(missing)[:200]}")
    personal = [h for h, field in said.items() if field not in counted and is_personal_name(h)]
    if personal:
        raise _bad(
            name,
            f"个人信息列不得导入 · a column about persons is never stored: {', '.join(personal)}",
        )
    return {by_key[search_key(heading)]: field for heading, field in said.items()}


def _bad(name: str, why: str) -> BadInput:
    return BadInput(
        f"--mapping {name}：{why}。\n--mapping {name} cannot be used.", parameter="mapping"
    )

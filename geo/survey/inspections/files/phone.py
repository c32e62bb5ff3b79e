"""What did a team save from the phone form of its pack? One JSON file, photos inside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from geo.errors import BadInput, both

FORMAT = "minzheng-atlas-inspection"
VERSION = 1
MOST_FORMS = 5000


def read_phone_file(content: bytes) -> tuple[str, Iterator[tuple[str, dict[str, Any]]]]:
    """The campaign's number, and each form as (where, what `checked_form` takes).

    `photos` hold their pictures as data addresses still. Raises BadInput for another JSON.
    """
    try:
        told = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise _bad("不是手机表单保存的文件。", "this is no file of the phone form") from None
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise _bad("不是手机表单保存的文件。", "this is no file of the phone form")
    if told.get("version") != VERSION:
        raise _bad(
            f"手机表单版本 {str(told.get('version'))[:10]} 不受支持，请用新离线包。",
            f"version {str(told.get('version'))[:10]} of the phone form is not known here",
        )
    forms = told.get("forms")
    if not isinstance(forms, list) or len(forms) > MOST_FORMS:
        raise _bad(f"forms 应为列表，最多 {MOST_FORMS} 份。", "forms is no list, or too long")
    return str(told.get("campaign") or ""), _forms(told, forms)


def _forms(told: dict[str, Any], forms: list[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, form in enumerate(forms, 1):
        where = f"第 {number} 份"
        if not isinstance(form, dict):
            yield where, {}
            continue
        yield where, {"side": told.get("side"), "role": told.get("role"), **form}


def _bad(zh: str, en: str) -> BadInput:
    return BadInput(both(zh, en), parameter="file")

"""What can a database hold of a text or of JSON that a file or a request brings?"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any


def storable(cell: str) -> str:
    """The text without what a database cannot hold: zero characters and half surrogate pairs."""
    if cell.isascii() and "\x00" not in cell:
        return cell
    return cell.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def storable_json(value: Any) -> Any:
    """A value of JSON without what a database cannot hold, in its texts and its keys."""
    if isinstance(value, dict):
        return {storable(key): storable_json(one) for key, one in value.items()}
    if isinstance(value, list):
        return [storable_json(one) for one in value]
    return storable(value) if isinstance(value, str) else value


def json_in(text: str) -> Any:
    """The JSON of a cell, its numbers exact, its texts storable.

    Raises ValueError where there is none, or where it is nested as nobody writes it.
    """
    try:
        said = json.loads(text, parse_float=Decimal, parse_int=Decimal)
        return storable_json(said)
    except RecursionError:
        raise ValueError("nested too deep") from None

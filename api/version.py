"""Which version of the software is this?"""

from __future__ import annotations

import tomllib
from functools import cache

from geo.settings import CHECKOUT


@cache
def version() -> str:
    """The version that `pyproject.toml` states."""
    with (CHECKOUT / "pyproject.toml").open("rb") as file:
        stated: str = tomllib.load(file)["project"]["version"]
    return stated

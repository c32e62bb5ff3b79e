"""Who may add, change or end a feature, and through which checks does it go?"""

from __future__ import annotations

from starlette.types import ASGIApp

from api.ogc.answers import Call


def create(call: Call) -> ASGIApp:
    raise NotImplementedError


def replace(call: Call) -> ASGIApp:
    raise NotImplementedError


def update(call: Call) -> ASGIApp:
    raise NotImplementedError


def delete(call: Call) -> ASGIApp:
    raise NotImplementedError

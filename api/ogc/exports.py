"""In which further formats do features leave? A registry; `api.ogc.formats` fills it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import ASGIApp

from api.ogc.answers import Call
from api.ogc.asked import Asked


@dataclass(frozen=True, slots=True)
class Export:
    """A format: its media type, its ending, and what writes it.

    `write(call, asked)` answers every feature of the question, or `asked.limit` of them where one
    was given.
    """

    media: str
    ending: str
    write: Callable[[Call, Asked], ASGIApp]


EXPORTS: dict[str, Export] = {}
"""Word of `f` → format."""

"""Who may ask what? Writes `docs/access-table.md` from the routes and their gates.

Run `python -m api.access_table` to renew the page; a test compares the two, and tries each cell.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from api import app as service
from api import routes
from api.ogc import callers, door, writers
from api.security import GATES, Gate
from geo.models.account import ROLES
from geo.queries.collections import COLLECTIONS
from geo.settings import CHECKOUT

PAGE = CHECKOUT / "docs" / "access-table.md"
CALLERS = ("anonymous", *ROLES, "district", "expired", "revoked")
"""Nobody, a token of each role, a planner's of one division, two dead ones."""

OPEN, ALL, PART, NO_TOKEN, NO_RIGHT = "✓", "✓ all", "✓ part", "401", "403"


@dataclass(frozen=True)
class Row:
    """An address, a method, and for each caller what he gets."""

    method: str
    path: str
    cells: dict[str, str]


def rows() -> list[Row]:
    """Every address of the service, pages and OGC doors too, by path and method."""
    found = [*_routes(), *_doors()]
    return sorted(found, key=lambda row: (row.path, row.method))


def _routes() -> Iterator[Row]:
    """What FastAPI's routers answer."""
    for module in pkgutil.iter_modules(routes.__path__):
        made = vars(importlib.import_module(f"{routes.__name__}.{module.name}")).values()
        for route in [r for one in made if isinstance(one, APIRouter) for r in one.routes]:
            if isinstance(route, APIRoute):
                for method in sorted((route.methods or set()) - {"HEAD", "OPTIONS"}):
                    yield Row(method, route.path, _cells(_gate(route.dependant)))
    yield Row("GET", "/api/openapi.json", _cells(None))


def _gate(dependant: Dependant) -> Gate | None:
    """The gate among the dependencies of a route, and theirs."""
    for one in dependant.dependencies:
        if found := GATES.get(one.call) if one.call else None:
            return found
        if inner := _gate(one):
            return inner
    return None


def _cells(gate: Gate | None) -> dict[str, str]:
    """What each caller gets behind a gate; without one nobody's token is looked at."""
    if gate is None:
        return dict.fromkeys(CALLERS, OPEN)
    cells = {role: OPEN if role in (*gate.roles, "administrator") else NO_RIGHT for role in ROLES}
    part = PART if "planner" in gate.roles else NO_RIGHT
    dead = {"expired": NO_TOKEN, "revoked": NO_TOKEN}
    return {"anonymous": NO_TOKEN if gate.is_must else OPEN, **cells, "district": part, **dead}


def _doors() -> Iterator[Row]:
    """What the OGC doors answer, each collection by itself."""
    for address in door.ADDRESSES:
        for method in address.methods:
            is_of_one = address.parts[:2] == ("collections", None)
            for name in COLLECTIONS if is_of_one else ("",):
                if method == "GET" or method in writers.methods_of(name):
                    yield Row(method, _path(address.parts, name), _ogc_cells(address, method, name))


def _path(parts: tuple[str | None, ...], collection: str) -> str:
    """The address with the collection's name, other free parts as `{}`."""
    words = ["{}" if part is None else part for part in parts]
    if collection:
        words[1] = collection
    return "/ogc/" + "/".join(words)


def _ogc_cells(address: door.Address, method: str, name: str) -> dict[str, str]:
    """Reading is open to all, and of all rows to those with the right; only they write."""
    dead = {"expired": NO_TOKEN, "revoked": NO_TOKEN}
    having = (*callers.ROLES.get(name, ()), "administrator")
    if method != "GET":
        cells = {role: OPEN if role in having else NO_RIGHT for role in ROLES}
        part = PART if "planner" in having else NO_RIGHT
        return {"anonymous": NO_TOKEN, **cells, "district": part, **dead}
    if not _shows_rows(address):
        is_asked = bool(name) or address.parts[:2] in (("collections",), ("catalogue", "items"))
        return dict.fromkeys(CALLERS, OPEN) | (dead if is_asked else {})
    cells = {role: ALL if role in having else OPEN for role in ROLES}
    part = PART if "planner" in having else OPEN
    return {"anonymous": OPEN, **cells, "district": part, **dead}


def _shows_rows(address: door.Address) -> bool:
    """Whether an address answers features: its items, or its tiles."""
    kind = address.parts[2:3] if address.parts[:1] == ("collections",) else ()
    return kind == ("items",) or (kind == ("tiles",) and len(address.parts) > 4)


def table() -> str:
    """The page as Markdown."""
    service.create_app()  # opens the addresses of tiles
    lines = [
        "# Who may ask what 访问权限表",
        "",
        "Made from the routes by `python -m api.access_table`; a test keeps it true and tries each "
        "cell with a real request.",
        "",
        f"- `{OPEN}`: answered. `{ALL}`: unpublished rows too. `{PART}`: within the token's "
        "division. Without a right the OGC doors answer what the public reads.",
        f"- `{NO_TOKEN}`: a valid token is needed, or this one is dead. `{NO_RIGHT}`: another role "
        "is needed.",
        "- `district`: a planner's token of one division. Tokens of surveyors and names officers "
        "are limited to theirs in the same way.",
        "- Where all nine are answered without a gate, a token is not looked at.",
        "",
        "| | address | " + " | ".join(CALLERS) + " |",
        "|---|---|" + "---|" * len(CALLERS),
    ]
    for row in rows():
        told = " | ".join(row.cells[who] for who in CALLERS)
        lines.append(f"| {row.method} | `{row.path}` | {told} |")
    return "\n".join(lines) + "\n"


def main(*_: Any) -> None:
    """Write the page."""
    PAGE.write_text(table(), encoding="utf-8")


if __name__ == "__main__":
    main()

"""Which address under `/ogc/` is answered by what? One table, one pure-ASGI door.

The work of an answer happens in a thread, as everywhere in the house; the body of a request is read
before, under the cap of the envelope.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import anyio.to_thread
from fastapi import Request
from starlette._utils import get_route_path
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send

from api.ogc import catalogue, described, features, landing, openapi, writers, writing
from api.ogc.answers import PREFIX, Answer, Call, call_of
from api.problems import problem
from geo.errors import both

_READING = ("GET", "HEAD", "OPTIONS")
Handler = Callable[[Call], ASGIApp]


@dataclass(frozen=True, slots=True)
class Address:
    """An address: its parts (None: any word) and what answers each method."""

    parts: tuple[str | None, ...]
    methods: Mapping[str, Handler]

    def is_meant(self, parts: tuple[str, ...]) -> bool:
        """Whether a path is this address."""
        return all(own is None or own == part for own, part in zip(self.parts, parts, strict=True))

    def allowed(self, parts: tuple[str, ...]) -> list[str]:
        """The methods that it takes; features are written only where there is a writer."""
        found = {*self.methods, "HEAD", "OPTIONS"}
        if "items" in self.parts and len(found) > len(_READING) and parts[0] == "collections":
            found &= {*_READING, *writers.methods_of(parts[1])}
        return sorted(found)


def at(path: str, **methods: Handler) -> Address:
    """An address from `collections/*/items`."""
    parts = tuple(None if part == "*" else part for part in path.split("/") if part)
    return Address(parts, methods)


ADDRESSES = [
    at("collections/*/items", GET=features.items, POST=writing.create),
    at(
        "collections/*/items/*", GET=features.item, PUT=writing.replace, PATCH=writing.update,
        DELETE=writing.delete,
    ),
    at("", GET=landing.landing),
    at("conformance", GET=landing.conformance),
    at("api", GET=openapi.document),
    at("collections", GET=described.collections),
    at("collections/*", GET=described.collection),
    at("collections/*/queryables", GET=described.queryables),
    at("collections/*/sortables", GET=described.sortables),
    at("collections/*/schema", GET=described.schema),
    at("catalogue", GET=catalogue.catalogue),
    at("catalogue/items", GET=catalogue.records),
    at("catalogue/items/*", GET=catalogue.record),
]  # fmt: skip
"""Every address; the tests compare it with the OpenAPI document."""


def _by_length() -> dict[int, list[Address]]:
    made: dict[int, list[Address]] = {}
    for address in ADDRESSES:
        made.setdefault(len(address.parts), []).append(address)
    return made


_LENGTHS = _by_length()


def add(*more: Address) -> None:
    """Open further addresses; those that are asked for most come first."""
    ADDRESSES.extend(more)
    _LENGTHS.clear()
    _LENGTHS.update(_by_length())


class OgcRoute(BaseRoute):
    """Everything under `/ogc`, with or without a slash at its end, as one route."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether a request is for here."""
        if scope["type"] == "http":
            path = get_route_path(scope)
            if path == PREFIX or path.startswith(f"{PREFIX}/"):
                return Match.FULL, {}
        return Match.NONE, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        call = call_of(scope, get_route_path(scope))
        if call.parts[:2] == ("collections", "catalogue"):  # where clients for records look
            call.parts = call.parts[1:]
        found = next(
            (one for one in _LENGTHS.get(len(call.parts), ()) if one.is_meant(call.parts)), None
        )
        if found is None:
            raise HTTPException(404)
        handler = found.methods.get(call.method)
        if handler is None or call.method not in found.allowed(call.parts):
            await _other_method(found, call)(scope, receive, send)
            return
        if call.method in ("POST", "PUT", "PATCH"):
            call.body = await Request(scope, receive).body()
        answer = await anyio.to_thread.run_sync(handler, call)
        await answer(scope, receive, send)


def _other_method(address: Address, call: Call) -> ASGIApp:
    """The answer to OPTIONS, and to methods that an address does not take."""
    listed = ", ".join(address.allowed(call.parts))
    allow = {"Allow": listed}
    if call.method == "OPTIONS":
        return Answer(b"", "", 204, allow)
    detail = both(f"此地址只接受：{listed}。", f"this address takes only: {listed}")
    return problem(Request(call.scope), 405, detail, headers=allow)

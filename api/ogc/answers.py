"""What is asked at an address under `/ogc/`, and what is answered? Plain ASGI, few objects.

The hot path makes no request object and no model: the query string is split once, the answer is
bytes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import orjson
from starlette.types import Receive, Scope, Send

from api.reads import Doors
from geo.errors import BadInput, both

JSON = "application/json"
GEOJSON = "application/geo+json"
HTML = "text/html; charset=utf-8"
PREFIX = "/ogc"
MOST_PARAMETERS = 60
_HOST = re.compile(r"[A-Za-z0-9.\-_]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?", re.ASCII)


@dataclass
class Call:
    """One request: its method, the parts of its path, its parameters in order, its headers."""

    scope: Scope
    method: str
    parts: tuple[str, ...]
    parameters: list[tuple[str, str]]
    headers: Mapping[bytes, bytes]
    body: bytes = b""
    _base: str | None = None

    @property
    def doors(self) -> Doors:
        """The ways to the database."""
        found: Doors = self.scope["app"].state.doors
        return found

    @property
    def base(self) -> str:
        """The address of `/ogc` as others see it, without a slash at its end."""
        if self._base is None:
            self._base = _base_of(self.scope, self.headers)
        return self._base

    def header(self, name: bytes) -> str:
        """A header's text, empty where it is missing."""
        return self.headers.get(name, b"").decode("latin-1")

    def get(self, name: str) -> str | None:
        """The value of a parameter."""
        return next((value for key, value in self.parameters if key == name), None)

    def address(self, *parts: str, **parameters: str | None) -> str:
        """An address below `/ogc`."""
        path = _path(parts)
        given = {name: value for name, value in parameters.items() if value is not None}
        return self.base + path + (f"?{urlencode(given)}" if given else "")

    def again(self, **parameters: str | None) -> str:
        """This address with some parameters changed; None takes one away."""
        kept = [(k, v) for k, v in self.parameters if k not in parameters]
        kept += [(k, v) for k, v in parameters.items() if v is not None]
        path = _path(self.parts)
        return self.base + path + (f"?{urlencode(kept)}" if kept else "")

    def only(self, *known: str) -> None:
        """Refuse parameters that the address does not know, and any that comes twice."""
        seen: set[str] = set()
        for name, _ in self.parameters:
            if name not in known:
                listed = "、".join(known) or "无"
                raise BadInput(
                    both(
                        f"未知参数「{name[:50]}」；可用：{listed}。",
                        f"unknown parameter {name[:50]!r}",
                    ),
                    parameter=name[:50],
                )
            if name in seen:
                raise BadInput(
                    both(f"参数 {name} 出现了两次。", "the parameter is given twice"),
                    parameter=name,
                )
            seen.add(name)


@lru_cache(maxsize=1_024)
def _path(parts: tuple[str, ...]) -> str:
    """The parts of a path as an address has them."""
    return "".join(f"/{quote(part, safe='@:,;+')}" for part in parts) or "/"


def call_of(scope: Scope, path: str) -> Call:
    """Read a request. Raises BadInput for a query string that is none."""
    parts = tuple(part for part in path.removeprefix(PREFIX).split("/") if part)
    return Call(
        scope, scope["method"], parts, read_parameters(scope["query_string"]),
        dict(scope["headers"]),
    )  # fmt: skip


def read_parameters(raw: bytes) -> list[tuple[str, str]]:
    """The parameters of a query string in order. Raises BadInput where it is none."""
    if not raw:
        return []
    try:
        return parse_qsl(
            raw.decode("ascii"), keep_blank_values=True, errors="strict",
            max_num_fields=MOST_PARAMETERS,
        )  # fmt: skip
    except ValueError:
        raise BadInput(
            both("地址中的参数不是有效的 UTF-8，或过多。", "the query string cannot be read")
        ) from None


def _base_of(scope: Scope, headers: Mapping[bytes, bytes]) -> str:
    stated = os.environ.get("ATLAS_PUBLIC_URL", "").strip().rstrip("/")
    if stated:
        return stated + PREFIX
    host = headers.get(b"host", b"").decode("latin-1")
    if not _HOST.fullmatch(host):
        name, port = scope.get("server") or ("localhost", None)
        host = f"{name}:{port}" if port else str(name)
    return f"{scope.get('scheme', 'http')}://{host}{scope.get('root_path', '')}{PREFIX}"


@dataclass
class Answer:
    """A body with its status, media type and further headers.

    What does not say otherwise is the same for everybody, also for somebody with a token: it may be
    kept, and is asked after.
    """

    body: bytes
    media: str = JSON
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        head = [(b"content-type", self.media.encode())] if self.body or self.media else []
        if self.status not in (204, 304):
            head.append((b"content-length", str(len(self.body)).encode()))
        headers = {"cache-control": "no-cache"} | {k.lower(): v for k, v in self.headers.items()}
        head += [(k.encode(), v.encode("latin-1")) for k, v in headers.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": head})
        await send({"type": "http.response.body", "body": self.body})


def names_tag(said: str, etag: str) -> bool:
    """Whether an If-None-Match names the tag (RFC 9110, 13.1.2: compared weakly)."""
    if said.strip() == "*":
        return True
    return etag in {one.strip().removeprefix("W/") for one in said.split(",")}


def as_json(content: Any, media: str = JSON, **headers: str) -> Answer:
    """A mapping as JSON."""
    return Answer(orjson.dumps(content), media, 200, {"Vary": "Accept", **headers})


def link(href: str, rel: str, media: str, title: str = "", **more: Any) -> dict[str, Any]:
    """A link of the OGC."""
    made = {"href": href, "rel": rel, "type": media, "title": title, **more}
    return {name: value for name, value in made.items() if value != ""}


@lru_cache(maxsize=256)
def accepted(accept: str) -> tuple[str, ...]:
    """The media types of an Accept header, the most wanted first; refused ones (q=0) left out."""
    wanted: list[tuple[float, int, str]] = []
    for place, offer in enumerate(accept.lower().split(",")[:50]):
        media, *parameters = (part.strip() for part in offer.split(";"))
        weight = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    weight = float(parameter[2:])
                except ValueError:
                    weight = 0.0
        if media and weight > 0:
            wanted.append((-weight, place, media))
    return tuple(media for _, _, media in sorted(wanted))

"""What does every answer carry, whatever it says? One pure-ASGI layer around the whole service.

A request id, the security headers, HEAD for whatever GET answers, a cap on bodies, a deadline that
covers waiting for a free thread, and a plain problem document where something failed that nothing
foresaw.
"""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass

import anyio
import anyio.to_thread
from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.auditing import Asking, asking, note_reading
from api.problems import OFTEN, PACKED, SLOW, fault, problem
from api.rates import Rates
from api.witness import UNDER_WAY, witness

DEADLINE_S = 40.0
"""Longest that a request may take, waiting included; the statement timeout lies below it."""

BODY_CAP = 4_000_000
"""Largest request body, in bytes: some hundred detailed polygons."""

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # An answer that is no page may load nothing; pages bring a policy of their own.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    ),
    # Kept, but asked after each time: a load or an upgrade shows at once.
    "Cache-Control": "no-cache",
}
_ENCODED = [(name.lower().encode(), value.encode("latin-1")) for name, value in _HEADERS.items()]


@dataclass(frozen=True)
class Uploads:
    """The one address that takes more and longer: a POST of files there, up to `cap` bytes."""

    address: str
    cap: int
    deadline_s: float
    also: re.Pattern[str] | None = None
    """Further addresses of this kind."""

    def are(self, scope: Scope) -> bool:
        """Whether a request is such a POST."""
        path: str = scope["path"].removeprefix(scope.get("root_path", ""))
        is_meant = path == self.address or bool(self.also and self.also.fullmatch(path))
        return scope["method"] == "POST" and is_meant


class Envelope:
    """The outermost layer of the service."""

    def __init__(
        self,
        app: ASGIApp,
        deadline_s: float = DEADLINE_S,
        uploads: Uploads | None = None,
        rates: Rates | None = None,
    ) -> None:
        self.app = app
        self.rates = rates
        self.deadline_s = deadline_s
        self.uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request inside its deadline, with every header set."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_head = scope["method"] == "HEAD"
        # A copy: the server's own log still says HEAD.
        inner = {**scope, "request_id": _request_id(scope)}
        now = Asking(scope, inner["request_id"])
        asking.set(now)
        if is_head:
            inner["method"] = "GET"
        began = time.perf_counter()
        status = sent = received = 0
        cap, deadline_s = BODY_CAP, self.deadline_s
        if self.uploads is not None and self.uploads.are(scope):
            cap, deadline_s = self.uploads.cap, self.uploads.deadline_s

        async def receiving() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > cap:
                raise HTTPException(413, f"最多 {cap} 字节 / at most {cap} bytes")
            return message

        async def sending(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
                _complete(message, inner["request_id"], is_staff=now.caller is not None)
            elif is_head:
                message = {**message, "body": b""}
            sent += len(message.get("body", b""))
            await send(message)

        UNDER_WAY.inc()
        try:
            if self.rates is not None and (wait_s := self.rates.wait_s(scope)):
                headers = {"Retry-After": str(wait_s)}
                await problem(Request(inner), 429, OFTEN, headers=headers)(inner, receive, sending)
                return
            if _is_packed(scope):
                headers = {"Accept-Encoding": "identity"}
                await problem(Request(inner), 415, PACKED, headers=headers)(inner, receive, sending)
                return
            with anyio.fail_after(deadline_s) as limit:
                inner["deadline"] = limit  # an answer that is long on purpose moves it
                await self.app(inner, receiving, sending)
        except TimeoutError:
            if status:
                raise
            await problem(Request(inner), 503, SLOW)(inner, receive, sending)
        except Exception as error:  # whatever nothing foresaw: a plain problem, logged
            if status:
                raise
            await fault(Request(inner), error)(inner, receive, sending)
        finally:
            UNDER_WAY.dec()
            inner["method"] = scope["method"]
            witness(inner, status, time.perf_counter() - began, sent)
            await _put_on_record(scope, now, status)


def _is_packed(scope: Scope) -> bool:
    """Whether the body of a request is compressed: it is never unpacked here, so that its size is
    what was sent.
    """
    if scope["method"] in ("GET", "HEAD"):
        return False
    said = [value for name, value in scope["headers"] if name == b"content-encoding"]
    return any(value.strip().lower() not in (b"", b"identity") for value in said)


async def _put_on_record(scope: Scope, now: Asking, status: int) -> None:
    """Note what somebody with a token read or was refused; a write has its entry already."""
    is_read = status < 400 and now.is_of_rows
    if now.caller is not None and not now.wrote and (is_read or status == 403):
        with anyio.CancelScope(shield=True):
            doors = scope["app"].state.doors
            await anyio.to_thread.run_sync(note_reading, doors, now, status)


def _request_id(scope: Scope) -> str:
    """The id that the caller (or a proxy) gave, when it is harmless in a log; else a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(given := value.decode("latin-1")):
            return str(given)
    return secrets.token_hex(8)


def _complete(message: Message, request_id: str, *, is_staff: bool) -> None:
    """Add the headers that the answer does not set itself. What is answered to somebody with a
    token is kept nowhere.
    """
    headers = [(name.lower(), value) for name, value in message.get("headers", ())]
    said = {name for name, _ in headers}
    if b"content-security-policy" in said:
        # A page that may be framed says so in its policy; the older header knows no such word.
        policies = (value for name, value in headers if name == b"content-security-policy")
        if any(b"frame-ancestors *" in value for value in policies):
            said.add(b"x-frame-options")
    headers.append((b"x-request-id", request_id.encode("latin-1")))
    if is_staff and b"cache-control" not in said:
        said.add(b"cache-control")
        headers.append((b"cache-control", b"no-store"))
    headers += [one for one in _ENCODED if one[0] not in said]
    message["headers"] = headers

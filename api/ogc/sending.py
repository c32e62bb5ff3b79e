"""How does a long answer leave: piece by piece, ended early when its reader goes away?

Both answers below release what they hold (a connection, a file without a name) when they are sent,
and when the caller has gone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import IO

import anyio
import anyio.from_thread
import anyio.to_thread
from starlette.types import Message, Receive, Scope, Send

from api.ogc.answers import Call

IDLE_S = 60.0
"""Longest that one piece may take to be made and taken, in seconds."""
WHOLE_S = 600.0
"""Longest that a file may take to be made, in seconds."""
BLOCK = 262_144


def patient(call: Call, seconds: float = WHOLE_S) -> None:
    """Give the answer to a request more time, from the thread that makes it."""
    if (limit := call.scope.get("deadline")) is not None:
        anyio.from_thread.run_sync(_move, limit, seconds)


def _move(limit: anyio.CancelScope, seconds: float) -> None:
    limit.deadline = anyio.current_time() + seconds


class Pieces:
    """An answer in pieces: `read` gives the next one, b"" at the end.

    first: the piece that was made before the head is sent, so that what fails at once is answered
    as a problem. held: closed when the answer has ended, in whatever way.
    """

    def __init__(
        self, first: bytes, read: Callable[[], bytes], held: ExitStack, media: str,
        headers: Mapping[str, str],
    ) -> None:  # fmt: skip
        self.first, self.read, self.held = first, read, held
        head = {"content-type": media, **headers}
        self.head = [(k.lower().encode(), v.encode("latin-1")) for k, v in head.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it; stop when the caller has gone."""
        try:
            async with anyio.create_task_group() as group:

                async def watch() -> None:
                    while (await receive())["type"] != "http.disconnect":
                        pass
                    group.cancel_scope.cancel()

                group.start_soon(watch)
                await self._send(scope, send)
                group.cancel_scope.cancel()
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(self.held.close)

    async def _send(self, scope: Scope, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.head})
        piece = self.first
        while piece:
            if (limit := scope.get("deadline")) is not None:
                _move(limit, IDLE_S)
            message: Message = {"type": "http.response.body", "body": piece, "more_body": True}
            await send(message)
            piece = await anyio.to_thread.run_sync(self.read)
        await send({"type": "http.response.body", "body": b""})


def file_sent(made: IO[bytes], media: str, headers: Mapping[str, str]) -> Pieces:
    """An open file as an answer of known length; it is closed at the end."""
    held = ExitStack()
    held.callback(made.close)
    size = made.seek(0, 2)
    made.seek(0)
    told = {**headers, "content-length": str(size)}
    return Pieces(made.read(BLOCK), lambda: made.read(BLOCK), held, media, told)

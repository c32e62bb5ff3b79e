"""How many answers does a server give in a while, and how long does each take?

Run as a process of its own, without any library: `python asker.py`, with one JSON document on
standard input (`port`, `path`, `clients`, `seconds`, `headers`). Each client keeps one connection
open and asks again as soon as it has its answer. Prints one JSON document. An answer costs it some
30 µs and one copy of the bytes, the same for every server.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time
from typing import Any


class Client:
    """One connection that asks the same again and again."""

    def __init__(self, port: int, request: bytes) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request = request
        self.since = 0.0
        self.head = b""
        self.missing = -1
        self.status = 0
        self.size = 0

    def ask(self) -> None:
        """Send the request."""
        self.head, self.missing = b"", -1
        self.since = time.perf_counter()
        self.socket.sendall(self.request)

    def is_answered(self) -> bool:
        """Read what has come; whether the answer is whole."""
        piece = self.socket.recv(1 << 20)
        if not piece:
            raise ConnectionError("the server has hung up")
        if self.missing >= 0:
            self.missing -= len(piece)
            return self.missing == 0
        self.head += piece
        end = self.head.find(b"\r\n\r\n")
        if end < 0:
            return False
        lines = self.head[:end].lower().split(b"\r\n")
        self.status = int(lines[0].split()[1])
        found = [int(line[15:]) for line in lines if line.startswith(b"content-length:")]
        bodiless = self.status in (204, 304)
        if not found and not bodiless:
            raise ValueError(f"an answer without a length: {self.head[:end]!r}")
        self.size = 0 if bodiless else found[0]
        self.missing = self.size - (len(self.head) - end - 4)
        return self.missing == 0


def measure(asked: dict[str, Any]) -> dict[str, Any]:
    """Ask for some seconds; the answers, and the milliseconds of each."""
    port, seconds = int(asked["port"]), float(asked["seconds"])
    lines = [f"GET {asked['path']} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
    lines += [f"{name}: {value}" for name, value in asked.get("headers", {}).items()]
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    spent: list[float] = []
    statuses: dict[int, int] = {}
    size = 0
    with selectors.DefaultSelector() as waiting:
        clients = [Client(port, request) for _ in range(int(asked["clients"]))]
        for client in clients:
            waiting.register(client.socket, selectors.EVENT_READ, client)
        began = time.perf_counter()
        for client in clients:
            client.ask()
        while (now := time.perf_counter()) - began < seconds or not spent:
            for key, _ in waiting.select(timeout=60):
                client = key.data
                if client.is_answered():
                    spent.append(time.perf_counter() - client.since)
                    statuses[client.status] = statuses.get(client.status, 0) + 1
                    size = client.size
                    client.ask()
        took = now - began
        for client in clients:
            client.socket.close()
    spent.sort()
    return {
        "per_s": len(spent) / took, "answers": len(spent), "size": size, "statuses": statuses,
        "p50_ms": spent[len(spent) // 2] * 1000,
        "p99_ms": spent[min(len(spent) - 1, int(len(spent) * 0.99))] * 1000,
    }  # fmt: skip


if __name__ == "__main__":
    json.dump(measure(json.load(sys.stdin)), sys.stdout)

"""How is the service put on a port, and taken off it in order?"""

from __future__ import annotations

import contextlib
import errno
import socket
from typing import TYPE_CHECKING

from geo.errors import Unavailable

if TYPE_CHECKING:
    from fastapi import FastAPI


def take_port(host: str, port: int) -> socket.socket:
    """Take the address now, before the long work, so that nobody else has it afterwards.

    Raises Unavailable where the port is in use, needs root, or the address is not this machine's.
    """
    try:
        family, kind, number, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as problem:
        raise Unavailable(
            f"地址 {host} 无法识别 ({problem})。请检查 --host。\n"
            f"The address {host} is not known ({problem}). Check --host."
        ) from problem
    taken = socket.socket(family, kind, number)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind(address)
        taken.listen(128)  # only a listening socket keeps others off the port
    except OSError as problem:
        taken.close()
        raise Unavailable(_why_not(host, port, problem)) from problem
    return taken


def _why_not(host: str, port: int, problem: OSError) -> str:
    if problem.errno == errno.EADDRINUSE:
        return (
            f"端口 {port} 已被占用。请用 --port 换一个端口; 如果是本程序占用,"
            " 可用 ./atlas status 查看、./atlas down 停止。\n"
            f"Port {port} is in use. Choose another with --port; ./atlas status tells whether it is"
            " this atlas."
        )
    if problem.errno == errno.EACCES:
        return (
            f"无权使用端口 {port} (1024 以下需要管理员)。请用 --port 8000 之类的端口。\n"
            f"Port {port} needs an administrator; choose one above 1023."
        )
    return (
        f"不能在 {host}:{port} 上提供服务: {problem.strerror}。请检查 --host 和 --port。\n"
        f"Cannot listen on {host}:{port}: {problem.strerror}. Check --host and --port."
    )


def serve(app: FastAPI, taken: socket.socket) -> None:
    """Serve until Ctrl-C or SIGTERM; requests under way are given 10 seconds."""
    import uvicorn  # heavy: only those who serve wait for it

    from geo.access.warming import warm_up_beside

    warm_up_beside()
    config = uvicorn.Config(
        app, log_level="warning", timeout_graceful_shutdown=10, server_header=False
    )
    with contextlib.suppress(KeyboardInterrupt):  # raised again by uvicorn once all is closed
        uvicorn.Server(config).run(sockets=[taken])


def links(host: str, port: int) -> list[tuple[str, str]]:
    """Answer the pages to print, as (name, address)."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    base = f"http://{shown}:{port}"
    return [
        ("首页 · home", f"{base}/"),
        ("养老地图 · elder care", f"{base}/elder-care"),
        ("覆盖与缺口 · coverage", f"{base}/access"),
        ("规划工作台 · planning (token)", f"{base}/planning"),
        ("界线 · boundaries", f"{base}/boundaries"),
        ("地名 · place names", f"{base}/names"),
        ("数据 · data", f"{base}/data"),
        ("接口 · API", f"{base}/docs"),
    ]

"""How is the service put on a port, and taken off it in order?"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from api.logs import set_up_logs_as_set
from geo.db import Database
from geo.db.watching import kept_running
from geo.errors import Unavailable
from geo.settings import DatabaseSettings, HomeSettings, ServeSettings, read

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

SHARED_METRICS = "PROMETHEUS_MULTIPROC_DIR"
"""Read by prometheus_client when it is imported: the folder in which processes count together."""


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
            f"地址 {host} 无法识别（{problem}）。请检查 --host。\n"
            f"The address {host} is not known ({problem}). Check --host."
        ) from problem
    # With TCP's own number: asyncio sends small answers at once (TCP_NODELAY) only where a socket
    # says that it is one; without it every answer but a connection's first would wait for 40 ms.
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
            f"端口 {port} 已被占用。请用 --port 换一个端口；如果是本程序占用，"
            " 可用 ./atlas status 查看、./atlas down 停止。\n"
            f"Port {port} is in use. Choose another with --port; ./atlas status tells whether it is"
            " this atlas."
        )
    if problem.errno == errno.EACCES:
        return (
            f"无权使用端口 {port}（1024 以下需要管理员）。请用 --port 8000 之类的端口。\n"
            f"Port {port} needs an administrator; choose one above 1023."
        )
    return (
        f"不能在 {host}:{port} 上提供服务：{problem.strerror}。请检查 --host 和 --port。\n"
        f"Cannot listen on {host}:{port}: {problem.strerror}. Check --host and --port."
    )


def serve(database: Database, taken: socket.socket, *, city_code: str | None, workers: int) -> None:
    """Serve until Ctrl-C or SIGTERM; requests under way are given 10 seconds.

    With more than one worker this process only watches over the others: one that dies is replaced.
    A private database that is killed meanwhile is started again. Raises BadInput for a log file
    that cannot be written.
    """
    import uvicorn  # heavy: only those who serve wait for it
    from uvicorn.supervisors import Multiprocess

    set_up_logs_as_set()
    with _watched(database), contextlib.suppress(KeyboardInterrupt):  # raised again by uvicorn
        if workers == 1:
            from api.app import create_app
            from geo.access.warming import warm_up_beside

            warm_up_beside()
            app = create_app(database, city_code=city_code)
            uvicorn.Server(_config(app)).run(sockets=[taken])
        else:
            with _for_workers(workers, city_code):
                config = _config("api.worker:worker_app", factory=True, workers=workers)
                Multiprocess(config, sockets=[taken]).run()


def _config(app: FastAPI | str, **more: Any) -> uvicorn.Config:
    import uvicorn

    return uvicorn.Config(
        app, log_config=None, log_level="warning", access_log=False, server_header=False,
        timeout_graceful_shutdown=10,
        forwarded_allow_ips=read(ServeSettings).trusted_proxies, **more,
    )  # fmt: skip


@contextlib.contextmanager
def _watched(database: Database) -> Iterator[None]:
    """Keep a private database running; another server is its administrator's."""
    if not database.embedded:
        yield
        return
    with kept_running(read(HomeSettings).folder, read(DatabaseSettings).pg_bin):
        yield


@contextlib.contextmanager
def _for_workers(workers: int, city_code: str | None) -> Iterator[None]:
    """What the processes inherit: the city, their share of the threads, one folder of counts."""
    threads = max(2, round(read(DatabaseSettings).threads / workers))
    handed_on = {"ATLAS_THREADS": str(threads), "ATLAS_WORKERS": str(workers)} | (
        {"ATLAS_CITY": city_code} if city_code else {}
    )
    before = {name: os.environ.get(name) for name in handed_on}
    with tempfile.TemporaryDirectory(prefix="minzheng-atlas-metrics-") as folder:
        os.environ.update(handed_on)
        os.environ[SHARED_METRICS] = folder
        try:
            yield
        finally:
            del os.environ[SHARED_METRICS]
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})


def links(host: str, port: int, root_path: str = "") -> list[tuple[str, str]]:
    """Answer the pages to print, as (name, address)."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    base = f"http://{shown}:{port}{root_path}"
    return [
        ("首页 · home", f"{base}/"),
        ("养老地图 · elder care", f"{base}/elder-care"),
        ("覆盖与缺口 · coverage", f"{base}/access"),
        ("规划工作台 · planning (token)", f"{base}/planning"),
        ("界线 · boundaries", f"{base}/boundaries"),
        ("地名 · place names", f"{base}/names"),
        ("地名核查 · naming (token)", f"{base}/naming"),
        ("老地名 · old names", f"{base}/heritage"),
        ("老地名·边界行 · walks", f"{base}/walks"),
        ("勘界工作台 · survey (token)", f"{base}/survey"),
        ("数据 · data", f"{base}/data"),
        ("接口 · API", f"{base}/docs"),
    ]

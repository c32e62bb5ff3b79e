"""What can be done from the command line? up, serve, test …; `api.door` brings the wings' own."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from socket import socket
from types import FrameType
from typing import Annotated, NoReturn

import typer

from api.checks import run_checks
from api.door import Door
from api.serving import links, serve, take_port
from api.standing import tell_status, wind_down
from api.telling import Teller
from geo.db import Opened, open_database
from geo.db.embedded import forget
from geo.errors import BadInput
from geo.settings import CitySettings, DatabaseSettings, HomeSettings, ServeSettings, read

app = typer.Typer(
    name="atlas",
    cls=Door,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="民政一张图：设施、界线、地名。Minzheng Atlas: facilities, boundaries, place names.",
)

Host = Annotated[str | None, typer.Option(help="监听地址 · address to listen on [ATLAS_HOST]")]
Port = Annotated[
    int | None, typer.Option(min=1, max=65535, help="端口 · port to listen on [ATLAS_PORT]")
]
Workers = Annotated[
    int | None, typer.Option(min=1, max=64, help="进程数 · processes [ATLAS_WORKERS]")
]


@app.command()
def up(
    city: Annotated[
        str | None, typer.Option(help="城市名称或六位代码 · city, by name or code [ATLAS_CITY]")
    ] = None,
    port: Port = None,
    host: Host = None,
    workers: Workers = None,
    demo: Annotated[
        bool,
        typer.Option("--demo/--no-demo", help="加入合成的演示数据 · add synthetic demo data"),
    ] = True,
    no_serve: Annotated[
        bool, typer.Option("--no-serve", help="只准备，不提供服务 · prepare only")
    ] = False,
    bundle: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="离线安装包（无需网络）· set up from a bundle, offline"),
    ] = None,
    reset: Annotated[
        bool, typer.Option("--reset", help="先删除现有数据 · delete the data first")
    ] = False,
) -> None:
    """一步到位：准备数据库、载入城市、计算、提供服务。From nothing to the map of a city."""
    from api.up import prepare_city  # heavy: the other commands start faster without it

    if bundle is not None:  # the script ./atlas reads it, and hands on the rest
        raise BadInput("--bundle 须通过 ./atlas 使用。\n--bundle works with ./atlas only.")
    teller, at = Teller(), _address(host, port)
    taken = None if no_serve else take_port(*at)
    if reset:
        _forget_all()
    with _database("atlas up", teller) as opened:
        asked = city or read(CitySettings).city
        ready = prepare_city(opened.database, asked, with_demo=demo, teller=teller)
        teller.say(f"[bold]{ready.name} 已就绪 · is ready[/]")
        if taken is not None:
            _serve(opened, taken, at, teller, city_code=ready.code, workers=workers)


@app.command("serve")
def serve_now(port: Port = None, host: Host = None, workers: Workers = None) -> None:
    """提供服务，不载入也不计算。Serve what is there, without loading or computing."""
    teller, at = Teller(), _address(host, port)
    taken = take_port(*at)
    with _database("atlas serve", teller) as opened:
        _migrate(opened, teller)
        _serve(opened, taken, at, teller, workers=workers)


@app.command()
def migrate() -> None:
    """把数据表更新到本版本。Bring the tables to this version."""
    teller = Teller()
    with _database("atlas migrate", teller) as opened:
        _migrate(opened, teller)


@app.command()
def status() -> None:
    """查看运行状态与数据位置。What runs, and where the data lie."""
    tell_status(Teller().console)


@app.command()
def down() -> None:
    """停止服务与数据库。Stop the service and its database."""
    wind_down(Teller().console)


@app.command("test", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def run_all_checks(
    context: typer.Context,
    full: Annotated[
        bool, typer.Option("--full", help="包括耗时的测试 · the slow ones too")
    ] = False,
) -> None:
    """检查与测试；其余参数交给 pytest。All checks and tests; other arguments go to pytest."""
    passed = run_checks(Teller().console, full=full, pytest_arguments=context.args)
    raise typer.Exit(0 if passed else 1)


def _address(host: str | None, port: int | None) -> tuple[str, int]:
    """The address to serve at: as given, else as set."""
    settings = read(ServeSettings)
    return host or settings.host, port or settings.port


@contextmanager
def _database(what: str, teller: Teller) -> Iterator[Opened]:
    """Open the database as a step that is told."""
    with ExitStack() as stack:
        with teller.step("PostGIS"):
            opened = stack.enter_context(open_database(what))
        yield opened


def _migrate(opened: Opened, teller: Teller) -> None:
    from geo.migrations import migrate as migrate_tables  # Alembic is slow to import

    with teller.step("数据表 · migrating tables"):
        migrate_tables(opened.database.owner_url)


def _serve(
    opened: Opened,
    taken: socket,
    at: tuple[str, int],
    teller: Teller,
    *,
    city_code: str | None = None,
    workers: int | None = None,
) -> None:
    """Serve until told to stop, and print where."""
    settings = read(ServeSettings)
    pages = links(*at, settings.root_path)
    opened.serves(pages[0][1])
    for name, address in pages:
        teller.say(f"  {name:<16} [cyan]{address}[/]")
    teller.say("[dim]按 Ctrl-C 停止 · press Ctrl-C to stop[/]")
    serve(
        opened.database, taken, city_code=city_code,
        workers=settings.workers if workers is None else workers,
    )  # fmt: skip
    teller.say("已停止 · stopped")


def _forget_all() -> None:
    """Delete the private database; an existing server's data are not ours to delete."""
    settings = read(DatabaseSettings)
    if settings.database_url is not None:
        raise BadInput(
            "--reset 只用于自带数据库；使用 ATLAS_DATABASE_URL 时请由管理员清空。\n"
            "--reset is for the private database only; with ATLAS_DATABASE_URL its administrator"
            " has to empty it.",
            parameter="--reset",
        )
    forget(read(HomeSettings).folder, settings.pg_bin)


def _end_in_order(number: int, frame: FrameType | None) -> NoReturn:
    """Let SIGTERM and a closed terminal unwind the stack, so that the database is left cleanly."""
    raise SystemExit(128 + number)


def main() -> None:
    """Run the command line."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end_in_order)
    app(prog_name="./atlas")

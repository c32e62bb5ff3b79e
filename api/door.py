"""What does a user see when a command cannot be done? One plain message, never a traceback."""

from __future__ import annotations

import contextlib
import errno
import time
import traceback
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from sqlalchemy.exc import DBAPIError
from typer.core import TyperGroup

from geo.errors import GeoError
from geo.settings import HomeSettings

INTERRUPTED = 130
REFUSED = 2
BROKEN = 70


class Door(TyperGroup):
    """The group of all commands; what they raise becomes a message and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command. Exit codes: 2 refused, 130 interrupted, 70 an error of our own."""
        try:
            return super().invoke(ctx)
        except GeoError as problem:
            say_problem(str(problem))
            raise typer.Exit(REFUSED) from None
        except KeyboardInterrupt:
            say_problem(
                "已中断, 未完成的步骤没有保存。\nInterrupted; the step under way was not saved."
            )
            raise typer.Exit(INTERRUPTED) from None
        except (DBAPIError, OSError) as problem:
            say_problem(_known(problem) or _unknown(problem))
            raise typer.Exit(BROKEN) from None
        except (typer.Exit, typer.Abort):
            raise
        except Exception as problem:
            if type(problem).__module__.startswith(("click", "typer")):
                raise  # a usage error: the group's own words are better
            say_problem(_unknown(problem))
            raise typer.Exit(BROKEN) from None


def say_problem(message: str) -> None:
    """Print a message to stderr: the Chinese line red, the English one below it."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    first, _, rest = message.partition("\n")
    console.print(f"[bold red]✗[/] {escape(first)}")
    if rest:
        console.print(f"  {escape(rest)}")


def _known(problem: DBAPIError | OSError) -> str | None:
    """A plain message for the troubles of machines: a full disk, a server that went away."""
    state = getattr(getattr(problem, "orig", None), "sqlstate", None)
    if state == "53100" or getattr(problem, "errno", None) == errno.ENOSPC:
        return (
            "磁盘已满, 本步骤没有保存。请清理磁盘后重试。\n"
            "The disk is full; this step was not saved. Free some space and try again."
        )
    if isinstance(problem, DBAPIError) and (problem.connection_invalidated or state == "57P01"):
        return (
            "与数据库的连接中断 (数据库被停止?)。请重试; ./atlas status 可查看状态。\n"
            "The connection to the database was lost (was it stopped?). Try again; see ./atlas"
            " status."
        )
    return None


def _unknown(problem: BaseException) -> str:
    """Keep the traceback in a file and tell where it is."""
    first = next(iter(str(problem).splitlines()), "")
    kept = _keep("".join(traceback.format_exception(problem)))
    return (
        f"程序内部错误: {type(problem).__name__}: {first}。"
        f" 详情已写入 {kept}, 请随问题报告一并提供。\n"
        f"An internal error. Details are in {kept}; please send them with your report."
    )


def _keep(text: str) -> Path | str:
    with contextlib.suppress(OSError, GeoError):
        path = HomeSettings().folder / "errors.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as log:
            log.write(f"\n{time.strftime('%Y-%m-%d %H:%M:%S')}\n{text}")
        return path
    return "—"

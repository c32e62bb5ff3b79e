"""What does a user see when a command cannot be done? One plain message, never a traceback."""

from __future__ import annotations

import contextlib
import errno
import re
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import typer
from rich.console import Console
from rich.markup import escape
from sqlalchemy.exc import DBAPIError
from typer.core import TyperCommand, TyperGroup

from api.wings import commands_of, read_table
from geo.errors import GeoError
from geo.settings import HomeSettings

INTERRUPTED = 130
REFUSED = 2
BROKEN = 70


class Door(TyperGroup):
    """The group of all commands; what they raise becomes a message and an exit code.

    A wing is imported when one of its commands is asked for; the help reads the table of all.
    """

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of all commands, those of wings not yet imported too."""
        return list({**self.commands, **_table()})

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name; brings its wing where that is not there yet."""
        if cmd_name not in self.commands and cmd_name in (wings := _table()):
            self.commands.update(cast(Any, commands_of(wings[cmd_name][0])))
        return self.commands.get(cmd_name)

    def whole(self) -> Door:
        """This group with every command of every wing."""
        for name in self.list_commands(None):
            self.get_command(None, name)
        return self

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help from the table alone."""
        with self._by_the_table():
            super().format_help(ctx, formatter)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that is meant; a mistyped one is compared with the names of all."""
        if self.get_command(ctx, args[0]):
            return super().resolve_command(ctx, args)
        with self._by_the_table():
            return super().resolve_command(ctx, args)

    @contextlib.contextmanager
    def _by_the_table(self) -> Iterator[None]:
        """For a while, let the names and lines of the table stand for the wings' commands."""
        own = self.commands
        said = {name: TyperCommand(name, help=line) for name, (_, line) in _table().items()}
        self.commands = cast(Any, {**own, **said})
        try:
            yield
        finally:
            self.commands = own

    def make_context(self, *args: Any, **extra: Any) -> Any:
        """Read what stands before the command's name."""
        with _usage_in_chinese():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: Any) -> Any:
        """Run the command. Exit codes: 2 refused, 130 interrupted, 70 an error of our own."""
        try:
            with _usage_in_chinese():
                return super().invoke(ctx)
        except GeoError as problem:
            say_problem(str(problem))
            raise typer.Exit(REFUSED) from None
        except KeyboardInterrupt:
            say_problem(
                "已中断，未完成的步骤没有保存。\nInterrupted; the step under way was not saved."
            )
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            raise  # the reader of our output, as `head`, has seen enough: click ends quietly
        except (DBAPIError, OSError) as problem:
            say_problem(_known(problem) or _unknown(problem))
            raise typer.Exit(BROKEN) from None
        except (typer.Exit, typer.Abort):
            raise
        except Exception as problem:  # what nothing foresaw: one line, the rest in errors.log
            if type(problem).__module__.startswith(("click", "typer")):
                raise  # a usage error: the group's own words follow the Chinese line
            say_problem(_unknown(problem))
            raise typer.Exit(BROKEN) from None


def _table() -> dict[str, tuple[str, str]]:
    """For each command of a wing: the wing and the line of the help."""
    return {
        name: (wing, line) for wing, lines in read_table().items() for name, line in lines.items()
    }


@contextlib.contextmanager
def _usage_in_chinese() -> Iterator[None]:
    """Before the English words of a usage error, say in Chinese what was typed wrongly."""
    try:
        yield
    except Exception as problem:  # the kinds have no public names; all are raised again
        if told := _usage(problem):
            say_problem(told)
        raise


def _usage(problem: Exception) -> str | None:
    """The Chinese line for a usage error; None for any other and for the plain help."""
    kinds = [kind.__name__ for kind in type(problem).__mro__]
    if "UsageError" not in kinds or "NoArgsIsHelpError" in kinds:
        return None
    context: Any = getattr(problem, "ctx", None)
    said = str(getattr(problem, "message", problem))
    asked = f"{context.command_path} --help" if context is not None else "./atlas --help"
    return f"参数有误：{_misuse(kinds, problem, said)}。用法见 {asked}"


def _misuse(kinds: list[str], problem: Exception, said: str) -> str:
    """What was typed wrongly, in Chinese."""
    parameter: Any = getattr(problem, "param", None)
    named = parameter.get_error_hint() if parameter is not None else ""
    option = getattr(problem, "option_name", "")
    if "MissingParameter" in kinds:
        return f"缺少 {named}"
    if "BadParameter" in kinds:
        return f"{named} 的值不能用（{_wanted(said)}）"
    if "NoSuchOption" in kinds:
        if option[1:2].isdigit():
            return f"没有选项 {option}；负数前请先写 -- 再写各个数"
        return f"没有选项 {option}"
    if "BadOptionUsage" in kinds:
        return f"选项 {option} 后面的值缺少或多余"
    if said.startswith("No such command"):
        return f"没有命令 {said.removeprefix('No such command ').split(maxsplit=1)[0].strip('.')}"
    if "unexpected extra argument" in said:
        return f"多出了内容 {said.partition('(')[2].partition('(')[2].rstrip(')')}"
    if said.startswith("Missing command"):
        return "缺少命令"
    return said.rstrip(".")


_WANTED = (
    (r"valid number", "须为数字"),
    (r"valid integer", "须为整数"),
    (r"greater than or equal to (\S+)", r"须不小于 \1"),
    (r"less than or equal to (\S+)", r"须不大于 \1"),
    (r"does not match the formats .*%z", "时间须带时区，如 2026-05-01T09:30+08:00"),
    (r"does not match the formats", "日期须写作 2026-01-31"),
)


def _wanted(said: str) -> str:
    """What a value must be, in Chinese where the English sentence is a known one."""
    for pattern, zh in _WANTED:
        if found := re.search(pattern, said):
            return found.expand(zh)
    return said.rstrip(".")


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
            "磁盘已满，本步骤没有保存。请清理磁盘后重试。\n"
            "The disk is full; this step was not saved. Free some space and try again."
        )
    if isinstance(problem, DBAPIError) and (problem.connection_invalidated or state == "57P01"):
        return (
            "与数据库的连接中断（数据库被停止？）。请重试；./atlas status 可查看状态。\n"
            "The connection to the database was lost (was it stopped?). Try again; see ./atlas"
            " status."
        )
    return None


def _unknown(problem: BaseException) -> str:
    """Keep the traceback in a file and tell where it is."""
    first = next(iter(str(problem).splitlines()), "")
    kept = _keep("".join(traceback.format_exception(problem)))
    return (
        f"程序内部错误：{type(problem).__name__}: {first}。"
        f"详情已写入 {kept}，请随问题报告一并提供。\n"
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

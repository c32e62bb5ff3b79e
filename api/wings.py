"""Which wing brings which command? Read from a table, so that a command starts without the others.

The table `commands.json` is written by `python -m api.wings`; a test holds it to the wings.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import typer
import typer.main
from typer.core import TyperCommand, TyperGroup, TyperOption

WINGS = (
    "geo.cli",
    "geo.loaders.cli",
    "geo.access.cli",
    "geo.access.export_cli",
    "geo.batch.cli",
    "geo.queries.cli",
    "geo.gazetteer.cli",
    "geo.gazetteer.heritage_cli",
    "maps.cli",
    "maps.report.cli",
    "maps.survey_cli",
    "api.backup_cli",
    "api.audit_cli",
    "api.token_cli",
)
"""The modules that bring commands, in the order of the help; each has `register(app)`."""

TABLE = Path(__file__).with_name("commands.json")

_FORMATS = {
    "%Y-%m-%d": "YYYY-MM-DD",
    "%Y-%m": "YYYY-MM",
    "%Y-%m-%dT%H:%M%z": "YYYY-MM-DDTHH:MM+08:00",
}
"""How the help names the format of a date, which it would else show as `%Y-%m-%d`."""

Commands = dict[str, TyperCommand | TyperGroup]


def commands_of(wing: str) -> Commands:
    """Import one wing and answer its commands by name."""
    app = typer.Typer()
    app.callback()(_nothing)  # a group, also where the wing brings one command only
    import_module(wing).register(app)
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    for option in _options(group):
        formats = option.type_descriptor.parameter_info.formats
        if option.metavar is None and formats:
            option.metavar = _FORMATS.get(formats[0])
    return dict(group.commands)  # type: ignore[arg-type]


def _options(command: Any) -> Iterator[TyperOption]:
    """Every option of a command and of those below it."""
    yield from (one for one in command.params if isinstance(one, TyperOption))
    for one in getattr(command, "commands", {}).values():
        yield from _options(one)


def read_table() -> dict[str, dict[str, str]]:
    """Answer the commands of each wing with the line that the help shows, from the table."""
    known: dict[str, dict[str, str]] = json.loads(TABLE.read_text(encoding="utf-8"))
    return known


def true_table() -> dict[str, dict[str, str]]:
    """Answer what the table should say: imports every wing."""
    return {
        wing: {name: first_line(command.help) for name, command in commands_of(wing).items()}
        for wing in WINGS
    }


def written(table: dict[str, dict[str, str]]) -> str:
    """Answer a table as it is written to the file."""
    return json.dumps(table, ensure_ascii=False, indent=2) + "\n"


def first_line(text: str | None) -> str:
    """Answer the first paragraph as one line."""
    return " ".join((text or "").partition("\n\n")[0].split())


def _nothing() -> None:
    """Stand for the callback of a wing."""


if __name__ == "__main__":
    TABLE.write_text(written(true_table()), encoding="utf-8")

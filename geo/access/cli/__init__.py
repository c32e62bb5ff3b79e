"""How is access asked for on the command line? Each room here brings its commands."""

from __future__ import annotations

import typer

from geo.access.cli import (
    coverage,
    indicators,
    measures,
    scenarios,
    sites,
    standards,
    work,
)


def register(app: typer.Typer) -> None:
    """Add the commands of this wing to an app."""
    for room in (coverage, measures, indicators, standards, work):
        room.register(app)
    for name, room, help_ in (
        ("site", sites, "选址 · Where to build"),
        ("scenario", scenarios, "方案 · Scenarios"),
    ):
        group = typer.Typer(help=help_, no_args_is_help=True)
        room.register(group)
        app.add_typer(group, name=name)

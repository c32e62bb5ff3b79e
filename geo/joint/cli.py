"""Which commands need two wings? Each group in a file of its own, under `atlas survey`."""

from __future__ import annotations

import typer

from geo.joint.inspections_cli import mend
from geo.joint.planned_cli import planned
from geo.joint.walks_cli import walk
from geo.survey.cli import survey


def register(app: typer.Typer) -> None:
    """Add the commands to those of the survey, which `geo.survey.cli` joins to the app."""
    survey.add_typer(planned, name="planned")
    survey.add_typer(walk, name="walk")
    survey.command("mend")(mend)

"""Which commands does a survey team have? `atlas survey …`, each group in a file of its own."""

from __future__ import annotations

import typer

from geo.survey import (
    changes_cli,
    check_cli,
    course_cli,
    exports_cli,
    inspections_cli,
    inspections_field_cli,
    lines_cli,
    markers_cli,
)

survey = typer.Typer(
    help="界线、界桩与联检 · Boundary lines, markers and inspections.", no_args_is_help=True
)
for group in (
    lines_cli,
    check_cli,
    course_cli,
    exports_cli,
    markers_cli,
    changes_cli,
    inspections_cli,
    inspections_field_cli,
):
    group.register(survey)


def register(app: typer.Typer) -> None:
    """Add `survey` to the command line."""
    app.add_typer(survey, name="survey")

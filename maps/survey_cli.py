"""Which commands does a survey team have in all? `atlas survey …`, joined from three floors."""

from __future__ import annotations

import typer

from geo.joint.cli import register as register_joint
from geo.survey.cli import register as register_survey
from geo.survey.cli import survey
from maps.inspection.cli import register as register_minutes
from maps.pack.cli import register as register_pack

register_joint(typer.Typer())
register_pack(survey)
register_minutes(survey)


def register(app: typer.Typer) -> None:
    """Add `survey` with what the joint wing and the drawn files bring to it."""
    register_survey(app)

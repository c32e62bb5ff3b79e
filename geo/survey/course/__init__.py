"""How is a boundary line told in words (走向说明), and does a text agree with the line?"""

from __future__ import annotations

from geo.survey.course.check import check_course
from geo.survey.course.draft import Draft, Leg, draft_course
from geo.survey.course.features import Feature
from geo.survey.course.found import Checked, Disagreement
from geo.survey.course.parse import Said, parse_course
from geo.survey.course.rules import NOT_FINAL, Rules
from geo.survey.course.stops import Marker, Stop

__all__ = [
    "NOT_FINAL",
    "Checked",
    "Disagreement",
    "Draft",
    "Feature",
    "Leg",
    "Marker",
    "Rules",
    "Said",
    "Stop",
    "check_course",
    "draft_course",
    "parse_course",
]

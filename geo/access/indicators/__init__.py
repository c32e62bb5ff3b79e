"""Which indicators are there, what are their values, and how far are projects and fire safety?"""

from __future__ import annotations

from geo.access.indicators.catalogue import Indicator, catalogue, indicator
from geo.access.indicators.computation import Computation, IndicatorValue
from geo.access.indicators.compute import COMPUTES, compute_indicator, league_of
from geo.access.indicators.projects import ProjectReport, monthly, projects_report
from geo.access.indicators.safety import FireReport, fire_report

__all__ = [
    "COMPUTES",
    "Computation",
    "FireReport",
    "Indicator",
    "IndicatorValue",
    "ProjectReport",
    "catalogue",
    "compute_indicator",
    "fire_report",
    "indicator",
    "league_of",
    "monthly",
    "projects_report",
]

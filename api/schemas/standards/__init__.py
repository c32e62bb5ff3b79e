"""How do answers about indicators, estates, standards, projects, fire checks and work look?"""

from __future__ import annotations

from api.schemas.standards.asked import ByAreas, ItemNumber, OverdueOnly, Since, WorkKind
from api.schemas.standards.estates import (
    AreaCheckTold,
    EstatesAnswer,
    EstateTold,
    RateTold,
    StandardsAnswer,
    estates_told,
    standards_told,
)
from api.schemas.standards.fire import FireAnswer, FireRowTold, fire_told
from api.schemas.standards.indicators import (
    IndicatorAnswer,
    IndicatorList,
    IndicatorTold,
    LeagueAnswer,
    StandingTold,
    ValueTold,
    indicator_told,
    league_told,
    values_told,
)
from api.schemas.standards.projects import ProgressTold, ProjectsAnswer, ProjectTold, projects_told
from api.schemas.standards.rules import RuleTold, SumTold, common, rule_told, sum_told
from api.schemas.standards.work import (
    ItemAnswer,
    ItemTold,
    StepSent,
    StepTold,
    WorkAnswer,
    WorkSent,
    history_told,
    item_told,
)

__all__ = [
    "AreaCheckTold",
    "ByAreas",
    "EstateTold",
    "EstatesAnswer",
    "FireAnswer",
    "FireRowTold",
    "IndicatorAnswer",
    "IndicatorList",
    "IndicatorTold",
    "ItemAnswer",
    "ItemNumber",
    "ItemTold",
    "LeagueAnswer",
    "OverdueOnly",
    "ProgressTold",
    "ProjectTold",
    "ProjectsAnswer",
    "RateTold",
    "RuleTold",
    "Since",
    "StandardsAnswer",
    "StandingTold",
    "StepSent",
    "StepTold",
    "SumTold",
    "ValueTold",
    "WorkAnswer",
    "WorkKind",
    "WorkSent",
    "common",
    "estates_told",
    "fire_told",
    "history_told",
    "indicator_told",
    "item_told",
    "league_told",
    "projects_told",
    "rule_told",
    "standards_told",
    "sum_told",
    "values_told",
]

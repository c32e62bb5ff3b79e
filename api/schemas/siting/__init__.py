"""How do questions and answers about where to build, scenarios and 1+N groups look?"""

from __future__ import annotations

from api.schemas.siting.candidates import (
    CandidatesAnswer,
    CandidateTold,
    LimitTold,
    ReasonTold,
    candidate_told,
    candidates_told,
)
from api.schemas.siting.groups import (
    GroupsAnswer,
    GroupTold,
    LimitMinutes,
    ServedTold,
    SpokeTold,
    groups_told,
)
from api.schemas.siting.phases import (
    PhasesAnswer,
    PhasesSent,
    PhaseTold,
    YearSent,
    phases_told,
    years_of,
)
from api.schemas.siting.plans import (
    AreasWord,
    ChosenTold,
    PlanTold,
    SitingAnswer,
    SitingSent,
    siting_told,
)
from api.schemas.siting.scenarios import (
    ChangeSent,
    ChangeTold,
    ComparisonAnswer,
    DueBy,
    ScenarioDropped,
    ScenarioList,
    ScenarioNumber,
    ScenarioSent,
    ScenarioTold,
    SideTold,
    comparison_told,
    scenario_told,
)
from api.schemas.siting.sides import (
    AreaTold,
    area_told,
    rough,
)

__all__ = [
    "AreaTold",
    "AreasWord",
    "CandidateTold",
    "CandidatesAnswer",
    "ChangeSent",
    "ChangeTold",
    "ChosenTold",
    "ComparisonAnswer",
    "DueBy",
    "GroupTold",
    "GroupsAnswer",
    "LimitMinutes",
    "LimitTold",
    "PhaseTold",
    "PhasesAnswer",
    "PhasesSent",
    "PlanTold",
    "ReasonTold",
    "ScenarioDropped",
    "ScenarioList",
    "ScenarioNumber",
    "ScenarioSent",
    "ScenarioTold",
    "ServedTold",
    "SideTold",
    "SitingAnswer",
    "SitingSent",
    "SpokeTold",
    "YearSent",
    "area_told",
    "candidate_told",
    "candidates_told",
    "comparison_told",
    "groups_told",
    "phases_told",
    "rough",
    "scenario_told",
    "siting_told",
    "years_of",
]

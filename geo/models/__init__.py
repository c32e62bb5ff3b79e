"""What things exist? One module per wing; every class is a table."""

from __future__ import annotations

from geo.models.account import ApiToken
from geo.models.admin import AdminUnit, SuccessionEvent, SuccessionMember, SuccessionShare
from geo.models.audit import AuditEntry
from geo.models.base import STORED_SRID, Base
from geo.models.boundary import BoundaryLine, BoundaryMarker
from geo.models.change import ChangeBox, ChangeCommit
from geo.models.delivery import Delivery, DeliveryChange, RefusedRow
from geo.models.demand import DemandCell
from geo.models.facility import Facility, FacilityPrice, FacilityRating, Operator
from geo.models.heritage import (
    HeritageNomination,
    HeritageRecord,
    HeritageScore,
    HeritageStep,
    HeritageWithdrawal,
)
from geo.models.inspection import (
    InspectionCampaign,
    InspectionEntry,
    InspectionImport,
    InspectionRefusal,
)
from geo.models.marker import MarkerEvent, MarkerObservation, MarkerPhoto
from geo.models.naming import NameApproval, NameApprovalEvent
from geo.models.place_history import PlaceMedia, PlaceRelation, PlaceText
from geo.models.placename import HeritageListing, NameKey, Place, PlaceName, PlacePosition
from geo.models.planned import PlannedChange, PlannedUnit
from geo.models.planning import (
    ConstructionProject,
    Estate,
    PlanningZone,
    ProgrammeTag,
    StandardRule,
)
from geo.models.reading import NameReading
from geo.models.result import CoverageRow, CoverageRun, DataStamp, GapArea
from geo.models.road import RoadEdge
from geo.models.scenario import CandidateSite, Scenario, ScenarioChange
from geo.models.upload_job import UploadJob
from geo.models.walk import Walk, WalkPicture
from geo.models.work import StatedFigure, WorkEvent, WorkItem

__all__ = [
    "STORED_SRID",
    "AdminUnit",
    "ApiToken",
    "AuditEntry",
    "Base",
    "BoundaryLine",
    "BoundaryMarker",
    "CandidateSite",
    "ChangeBox",
    "ChangeCommit",
    "ConstructionProject",
    "CoverageRow",
    "CoverageRun",
    "DataStamp",
    "Delivery",
    "DeliveryChange",
    "DemandCell",
    "Estate",
    "Facility",
    "FacilityPrice",
    "FacilityRating",
    "GapArea",
    "HeritageListing",
    "HeritageNomination",
    "HeritageRecord",
    "HeritageScore",
    "HeritageStep",
    "HeritageWithdrawal",
    "InspectionCampaign",
    "InspectionEntry",
    "InspectionImport",
    "InspectionRefusal",
    "MarkerEvent",
    "MarkerObservation",
    "MarkerPhoto",
    "NameApproval",
    "NameApprovalEvent",
    "NameKey",
    "NameReading",
    "Operator",
    "Place",
    "PlaceMedia",
    "PlaceName",
    "PlacePosition",
    "PlaceRelation",
    "PlaceText",
    "PlannedChange",
    "PlannedUnit",
    "PlanningZone",
    "ProgrammeTag",
    "RefusedRow",
    "RoadEdge",
    "Scenario",
    "ScenarioChange",
    "StandardRule",
    "StatedFigure",
    "SuccessionEvent",
    "SuccessionMember",
    "SuccessionShare",
    "UploadJob",
    "Walk",
    "WalkPicture",
    "WorkEvent",
    "WorkItem",
]

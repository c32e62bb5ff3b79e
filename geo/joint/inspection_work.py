"""How does what an inspection found become work that is followed until it is closed?"""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from geo.access.work_items import Finding, open_items
from geo.survey.inspections.faults import SUBJECT_TYPE, Fault
from geo.survey.inspections.progress import Progress

KIND = "boundary_fault"


def open_work(session: Session, found: Progress, *, on: date) -> list[int]:
    """Make work items of the faults that have no open one, and answer their numbers.

    A fault whose item is verified and that is found again gets a new one.
    The caller commits. Raises NotFound where the responsible division is not loaded.
    """
    return open_items(session, [_finding(found, fault) for fault in found.faults], on=on)


def _finding(found: Progress, fault: Fault) -> Finding:
    return Finding(
        kind=KIND, title=fault.title, subject_type=SUBJECT_TYPE, subject_code=fault.code,
        admin_code=fault.admin_code, lon=fault.lon, lat=fault.lat,
        source=f"{found.campaign.code} {found.campaign.title}",
        is_synthetic=found.has_synthetic,
    )  # fmt: skip

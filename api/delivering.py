"""How does what was sent become a loading, or the taking back of one, and who may ask for it?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import orjson
from sqlalchemy.orm import Session

from api.jobs import Job
from api.reads import Doors
from api.schemas.deliveries import DeliveryForm
from api.security import Caller
from geo.errors import NotAllowed, both
from geo.gazetteer.index import refresh_keys
from geo.loaders.listing import report_of
from geo.loaders.several import load_several
from geo.loaders.undo import undo_delivery

DELIVERED_BY: dict[str, tuple[str, ...]] = {
    "planner": ("facilities", "zones", "demand", "estates", "projects", "roads", "candidates"),
    "surveyor": ("admin-units", "boundary-lines", "boundary-markers"),
    "names_officer": ("place-names",),
}
"""Role → kinds that it may deliver, see and take back; the administrator may all."""
ROLES = tuple(DELIVERED_BY)


def kinds_of(caller: Caller) -> tuple[str, ...] | None:
    """The kinds of a caller, None for all. Raises NotAllowed for a token of one division.

    A delivery may speak of any division, so a right that ends at a border cannot be kept here.
    """
    if caller.division_code is not None:
        raise NotAllowed(
            both(
                f"令牌仅限 {caller.division_code}；交付需要不限区划的令牌。",
                f"the token covers {caller.division_code} only; deliveries need one that covers "
                "every division",
            )
        )
    return None if caller.role == "administrator" else DELIVERED_BY[caller.role]


def may_deliver(caller: Caller, kind: str) -> None:
    """Raise NotAllowed unless the caller's role delivers this kind."""
    kinds = kinds_of(caller)
    if kinds is not None and kind not in kinds:
        raise NotAllowed(
            both(
                f"角色 {caller.role} 只负责：{'、'.join(kinds)}。",
                f"the role {caller.role} delivers only: {', '.join(kinds)}",
            )
        )


@dataclass(frozen=True, slots=True)
class Loading:
    """A loading that was asked for: the files and what is said of them."""

    doors: Doors
    form: DeliveryForm
    files: tuple[Path, ...]
    folder: Path

    def checked(self) -> Loading:
        """The same once all that can be refused without the database has been looked at."""
        self.form.said()
        return self

    def __call__(self, job: Job) -> bytes:
        """Load all files or none; the report as JSON."""
        said = self.form.said()
        if self.form.mapping is not None:
            said = replace(said, mapping=self.folder / "mapping.json")
            (self.folder / "mapping.json").write_text(self.form.mapping, "utf-8")
        with _stoppable(self.doors, job) as session:
            loaded = load_several(
                session, self.form.kind, self.files, crs=self.form.crs, said=said,
                dry_run=self.form.dry_run, progress=job.tell,
            )  # fmt: skip
            if self.form.kind == "place-names" and not self.form.dry_run:
                refresh_keys(session)
            job.tell(1, 1, "保存 · saving")
        return orjson.dumps(loaded.as_json(), default=str)


@dataclass(frozen=True, slots=True)
class TakingBack:
    """The undoing of a delivery that was asked for."""

    doors: Doors
    delivery_id: int

    def __call__(self, job: Job) -> bytes:
        """Take the delivery back whole; what that changed as JSON."""
        with _stoppable(self.doors, job) as session:
            undone = undo_delivery(session, self.delivery_id)
            job.tell(1, 1, "保存 · saving")
        return orjson.dumps(asdict(undone))


def kind_of_delivery(doors: Doors, caller: Caller, delivery_id: int) -> str:
    """The kind of a delivery that the caller may take back. Raises NotFound or NotAllowed."""
    kinds_of(caller)
    with doors.staff() as connection:
        kind, _ = report_of(connection, delivery_id)
    may_deliver(caller, kind)
    return kind


@contextmanager
def _stoppable(doors: Doors, job: Job) -> Iterator[Session]:
    """A writing session whose statement under way can be stopped when the service ends."""
    with doors.writing() as session:
        driver = session.connection().connection.driver_connection
        job.stop = driver.cancel if driver is not None else None
        try:
            yield session
        finally:
            job.stop = None

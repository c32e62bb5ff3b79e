"""How does a name come onto a list, how was it scored, and how is it protected since?"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Double, ForeignKey, Index, Text, func
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from geo.models.base import Base, Keyed

NOMINATION_STEPS = (
    "nominated", "opinion", "expert", "returned", "resubmitted", "published", "withdrawn",
)  # fmt: skip
VERDICTS = ("agree", "disagree", "abstain")
RECORD_KINDS = ("protection", "sign", "survey", "measure", "name_change")
LIST_LEVELS = ("national", "province", "city", "district")


class HeritageNomination(Keyed, Base):
    """A name proposed for a list; what became of it is told by its steps."""

    __tablename__ = "heritage_nomination"
    __table_args__ = (
        CheckConstraint("family IN ('heritage', 'red')", name="family"),
        CheckConstraint(f"list_level IN {LIST_LEVELS}", name="level"),
    )

    code: Mapped[str] = mapped_column(Text, unique=True, doc="R-0001 …")
    place_code: Mapped[str] = mapped_column(Text, index=True, doc="code of the place")
    name: Mapped[str] = mapped_column(Text, doc="its name on the day of nomination")
    family: Mapped[str] = mapped_column(Text, doc="heritage or red")
    list_name: Mapped[str] = mapped_column(Text, doc="list that it is proposed for")
    list_level: Mapped[str] = mapped_column(Text, doc="national, province, city or district")
    list_class: Mapped[str | None] = mapped_column(Text, doc="class within the list")
    era: Mapped[str | None] = mapped_column(Text, doc="era of its history, as stated")
    batch: Mapped[str | None] = mapped_column(Text, doc="batch of the list")
    admin_code: Mapped[str] = mapped_column(Text, index=True, doc="division that proposes it")
    is_synthetic: Mapped[bool] = mapped_column(
        Boolean, server_default=sql("false"), doc="made up for demonstration"
    )
    recorded_at: Mapped[datetime] = mapped_column(
        server_default=func.clock_timestamp(), doc="when it was entered"
    )


class HeritageStep(Base):
    """One step of a nomination with its role and reasons; steps are added, never changed."""

    __tablename__ = "heritage_step"
    __table_args__ = (
        CheckConstraint(f"step IN {NOMINATION_STEPS}", name="step"),
        CheckConstraint(f"verdict IN {VERDICTS}", name="verdict"),
        CheckConstraint(
            "(step IN ('opinion', 'expert')) = (verdict IS NOT NULL)", name="has_verdict"
        ),
    )

    id: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, autoincrement=True, doc="order of the steps"
    )
    nomination_id: Mapped[int] = mapped_column(ForeignKey("heritage_nomination.id"), index=True)
    step: Mapped[str] = mapped_column(Text, doc=" ".join(NOMINATION_STEPS))
    verdict: Mapped[str | None] = mapped_column(Text, doc="of an opinion: " + " ".join(VERDICTS))
    on_date: Mapped[date] = mapped_column(doc="day of the step")
    role: Mapped[str] = mapped_column(Text, doc="an office or role, not a person")
    reasons: Mapped[str] = mapped_column(Text, doc="reasons, without persons")
    recorded_at: Mapped[datetime] = mapped_column(
        server_default=func.clock_timestamp(), doc="when it was entered"
    )


class HeritageScore(Base):
    """A mark that an assessor's role gave for one criterion of a score sheet; added only."""

    __tablename__ = "heritage_score"
    __table_args__ = (CheckConstraint("value >= 0", name="value"),)

    id: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, autoincrement=True, doc="order of the marks"
    )
    nomination_id: Mapped[int] = mapped_column(ForeignKey("heritage_nomination.id"), index=True)
    sheet: Mapped[str] = mapped_column(Text, doc="code of the score sheet")
    criterion: Mapped[str] = mapped_column(Text, doc="code of the criterion")
    value: Mapped[float] = mapped_column(Double, doc="points, 0 to the most of the criterion")
    role: Mapped[str] = mapped_column(Text, doc="assessor's role, not a person")
    on_date: Mapped[date] = mapped_column(doc="day of the mark")
    recorded_at: Mapped[datetime] = mapped_column(
        server_default=func.clock_timestamp(), doc="when it was entered"
    )


class HeritageRecord(Keyed, Base):
    """What was seen or done for a listed name: its state, sign, survey, measure, change of name."""

    __tablename__ = "heritage_record"
    __table_args__ = (
        CheckConstraint(f"kind IN {RECORD_KINDS}", name="kind"),
        CheckConstraint("due_on >= on_date", name="due"),
        Index("ix_heritage_record_place_code_kind", "place_code", "kind"),
    )

    place_code: Mapped[str] = mapped_column(Text, doc="code of the place")
    kind: Mapped[str] = mapped_column(Text, doc=" ".join(RECORD_KINDS))
    value: Mapped[str] = mapped_column(Text, doc="state or measure; of a change: the new name")
    on_date: Mapped[date] = mapped_column(doc="day on which it was so")
    due_on: Mapped[date | None] = mapped_column(doc="of a survey: the next one is due")
    source: Mapped[str | None] = mapped_column(Text, doc="where it is told")
    is_synthetic: Mapped[bool] = mapped_column(
        Boolean, server_default=sql("false"), doc="made up for demonstration"
    )
    role: Mapped[str | None] = mapped_column(
        Text, doc="an office or role, not a person", info={"private": True}
    )
    note: Mapped[str | None] = mapped_column(
        Text, doc="remarks without persons", info={"private": True}
    )
    delivery_id: Mapped[int | None] = mapped_column(
        ForeignKey("delivery.id"), index=True, doc="delivery that brought it",
        info={"private": True},
    )  # fmt: skip


class HeritageWithdrawal(Base):
    """That an entry about a listed name was taken back as a mistake; added only, once an entry."""

    __tablename__ = "heritage_withdrawal"

    record_id: Mapped[int] = mapped_column(
        ForeignKey("heritage_record.id", ondelete="CASCADE"), primary_key=True,
        autoincrement=False, doc="the entry, which stays; it goes only with its delivery",
    )  # fmt: skip
    on_date: Mapped[date] = mapped_column(doc="day on which it was taken back")
    role: Mapped[str] = mapped_column(
        Text, doc="an office or role, not a person", info={"private": True}
    )
    reasons: Mapped[str] = mapped_column(
        Text, doc="reasons, without persons", info={"private": True}
    )
    recorded_at: Mapped[datetime] = mapped_column(
        server_default=func.clock_timestamp(), doc="when it was entered", info={"private": True}
    )

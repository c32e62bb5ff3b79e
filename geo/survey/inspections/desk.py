"""What did the desk find, stretch by stretch, before anybody went into the field?"""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from geo.errors import BadInput, both
from geo.survey.inspections.campaign import Campaign
from geo.survey.inspections.ground import Ground
from geo.survey.inspections.log import append, impersonal
from geo.survey.inspections.words import FEATURES

AGREES = {"agrees": "图、文、数一致", "differs": "不一致", "unclear": "说明不清"}
"""Whether map, words (走向说明) and register of a stretch agree."""


def enter_desk_check(
    session: Session, one: Campaign, ground: Ground, subject: str, *, agrees: str, role: str,
    on: date, feature_changed: str = "none", note: str = "",
) -> int:  # fmt: skip
    """Enter the desk check of a stretch and answer the entry's number. The caller commits.

    Raises BadInput for an unknown stretch or word.
    """
    part = next((s for s in ground.stretches if s.id == subject.strip()), None)
    if part is None:
        known = "、".join(s.id for s in ground.stretches[:6])
        raise BadInput(
            both(f"没有界线段「{subject[:40]}」；如 {known}。", f"no stretch {subject[:40]!r}"),
            parameter="subject",
        )
    for name, word, words in (
        ("agrees", agrees, AGREES), ("feature_changed", feature_changed, FEATURES),
    ):  # fmt: skip
        if word not in words:
            told = "、".join(f"{zh} {code}" for code, zh in words.items())
            raise BadInput(
                both(f"可为：{told}。", f"one of: {', '.join(words)}"), parameter=name
            )  # fmt: skip
    data = {"agrees": agrees, "feature_changed": feature_changed, "note": impersonal(note)}
    return append(
        session, "desk", campaign_id=one.id, line_code=part.line_code, subject=part.id, role=role,
        on=on, data=data,
    )  # fmt: skip

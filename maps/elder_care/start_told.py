"""How is told from where distances are measured, or which places somebody may have meant?"""

from __future__ import annotations

from dataclasses import dataclass

from geo.access.finder import Start, StartTold
from maps.elder_care.address import Address
from maps.elder_care.words import Say


@dataclass(frozen=True, slots=True)
class Offer:
    """A place that may be meant: its name, where it is, what its point stands for."""

    label: str
    detail: str
    about: str
    href: str


@dataclass(frozen=True, slots=True)
class StartSaid:
    """Why this place is measured from, or that it was not found, and what may be meant."""

    how: str = ""
    problem: str = ""
    question: str = ""
    offers: tuple[Offer, ...] = ()


def start_told(say: Say, here: Address, start: StartTold | None) -> StartSaid:
    """Say where an answer measures from; nothing where no start was asked for."""
    if start is None:
        return StartSaid()
    return StartSaid(
        _how(say, start), _problem(say, start), _question(say, start),
        tuple(_offer(say, here, one) for one in start.choices),
    )  # fmt: skip


def _how(say: Say, start: StartTold) -> str:
    """Why this place is meant, and that it stands for a whole area where it does."""
    why = [say(start.how_zh or "", start.how_en or "")]
    if start.is_vague:
        why.append(say(
            start.about_zh or "只知道大概位置，距离只是大约",
            start.about_en or "its position stands for an area: distances are rough",
        ))  # fmt: skip
    told = say("；", "; ").join(filter(None, why))
    if not told or start.lon is None:
        return ""
    return say(f"从「{start.label}」算起（{told}）", f"From “{start.label}” ({told})")


def _problem(say: Say, start: StartTold) -> str:
    """That nothing is called so; what to try, where nothing is alike either."""
    if not start.not_found:
        return ""
    told = say(f"没有找到「{start.label}」。", f"“{start.label}” was not found. ")
    return told + ("" if start.choices else say(
        "换个写法试试：路名、小区、村名、街道、旧名或拼音都可以。",
        "Try a road, an estate, a village, a street, an old name or pinyin.",
    ))  # fmt: skip


def _question(say: Say, start: StartTold) -> str:
    """What the offers are: places of that name, or only names that are alike."""
    if not start.choices:
        return ""
    if start.not_found:
        return say("名字相近的有，可以从那里算起：", "Names that are alike; you may start there:")
    if len(start.choices) == 1:
        return say("是这里吗？请点一下：", "Is it here? Please confirm:")
    return say("有几处符合，请选一处：", "Several places fit; please choose one:")


def _offer(say: Say, here: Address, one: Start) -> Offer:
    href = here.to_finder(
        start=one.label, lon=f"{one.lon:.6f}", lat=f"{one.lat:.6f}",
        rough="true" if one.is_vague else None,
    )  # fmt: skip
    return Offer(
        one.label, say(one.detail_zh or "", one.detail_en or ""),
        say(one.about_zh or "", one.about_en or ""), href,
    )  # fmt: skip

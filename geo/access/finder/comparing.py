"""How do two to four places compare, fact by fact, and what should one ask them by phone?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from geo.access.finder.answer import cards_of
from geo.access.finder.cards import Card
from geo.access.finder.question import Question
from geo.access.finder.told import UNKNOWN, told
from geo.access.finder.walking import WalkingGrounds
from geo.access.finder.words import Words
from geo.errors import BadInput, both
from geo.queries.admin import Reader

FEWEST, MOST = 2, 4

QUESTIONS: tuple[Words, ...] = (
    ("现在还有空床吗？什么时候能住进来？", "Is a bed free now, and from when?"),
    ("我家老人的情况，你们能接收吗？谁来评估？", "Can you take in my parent, and who assesses it?"),
    ("每月一共多少钱？还有哪些另收的费用？", "What is the whole price a month, and what is extra?"),
    ("押金多少？中途离开怎么退？", "What deposit is asked, and how is it paid back?"),
    ("晚上有几个人值班？一个护理员照顾几位老人？", "Who is on duty at night, for how many people?"),
    (
        "生病了怎么办？送哪家医院？家属多久能知道？",
        "What happens in illness, and who is told?",
    ),
    ("饭菜怎么安排？能照顾忌口吗？", "How are meals arranged, and special diets?"),
    ("可以随时来看吗？能先试住几天吗？", "May we visit at any time, or stay a few days on trial?"),
)
"""Eight questions to ask by phone."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One fact of one place, in words; is_best: all have a fresh number and this one leads."""

    text: str
    is_unknown: bool
    is_best: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One fact of all places, side by side."""

    key: str
    zh: str
    en: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two to four places side by side; missing: codes that nobody has."""

    question: Question
    cards: tuple[Card, ...]
    rows: tuple[Row, ...]
    missing: tuple[str, ...]
    measured_by: str | None

    @property
    def questions(self) -> tuple[Words, ...]:
        """Eight questions to ask by phone."""
        return QUESTIONS

    @property
    def has_synthetic(self) -> bool:
        """Some place is made up for demonstration."""
        return any(card.is_synthetic for card in self.cards)


_ROWS: tuple[tuple[str, str, str, Callable[[Card], bool]], ...] = (
    ("distance", "距离", "Distance", lambda c: c.line_m is None),
    ("phone", "电话", "Phone", lambda c: c.phone is None),
    ("beds", "空床", "Free beds", lambda c: c.beds_free is None),
    ("price", "价格", "Price", lambda c: c.price is None),
    ("care", "接收对象", "Who is taken in", lambda c: c.care_levels is None),
    ("medical", "医疗服务", "Medical care", lambda c: c.medical_link is None),
    ("rating", "等级评定", "Rating", lambda c: not c.ratings),
    ("fire", "消防", "Fire check", lambda c: c.fire_state is None),
    ("access", "电梯和坡道", "Lift and ramp", lambda c: c.has_lift is None or c.has_ramp is None),
    ("open", "营业时间", "Opening hours", lambda c: c.open.state == "unknown"),
    ("services", "服务项目", "Services", lambda c: c.services is None),
    ("nature", "性质", "Ownership", lambda c: c.ownership is None or c.operation is None),
    ("filing", "备案", "Filing", lambda c: c.filing_no is None),
    ("address", "地址", "Address", lambda c: c.address is None),
    ("checked", "核实与来源", "Checked, source", lambda c: c.checked_on is None),
)
"""Fact → what it is called, and whether it is unknown of a card."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A number of which the least leads, and what it is of: only the same may be compared."""

    amount: float
    of: str


def _far(card: Card) -> Measured | None:
    """On foot, as finely as it is told: what reads the same leads nobody."""
    if card.walk_m is None:
        return None
    return Measured(round(card.walk_m, -1 if card.walk_m < 995 else -2), "walk")


def _free(card: Card) -> Measured | None:
    """A count that is old or undated may have changed, so it leads nobody."""
    if card.beds_free is None or card.beds_stale:
        return None
    return Measured(-card.beds_free, "beds")


def _cheap(card: Card) -> Measured | None:
    """From what price on, while it is fresh: of the same thing with the same included."""
    price = card.price
    if price is None or price.low is None or price.is_stale:
        return None
    return Measured(price.low, f"{price.item}/{price.unit}/{price.includes or ''}")


_MEASURES: dict[str, Callable[[Card], Measured | None]] = {
    "distance": _far, "beds": _free, "price": _cheap,
}  # fmt: skip
"""Fact → what may be compared as a number."""


def measured(card: Card, key: str) -> Measured | None:
    """What of a fact may be compared as a number; None: nothing, unknown, or too old."""
    measure = _MEASURES.get(key)
    return measure(card) if measure and card.state == "open" else None


def leading(measures: Sequence[Measured | None]) -> tuple[bool, ...]:
    """Which of some leads: none unless all have a number of the same thing and they differ."""
    known = [one for one in measures if one is not None]
    is_telling = len(known) == len(measures) > 1 and len({one.of for one in known}) == 1
    least = min((one.amount for one in known), default=0.0)
    is_telling = is_telling and any(one.amount > least for one in known)
    return tuple(is_telling and one is not None and one.amount == least for one in measures)


def compare(
    session: Reader, codes: Sequence[str], asked: Question, grounds: WalkingGrounds | None = None
) -> Comparison:
    """The same facts of two to four places, in the order of the codes.

    Raises BadInput for fewer than two or more than four different codes.
    """
    wanted = few(codes)
    cards, ranked = cards_of(session, wanted, asked, grounds)
    found = {card.code for card in cards}
    said = [_said(card, asked.lang) for card in cards]
    rows = tuple(
        Row(key, zh, en, _cells(key, cards, [words[key] for words in said], is_unknown))
        for key, zh, en, is_unknown in _ROWS
    )
    missing = tuple(code for code in wanted if code not in found)
    return Comparison(asked, cards, rows, missing, ranked.measured_by)


def few(codes: Sequence[str]) -> list[str]:
    """The codes, each once. Raises BadInput for fewer than two or more than four."""
    wanted = list(dict.fromkeys(codes))
    if not FEWEST <= len(wanted) <= MOST:
        raise BadInput(
            both(
                f"请选 {FEWEST} 至 {MOST} 家来比较，现有 {len(wanted)} 家。",
                f"choose {FEWEST} to {MOST} places to compare, not {len(wanted)}",
            ),
            parameter="codes",
        )
    return wanted


def _said(card: Card, lang: str) -> dict[str, str]:
    unknown = UNKNOWN[0 if lang == "zh" else 1]
    between = "、" if lang == "zh" else ", "
    return told(card, lang) | {
        "services": between.join(card.services) if card.services else unknown,
        "address": card.address or unknown,
    }


def _cells(
    key: str, cards: Sequence[Card], words: Sequence[str], is_unknown: Callable[[Card], bool]
) -> tuple[Cell, ...]:
    leads = leading([measured(card, key) for card in cards])
    return tuple(
        Cell(text, is_unknown(card), is_best)
        for card, text, is_best in zip(cards, words, leads, strict=True)
    )

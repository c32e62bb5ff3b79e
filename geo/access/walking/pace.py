"""How many metres are some minutes on foot, for elders and for plans?"""

from __future__ import annotations

from geo.access.network.costs import PLANNING_M_S
from geo.errors import BadInput, both
from geo.settings import WalkSettings, read

PACES = ("elder", "planning")


def speed_of(pace: str) -> float:
    """Metres a second: of elders (ATLAS_WALK_SPEED_MS), or the 60 m a minute of plans."""
    if pace not in PACES:
        raise BadInput(f"pace is elder or planning, not {pace[:40]!r}", parameter="pace")
    return PLANNING_M_S if pace == "planning" else read(WalkSettings).walk_speed_ms


def metres_in(minutes: float, pace: str = "elder") -> float:
    """The metres that are walked in some minutes, to the micrometre."""
    if not 0 < minutes <= 120:
        raise BadInput(
            both(
                f"分钟数须大于 0、不超过 120，现为 {minutes:g}。",
                f"minutes must lie above 0 and up to 120, not {minutes:g}",
            ),
            parameter="minutes",
        )
    return round(minutes * 60 * speed_of(pace), 6)


def minutes_in_words(metres: float, lang: str) -> str:
    """What a distance means in time, at both paces."""
    elder = speed_of("elder")
    slow, plan = metres / elder / 60, metres / PLANNING_M_S / 60
    if lang == "zh":
        return f"老年人 {elder:g} 米/秒约 {slow:.3g} 分钟，规划口径 60 米/分约 {plan:.3g} 分钟"
    return f"{slow:.3g} min at {elder:g} m/s, {plan:.3g} min at the planners' 60 m/min"

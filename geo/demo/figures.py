"""Which figures steer the synthetic city: real census totals, assumed shares and rates?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

DAY = date(2026, 10, 31)
"""The day on which the synthetic city stands: dates of counts, prices and checks lie before it."""
CHECKED_LATELY, LATELY_DAYS, LONGEST_DAYS = 0.86, 240, 700
"""Most homes had their yearly fire check in the last months before that day, some long before."""
BASE_YEAR = 2020
SOURCE = "合成数据"

CENSUS_SOURCE = "第七次全国人口普查公报（2020） · communiqué of the seventh national census"
CENSUS_2020 = {
    "320400": 5_278_121,
    "110101": 708_829, "110102": 1_106_214, "110105": 3_452_460, "110106": 2_019_764,
    "110107": 567_851, "110108": 3_133_469, "110109": 392_606, "110111": 1_312_778,
    "110112": 1_840_295, "110113": 1_324_044, "110114": 2_269_487, "110115": 1_993_591,
    "110116": 441_040, "110117": 457_313, "110118": 527_683, "110119": 345_671,
}  # fmt: skip
"""Residents by the census, by six-digit code: Changzhou as a whole, Beijing by district."""

ASSUMED_PER_KM2 = 350
"""Residents per km² where no census total stands above: an assumption, and every row says so."""

# Shares of the synthetic ages: assumptions near the national figures, not facts of any place.
SHARE_60, SHARE_60_AT_FRINGE = 0.215, 0.285
SHARE_65_OF_60, SHARE_80_OF_65 = 0.72, 0.19
SHARE_DISABLED, SHARE_ALONE = 0.085, 0.11


@dataclass(frozen=True, slots=True)
class Supply:
    """How many facilities of a kind there are, and what draws them to a place.

    One for so many residents, or for a share of the zones, or so many a district. `pull` is the
    power of the elders nearby; above 1 the fringe is left with gaps. `fringe` turns it round.
    """

    kind: str
    residents_each: int | None = None
    zone_share: float | None = None
    each_district: int | None = None
    pull: float = 1.0
    fringe: bool = False


SUPPLY = (
    Supply("welfare_home", each_district=1),
    Supply("rural_home", zone_share=0.55, fringe=True),
    Supply("nursing_home", residents_each=60_000, pull=0.8),
    Supply("senior_apartment", residents_each=300_000),
    Supply("care_complex", zone_share=0.6),
    Supply("day_care", residents_each=55_000, pull=1.1),
    Supply("service_station", residents_each=75_000, pull=1.1),
    Supply("small_home", residents_each=150_000, pull=1.2),
    Supply("mutual_aid_home", residents_each=120_000, pull=0.4, fringe=True),
    Supply("activity_centre", residents_each=150_000),
    Supply("rehab_rental", residents_each=300_000, pull=1.3),
    Supply("canteen", residents_each=11_500, pull=1.25),
    Supply("bathing", residents_each=250_000, pull=1.2),
    Supply("minor_station", zone_share=0.5),
    Supply("child_home", residents_each=20_000_000),
    Supply("rescue_station", residents_each=2_000_000),
    Supply("relief_store", each_district=1, pull=0.5),
    Supply("assistance_window", zone_share=0.9),
    Supply("marriage_office", each_district=1),
    Supply("funeral_home", residents_each=1_500_000, pull=0.3, fringe=True),
)
"""Every kind of facility; each occurs at least once in a city, and its first one is open."""

"""How far does a marker stand from where its archive puts it, and does that matter?

Archived against measured on the Gauss–Krüger plane of the archive's zone: ΔN, ΔE, ΔH (measured
minus archived) and d = √(ΔN² + ΔE²). With σ = √(σ_archived² + σ_measured²), the factor k, the
tolerance T and f, what a frame of another epoch may shift:

    over    d − k·σ − f > T     even the least it can be is too much
    within  d + k·σ + f ≤ T     even the most it can be is not
    check   else, or where a σ is unknown
    none    no verdict: a derived line, an approximate place, no scale, nothing measured
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from geo.survey.bearings import plane_azimuth
from geo.survey.markers.positions import Position, gauss_kruger, meridian_of
from geo.survey.markers.rules import Tolerance

VERDICTS_ZH = {"within": "在限差内", "check": "待核", "over": "超限", "none": "不作判定"}
METHOD = (
    "CGCS2000 三度带高斯平面，实测减档案；d − kσ − f > T 为超限，d + kσ + f ≤ T 为限差内，"
    "其余待核 · on the plane of the 3° zone, measured minus archived"
)


@dataclass(frozen=True, slots=True)
class Deviation:
    """Measured minus archived, in metres; None is unknown. azimuth_deg: grid azimuth of the shift.

    meridian_deg: of the plane. sigma_m: combined, 1 σ in the plane. frame_m: what the frame's epoch
    may account for. verdict: within, check, over or none; reasons: why it is not firmer.
    """

    verdict: str
    reasons: tuple[str, ...]
    meridian_deg: int | None = None
    d_north_m: float | None = None
    d_east_m: float | None = None
    d_height_m: float | None = None
    distance_m: float | None = None
    azimuth_deg: float | None = None
    sigma_m: float | None = None
    frame_m: float = 0.0
    tolerance: Tolerance | None = None

    @property
    def verdict_zh(self) -> str:
        """The verdict in a Chinese word."""
        return VERDICTS_ZH[self.verdict]


def compare(
    archived: Position | None,
    measured: Position | None,
    tolerance: Tolerance | None,
    *,
    k: float = 2.0,
    frame_m_per_year: float = 0.0,
    no_verdict: str | None = None,
) -> Deviation:
    """Measured against archived place of one marker; pure.

    `no_verdict`: why none may be given whatever the numbers are (a derived line). Differences are
    told only where both places are firm in CGCS2000; ΔH only where both heights have one datum.
    """
    reasons = _lacking(archived, measured)
    if reasons or archived is None or measured is None:
        return Deviation("none", tuple(reasons), tolerance=tolerance)
    (old_lon, old_lat), (new_lon, new_lat) = archived.place, measured.place
    meridian = meridian_of(archived.crs, old_lon)
    plane = gauss_kruger([old_lon, new_lon], [old_lat, new_lat], meridian)
    north, east = (float(axis[1] - axis[0]) for axis in (plane.north_m, plane.east_m))
    azimuth = float(plane_azimuth(0.0, 0.0, east, north))
    distance = math.hypot(north, east)
    frame = 0.0
    if measured.frame_epoch is not None:
        frame = abs(measured.frame_epoch - 2000.0) * frame_m_per_year
    sigma, doubts = _sigma(archived, measured, tolerance)
    height, height_doubt = _height(archived, measured)
    verdict, more = _verdict(distance, sigma, k, frame, tolerance, no_verdict)
    said = (*more, *doubts, *height_doubt)
    return Deviation(
        verdict, said, meridian, north, east, height, distance,
        None if math.isnan(azimuth) else azimuth, sigma, frame, tolerance,
    )  # fmt: skip


def _lacking(archived: Position | None, measured: Position | None) -> list[str]:
    """Why the two places cannot be compared."""
    if archived is None:
        return ["没有档案坐标 · no archived coordinates"]
    if measured is None:
        return ["没有实测坐标 · not measured"]
    found = []
    for zh, en, one in (("档案", "archived", archived), ("实测", "measured", measured)):
        if not one.is_firm:
            found.append(f"{zh}坐标：{one.doubt or '未知'}（{en}）")
    return found


def _sigma(
    archived: Position, measured: Position, tolerance: Tolerance | None
) -> tuple[float | None, tuple[str, ...]]:
    """The combined error in the plane; None where one side's is unknown, with the doubts."""
    old, doubts = archived.sigma_m, []
    if old is None and tolerance is not None and tolerance.archived_sigma_m is not None:
        old = tolerance.archived_sigma_m
        doubts.append(f"档案点位中误差未载，按规则取 {old:g} m · assumed by rule")
    if old is None:
        doubts.append("档案点位中误差未知 · error of the archive unknown")
    if measured.sigma_m is None:
        doubts.append("实测点位中误差未知 · error of the measurement unknown")
    if old is None or measured.sigma_m is None:
        return None, tuple(doubts)
    return math.hypot(old, measured.sigma_m), tuple(doubts)


def _height(archived: Position, measured: Position) -> tuple[float | None, tuple[str, ...]]:
    """The difference in height, where both stand on one stated datum."""
    if archived.height_m is None or measured.height_m is None:
        return None, ()
    old, new = (
        "".join((one.height_datum or "").split()).casefold() for one in (archived, measured)
    )
    if not old or old != new:
        return None, ("高程基准不同或未载，不算高差 · heights of different or unknown datums",)
    return measured.height_m - archived.height_m, ()


def _verdict(
    distance: float, sigma: float | None, k: float, frame: float, tolerance: Tolerance | None,
    no_verdict: str | None,
) -> tuple[str, tuple[str, ...]]:  # fmt: skip
    if no_verdict is not None:
        return "none", (no_verdict,)
    if tolerance is None:
        return "none", ("档案比例尺未知，没有限差 · no scale of the archive, no tolerance",)
    if sigma is None:
        return "check", ()
    if distance - k * sigma - frame > tolerance.metres:
        return "over", ()
    if distance + k * sigma + frame <= tolerance.metres:
        return "within", ()
    doubt = abs(distance - tolerance.metres)
    words = f"与限差之差 {doubt:.2f} m 小于不确定度 {k * sigma + frame:.2f} m · within uncertainty"
    return "check", (words,)

"""Do the reference objects (方位物) of a marker still lie where the register says?

The register gives at least three, each with grid azimuth (坐标方位角) and distance. An object whose
own coordinates are known is measured anew from the marker. One without is put where the register
sees it from the archived marker (`basis` "reconstructed"): then the numbers tell what a new form
has to say after the marker was measured, and prove nothing of the object itself.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from geo.errors import CrsError
from geo.survey.bearings import EARTH, plane_azimuth, plane_of, turn_deg
from geo.survey.markers.positions import Position, from_plane, gauss_kruger, to_cgcs2000

LEAST = 3
"""How many reference objects a marker should have."""
_NAMES = {
    "name": ("name", "名称", "位置", "位置名称", "位置/名称", "object", ""),
    "azimuth": ("azimuth_deg", "azimuth", "方位角", "坐标方位角"),
    "distance": ("distance_m", "distance", "距离", "距离米"),
    "x": ("x", "纵坐标"), "y": ("y", "横坐标"), "crs": ("crs", "坐标系"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReferenceObject:
    """An object as recorded: name, grid azimuth in degrees, distance in metres; None is unknown.

    lon, lat: its own place in EPSG:4490 where the register gives coordinates.
    """

    order: int
    name: str | None
    azimuth_deg: float | None
    distance_m: float | None
    lon: float | None = None
    lat: float | None = None


def read_objects(stored: Sequence[Any] | None) -> tuple[ReferenceObject, ...]:
    """The objects of a stored list, written by a delivery or by a form; pure.

    Azimuths are read as 227°10′ or 227.17, distances as 35 or 35米; what is no number is unknown.
    """
    made = []
    for order, one in enumerate(stored or (), 1):
        if isinstance(one, Mapping):
            said = {
                key: next((one[name] for name in names if one.get(name) not in (None, "")), None)
                for key, names in _NAMES.items()
            }
            made.append(
                ReferenceObject(
                    int(one["order"]) if str(one.get("order", "")).isdigit() else order,
                    None if said["name"] is None else str(said["name"]),
                    _azimuth(said["azimuth"]), _distance(said["distance"]),
                    *_place(said["x"], said["y"], said["crs"]),
                )
            )  # fmt: skip
    return tuple(made)


_ANGLE = re.compile(
    r"(\d+(?:\.\d+)?)(?:[°度](?:(\d\d?(?:\.\d+)?)(?:['′’分](?:(\d\d?(?:\.\d+)?)[\"″”秒]?)?)?)?)?",
    re.ASCII,
)


def _azimuth(cell: Any) -> float | None:
    """Degrees of 227°10′, 227度10分 or 227.17; None where it is no azimuth."""
    found = _ANGLE.fullmatch(re.sub(r"\s", "", str(cell))) if cell is not None else None
    if found is None:
        return None
    degrees, minutes, seconds = (float(part or 0) for part in found.groups())
    value = degrees + minutes / 60 + seconds / 3600
    if minutes >= 60 or seconds >= 60 or value > 360:
        return None
    return value % 360


def _distance(cell: Any) -> float | None:
    found = (
        re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(?:米|m)?\s*", str(cell)) if cell is not None else None
    )
    return float(found[1]) if found else None


def _place(x: Any, y: Any, crs: Any) -> tuple[float | None, float | None]:
    """The place of an object with coordinates of its own; none on an old datum."""
    try:
        told = to_cgcs2000(float(x), float(y), str(crs))
    except (TypeError, ValueError, CrsError):
        return None, None
    return told.lon, told.lat


@dataclass(frozen=True, slots=True)
class ReferenceCheck:
    """An object seen from where the marker was measured, against what is recorded.

    azimuth_deg (grid), distance_m: as computed; d_azimuth_deg, d_distance_m: computed minus
    recorded; offset_m: length of the difference of both vectors. basis: "surveyed" by the object's
    own coordinates, "reconstructed" from the archived marker, "seen" where it was measured from
    the marker in the field, "unknown" where nothing can be said.
    is_beyond: offset over the tolerance; None where one of them is unknown or reconstructed.
    """

    object: ReferenceObject
    basis: str
    azimuth_deg: float | None = None
    distance_m: float | None = None
    d_azimuth_deg: float | None = None
    d_distance_m: float | None = None
    offset_m: float | None = None
    is_beyond: bool | None = None


def recompute(
    objects: Sequence[ReferenceObject],
    measured: Position,
    archived: Position | None,
    *,
    meridian_deg: int,
    tolerance_m: float | None = None,
) -> tuple[ReferenceCheck, ...]:
    """Azimuth and distance of each object from the measured marker, on the plane of the zone; pure.

    Azimuths are of the plane (坐标方位角), distances geodesic.
    """
    return tuple(
        _check(one, measured, archived, meridian_deg, tolerance_m) for one in objects
    )  # fmt: skip


def against_seen(
    recorded: Sequence[ReferenceObject], seen: Sequence[ReferenceObject]
) -> tuple[ReferenceCheck, ...]:
    """What was measured to the objects in the field against what is recorded, by order; pure.

    An object that only one side has is no pair and makes no check.
    """
    by_order = {one.order: one for one in seen}
    return tuple(
        _differences(one, "seen", by_order[one.order].azimuth_deg, by_order[one.order].distance_m)
        for one in recorded if one.order in by_order
    )  # fmt: skip


def _differences(
    one: ReferenceObject, basis: str, azimuth: float | None, distance: float | None
) -> ReferenceCheck:
    """Azimuth and distance minus the recorded ones, and the length of the vectors' difference."""
    turned = further = offset = None
    if azimuth is not None and one.azimuth_deg is not None:
        turned = float(turn_deg(azimuth, one.azimuth_deg))
    if distance is not None and one.distance_m is not None:
        further = distance - one.distance_m
        if turned is not None:
            cosine = math.cos(math.radians(turned))
            squared = distance**2 + one.distance_m**2 - 2 * distance * one.distance_m * cosine
            offset = math.sqrt(max(0.0, squared))
    return ReferenceCheck(one, basis, azimuth, distance, turned, further, offset)


def _check(
    one: ReferenceObject, measured: Position, archived: Position | None, meridian: int,
    tolerance: float | None,
) -> ReferenceCheck:  # fmt: skip
    lon, lat, basis = one.lon, one.lat, "surveyed"
    if lon is None or lat is None:
        lon, lat = _reconstructed(one, archived, meridian)
        basis = "reconstructed"
    if lon is None or lat is None or measured.lon is None or measured.lat is None:
        return ReferenceCheck(one, "unknown")
    plane = gauss_kruger([measured.lon, lon], [measured.lat, lat], meridian)
    azimuth = float(
        plane_azimuth(plane.east_m[0], plane.north_m[0], plane.east_m[1], plane.north_m[1])
    )
    distance = float(EARTH.inv(measured.lon, measured.lat, lon, lat)[2])
    made = _differences(one, basis, None if math.isnan(azimuth) else azimuth, distance)
    if basis != "surveyed" or made.offset_m is None or tolerance is None:
        return made
    return replace(made, is_beyond=made.offset_m > tolerance)


def _reconstructed(
    one: ReferenceObject, archived: Position | None, meridian: int
) -> tuple[float | None, float | None]:
    """Where the register sees an object from the archived marker."""
    if (
        archived is None or archived.lon is None or archived.lat is None or not archived.is_firm
        or one.azimuth_deg is None or one.distance_m is None
    ):  # fmt: skip
        return None, None
    start = gauss_kruger(archived.lon, archived.lat, meridian)
    angle = math.radians(one.azimuth_deg)
    scale = float(plane_of(meridian).get_factors(archived.lon, archived.lat).meridional_scale)
    reach = one.distance_m * scale  # distances are those on the ground
    lon, lat = from_plane(
        float(start.north_m) + reach * math.cos(angle),
        float(start.east_m) + reach * math.sin(angle), meridian,
    )  # fmt: skip
    return float(lon), float(lat)

"""How many seconds does an edge take, on foot with steps and slopes, or driving?

A network of seconds is `Network.from_edges` with seconds for lengths; its limits are seconds too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.access.network import checks
from geo.access.network.checks import Floats

ELDER_M_S = 0.8  # own suggestion for elders: 15 minutes are 720 m
PLANNING_M_S = 1.0  # 60 m a minute: how Chinese plans turn minutes into metres
STEPS_FACTOR = 2.0

DRIVING_KM_H: Mapping[str, float] = MappingProxyType(
    {
        "motorway": 90.0,
        "trunk": 70.0,
        "primary": 50.0,
        "secondary": 40.0,
        "tertiary": 35.0,
        "unclassified": 30.0,
        "residential": 25.0,
        "living_street": 10.0,
        "service": 15.0,
        "track": 15.0,
    }
)
"""Speeds on the road by OpenStreetMap's `highway` class: assumed means, not limits; a setting.

A link (`primary_link`) is driven like its class.
"""


def walking_seconds(
    length_m: ArrayLike,
    *,
    speed_m_s: float = ELDER_M_S,
    steps: ArrayLike | None = None,
    steps_factor: float = STEPS_FACTOR,
    rise_m: ArrayLike | None = None,
) -> Floats:
    """Seconds to walk each edge: length ÷ speed × slope factor, × steps_factor on steps.

    steps: where the edge is a flight of steps (shape (edges,), truth values); its slope is in
    `steps_factor` and is not counted again. Weidmann (1993), Transporttechnik der Fussgänger, has
    1.34 m/s on the flat, 0.61 m/s up and 0.69 m/s down stairs, both horizontal: about twice the
    time.
    rise_m: height of the head above the tail, negative downwards; NaN where it is not known, which
    counts as flat. See `slope_factor`. Raises BadArray.
    """
    length = checks.positive("length_m", length_m)
    speed = checks.amount("speed_m_s", speed_m_s, above_zero=True)
    factor = np.ones(length.size)
    if rise_m is not None:
        rise = checks.numbers("rise_m", rise_m)
        checks.same_length(length_m=length, rise_m=rise)
        factor = slope_factor(np.where(np.isnan(rise), 0.0, rise) / length)
    if steps is not None:
        is_steps = checks.truths("steps", steps)
        checks.same_length(length_m=length, steps=is_steps)
        factor[is_steps] = checks.amount("steps_factor", steps_factor, above_zero=True)
    return length / speed * factor


def slope_factor(slope: ArrayLike) -> Floats:
    """How many times longer a slope takes than the flat, there and back on average.

    slope: rise ÷ run, either sign. Tobler (1993), Three presentations on geographical analysis and
    modeling, walks at 6 e^(−3.5 |slope + 0.05|) km/h. An edge has one cost for both directions, and
    who goes to a facility comes back, so the factor is the mean time up and down over the time on
    the flat: ½ (e^(3.5 |s + 0.05|) + e^(3.5 |s − 0.05|)) ÷ e^(3.5 × 0.05). It is 1 at slope 0, 1.21
    at 10 % and 1.72 at 20 %, and grows with either sign. Raises BadArray for NaN and infinity.
    """
    s = checks.finite("slope", slope)
    there = np.exp(3.5 * np.abs(s + 0.05))
    back = np.exp(3.5 * np.abs(s - 0.05))
    factor: Floats = (there + back) / 2 / np.exp(3.5 * 0.05)
    return factor


def driving_seconds(
    length_m: ArrayLike,
    road_class: Sequence[str] | NDArray[np.str_],
    *,
    speeds_km_h: Mapping[str, float] = DRIVING_KM_H,
) -> Floats:
    """Seconds to drive each edge: length ÷ the speed of its class; inf where no car may go.

    road_class: the `highway` class of each edge; one that is not in `speeds_km_h` is not driven, so
    leave edges of inf out of the network. Turns, lights and traffic are not counted (one-way
    streets are, by a network that knows them): a plain estimate for 1+N and rural offices that says
    so. Raises BadArray.
    """
    length = checks.positive("length_m", length_m)
    classes = np.asarray(road_class, dtype=np.str_)
    checks.same_length(length_m=length, road_class=np.atleast_1d(classes))
    names, which = np.unique(classes, return_inverse=True)
    speeds = np.array([speeds_km_h.get(str(name).removesuffix("_link"), 0.0) for name in names])
    checks.finite("speeds_km_h", speeds, least=0.0)
    speed = speeds[which] / 3.6 if names.size else np.empty(0)
    seconds = np.full(length.size, np.inf)
    np.divide(length, speed, out=seconds, where=speed > 0)
    return seconds

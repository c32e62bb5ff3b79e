"""Which share of a line did the teams walk, and which stretches did nobody come near?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geo.settings import InspectionSettings, read
from geo.survey.inspections.along import (
    ruler_of,
    stretch,
    stretches_near,
    the_rest,
)


@dataclass(frozen=True, slots=True)
class NotWalked:
    """A stretch that no track came near, by chainage; geom in degrees."""

    from_m: float
    to_m: float
    geom: Any

    @property
    def length_m(self) -> float:
        """Metres along the line (量算值)."""
        return self.to_m - self.from_m


@dataclass(frozen=True, slots=True)
class Walked:
    """How much of a line lies within `within_m` of what was walked."""

    total_m: float
    walked_m: float
    within_m: float
    hop_m: float
    gaps: tuple[NotWalked, ...]

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.walked_m / self.total_m if self.total_m else 0.0

    @property
    def method(self) -> str:
        """How it was counted."""
        return (
            f"界线上距轨迹 {self.within_m:g} 米以内的部分（三度带平面，里程为椭球面量算值）；"
            f"相邻轨迹点相距超过 {self.hop_m:g} 米的跳跃不计"
        )


def walked(
    line: Any, tracks: Iterable[Any], *, within_m: float | None = None, hop_m: float | None = None
) -> Walked:
    """The share of a line (degrees, EPSG:4490) that tracks come within `within_m` metres of.

    Between two points of a track that lie more than `hop_m` apart nobody is known to have walked:
    only the points count. Defaults: ATLAS_WALKED_WITHIN_M, ATLAS_WALKED_HOP_M.
    """
    settings = read(InspectionSettings)
    near = settings.walked_within_m if within_m is None else within_m
    hop = settings.walked_hop_m if hop_m is None else hop_m
    ruler = ruler_of(line)
    ends = [_segments(ruler.to_plane(part), hop) for track in tracks for part in _parts(track)]
    a, b = (
        np.concatenate([pair[n] for pair in ends]) if ends else np.empty((0, 2)) for n in (0, 1)
    )
    done = stretches_near(ruler, a, b, near)
    gaps = the_rest(done, ruler.total_m)
    return Walked(
        ruler.total_m, sum(end - start for start, end in done), near, hop,
        tuple(NotWalked(start, end, stretch(ruler, start, end)) for start, end in gaps),
    )  # fmt: skip


def _parts(track: Any) -> list[Any]:
    return list(getattr(track, "geoms", [track]))


def _segments(part: Any, hop_m: float) -> tuple[Any, Any]:
    """The segments of a track on the plane that are no hop, and each of its points by itself."""
    xy = shapely.get_coordinates(part)
    is_walked = np.hypot(*(xy[1:] - xy[:-1]).T) <= hop_m
    return (
        np.concatenate([xy, xy[:-1][is_walked]]),
        np.concatenate([xy, xy[1:][is_walked]]),
    )

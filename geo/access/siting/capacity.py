"""Where to build when each site can serve only so many?"""

from __future__ import annotations

from geo.access.costs import Pairs
from geo.access.siting.frame import Frame
from geo.access.siting.result import Siting


def cover_all_limited(frame: Frame, within: Pairs) -> Siting:
    raise NotImplementedError


def cover_most_limited(frame: Frame, within: Pairs) -> Siting:
    raise NotImplementedError


def minimise_distance_limited(frame: Frame) -> Siting:
    raise NotImplementedError


def minimise_worst_limited(frame: Frame) -> Siting:
    raise NotImplementedError

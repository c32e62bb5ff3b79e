"""Where do the city's districts touch each other and their neighbours?

Derived from the real outlines, not made up: `geo.survey` makes these lines, as it does for a city
without synthetic data, and each line says so in its basis and has no name.
"""

from __future__ import annotations

from geo.demo.ground import Ground, Target
from geo.errors import BadInput, NotFound
from geo.survey.derived.store import store_lines
from geo.validity import today_in_china


def derive_lines(target: Target, ground: Ground) -> int:
    """Keep the lines of the city's districts and of the city itself; answer how many stand.

    Outlines that overlap or are missing give no lines: 0. `atlas survey check` lists the places.
    """
    try:
        stored = store_lines(target, ground.city_code, on=today_in_china())
    except (BadInput, NotFound):
        return 0
    return stored.begun + stored.corrected + stored.unchanged

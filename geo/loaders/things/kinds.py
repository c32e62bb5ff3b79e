"""Which kinds of delivery can be loaded beside facilities?"""

from __future__ import annotations

from geo.loaders.things.admin_units import ADMIN_UNITS
from geo.loaders.things.boundary import BOUNDARY_LINES, BOUNDARY_MARKERS
from geo.loaders.things.candidates import CANDIDATES
from geo.loaders.things.demand import DEMAND
from geo.loaders.things.place_names import PLACE_NAMES
from geo.loaders.things.planning import ESTATES, PROJECTS
from geo.loaders.things.roads import ROADS
from geo.loaders.things.spec import Spec
from geo.loaders.things.zones import ZONES

KINDS_OF_THING: dict[str, Spec] = {
    spec.kind: spec
    for spec in (
        ADMIN_UNITS, BOUNDARY_LINES, BOUNDARY_MARKERS, PLACE_NAMES, DEMAND, ESTATES, PROJECTS,
        ZONES, CANDIDATES,
    )
}  # fmt: skip
SPECS = {**KINDS_OF_THING, ROADS.kind: ROADS}
"""These and the kinds that come by the hundred thousand, which are loaded by columns."""

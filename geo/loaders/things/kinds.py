"""Which kinds of delivery can be loaded beside facilities?"""

from __future__ import annotations

from geo.loaders.things.admin_units import ADMIN_UNITS
from geo.loaders.things.spec import Spec
from geo.loaders.things.zones import ZONES

KINDS_OF_THING: dict[str, Spec] = {spec.kind: spec for spec in (ADMIN_UNITS, ZONES)}

"""Which kinds of delivery are there beside facilities, and what does each bring?"""

from __future__ import annotations

from geo.loaders.things.kinds import KINDS_OF_THING, SPECS
from geo.loaders.things.load import load_things, stated
from geo.loaders.things.spec import Options, Spec

__all__ = ["KINDS_OF_THING", "SPECS", "Options", "Spec", "load_things", "stated"]

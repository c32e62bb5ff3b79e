"""Which place does somebody start from, as an answer tells it?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Start:
    """A place to start from, and why it fits what was typed; lon, lat in degrees, EPSG:4490.

    kind: division, road, settlement, site, place, facility or estate. is_vague: the point stands
    for an area (a district, a town), so that distances from it say little; about_zh, about_en say
    for which. is_stand_in: the area is another one around it, as its own position is not known.
    is_alike: not what was typed, its name only shares characters with that.
    """

    label: str
    detail_zh: str | None
    detail_en: str | None
    kind: str
    code: str
    lon: float
    lat: float
    how: str
    how_zh: str
    how_en: str
    score: float
    is_vague: bool
    is_synthetic: bool
    about_zh: str | None = None
    about_en: str | None = None
    is_stand_in: bool = False
    is_alike: bool = False


@dataclass(frozen=True, slots=True)
class StartTold:
    """From where an answer measures.

    label: what was typed, or the name of the place that is meant. lon, lat: None where nothing was
    found, or several places fit: these are `choices`.
    """

    label: str | None
    lon: float | None
    lat: float | None
    how_zh: str | None = None
    how_en: str | None = None
    is_vague: bool = False
    about_zh: str | None = None
    about_en: str | None = None
    choices: tuple[Start, ...] = ()

    @property
    def not_found(self) -> bool:
        """Nothing fits what was typed; the choices, if any, only share characters with it."""
        return self.lon is None and all(one.is_alike for one in self.choices)

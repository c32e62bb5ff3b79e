"""What did a form or a request give in each field, and is it fit to be kept?

Each reader answers the value or raises BadInput with the name of the field. Names of persons are
refused where an office is meant, and taken out of remarks.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from geo.errors import BadInput, both
from geo.loaders.personal import is_persons_name, public_text

LONGEST = 500
SIDES = ("A", "B", "C")


def bad(parameter: str, zh: str, en: str) -> BadInput:
    """The error for a field, in both languages."""
    return BadInput(both(f"{parameter}：{zh}", f"{parameter}: {en}"), parameter=parameter)


def only_known(told: Mapping[str, Any], known: Iterable[str]) -> None:
    """Raise for a field that nobody knows."""
    strange = sorted(set(told) - set(known))
    if strange:
        raise bad(str(strange[0])[:40], "没有这个字段。", f"known: {', '.join(known)}")


def number(name: str, given: Any) -> float | None:
    """A finite number, None where none is given."""
    if given is None:
        return None
    try:
        value = float(given)
    except (TypeError, ValueError):
        value = math.nan
    if isinstance(given, bool) or not math.isfinite(value):
        raise bad(name, "须为有限的数。", "a finite number is needed")
    return value


def word(name: str, given: Any, known: Sequence[str]) -> str:
    """One of the known words."""
    if given not in known:
        raise bad(name, f"须为 {'、'.join(known)} 之一。", f"one of {', '.join(known)}")
    return str(given)


def remark(name: str, given: Any) -> str | None:
    """A short text without what is personal; None where it is empty."""
    if given is None or not str(given).strip():
        return None
    plain = unicodedata.normalize("NFC", str(given)).strip()
    if len(plain) > LONGEST or any(ord(one) < 32 and one != "\n" for one in plain):
        raise bad(name, f"最多 {LONGEST} 字，不含控制字符。", "short text, no control characters")
    return public_text(plain, None)


def office(name: str, given: Any) -> str:
    """An office or role. Raises for an empty one and for what looks like a person's name."""
    plain = remark(name, given)
    if plain is None:
        raise bad(name, "须填单位或岗位。", "an office or role is needed")
    if is_persons_name(plain):
        raise bad(name, "请填单位或岗位，不填姓名。", "an office or role, not a person")
    return plain


def present(given: Any) -> list[dict[str, str]] | None:
    """Who was there: side A, B or C, role and office of each; no persons."""
    if not given:
        return None
    if not isinstance(given, Sequence) or isinstance(given, str) or len(given) > 50:
        raise bad("present", "须为列表。", "a list is needed")
    made = []
    for one in given:
        if not isinstance(one, Mapping):
            raise bad("present", "每项须有 side、role、office。", "side, role and office of each")
        only_known(one, ("side", "role", "office"))
        made.append({
            "side": word("present.side", one.get("side"), SIDES),
            "role": office("present.role", one.get("role")),
            "office": office("present.office", one.get("office")),
        })  # fmt: skip
    return made


def seen_objects(given: Any) -> list[dict[str, Any]] | None:
    """Reference objects as measured from the marker: order, name, grid azimuth, distance."""
    if not given:
        return None
    if not isinstance(given, Sequence) or isinstance(given, str) or len(given) > 20:
        raise bad("reference_objects", "须为列表。", "a list is needed")
    made: list[dict[str, Any]] = []
    for order, one in enumerate(given, 1):
        if not isinstance(one, Mapping):
            raise bad("reference_objects", "每项须有方位角和距离。", "azimuth and distance of each")
        only_known(one, ("order", "name", "azimuth_deg", "distance_m"))
        azimuth = number("reference_objects.azimuth_deg", one.get("azimuth_deg"))
        distance = number("reference_objects.distance_m", one.get("distance_m"))
        if azimuth is not None and not 0 <= azimuth < 360:
            raise bad("reference_objects.azimuth_deg", "须在 0 与 360 之间。", "0 to below 360")
        if distance is not None and not 0 < distance <= 100_000:
            raise bad("reference_objects.distance_m", "须为正数。", "a positive number of metres")
        place = number("reference_objects.order", one.get("order"))
        made.append({
            "order": order if place is None else int(place),
            "name": remark("reference_objects.name", one.get("name")),
            "azimuth_deg": azimuth, "distance_m": distance,
        })  # fmt: skip
    return made

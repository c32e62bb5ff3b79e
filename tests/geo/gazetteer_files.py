"""What does a file of old names look like? One of any size: dated names, several to a place.

The shape follows the lists that are to be loaded: a historical gazetteer of 70 000 dated names (an
LP-TSV row each) and a modern one of 16 000 places with several names each (Linked Places). Names
and years are made up from a seed.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

FIRST = "安宁永和长平武阳新丰临江广德清河南兴东海定远昌化"
GENERIC = ("县", "郡", "州", "府", "军", "镇", "乡", "驿", "堡", "城")
TSV_HEADING = "id\ttitle\ttitle_source\tfclasses\tvariants\tstart\tend\tparent_name\tlon\tlat\n"


def _name(some: random.Random) -> str:
    return "".join(some.sample(FIRST, 2)) + some.choice(GENERIC)


def dated_names(rows: int, seed: int = 1) -> Iterator[str]:
    """LP-TSV: heading and so many rows, one in two with a variant in another script; BCE too."""
    some = random.Random(seed)
    yield TSV_HEADING
    for number in range(1, rows + 1):
        name = _name(some)
        start = some.choice([some.randint(-220, -1), some.randint(1, 1900)])
        end = start + some.randint(1, 400)
        variants = f"{name[:-1]}@zh" if number % 2 else ""
        lon, lat = some.uniform(105, 122), some.uniform(28, 33)
        yield (
            f"h{number}\t{name}\t试验地理志\tA\t{variants}\t{start}\t{end or 1}\t试验道\t"
            f"{lon:.4f}\t{lat:.4f}\n"
        )


def modern_places(places: int, seed: int = 2) -> Iterator[str]:
    """Linked Places, one feature a line: a standard, an alias, a former and a foreign name each."""
    some = random.Random(seed)
    for number in range(1, places + 1):
        yield json.dumps(_feature(number, some), ensure_ascii=False) + "\n"


def _feature(number: int, some: random.Random) -> dict[str, Any]:
    cited = [{"label": "试验地名录"}]
    title = _name(some) + "村"
    names: list[dict[str, Any]] = [{"toponym": title, "lang": "zh", "citations": cited}]
    names.append({"toponym": title[:-1], "lang": "zh", "citations": cited})
    until = some.randint(1912, 1990)
    names.append({
        "toponym": _name(some) + "庄", "lang": "zh", "citations": cited,
        "when": {"timespans": [{"start": {"in": "1800"}, "end": {"in": str(until)}}]},
    })  # fmt: skip
    names.append({"toponym": f"Madeup {number}", "lang": "en", "citations": cited})
    return {
        "@id": f"https://names.example.org/modern/{number}",
        "type": "Feature",
        "properties": {"title": title, "ccodes": ["CN"], "fclasses": ["P"]},
        "when": {"timespans": [{"start": {"in": "1949"}}]},
        "names": names,
        "geometry": {"type": "Point",
                     "coordinates": [round(some.uniform(105, 122), 4),
                                     round(some.uniform(28, 33), 4)]},
    }  # fmt: skip

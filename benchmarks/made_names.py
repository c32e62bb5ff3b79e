"""What do 1 400 000 made-up place names look like? Parts of real names, put together anew.

Specific parts are those of the two cities' stored names, or two characters of such parts; generic
parts and their shares follow what the national stock is made of: villages and natural villages
most, then roads, waters, terrain and sites. Every row says that it is synthetic, how and by which
seed.
"""

from __future__ import annotations

import random
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.text import core

METHOD = "specific and generic parts of real names, put together at random"
GENERICS = {
    "P": (
        ("村", 30), ("社区", 8), ("湾", 5), ("坝", 4), ("坪", 4), ("沟", 4), ("塘", 3), ("庄", 3),
        ("岗", 2), ("新村", 2), ("巷", 1), ("圩", 1), ("院子", 1), ("家村", 3), ("家湾", 2),
    ),
    "R": (("路", 9), ("街", 3), ("巷", 2), ("大道", 1), ("支路", 1), ("弄", 1)),
    "H": (("河", 3), ("沟", 2), ("水库", 1), ("浜", 1), ("溪", 1), ("塘", 1)),
    "T": (("山", 4), ("岭", 1), ("岩", 1), ("坡", 1)),
    "S": (("桥", 3), ("公园", 1), ("小学", 2), ("寺", 1), ("广场", 1), ("大桥", 1), ("车站", 1)),
}  # fmt: skip
_ALSO = ((0.10, "alias"), (0.05, "former"), (0.02, "popular"))


class _Maker:
    """Makes names from the parts of those that are stored."""

    def __init__(self, session: Session, seed: int) -> None:
        self.random = random.Random(seed)
        rows = session.execute(
            text("SELECT name FROM place_name WHERE language = 'zh' AND kind = 'standard'")
        ).scalars()
        parts = sorted({core(name) for name in rows if 2 <= len(core(name)) <= 4})
        self.whole = parts
        self.first = [part[0] for part in parts]
        self.last = [part[-1] for part in parts]
        self.generics = {
            kind: ([g for g, _ in given], [share for _, share in given])
            for kind, given in GENERICS.items()
        }

    def specific(self) -> str:
        """A specific part: a real one, or characters of real ones."""
        chance = self.random.random()
        if chance < 0.25:
            return self.random.choice(self.whole)
        if chance < 0.40:
            return self.random.choice("大小上下新老东西南北") + self.random.choice(self.whole)
        middle = self.random.choice(self.last) if chance < 0.60 else ""
        return self.random.choice(self.first) + middle + self.random.choice(self.last)

    def name(self, kind: str) -> str:
        """A name of a kind of feature."""
        words, shares = self.generics[kind]
        return self.specific() + self.random.choices(words, shares)[0]


def store_names(session: Session, names: int, seed: int) -> int:
    """Store about so many names with their places, in the townships that are stored.

    One place in ten has a point. Answers how many names were made; nothing is committed.
    """
    maker = _Maker(session, seed)
    townships = list(
        session.execute(text("SELECT DISTINCT code FROM admin_unit WHERE level = 4")).scalars()
    )
    first = session.execute(text("SELECT coalesce(max(id), 0) + 1 FROM place")).scalar_one()
    places: list[tuple[int, str, str]] = []
    called: list[tuple[int, str, str]] = []
    while len(called) < names:
        kind = maker.random.choices("PRHTS", (73, 17, 4, 3, 3))[0]
        at = first + len(places)
        places.append((at, kind, maker.random.choice(townships)))
        called.append((at, maker.name(kind), "standard"))
        called += [
            (at, maker.name(kind), also) for share, also in _ALSO if maker.random.random() < share
        ]
    cursor: Any = session.connection().connection.cursor()
    for some in (places,):
        with cursor.copy(
            "COPY place (id, code, feature_class, located_in, is_published, is_synthetic, method,"
            " seed) FROM STDIN"
        ) as copy:
            for at, kind, township in some:
                copy.write_row((at, f"made:{at}", kind, township, True, True, METHOD, seed))
    for some in (called,):
        with cursor.copy("COPY place_name (place_id, name, kind) FROM STDIN") as copy:
            for row in some:
                copy.write_row(row)
    with cursor.copy("COPY place_position (place_id, geom, quality) FROM STDIN") as copy:
        for at, _, _ in places[::10]:
            lon, lat = maker.random.uniform(105.3, 110.2), maker.random.uniform(28.2, 32.2)
            copy.write_row((at, f"SRID=4490;POINT({lon:.5f} {lat:.5f})", "point"))
    cursor.execute(
        "SELECT setval(pg_get_serial_sequence('place', 'id'), (SELECT max(id) FROM place))"
    )
    cursor.execute("ANALYZE place, place_name, place_position")
    return len(called)

"""Which road and house number does an address name?"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

# Names of divisions may stand before the road; each has two characters at least before its own
# ending, so 市光路 and 镇宁路 stay whole, and the search goes back where no road would be left.
_HOUSE = re.compile(
    r"(?:[^\d]{2,7}?(?:省|自治区))?(?:[^\d]{2,6}?市)?(?:[^\d]{1,6}?[区县旗])?"
    r"(?:[^\d]{2,8}?(?:街道|[镇乡]))?"
    r"([一-鿿]{1,7}(?:路|街|大道|道|巷|弄|胡同))\s*(\d{1,5})"
)


class House(NamedTuple):
    """A road and a house or lane number on it."""

    road: str
    number: int

    @property
    def tail(self) -> str:
        """The last two characters of the road with the number, as a database finds them too."""
        return f"{self.road[-2:]}{self.number}"


def house_of(address: str | None) -> House | None:
    """The road and number that an address begins with, after its divisions; None without any."""
    if not address:
        return None
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", address))
    found = _HOUSE.match(plain)
    return House(found[1], int(found[2])) if found else None

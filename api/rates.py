"""Who asks too much? A bucket of requests for each token and each address.

A bucket holds `burst` requests and is filled again by `per_s` a second. It lives in the process
that answers, so each of several processes gives its share. Costs about a microsecond a request.
"""

from __future__ import annotations

import hashlib
import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

MOST_KNOWN = 50_000
"""Buckets that are remembered; the one longest unused is forgotten first, and full again."""


class Rates:
    """The buckets of one process."""

    def __init__(self, per_s: float, burst: float) -> None:
        self.per_s = per_s
        self.burst = max(burst, 1.0)
        self._known: OrderedDict[bytes, tuple[float, float]] = OrderedDict()

    def wait_s(self, scope: Mapping[str, Any], now: float | None = None) -> int:
        """Take one request out of its buckets: 0, or the seconds to wait where one is empty.

        A request with a token takes from the token's bucket and from its address's: tokens that are
        only guessed give nobody more, and one token is no more from many addresses.
        """
        if self.per_s <= 0:
            return 0
        at = time.monotonic() if now is None else now
        return max(self._take(whose, at) for whose in _buckets(scope))

    def _take(self, whose: bytes, at: float) -> int:
        held, since = self._known.pop(whose, (self.burst, at))
        held = min(self.burst, held + (at - since) * self.per_s)
        is_let_in = held >= 1
        self._known[whose] = (held - 1 if is_let_in else held, at)
        if len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        return 0 if is_let_in else max(1, math.ceil((1 - held) / self.per_s))


def _buckets(scope: Mapping[str, Any]) -> list[bytes]:
    """The address's bucket (of IPv6 the net of a household or office), and the token's."""
    host = (scope.get("client") or ("",))[0]
    try:
        packed = ipaddress.ip_address(host).packed
    except ValueError:
        packed = str(host).encode()
    found = [packed[:8] if len(packed) == 16 else packed]
    for name, value in scope["headers"]:
        if name == b"authorization":
            found.append(b"token " + hashlib.blake2b(value, digest_size=12).digest())
    return found

"""Which part of an address is the code of a place? Codes of other registers hold slashes.

A place that came from another register keeps its address there as its code (`lp:https://…/1`), so
a code in an address may hold any character; what it may be is checked like every parameter.
"""

from __future__ import annotations

from starlette.convertors import Convertor, register_url_convertor


class AnyCode(Convertor[str]):
    """A code with whatever stands in it, line ends too: those are refused with words, not lost."""

    regex = r"(?s:.+)"

    def convert(self, value: str) -> str:
        """The code as it was written."""
        return value

    def to_string(self, value: str) -> str:
        """The code as it is written into an address."""
        return value


register_url_convertor("place_code", AnyCode())
PLACE_CODE = "{code:place_code}"
"""The part of a route's address in which the code of a place stands."""

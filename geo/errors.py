"""What can go wrong, in one sentence each? Errors know no HTTP; `api/problems.py` maps them."""

from __future__ import annotations


def both(zh: str, en: str) -> str:
    """A message in two languages: the Chinese sentence first, the English one on the next line."""
    return f"{zh}\n{en}"


class GeoError(Exception):
    """The request or the data cannot be served; the message says what, where and what to do.

    A message that users meet is written by `both`; the first line stands alone on a screen.
    """


class BadInput(GeoError, ValueError):
    """A value given by the caller is malformed, out of range or unknown."""

    def __init__(self, message: str, *, parameter: str | None = None) -> None:
        super().__init__(message)
        self.parameter = parameter


class BadArray(BadInput):
    """An array given to a calculation has a wrong shape, or holds NaN or values out of range."""


class NotFound(GeoError):
    """The thing asked for does not exist (on that date)."""


class Ambiguous(GeoError):
    """More than one thing fits; the message lists the candidates."""


class NotAllowed(GeoError):
    """The caller may not see or do this."""


class Unavailable(GeoError):
    """Something the answer needs (database, package, network) cannot be reached now."""


class DeliveryRefused(GeoError):
    """A delivered file is refused as a whole; nothing of it was stored."""


class CrsError(BadInput):
    """Coordinates cannot be brought to CGCS2000 truthfully with what was given."""


class DatabaseProblem(GeoError):
    """The database cannot be started, reached or used; the message says how to mend it."""

"""Which features does a CQL2 filter let through? Parsed by `cql2`, turned into SQL by a walk of
our own: allow-listed properties and operators, every value bound, no function of the database."""

from __future__ import annotations

from geo.queries.cql.reading import DEEPEST, LONGEST, read_json, read_text
from geo.queries.cql.walk import Condition, condition

__all__ = ["DEEPEST", "LONGEST", "Condition", "condition", "read_json", "read_text"]

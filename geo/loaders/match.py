"""Which rows speak of the same site, within a file and in what is stored?

A site is told by its kind, its stated division and its name, compared after `search_key`. Two rows
that agree in all they say are one; rows that agree in name but not in the rest stay apart, told by
their address, and are listed for review. Sites of different kinds are never one.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from geo.loaders.checks import Candidate
from geo.loaders.report import Problem
from geo.text import search_key


@dataclass(frozen=True, slots=True)
class Site:
    """A row with the codes under which its site may be stored, the likelier one first.

    `by_name` comes from kind, division and name; `by_address` adds the address. `is_alone` says
    that no other row of the file has this name, `is_first` that none before it has its name and
    address.
    """

    row: Candidate
    by_name: str
    by_address: str
    is_alone: bool
    is_first: bool


@dataclass(frozen=True, slots=True)
class Sites:
    """The distinct sites of a file; repeats that were merged; look-alikes that want a review."""

    sites: list[Site]
    merged: int
    review: int
    problems: list[Problem]


def tell_sites_apart(rows: list[Candidate]) -> Sites:
    """Merge exact repeats and give each remaining row its codes."""
    first: dict[Any, Candidate] = {}
    problems: list[Problem] = []
    for row in rows:
        said = _content(row)
        known = first.setdefault(said, row)
        if known is not row:
            message = f"与第 {known.number} 行完全相同, 已合并 · same as row {known.number}, merged"
            problems.append(Problem(row.number, None, None, "repeat", message))
    merged = len(problems)
    groups: dict[str, list[Candidate]] = defaultdict(list)
    for row in first.values():
        groups[_code_by_name(row)].append(row)
    sites: list[Site] = []
    review = 0
    for code, group in groups.items():
        sites.extend(_sites_of_group(code, group))
        for row in group[1:]:
            review += 1
            message = (
                f"与第 {group[0].number} 行同名同类, 内容不同, 请核对 · "
                f"same name and kind as row {group[0].number}, other content: please check"
            )
            problems.append(
                Problem(row.number, "name", row.values["name"][:80], "same_name", message)
            )
    sites.sort(key=lambda site: site.row.number)
    return Sites(sites, merged, review, problems)


def _content(row: Candidate) -> tuple[Any, ...]:
    """All that a row says, as something that can be compared."""
    values = tuple(
        (key, tuple(value) if isinstance(value, list) else value)
        for key, value in sorted(row.values.items())
    )
    return values, tuple(sorted(row.extra.items()))


def _code_by_name(row: Candidate) -> str:
    given = row.values.get("code")
    if given:
        return str(given)
    values = row.values
    parts = (values["kind"], values.get("stated_city"), values.get("stated_unit"), values["name"])
    return f"F{_digest(*(search_key(part or '') for part in parts))}"


def _sites_of_group(code: str, group: list[Candidate]) -> list[Site]:
    """Codes of rows that share a name: by address, then by order of appearance."""
    seen: dict[str, int] = defaultdict(int)
    sites = []
    for row in group:
        address = search_key(row.values.get("address") or "")
        by_address = f"{code}-{_digest(address)[:6]}"
        seen[by_address] += 1
        is_first = seen[by_address] == 1
        if not is_first:
            by_address = f"{by_address}-{seen[by_address]}"
        sites.append(Site(row, code, by_address, len(group) == 1, is_first))
    return sites


def _digest(*parts: str) -> str:
    return blake2b("\x1f".join(parts).encode(), digest_size=8).hexdigest()

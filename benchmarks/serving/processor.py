"""How much processor time do the servers and the database take, whatever else the machine does?"""

from __future__ import annotations

import os
from pathlib import Path

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def processor_s(*roots: int) -> float:
    """Seconds that the processes below these have taken, with what those below them took that are
    gone. Linux only."""
    parents: dict[int, int] = {}
    spent: dict[int, float] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        number = int(stat.parent.name)
        parents[number] = int(fields[1])
        spent[number] = sum(map(int, fields[11:15])) * _TICK_S
    found = 0.0
    for number, seconds in spent.items():
        above = number
        while above in parents and above not in roots:
            above = parents[above]
        if above in roots and number not in roots:
            found += seconds
    return found

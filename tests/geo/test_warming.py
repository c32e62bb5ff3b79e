"""Does a process that ends while it warms up end in order?"""

from __future__ import annotations

import subprocess
import sys

from geo.access.warming import searches

ENDS = """
import time
from geo.access import warming

def said(word):
    return lambda: (time.sleep(0.3), print(word, flush=True))

warming.searches = lambda: iter([said("first"), said("second")])
warming.warm_up_beside()
"""


def test_the_end_waits_for_the_search_under_way_and_begins_no_other() -> None:
    done = subprocess.run([sys.executable, "-c", ENDS], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "first\n", "")


def test_every_search_runs() -> None:
    assert len([search() for search in searches()]) == 8

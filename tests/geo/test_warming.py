"""Does a process that ends while it warms up end in order?"""

from __future__ import annotations

import subprocess
import sys

from geo.access.warming import searches

ENDS = """
import time
from threading import Event, main_thread
from geo.access import warming

begun = Event()

def until_the_end():
    begun.set()
    while main_thread().is_alive():
        time.sleep(0.01)
    print("first", flush=True)

warming.searches = lambda: iter([until_the_end, lambda: print("second", flush=True)])
warming.warm_up_beside()
begun.wait()
"""


def test_the_end_waits_for_the_search_under_way_and_begins_no_other() -> None:
    done = subprocess.run([sys.executable, "-c", ENDS], capture_output=True, text=True, timeout=240)
    assert (done.returncode, done.stdout, done.stderr) == (0, "first\n", "")


def test_every_search_runs() -> None:
    assert len([search() for search in searches()]) == 8

"""Do heavy questions take turns, and does nobody's waiting hold up the rest?"""

from __future__ import annotations

import threading
import time

import pytest

from api.turns import Turns
from geo.errors import Unavailable


def test_a_turn_is_waited_for_by_some_only() -> None:
    turns, waited = Turns(1, waiting=1), threading.Event()

    def wait() -> None:
        with turns.held("busy", patience_s=60):
            waited.set()

    with turns.held("busy", patience_s=0.1):
        waiting = threading.Thread(target=wait)
        waiting.start()
        while not turns._wait:
            time.sleep(0.01)
        began = time.monotonic()
        with pytest.raises(Unavailable, match="busy"), turns.held("busy", patience_s=60):
            pass
        assert time.monotonic() - began < 30, "a second one is told at once"
        assert not waited.is_set()
    waiting.join(timeout=60)
    assert waited.is_set()


def test_one_address_leaves_a_turn_for_others_and_is_forgotten() -> None:
    turns = Turns(3, of_one=2)
    with (
        turns.held("busy", patience_s=0, address="a"),
        turns.held("busy", patience_s=0, address="a"),
    ):
        with pytest.raises(Unavailable), turns.held("busy", patience_s=0, address="a"):
            pass
        with turns.held("busy", patience_s=0, address="b"):
            pass
    assert not turns._held

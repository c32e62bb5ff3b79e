"""Where on the ways does a place lie, and how far beside them?"""

Snap = snap = straight_lines = None

"""How does `python -m api` start the command line, so that even an early Ctrl-C ends it quietly?"""

from __future__ import annotations

import gc
import signal

gc.set_threshold(10_000)  # else a fifth of the time of importing goes to looking for garbage

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # nothing to undo while modules are imported
    from api.cli import main

    signal.signal(signal.SIGINT, signal.default_int_handler)
    main()

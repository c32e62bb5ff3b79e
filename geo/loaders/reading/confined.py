"""How are bytes of strangers read without harm to us? By a program of ours within limits.

A hostile file can ask its reader for any amount of memory or time; here it only ends that process.
`confined` starts the program; run as a program itself, this file sets the limits and goes on to it.
It imports nothing of the project, so that it starts quickly.
"""

from __future__ import annotations

import runpy
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 3
"""By the clock a busy machine may take so many times the seconds of the processor."""


@contextmanager
def confined(
    program: Path, *arguments: str, memory: int, seconds: int, takes_input: bool = False
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program of Python that may take so many bytes and seconds of the processor.

    Read its standard output inside the `with`; afterwards `returncode` says how it ended, below
    zero where the system ended it. `takes_input`: its standard input is a pipe, else empty.
    """
    command = [
        sys.executable, "-I", __file__, str(memory), str(seconds), str(program), *arguments,
    ]  # fmt: skip
    source = subprocess.PIPE if takes_input else subprocess.DEVNULL
    with subprocess.Popen(
        command, stdin=source, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        watch = threading.Timer(seconds * PATIENCE, child.kill)
        watch.start()
        try:
            yield child
        except BaseException:
            child.kill()
            raise
        finally:
            if child.stdout is not None:
                child.stdout.close()  # who still writes to nobody ends
            child.wait()
            watch.cancel()


def limit(memory: int, seconds: int) -> None:
    """Let this process have no more than so many bytes and seconds, where the system can say so."""
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    for what, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds)):
        resource.setrlimit(what, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    limit(int(sys.argv[1]), int(sys.argv[2]))
    sys.argv = sys.argv[3:]
    runpy.run_path(sys.argv[0], run_name="__main__")

"""How does a file come to be whole or not at all?"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from geo.errors import Unavailable


def write_whole(out: Path, content: bytes) -> None:
    """Write beside the file and move over it, so that nobody ever sees half a file.

    Raises Unavailable where the folder is missing or may not be written.
    """
    try:
        handle, draft = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}-", suffix=".part")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(draft, 0o666 & ~umask)
        os.replace(draft, out)
    except OSError as problem:
        raise Unavailable(
            f"无法写入 {out}：{problem.strerror}。请换一个可写的位置。\n"
            f"{out} cannot be written: {problem.strerror}. Choose another place."
        ) from None

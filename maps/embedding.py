"""How does a page become one file that asks nobody: scripts, modules, styles, pictures inside?"""

from __future__ import annotations

import base64
import json
import mimetypes
import re
from pathlib import Path

from geo.errors import Unavailable

_URL = re.compile(r"url\(\s*['\"]?([^'\")]+)['\"]?\s*\)")


def inline_style(path: Path) -> str:
    """Answer a style sheet whose pictures are data addresses."""

    def as_data(found: re.Match[str]) -> str:
        target = found.group(1)
        if target.startswith(("data:", "#")):
            return found.group(0)
        picture = (path.parent / target.split("#")[0].split("?")[0]).resolve()
        return f'url("{data_url(picture)}")' if picture.is_file() else 'url("data:,")'

    return _URL.sub(as_data, read(path)).replace("</", "<\\/")


def inline_script(path: Path) -> str:
    """Answer a classic script that may stand inside a script element."""
    text = re.sub(r"(?m)^//# sourceMappingURL=.*$", "", read(path))
    return re.sub(r"</(?=script)", r"<\\/", text, flags=re.IGNORECASE)


def inline_module_map(folder: Path) -> str:
    """Answer an import map that gives every ES module of a folder as a data address.

    The modules import each other by the names that the map knows (`atlas/dom.js`), so the same
    files run from a server and from inside one file.
    """
    imports = {
        f"atlas/{path.relative_to(folder).as_posix()}": data_url(path, "text/javascript")
        for path in sorted(folder.rglob("*.js"))
    }
    return json.dumps({"imports": imports}, separators=(",", ":"))


def data_url(path: Path, kind: str | None = None) -> str:
    """Answer a file as a `data:` address."""
    kind = kind or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"


def read(path: Path) -> str:
    """Answer the text of one of our page files; Unavailable when set-up has not brought it."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise Unavailable(
            f"缺少页面资源 {path.name}：请先运行 ./atlas up 或 python -m maps.assets。\n"
            f"The page asset {path.name} is missing: run ./atlas up or python -m maps.assets."
        ) from None

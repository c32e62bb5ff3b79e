"""Under which address do others see the service?"""

from __future__ import annotations

import re

from starlette.requests import Request

from geo.settings import ServeSettings, read

_HOST = re.compile(r"[A-Za-z0-9.\-_]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?", re.ASCII)

_USUAL_PORT = {"http": 80, "https": 443}


def base_of(request: Request) -> str:
    """The address of the service, with a proxy's prefix: the setting, else the one that was asked.

    What a caller names as host counts only where it reads as a host; ATLAS_PUBLIC_URL overrules it.
    """
    stated = read(ServeSettings).public_url.strip().rstrip("/")
    if stated:
        return stated
    host = request.headers.get("host", "")
    scheme = str(request.scope.get("scheme", "http"))
    if not _HOST.fullmatch(host):
        name, port = request.scope.get("server") or ("localhost", None)
        host = f"{name}:{port}" if port not in (None, _USUAL_PORT.get(scheme)) else str(name)
    root = str(request.scope.get("root_path", "")).rstrip("/")
    return f"{scheme}://{host}{root}"

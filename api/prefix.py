"""Under which part of another site's addresses does a proxy show the service?"""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class Prefix:
    """Puts the prefix of ATLAS_ROOT_PATH into `root_path`, whether the proxy strips it or not.

    By the ASGI rules `path` holds the whole path with the prefix, and `root_path` the prefix: links
    are built with it, routes are found without it. Costs one comparison a request.
    """

    def __init__(self, app: ASGIApp, root_path: str) -> None:
        self.app = app
        self.root_path = root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request with the prefix in its place."""
        if self.root_path and scope["type"] == "http":
            path: str = scope["path"]
            if path != self.root_path and not path.startswith(f"{self.root_path}/"):
                path = self.root_path + path
            scope = {**scope, "root_path": self.root_path, "path": path}
        await self.app(scope, receive, send)

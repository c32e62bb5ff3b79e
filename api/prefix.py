"""Under which part of another site's addresses does a proxy show the service?"""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class Prefix:
    """Puts the prefix of ATLAS_ROOT_PATH into `root_path`, whether the proxy strips it or not.

    By the ASGI rules `path` holds the whole path with the prefix, and `root_path` the prefix: links
    are built with it, routes are found without it. A slash at the end of an address, as people type
    it, counts for nothing: no redirect is made from what was asked.
    """

    def __init__(self, app: ASGIApp, root_path: str) -> None:
        self.app = app
        self.root_path = root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request with the prefix in its place."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = own = scope["path"]
        if self.root_path and path != self.root_path and not path.startswith(f"{self.root_path}/"):
            path = self.root_path + path
        path = self._without_last_slash(path)
        if self.root_path or path != own:
            scope = {**scope, "root_path": self.root_path, "path": path}
        await self.app(scope, receive, send)

    def _without_last_slash(self, path: str) -> str:
        """The same address without a slash at its end; the home page alone has one."""
        if path == self.root_path:
            return f"{path}/"
        if path == f"{self.root_path}/" or not path.endswith("/") or path.endswith("//"):
            return path
        return path[:-1]

"""Browsers of any site may send events; what is read needs a key and stays with its own origin."""

from __future__ import annotations

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

OPEN_PATHS = ("/v1/", "/sa", "/debug")
DAY = 86_400
"""Seconds for which a browser need not ask again; else every event costs two requests."""


class OpenToBrowsers:
    """Answers preflights, and lets scripts of other origins read the answers, on the paths events are sent to."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._open = CORSMiddleware(
            app,
            allow_origins=["*"],
            allow_methods=["GET", "POST"],
            allow_headers=["authorization", "x-retry-count", "content-type"],
            expose_headers=["Retry-After"],
            max_age=DAY,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_open = scope["type"] == "http" and scope["path"].startswith(OPEN_PATHS)
        await (self._open if is_open else self._app)(scope, receive, send)

"""Browsers of any site may send events; what is read needs a key and stays with its own origin."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from limner.api.problem import problem

OPEN_PATHS = ("/v1/", "/sa", "/debug")
HEADERS = ("authorization", "x-retry-count", "content-type")
"""What Segment's page sends besides what any page may."""
DAY = 86_400
"""Seconds for which a browser need not ask again; else every event costs two requests."""


class _Cors(CORSMiddleware):
    """Says why a preflight is refused as everything else here says it."""

    def preflight_response(self, request_headers: Headers) -> Response:
        response = super().preflight_response(request_headers)
        if response.status_code < 400:
            return response
        message = f"{bytes(response.body).decode()}. Send GET or POST, with the headers {', '.join(HEADERS)}."
        told = {name: text for name, text in response.headers.items() if not name.startswith("content-")}
        return problem({"code": "request", "message": message}, response.status_code, headers=told)


class OpenToBrowsers:
    """Answers preflights, and lets scripts of other origins read the answers, on the paths events are sent to."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._open = _Cors(
            app,
            allow_origins=["*"],
            allow_methods=["GET", "POST"],
            allow_headers=HEADERS,
            expose_headers=["Retry-After"],
            max_age=DAY,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_open = scope["type"] == "http" and scope["path"].startswith(OPEN_PATHS)
        await (self._open if is_open else self._app)(scope, receive, send)

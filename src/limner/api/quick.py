"""Portraits that can be read at once: without a thread, where nobody has to be waited for.

Everything else about them, refusals included, is `limner.api.profiles`: what is not plain goes on to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import msgspec
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from limner.errors import LimnerError
from limner.govern.roles import Action, may

if TYPE_CHECKING:
    from limner.workspace import Workspace

PREFIX = "/api/v1/profiles/"
ROUTE = Route(PREFIX + "{key:path}", lambda request: None)
"""As the metrics name it."""
BEARER = b"bearer "
OTHERS = ("/timeline", "/identities")


class QuickPortraits:
    """Answers reads of portraits without evidence, by callers who may see everything and have no rate."""

    def __init__(self, app: ASGIApp, workspace: Workspace) -> None:
        self._app = app
        self._workspace = workspace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = self._read(scope) if scope["type"] == "http" and scope["path"].startswith(PREFIX) else None
        if body is None:
            await self._app(scope, receive, send)
            return
        scope["route"] = ROUTE
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _read(self, scope: Scope) -> bytes | None:
        """The answer; None = not here."""
        path, asked = scope["path"].removeprefix(PREFIX), dict(parse_qsl(scope["query_string"].decode("latin-1")))
        plain = asked.pop("evidence", "") == "false" and asked.keys() <= {"tags"} and not path.endswith(OTHERS)
        if scope["method"] != "GET" or not plain or not self._may_see(scope):
            return None
        tags = [name for name in asked["tags"].split(",") if name] if "tags" in asked else None
        try:
            portrait = self._workspace.profile_at_once(path, tags)
        except LimnerError:
            return None
        return None if portrait is None else msgspec.json.encode(portrait)

    def _may_see(self, scope: Scope) -> bool:
        given = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        if not given.lower().startswith(BEARER):
            return False
        key = self._workspace.keys.find(given[len(BEARER) :].strip().decode("latin-1"))
        if key is None or key.rate is not None:
            return False
        return may(key.role, Action.READ_PORTRAITS) and may(key.role, Action.SEE_IDENTIFIERS)

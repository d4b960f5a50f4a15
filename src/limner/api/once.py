"""`Idempotency-Key` on every write: what is sent twice is done once."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute

from limner.api.door import find_caller
from limner.govern.once import Once, check_key

WRITES = {"POST", "PUT", "PATCH", "DELETE"}
ASKING = (
    *(":preview", ":lookup", ":export", ":explain", "/recommendations"),
    *(":estimate", ":insight", ":differences", ":cross", ":overlap", ":trend"),
)
"""Ends of paths that change nothing, though they are posted to."""
STREAMED = ("/imports", ":import")
"""Ends of paths whose body is a file, which is not held in memory: doing it again gives the same."""
HEADER: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Sent again within 24 hours with the same request it gets the same answer, and nothing is done "
    "twice; with another request it is refused (422).",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
KEPT = ("etag", "cache-control", "location")
Handler = Callable[[Request], Awaitable[Response]]


class WriteOnce(APIRoute):
    """A route that looks for an answer given before, if it writes."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **described: Any) -> None:
        own = path.startswith("/api/") and not path.endswith(STREAMED)
        self._writes = own and bool(WRITES & set(described.get("methods") or ())) and not path.endswith(ASKING)
        if self._writes:
            extra = dict(described.get("openapi_extra") or {})
            described["openapi_extra"] = {**extra, "parameters": [HEADER]}
        super().__init__(path, endpoint, **described)

    def get_route_handler(self) -> Callable[[Request], Any]:
        handler: Handler = super().get_route_handler()

        async def answer(request: Request) -> Response:
            key = request.headers.get("idempotency-key")
            return await handler(request) if key is None else await answer_once(request, check_key(key), handler)

        return answer if self._writes else handler


async def answer_once(request: Request, key: str, handler: Handler) -> Response:
    """The answer given before, or the handler's, kept if it did what was asked."""
    caller = find_caller(request)
    if caller is None:  # it will be told so
        return await handler(request)
    once: Once = request.app.state.workspace.once
    asked = digest_request(request, await request.body())
    with once.working(caller.id, key):
        kept = await run_in_threadpool(once.find, caller.id, key, asked)
        if kept is not None:
            return unpack(*kept)
        response = await handler(request)
        if 200 <= response.status_code < 300:
            await run_in_threadpool(once.keep, caller.id, key, asked, response.status_code, pack(response))
        return response


def digest_request(request: Request, body: bytes) -> str:
    """Of all that decides what a request does."""
    match = request.headers.get("if-match", "")
    words = "\0".join((request.method, request.url.path, request.url.query, match))
    return hashlib.sha256(words.encode() + b"\0" + body).hexdigest()


def pack(response: Response) -> str:
    head = {name: response.headers[name] for name in KEPT if name in response.headers}
    return msgspec.json.encode([head, response.media_type, bytes(response.body).decode()]).decode()


def unpack(status: int, text: str) -> Response:
    head, media_type, body = msgspec.json.decode(text)
    return Response(body, status, {**head, "Idempotency-Replayed": "true"}, media_type)

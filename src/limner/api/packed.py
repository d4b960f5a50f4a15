"""Large answers go compressed to whoever takes them so: ten thousand tags are 2.5 MB, and 0.1 MB on their way."""

from __future__ import annotations

import gzip

from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from limner.api.console import accepted

PREFIX = "/api/"
"""Other answers are small, or files that were compressed while they were built."""
WORTH_IT = 16 << 10
"""Bytes. What holds a secret beside what somebody else may have written is smaller than that."""
QUICKLY = 1
"""Of gzip's levels: it takes 3 ms a megabyte, and the best of them saves little more."""


class PackedAnswers:
    """Plain ASGI. What is sent in parts, and what is compressed already, goes as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX) or not takes_gzip(scope):
            await self._app(scope, receive, send)
            return
        begun: list[Message] = []

        async def send_packed(message: Message) -> None:
            if message["type"] == "http.response.start":
                begun.append(message)  # until it is known how large the body is
                return
            if begun:
                start = begun.pop()
                if is_worth_it(start, message):
                    message = {**message, "body": await run_in_threadpool(gzip.compress, message["body"], QUICKLY)}
                    note_packing(start, len(message["body"]))
                await send(start)
            await send(message)

        await self._app(scope, receive, send_packed)


def takes_gzip(scope: Scope) -> bool:
    asked = [value for name, value in scope["headers"] if name == b"accept-encoding"]
    return bool(asked) and "gzip" in accepted({"accept-encoding": asked[-1].decode("latin-1")})


def is_worth_it(start: Message, message: Message) -> bool:
    headers = Headers(raw=start["headers"])
    whole = not message.get("more_body") and len(message.get("body", b"")) >= WORTH_IT
    return whole and "json" in headers.get("content-type", "") and "content-encoding" not in headers


def note_packing(start: Message, size: int) -> None:
    headers = MutableHeaders(raw=start["headers"])
    headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(size)
    headers.add_vary_header("Accept-Encoding")

"""HTTP as uvicorn speaks it, with what one answer consists of sent together.

It writes an answer's head and its body apart, and each is a call of the system that wakes the reader: a quarter of what
a short answer costs.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HELD = 64 << 10
"""Bytes; more is sent at once, so that a reader who is slow is noticed."""


class JoinedAnswers(HttpToolsProtocol):
    """For `uvicorn.Config(http=...)`."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(cast(asyncio.Transport, JoinedWrites(transport, self.loop)))


class JoinedWrites:
    """A transport that sends together what is written in one turn of the event loop; else it is the one it is given."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> None:
        if not self._held:
            self._loop.call_soon(self._send)
        self._held.append(data)
        self._size += len(data)
        if self._size > MOST_HELD:
            self._send()

    def send(self, answer: bytes) -> None:
        """A whole one: there is nothing to wait for."""
        self._send()
        self._transport.write(answer)

    def close(self) -> None:
        self._send()
        self._transport.close()

    def _send(self) -> None:
        held, self._held, self._size = self._held, [], 0
        if held and not self._transport.is_closing():
            self._transport.write(b"".join(held))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

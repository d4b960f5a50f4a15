"""How much of what clients send is in memory at once: bodies as they come, and what is unpacked from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from time import monotonic

from fastapi import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from limner.errors import DataError, Unavailable

MOST_AT_ONCE = 256 << 20
"""Bytes for all requests whose sender is known."""
MOST_OF_STRANGERS = 64 << 20
"""Bytes for all others."""
MOST_OF_ONE = 50 << 20
"""Bytes for one request: the largest body, and the most that may be unpacked from it."""
MOST_ASKED = 4 << 20
"""Bytes of a body of the query API."""
UPLOADS = "/api/v1/imports"
"""Its bodies go to the disk, and only after the key was looked at."""
VAIN_BYTES = 8 << 20
"""A second: what may be read and unpacked for nothing. It takes some hundredths of a core."""


class Room:
    """Bytes that requests have in memory together. Safe to share between threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken = 0
        self._lock = Lock()

    def take(self, size: int) -> None:
        """Raises Unavailable when there is no room for so many bytes."""
        with self._lock:
            if self._taken + size > self._most:
                raise Unavailable("More comes in at once than fits into memory.", hint="Send it again in some seconds.")
            self._taken += size

    def give_back(self, size: int) -> None:
        with self._lock:
            self._taken -= size

    @contextmanager
    def share(self) -> Iterator[Share]:
        """What one request has of it, until it is answered."""
        share = Share(self)
        try:
            yield share
        finally:
            share.give_back()


class Share:
    """One request's part of a room."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self.size = 0
        """Bytes."""

    def claim(self, size: int) -> None:
        """So many bytes more. Unavailable when all requests have too many, DataError when this one has."""
        if self.size + size > MOST_OF_ONE:
            raise DataError(f"The request unpacks to more than {MOST_OF_ONE:,} bytes.", hint="Send smaller batches.")
        self._room.take(size)
        self.size += size

    def give_back(self) -> None:
        """All of it."""
        self._room.give_back(self.size)
        self.size = 0


class VainWork:
    """What was read and unpacked for senders whose key turned out to be nobody's. For the event loop's thread."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._paid_at = clock()

    def note(self, size: int) -> None:
        """So many bytes."""
        self._paid_at = max(self._paid_at, self._clock()) + size / VAIN_BYTES

    @property
    def wait(self) -> float:
        """Seconds until more of it is affordable; up to a second's worth always is."""
        return max(self._paid_at - self._clock() - 1, 0.0)


class BoundedQuestions:
    """Plain ASGI: bodies of the query API, which are read before anybody has looked at the key, stay small."""

    def __init__(self, app: ASGIApp, room: Room) -> None:
        self._app = app
        self._room = room

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/api/") or scope["path"] == UPLOADS:
            await self._app(scope, receive, send)
            return
        with self._room.share() as share:

            async def receive_little() -> Message:
                message = await receive()
                size = len(message.get("body", b""))
                if share.size + size > MOST_ASKED:
                    raise HTTPException(413, f"The body has more than {MOST_ASKED:,} bytes")
                try:
                    share.claim(size)
                except Unavailable as error:
                    raise HTTPException(503, error.message.rstrip(".")) from error
                return message

            await self._app(scope, receive_little, send)

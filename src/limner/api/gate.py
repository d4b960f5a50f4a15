"""What all ways in have in common: who sends, how much at once, and an answer only when it is safe."""

from __future__ import annotations

import asyncio
import base64
import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import unquote

import msgspec
from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from limner.api.problem import TooMany, Unauthorised
from limner.api.room import MOST_AT_ONCE, MOST_OF_STRANGERS, Room, Share, VainWork
from limner.collect.clocks import Clocks
from limner.collect.contract import Contract
from limner.errors import DataError, LimnerError, Unavailable
from limner.govern.keys import RateLimit, Source, WriteKeys
from limner.intake import Intake
from limner.model.clock import now
from limner.ports.journal import Delivery, Kind

P = ParamSpec("P")
R = TypeVar("R")
LARGE = 512 << 10
"""Bytes of a body that takes some milliseconds."""
MOST_PACKED = 16 << 20
"""Bytes of a body as it comes; larger ones are refused for good."""
MOST_HEARD = 256 << 20
"""Bytes of a refused body that are listened to, so that its sender, who listens only afterwards, hears why."""
BEGINNING = 64 << 10
"""Bytes kept of a body that is too large."""
PATIENCE = 60
"""Seconds in which a body must have come: what is in memory must not wait for one who says no more."""
MAKES = "`limner keys create NAME --role write` makes one."


class Unreadable(DataError):
    """A body nothing can be made of, now or later."""

    def __init__(self, message: str, body: bytes, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.body = body
        """As it came, or the beginning of one that is too large."""


class Gate:
    """One for the whole server."""

    def __init__(self, keys: WriteKeys, intake: Intake, limit: RateLimit, contract: Contract) -> None:
        self.contract = contract
        self._clocks = Clocks(now())
        self._keys = keys
        self._intake = intake
        self._limit = limit
        self._room = Room(MOST_AT_ONCE)
        self._vain = VainWork()
        self.strangers = Room(MOST_OF_STRANGERS)
        """For bodies of whoever has shown no key yet."""

    def admit(self, secret: str | None) -> Source:
        """The source a write key stands for. Unauthorised when it stands for none."""
        if not secret:
            raise Unauthorised("No write key was given.", hint="Send it as the user name, or as 神策's token. " + MAKES)
        source = self._keys.find(secret)
        if source is None:
            may_read = self._keys.is_known(secret)
            raise Unauthorised("This key sends no events." if may_read else "Nobody knows this write key.", hint=MAKES)
        return source

    def share(self, source: Source | None) -> AbstractContextManager[Share]:
        """Room for a request's body; None: the sender's key is in it, if it has one. TooMany, see `recognise`."""
        if source is not None:
            return self._room.share()
        if self._vain.wait:
            raise TooMany("Too much came in with keys nobody knows.", seconds=math.ceil(self._vain.wait))
        return self.strangers.share()

    def recognise(self, secret: str | None, size: int) -> Source:
        """`admit` with a key that was in the body, after ``size`` bytes had been read and unpacked to find it.

        All real clients send their key in the head as well, so nobody's work rests on this way in. It is kept open, but
        strangers together have little room, and once they had too much done for nothing, the next wait. To look for
        the key in a body's beginning would spare little: clients write it at the end, behind all that is packed.
        """
        try:
            return self.admit(secret)
        except Unauthorised:
            self._vain.note(size)
            raise

    def read_sent(self, request: Request, source: str, received_at: int, sent_at: int | None) -> int | None:
        """When this try of a request was sent, by its sender's clock, as far as can be told."""
        host = request.client.host if request.client else None
        return self._clocks.read_sent((source, host, request.headers.get("user-agent")), received_at, sent_at)

    async def keep(self, source: Source, deliveries: Sequence[Delivery]) -> None:
        """Return once they are durable. TooMany when the source sends faster than it may, Unavailable when all do."""
        lines = sum(len(delivery.lines) for delivery in deliveries)
        wait = self._limit.take(source.key_id, lines, source.rate)
        if wait > 0:
            raise TooMany("This source sends more than its key allows.", seconds=math.ceil(wait))
        offers = [self._intake.offer(delivery) for delivery in deliveries if delivery.lines]
        await asyncio.gather(*map(asyncio.wrap_future, offers))

    async def refuse(self, source: Source, reason: str, body: bytes) -> None:
        """Keep a body nothing can be made of among the rejects."""
        await self.keep(source, [refusals(source, [(reason, body)])])


def refusals(source: Source, refused: Sequence[tuple[str, bytes]]) -> Delivery:
    """Items that cannot become events: reason, and the item as it came."""
    lines = [msgspec.json.encode([reason, item.decode("utf-8", "backslashreplace")]) for reason, item in refused]
    return Delivery(Kind.REFUSED, source.name, now(), tuple(lines))


async def read_body(request: Request, share: Share) -> bytes:
    """The request's body as it came. Unreadable when it is too large, DataError when the sender went before its end,
    Unavailable when too much is in memory or it takes too long."""
    parts: list[bytes] = []
    size, fault = 0, None
    try:
        async with asyncio.timeout(PATIENCE):
            async for part in request.stream():
                size += len(part)
                if fault is None:
                    parts.append(part)
                    if fault := _judge(parts, size, share):
                        share.give_back()
                        parts.clear()
                elif size > MOST_HEARD:
                    break
    except ClientDisconnect as error:
        raise DataError("The body is cut short.") from error
    except TimeoutError as error:
        raise Unavailable(f"The body did not come within {PATIENCE} seconds.") from error
    if fault is not None:
        raise fault
    return b"".join(parts)


def _judge(parts: Sequence[bytes], size: int, share: Share) -> LimnerError | None:
    """What is wrong with a body that has come so far."""
    if size > MOST_PACKED:
        sentence = f"The body has more than {MOST_PACKED:,} bytes; its beginning is kept."
        return Unreadable(sentence, b"".join(parts)[:BEGINNING], hint="Send smaller batches.")
    try:
        share.claim(len(parts[-1]))
    except Unavailable as error:
        return error
    return None


async def aside(work: Callable[Concatenate[bytes, P], R], body: bytes, *more: P.args, **named: P.kwargs) -> R:
    """``work`` on a body: at once for usual ones; in another thread for those that would keep everybody waiting."""
    if len(body) < (LARGE // 16 if body.startswith(b"\x1f\x8b") else LARGE):
        return work(body, *more, **named)
    return await run_in_threadpool(work, body, *more, **named)


def basic_user(request: Request) -> str | None:
    """The user name of ``Authorization: Basic``, which is where Segment's clients put the write key."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, _, _ = base64.b64decode(value, validate=True).decode().partition(":")
    except ValueError:  # no base64, no ASCII, no UTF-8
        return None
    return unquote(user)


def answer(document: Mapping[str, Any]) -> Response:
    """Exactly 200: some clients send again what was answered with another 2xx."""
    return Response(msgspec.json.encode(document), media_type="application/json")

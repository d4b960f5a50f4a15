"""What all ways in have in common: who sends, how much at once, and an answer only when it is safe."""

from __future__ import annotations

import asyncio
import base64
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import unquote

import msgspec
from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from limner.api.problem import TooMany, Unauthorised
from limner.collect.contract import Contract
from limner.errors import DataError
from limner.govern.keys import RateLimit, Source, WriteKeys
from limner.intake import Intake
from limner.model.clock import now
from limner.ports.journal import Delivery, Kind

T = TypeVar("T")
R = TypeVar("R")
LARGE = 512 << 10
"""Bytes of a body that takes some milliseconds."""
MOST_PACKED = 16 << 20
"""Bytes of a body as it comes; larger ones are refused for good."""


class Gate:
    """One for the whole server."""

    def __init__(self, keys: WriteKeys, intake: Intake, limit: RateLimit, contract: Contract) -> None:
        self.contract = contract
        self._keys = keys
        self._intake = intake
        self._limit = limit

    def admit(self, secret: str | None) -> Source:
        """The source a write key stands for. Unauthorised when it stands for none."""
        source = None if secret is None else self._keys.find(secret)
        if source is None:
            raise Unauthorised("Nobody knows this write key.", hint="`limner keys create NAME --role write` makes one.")
        return source

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


async def read_body(request: Request) -> bytes:
    """The request's body as it came. DataError when it is too large, or the sender went before its end."""
    parts: list[bytes] = []
    size = 0
    try:
        async for part in request.stream():
            parts.append(part)
            size += len(part)
            if size > MOST_PACKED:
                raise DataError(f"The body has more than {MOST_PACKED:,} bytes.", hint="Send smaller batches.")
    except ClientDisconnect as error:
        raise DataError("The body is cut short.") from error
    return b"".join(parts)


async def aside(work: Callable[[bytes, T], R], body: bytes, other: T) -> R:
    """``work`` on a body: at once for usual ones; in another thread for those that would keep everybody waiting."""
    if len(body) < (LARGE // 16 if body.startswith(b"\x1f\x8b") else LARGE):
        return work(body, other)
    return await run_in_threadpool(work, body, other)


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

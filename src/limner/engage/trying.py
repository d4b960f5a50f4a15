"""A letter that tells of nobody, sent at once: is the address right, and does the receiver know the secret?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import monotonic

import msgspec

from limner.engage.letters import address_of, headers_of
from limner.engage.patience import SECOND, Verdict, judge
from limner.model.clock import iso_time
from limner.ports.destinations import Destination
from limner.ports.post import Answer, Post


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of it."""

    letter_id: str
    delivered: bool
    status: int | None
    """Of HTTP; None = there was no answer."""
    reason: str
    seconds: float


def try_out(destination: Destination, secret: str, open_post: Callable[[], Post], instant: int, zone: str) -> Tried:
    """Send a test letter, once; it is signed and refused private networks like any other. Nothing is remembered."""
    id = f"{destination.name}.test.{instant}"
    body = msgspec.json.encode(_write_test(destination, id, iso_time(instant, zone)))
    headers = headers_of(id, body, destination, secret, instant // SECOND)

    async def send() -> Answer:
        post = open_post()
        try:
            return await post.send(address_of(destination), headers, body, destination.allow_private)
        finally:
            await post.close()

    begun = monotonic()
    with ThreadPoolExecutor(1) as aside:  # whoever asks may have an event loop of their own
        answer = aside.submit(asyncio.run, send()).result()
    delivered = judge(answer) is Verdict.ACCEPTED
    return Tried(id, delivered, answer.status, answer.reason, round(monotonic() - begun, 3))


def _write_test(destination: Destination, id: str, time: str) -> dict[str, object]:
    if destination.shape.is_segments:
        message = {"type": "track", "event": "Limner Test", "anonymousId": "limner-test", "timestamp": time}
        return {"batch": [{**message, "messageId": f"{id}.0"}]}
    return {"type": "limner.test", "timestamp": time, "data": {"destination": destination.name}}

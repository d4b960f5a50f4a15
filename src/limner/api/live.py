"""What comes in, told to whoever listens, as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool

from limner.watch.arrivals import Arrivals, Page
from limner.watch.lot import Outcome

HEARTBEAT = 15.0
"""Seconds of silence after which a listener is told that it is still listened to."""
BREATH = 0.2
"""Seconds between two pages: many events a second are told in few pieces, and a listener takes little from senders."""
AT_ONCE = 200
"""Arrivals in a page. Who asks for all of a busy server's events misses most, and is told how many."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which arrivals somebody listens to."""

    source: str | None = None
    outcome: Outcome | None = None


async def follow(
    arrivals: Arrivals, after: int | None, chosen: Chosen, recent: int = 0, heartbeat: float = HEARTBEAT
) -> AsyncIterator[Page]:
    """Pages as things come in, an empty one as a heartbeat; it ends when the server stops.

    It begins after that id; without one, with the ``recent`` last ones there are.
    """
    loop, changed = asyncio.get_running_loop(), asyncio.Event()

    def notice() -> None:
        with suppress(RuntimeError):  # the loop has ended, and this generator with it
            loop.call_soon_threadsafe(changed.set)

    stop = arrivals.listen(notice)
    try:
        told = loop.time()
        if after is None:
            page = await run_in_threadpool(arrivals.read, None, max(recent, 1), chosen.source, chosen.outcome)
            yield page if recent else Page((), page.last, 0)
            after = page.last
        while not arrivals.closed:
            changed.clear()
            page = await run_in_threadpool(arrivals.read, after, AT_ONCE, chosen.source, chosen.outcome)
            after = page.last
            if page.arrivals or page.lost or loop.time() - told >= heartbeat:
                yield page
                told = loop.time()
                await asyncio.sleep(BREATH)
            else:
                await _wait(changed, told + heartbeat - loop.time())
    finally:
        stop()


def read_last_id(text: str | None) -> int | None:
    """What `Last-Event-ID` says; None where it was not given here: then one begins with what comes next.

    >>> read_last_id("12"), read_last_id("9" * 5000), read_last_id("x")
    (12, None, None)
    """
    return int(text) if text is not None and text.isdecimal() and len(text) < 19 else None


async def _wait(changed: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(changed.wait(), max(seconds, 0))
    except TimeoutError:
        return

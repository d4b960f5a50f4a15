"""What becomes different about customers, told as it does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import compress
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from limner.api.door import Caller, Open, as_seen_by, find_caller, require
from limner.api.live import HEARTBEAT, read_last_id
from limner.govern.roles import Action
from limner.model.clock import iso_time, now
from limner.ports.deliveries import Feed
from limner.ports.outbox import Entry
from limner.watch.delays import Station
from limner.workspace import Workspace

router = APIRouter(prefix="/api/v1", tags=["changes"])
Reader = Annotated[Caller, Depends(require(Action.READ_PORTRAITS))]
AT_ONCE = 200
"""Entries in a page."""
BREATH = 0.02
"""Seconds between two pages: ticks come as fast, and are better told together."""
RETRY = b"retry: 2000\n\n"
"""Milliseconds after which a listener whose line broke comes again."""


@router.get("/changes/live", response_class=StreamingResponse, responses={200: {"content": {"text/event-stream": {}}}})
async def tell_changes(
    request: Request,
    workspace: Open,
    caller: Reader,
    customer: str | None = None,
    audience: str | None = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> StreamingResponse:
    """Server-sent events: `change`, `{"position", "customer_id", "as_of", "tags": {name: {"before", "after"}},
    "entered", "exited"}`, its id the position; `lost` (`{"lost": n}`) for those that are not kept any more.

    Told are registered audiences, and tags that somebody follows; of one `customer` (any key: whoever it is by then,
    with those who were merged into it; nobody as long as nobody knows it) or of all; only of who enters or leaves an
    `audience`. A comment every 15 seconds says that the line is open; `Last-Event-ID` goes on where another broke.
    """
    feed = workspace.parts.feed
    after, wanted = read_last_id(last_event_id), partial(choose, workspace, customer, audience)
    if customer is not None:
        await run_in_threadpool(wanted, ())  # what is no key is refused

    async def told() -> AsyncIterator[bytes]:
        yield RETRY
        async for lost, entries in follow_changes(feed, after):
            if find_caller(request) is None:  # the key was disabled, the session is over
                return
            shown = wanted(entries) if customer is None else await run_in_threadpool(wanted, entries)
            yield _write(lost, [_seen(each, caller, workspace) for each in shown])
            for each in shown:
                workspace.delays.note(Station.LISTENER, (now() - each.mark.as_of) / 1_000_000, 1)

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(told(), media_type="text/event-stream", headers=headers)


def choose(
    workspace: Workspace, customer: str | None, audience: str | None, entries: Sequence[Entry]
) -> Sequence[Entry]:
    """What of it is told of one customer, or audience; None = of any."""
    if audience is not None:
        entries = [each for each in entries if audience in (*each.changed.entered, *each.changed.exited)]
    if customer is None:
        return entries
    return list(compress(entries, workspace.are_of(customer, [each.changed.customer for each in entries])))


async def follow_changes(
    feed: Feed, after: int | None, heartbeat: float = HEARTBEAT
) -> AsyncIterator[tuple[int, Sequence[Entry]]]:
    """How many are not kept any more, and entries as they come, none as a heartbeat; it ends when the server stops.

    It begins after a position, or with what comes next.
    """
    loop, changed = asyncio.get_running_loop(), asyncio.Event()

    def notice() -> None:
        with suppress(RuntimeError):  # the loop has ended, and this generator with it
            loop.call_soon_threadsafe(changed.set)

    stop = feed.listen(notice)
    try:
        first, last = await run_in_threadpool(feed.span)
        lost = 0
        if after is None or after > last:
            after = last
        elif after < first - 1:
            lost, after = first - 1 - after, first - 1
        told = loop.time()
        while not feed.closed:
            changed.clear()
            entries = await run_in_threadpool(feed.read, after, AT_ONCE)
            if entries or lost or loop.time() - told >= heartbeat:
                yield lost, entries
                lost, told = 0, loop.time()
                after = entries[-1].position if entries else after
                await asyncio.sleep(BREATH)
            else:
                with suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), max(told + heartbeat - loop.time(), 0))
    finally:
        stop()


def _seen(entry: Entry, caller: Caller, workspace: Workspace) -> dict[str, Any]:
    """Masked by the caller's role."""
    changed = entry.changed
    document: dict[str, Any] = as_seen_by(
        caller,
        workspace,
        {
            "position": entry.position,
            "customer_id": f"c{changed.customer}",
            "as_of": iso_time(entry.mark.as_of, workspace.parts.zone),
            "tags": {name: {"before": before, "after": after} for name, (before, after) in changed.tags.items()},
            "entered": changed.entered,
            "exited": changed.exited,
        },
    )
    return document


def _write(lost: int, changes: Sequence[dict[str, Any]]) -> bytes:
    """As server-sent events; a comment when there is nothing."""
    told = [b'event: lost\ndata: {"lost":%d}\n\n' % lost] if lost else []
    told += [b"id: %d\nevent: change\ndata: %s\n\n" % (one["position"], msgspec.json.encode(one)) for one in changes]
    return b"".join(told) or b": still here\n\n"

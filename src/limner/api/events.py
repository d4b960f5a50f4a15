"""The live debugger: what just came in, from whom, and what became of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from limner.api.door import Caller, Open, as_seen_by, find_caller, reply, require
from limner.api.etag import SHOWN, IfMatch, read_match, reply_tagged
from limner.api.live import Chosen, follow, read_last_id
from limner.api.once import WriteOnce
from limner.collect.reasons import say_reason
from limner.govern.expecting import NEW
from limner.govern.roles import Action
from limner.watch.arrivals import KEPT, Page
from limner.watch.lot import Outcome
from limner.workspace import Workspace

router = APIRouter(prefix="/api/v1", tags=["events"], route_class=WriteOnce)
Watcher = Annotated[Caller, Depends(require(Action.WATCH_EVENTS))]
Operator = Annotated[Caller, Depends(require(Action.MANAGE_JOBS))]
Limit = Annotated[int, Query(ge=1, le=KEPT)]
MOST_RECENT = 100
RETRY = b"retry: 2000\n\n"
"""Milliseconds after which a listener whose line broke comes again."""


class Written(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: str = Field(max_length=1_000_000, description="YAML.")


@router.get("/events:recent")
def show_recent(
    workspace: Open,
    caller: Watcher,
    source: str | None = None,
    outcome: Outcome | None = None,
    limit: Limit = MOST_RECENT,
    after: int | None = None,
) -> Response:
    """`{"events": [...], "last", "lost"}`, oldest first: the last ones, or those `after` the `last` of another page.

    The last thousand are at hand; `lost` is how many came after `after` and are not any more.
    """
    page = workspace.events_recent(source, outcome, limit, after)
    return reply(_seen(page, caller, workspace))


@router.get("/events:violations")
def show_violations(workspace: Open, caller: Watcher, source: str | None = None) -> Response:
    """`{"violations": [{source, event, property, fault, events}]}` of the tracking plan since the server began."""
    return reply({"violations": workspace.events_violations(source)})


@router.get("/events:plan", responses=SHOWN)
def show_plan(workspace: Open, _: Watcher) -> Response:
    """`{"text", "state"}`: the tracking plan as `events.yaml` has it; the head has its `ETag`."""
    plan = workspace.plan_show()
    return reply_tagged(plan, plan["state"])


@router.put("/events:plan", responses=SHOWN)
def save_plan(workspace: Open, caller: Operator, asked: Written, if_match: IfMatch = None) -> Response:
    """Write it anew, all of it, which needs `If-Match`: `{"text", "state", "applied"}`. It holds for the next event;
    `applied` is false where names or types of events change: then it holds from the next start on."""
    plan = workspace.plan_save(asked.text, read_match(if_match, NEW), author=caller.who)
    return reply_tagged(plan, plan["state"])


@router.get("/events:live", response_class=StreamingResponse, responses={200: {"content": {"text/event-stream": {}}}})
async def tell_live(
    request: Request,
    workspace: Open,
    caller: Watcher,
    source: str | None = None,
    outcome: Outcome | None = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> StreamingResponse:
    """The same as server-sent events, as they come: `arrival`, each with its id, and `lost` (`{"lost": n}`) for those
    a reader was too slow for. A comment every 15 seconds says that the line is open; `Last-Event-ID` goes on where
    another line broke."""
    after = read_last_id(last_event_id)

    async def told() -> AsyncIterator[bytes]:
        yield RETRY
        async for page in follow(workspace.parts.arrivals, after, Chosen(source, outcome)):
            if find_caller(request) is None:  # the key was disabled, the session is over
                return
            yield _write(_seen(page, caller, workspace))

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(told(), media_type="text/event-stream", headers=headers)


def _seen(page: Page, caller: Caller, workspace: Workspace) -> dict[str, Any]:
    """Masked by the caller's role. What is no JSON has no names to tell what is personal by: it is left out then."""
    document: dict[str, Any] = as_seen_by(caller, workspace, page)
    if not caller.may(Action.SEE_IDENTIFIERS):
        for event in document["events"]:
            event["message"] = event["message"] if isinstance(event["message"], dict) else None
    for event in document["events"]:
        event["said"] = None if event["reason"] is None else say_reason(event["reason"])
    return document


def _write(page: dict[str, Any]) -> bytes:
    """The page as server-sent events; a comment when there is nothing in it."""
    told = [] if not page["lost"] else [b'event: lost\ndata: {"lost":%d}\n\n' % page["lost"]]
    told += [
        b"id: %d\nevent: arrival\ndata: %s\n\n" % (event["id"], msgspec.json.encode(event)) for event in page["events"]
    ]
    return b"".join(told) or b": still here\n\n"

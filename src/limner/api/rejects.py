"""Rows that could not become events: looked at, mended, read again. The command line does the same."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from limner.api.door import Caller, Open, as_seen_by, reply, require
from limner.api.once import WriteOnce
from limner.collect.reasons import say_reason
from limner.govern.roles import Action

router = APIRouter(prefix="/api/v1", tags=["rejects"], route_class=WriteOnce)
Watcher = Annotated[Caller, Depends(require(Action.WATCH_EVENTS))]
Operator = Annotated[Caller, Depends(require(Action.MANAGE_JOBS))]
Text = Annotated[str, Field(max_length=1_000_000)]


class Again(BaseModel):
    model_config = ConfigDict(extra="forbid")
    rows: dict[str, Text] | None = Field(
        None, max_length=1000, description="Mended rows by the ids of what they replace; none: all, as they are."
    )


@router.get("/rejects")
def list_rejects(
    workspace: Open,
    caller: Watcher,
    file: Annotated[str | None, Query(description="Only of this file.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[int, Query(ge=0, lt=1 << 62, description="`next` of the page before.")] = 0,
) -> Response:
    """`{"rejects": [{id, file, line, reason, said: {en, zh}, row}], "next"}`, the oldest first. ``said``: the reason,
    in Chinese too where it is known how."""
    found = workspace.rejects_list(file, limit + 1, cursor)
    following = found[limit - 1]["id"] if len(found) > limit else None
    document = as_seen_by(caller, workspace, {"rejects": found[:limit], "next": following})
    for reject in document["rejects"]:
        reject["said"] = say_reason(reject["reason"])
    return reply(document)


@router.post("/rejects:retry")
def retry_rejects(workspace: Open, caller: Operator, asked: Again | None = None) -> Response:
    """`{read, accepted, duplicate, unidentified, rejected, ...}`: read again, all as they are or some of them mended.
    What becomes an event leaves the rejects."""
    return reply(workspace.rejects_retry(None if asked is None else asked.rows, author=caller.who))

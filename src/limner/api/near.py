"""One customer seen from near: notes on it, its tags over time, what links its identifiers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from limner.api.door import Caller, Open, reply, reply_seen, require
from limner.api.once import WriteOnce
from limner.api.paging import USUAL, Cursor, Limit, cut_page
from limner.govern.roles import Action
from limner.workspace.noting import LONGEST

router = APIRouter(prefix="/api/v1", tags=["profiles"], route_class=WriteOnce)
Reader = Annotated[Caller, Depends(require(Action.READ_PORTRAITS))]
TimelineReader = Annotated[Caller, Depends(require(Action.READ_TIMELINES))]
Enterer = Annotated[Caller, Depends(require(Action.ENTER_VALUES))]


class Note(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: str = Field(min_length=1, max_length=LONGEST)


@router.get("/profiles/{key:path}/notes")
def list_notes(
    workspace: Open, caller: TimelineReader, key: str, limit: Limit = USUAL, cursor: Cursor = None
) -> Response:
    """`{"notes": [{id, text, author, at}], "next"}`, the newest first."""
    page = cut_page("notes", workspace.notes_list(key), limit, cursor, lambda note: note["id"])
    return reply_seen(caller, workspace, page)


@router.post("/profiles/{key:path}/notes", status_code=201)
def add_note(workspace: Open, caller: Enterer, key: str, asked: Note) -> Response:
    """Write a note on a customer: an event on its timeline."""
    return reply(workspace.note_add(key, asked.text, author=caller.who), 201)


@router.delete("/profiles/{key:path}/notes/{id}", status_code=204)
def remove_note(workspace: Open, caller: Enterer, key: str, id: str) -> Response:
    """Take a note back."""
    workspace.note_remove(key, id, author=caller.who)
    return Response(status_code=204)


@router.get("/profiles/{key:path}/history")
def show_history(
    workspace: Open,
    caller: Reader,
    key: str,
    tags: Annotated[str | None, Query(description="Only these, separated by commas.")] = None,
    days: Annotated[int, Query(ge=1, le=3700)] = 90,
    points: Annotated[int, Query(ge=2, le=120)] = 30,
    as_of: Annotated[str | None, Query(description="The last point; now unless given.")] = None,
) -> Response:
    """`{"points": [time], "tags": {name: [value]}}`: what tags said at the ends of past days, evenly chosen."""
    wanted = None if tags is None else [name for name in tags.split(",") if name]
    return reply_seen(caller, workspace, workspace.history(key, wanted, days, points, as_of))


@router.get("/profiles/{key:path}/graph")
def draw_graph(workspace: Open, caller: Reader, key: str) -> Response:
    """Its identifiers (`nodes`) and what links each to another (`edges`): events that carried both, or a merge by
    hand."""
    return reply_seen(caller, workspace, workspace.identity_draw(key))

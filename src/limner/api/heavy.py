"""Customers who are folded less often than others, and those an operator has blocked."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from limner.api.door import Caller, Open, reply, require
from limner.api.once import WriteOnce
from limner.api.paging import USUAL, Cursor, Limit, cut_page
from limner.govern.roles import Action

router = APIRouter(prefix="/api/v1", tags=["heavy"], route_class=WriteOnce)
Reader = Annotated[Caller, Depends(require(Action.READ_PORTRAITS))]
Decider = Annotated[Caller, Depends(require(Action.DECIDE_IDENTITY))]


class Decided(BaseModel):
    model_config = ConfigDict(extra="forbid")
    key: str = Field(description="`type:value` or a customer id.")
    reason: str = ""


@router.get("/heavy")
def list_heavy(workspace: Open, caller: Reader, limit: Limit = USUAL, cursor: Cursor = None) -> Response:
    """`{"customers": [{customer_id, held, events, as_of}], "next"}`: `held` is `heavy` or `blocked`; most events
    first."""
    return reply(cut_page("customers", workspace.heavy_list(), limit, cursor, lambda each: each.customer_id))


@router.post("/identities:block")
def block_customer(workspace: Open, caller: Decider, asked: Decided) -> Response:
    """`{"customer_id", "blocked_at"}`: its events are kept, its portrait stays as it is."""
    return reply(workspace.identity_block(asked.key, author=caller.who, reason=asked.reason))


@router.post("/identities:unblock")
def unblock_customer(workspace: Open, caller: Decider, asked: Decided) -> Response:
    """`{"customer_id"}`: it is followed again, with all that came in meanwhile."""
    return reply(workspace.identity_unblock(asked.key, author=caller.who, reason=asked.reason))

"""Who is who, decided by people: splits, merges, and why two keys are, or are not, one customer."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from limner.api.door import Caller, Open, reply_seen, require
from limner.api.once import WriteOnce
from limner.govern.roles import Action

router = APIRouter(prefix="/api/v1", tags=["identities"], route_class=WriteOnce)
Reader = Annotated[Caller, Depends(require(Action.READ_PORTRAITS))]
Decider = Annotated[Caller, Depends(require(Action.DECIDE_IDENTITY))]
Key = Annotated[str, Query(description="`type:value` or a customer id.", max_length=2000)]


class Split(BaseModel):
    model_config = ConfigDict(extra="forbid")
    keys: list[str] = Field(
        min_length=1, max_length=100, description="`type:value`: taken out together, or a merge by hand undone."
    )
    reason: str = Field("", max_length=1000, description="Why; kept with the decision.")


class Merge(BaseModel):
    model_config = ConfigDict(extra="forbid")
    keys: list[str] = Field(min_length=2, max_length=2, description="`type:value` or customer ids.")
    reason: str = Field("", max_length=1000, description="Why; kept with the decision.")


@router.post("/identities:split")
def split_customer(workspace: Open, caller: Decider, asked: Split) -> Response:
    """Take identifiers out of their customer: an event like any other, which a merge undoes."""
    return reply_seen(caller, workspace, workspace.identity_split(asked.keys, caller.who, asked.reason))


@router.post("/identities:merge")
def merge_customers(workspace: Open, caller: Decider, asked: Merge) -> Response:
    """Make two one: an event like any other, which a split undoes."""
    one, other = asked.keys
    return reply_seen(caller, workspace, workspace.identity_merge(one, other, caller.who, asked.reason))


@router.get("/identities:explain")
def explain_link(workspace: Open, caller: Reader, one: Key, other: Key) -> Response:
    """The chain of events and merges that joins two keys, or what keeps them apart."""
    return reply_seen(caller, workspace, workspace.identity_explain(one, other))

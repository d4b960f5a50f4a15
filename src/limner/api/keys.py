"""Keys: who may send and who may read. For administrators; the command line does the same."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from limner.api.door import Caller, Open, reply, require
from limner.api.etag import MADE, SHOWN, IfMatch, read_match, reply_tagged
from limner.api.once import WriteOnce
from limner.api.paging import USUAL, Cursor, Limit, cut_page
from limner.govern.expecting import NEW
from limner.govern.roles import Action, Role

router = APIRouter(prefix="/api/v1", tags=["keys"], route_class=WriteOnce)
Administrator = Annotated[Caller, Depends(require(Action.MANAGE_KEYS))]


class NewKey(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(description="Who or what will hold it.")
    role: Role = Field(description="`write` sends events; the others read.")
    source: str | None = Field(None, description="Of a write key: the source its events get; its name unless given.")
    rate: float | None = Field(None, description="Events (write) or requests per second; no limit unless given.")


class ChangedKey(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str | None = Field(None, description="Who or what holds it.")
    rate: float | None = Field(None, description="Events (write) or requests per second; null: no limit.")


class Rotation(BaseModel):
    model_config = ConfigDict(extra="forbid")
    now: bool = Field(False, description="End the old secret at once instead of in 24 hours.")


@router.get("/keys")
def list_keys(workspace: Open, _: Administrator, limit: Limit = USUAL, cursor: Cursor = None) -> Response:
    """`{"keys": [...], "next"}` in the order they were made, disabled ones too; never a secret."""
    return reply(cut_page("keys", workspace.keys_list(), limit, cursor, lambda each: each.key.id))


@router.get("/keys/{id}", responses=SHOWN)
def show_key(workspace: Open, _: Administrator, id: str) -> Response:
    """One key, never its secret."""
    shown = workspace.keys.show(id)
    return reply_tagged(shown, shown.state)


@router.post("/keys", status_code=201, responses=MADE)
def create_key(workspace: Open, caller: Administrator, asked: NewKey) -> Response:
    """A new key. `secret` is in this answer and nowhere else."""
    made = workspace.keys_create(asked.name, asked.role, asked.source, asked.rate, author=caller.who)
    return reply_tagged(made, made.state, 201, secret=True)


@router.patch("/keys/{id}", responses=SHOWN)
def change_key(
    workspace: Open, caller: Administrator, id: str, asked: ChangedKey, if_match: IfMatch = None
) -> Response:
    """Another name or rate; what is not given stays, as do its role, source and secret."""
    unlimited = "rate" in asked.model_fields_set and asked.rate is None
    expected = read_match(if_match, NEW)
    shown = workspace.keys_change(id, asked.name, asked.rate, unlimited, author=caller.who, expected=expected)
    return reply_tagged(shown, shown.state)


@router.post("/keys/{id}:rotate", responses=SHOWN)
def rotate_key(
    workspace: Open, caller: Administrator, id: str, asked: Rotation | None = None, if_match: IfMatch = None
) -> Response:
    """A new secret for the key; the old one works until `old_secret_until`."""
    at_once = asked is not None and asked.now
    made = workspace.keys_rotate(id, at_once=at_once, author=caller.who, expected=read_match(if_match, NEW))
    return reply_tagged(made, made.state, secret=True)


@router.post("/keys/{id}:disable", responses=SHOWN)
def disable_key(workspace: Open, caller: Administrator, id: str, if_match: IfMatch = None) -> Response:
    """End the key for good. Once more changes nothing."""
    ended = workspace.keys_disable(id, author=caller.who, expected=read_match(if_match, NEW))
    return reply_tagged(ended, ended.state)

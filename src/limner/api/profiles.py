"""Portraits, timelines and identifiers of customers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from limner.api.door import Caller, Open, as_seen_by, reply, reply_seen, require
from limner.api.paging import USUAL, Cursor, Limit, close_page, read_numbers
from limner.errors import DataError
from limner.govern.roles import Action
from limner.workspace.portraying import show_one

router = APIRouter(prefix="/api/v1", tags=["profiles"])

Reader = Annotated[Caller, Depends(require(Action.READ_PORTRAITS))]
"""Sees identifiers masked unless its role says otherwise."""
TimelineReader = Annotated[Caller, Depends(require(Action.READ_TIMELINES))]
AsOf = Annotated[str | None, Query(description="The instant asked about; now unless given.")]
KnownAt = Annotated[str | None, Query(description="Only what had been received by then.")]
Evidence = Annotated[bool, Query(description="Say what values rest on and since when; `false` is many times quicker.")]


class Lookup(BaseModel):
    """Several customers at once."""

    model_config = ConfigDict(extra="forbid")
    keys: list[str] = Field(max_length=1000, description="`type:value` or customer ids.")
    tags: list[str] | None = None
    as_of: str | None = None
    known_at: str | None = None
    evidence: bool = Field(False, description="Say what values rest on and since when; many times slower.")


@router.post("/profiles:lookup")
def look_up_profiles(workspace: Open, caller: Reader, asked: Lookup) -> Response:
    """`{"profiles": [{"key", "profile"}]}` in the order asked; `profile` is null for a key nobody knows. Of what is no
    key `problem` says so: `{"code", "message"}`."""
    if asked.tags:
        workspace.reads.note(caller.who, asked.tags, len(asked.keys))
    if not asked.evidence and caller.may(Action.SEE_IDENTIFIERS):
        written = workspace.profiles_written(asked.keys, asked.as_of, asked.known_at, asked.tags)
        return Response(join_profiles(asked.keys, written), media_type="application/json")
    found = workspace.profiles(asked.keys, asked.as_of, asked.known_at, asked.tags, asked.evidence)
    seen = as_seen_by(caller, workspace, [None if isinstance(one, DataError) else one for one in found])
    shown = [one if isinstance(one, DataError) else profile for one, profile in zip(found, seen)]
    return reply({"profiles": list(map(show_one, asked.keys, shown))})


def join_profiles(keys: Sequence[str], written: Sequence[bytes | DataError | None]) -> bytes:
    """The same answer from portraits that are JSON already."""
    encode = msgspec.json.encode
    return b'{"profiles":[%s]}' % b",".join(
        [
            b'{"key":%s,"profile":%s}' % (encode(key), one) if isinstance(one, bytes) else encode(show_one(key, one))
            for key, one in zip(keys, written)
        ]
    )


@router.get("/profiles/{key:path}/timeline")
def read_timeline(
    workspace: Open,
    caller: TimelineReader,
    key: str,
    limit: Limit = 50,
    cursor: Cursor = None,
    names: Annotated[str | None, Query(description="Only events of these names, separated by commas.")] = None,
    as_of: AsOf = None,
) -> Response:
    """A customer's events up to `as_of`, latest first: `{"events": [...], "next"}`."""
    wanted = None if names is None else [name for name in names.split(",") if name]
    return reply_seen(caller, workspace, workspace.timeline(key, limit, cursor, wanted, as_of))


@router.get("/profiles/{key:path}/identities")
def read_identities(workspace: Open, caller: Reader, key: str, limit: Limit = USUAL, cursor: Cursor = None) -> Response:
    """A customer's identifiers, strongest first, and which of them are capped; `next` where there are more."""
    shown = as_seen_by(caller, workspace, workspace.identity_show(key))
    (first,) = read_numbers(cursor) or (0,)  # a place and not an identifier: who sees them masked sees the cursor too
    found = shown["identifiers"][first : first + limit + 1]
    return reply(shown | close_page("identifiers", found, limit, lambda _: str(first + limit)))


@router.get("/profiles/{key:path}")
def read_profile(
    workspace: Open,
    caller: Reader,
    key: str,
    tags: Annotated[str | None, Query(description="Only these tags, separated by commas.")] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    evidence: Evidence = True,
) -> Response:
    """A portrait, folded at this instant."""
    wanted = None if tags is None else [name for name in tags.split(",") if name]
    if wanted:
        workspace.reads.note(caller.who, wanted)
    portrait = workspace.profile(key, as_of=as_of, known_at=known_at, tags=wanted, evidence=evidence)
    return reply_seen(caller, workspace, portrait)

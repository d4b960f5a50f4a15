"""Destinations: systems that are told of changes. For administrators; the command line does the same."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from limner.api.door import Caller, Open, reply, require
from limner.api.etag import MADE, SHOWN, IfMatch, read_match, reply_tagged
from limner.api.once import WriteOnce
from limner.api.paging import USUAL, Cursor, Limit, close_page, cut_page, read_numbers
from limner.api.said import say_beside, say_in_page
from limner.govern.expecting import NEW
from limner.govern.roles import Action
from limner.model.clock import read_instant
from limner.ports.destinations import Shape

router = APIRouter(prefix="/api/v1", tags=["destinations"], route_class=WriteOnce)
Administrator = Annotated[Caller, Depends(require(Action.MANAGE_KEYS))]


class NewDestination(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(description="Letters and digits of ASCII, _ and -; the beginning of its letters' ids.")
    url: str = Field(description="Where letters go; of Segment's formats the host, to which /v1/batch is added.")
    format: Shape = Field(
        Shape.STANDARD, description="`standard`: signed Standard Webhooks; `segment`, `segment_identify`: Segment's."
    )
    tags: list[str] = Field([], description="The tags it hears of.")
    audiences: list[str] = Field([], description="The audiences it hears of.")
    write_key: str | None = Field(None, description="Of Segment's formats.")
    allow_private: bool = Field(False, description="Its address may lie in a private network.")


class ChangedDestination(BaseModel):
    model_config = ConfigDict(extra="forbid")
    url: str | None = Field(None, description="Where letters go.")
    tags: list[str] | None = Field(None, description="The tags it hears of.")
    audiences: list[str] | None = Field(None, description="The audiences it hears of.")
    write_key: str | None = Field(None, description="Of Segment's formats; given anew with another address.")
    allow_private: bool | None = Field(None, description="Its address may lie in a private network.")


class Replay(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    position: int = Field(alias="from", description="The first position it is told of once more.")


class Retry(BaseModel):
    model_config = ConfigDict(extra="forbid")
    destination: str | None = Field(None, description="All destinations' unless given.")
    id: int | None = Field(None, description="One dead letter; all unless given.")


@router.get("/destinations")
def list_destinations(workspace: Open, _: Administrator, limit: Limit = USUAL, cursor: Cursor = None) -> Response:
    """`{"destinations": [...], "next"}` in the order they were made, disabled ones too; never a secret. ``said``: the
    `reason` of one that fails, by language."""
    shown = workspace.destinations_list()
    page = cut_page("destinations", shown, limit, cursor, lambda each: each.destination.name)
    return reply(say_in_page(page, "destinations", "reason"))


@router.get("/destinations/{name}:replay")
def preview_replay(
    workspace: Open,
    _: Administrator,
    name: str,
    position: Annotated[int | None, Query(alias="from", description="The first position.")] = None,
    since: Annotated[str | None, Query(description="Or an instant: what became different from then on.")] = None,
) -> Response:
    """What a replay would tell it: `{"from", "at", "first", "first_at", "last", "entries", "letters", "complete"}`. All
    that is kept, from `first` on, unless said otherwise; not `complete` = there are more letters than were counted."""
    return reply(workspace.destinations_replay_preview(name, position, since))


@router.get("/destinations/{name}", responses=SHOWN)
def show_destination(workspace: Open, _: Administrator, name: str) -> Response:
    """One destination, never its secret."""
    shown = workspace.destinations.show(name)
    return reply_tagged(say_beside(shown, "reason"), shown.state)


@router.post("/destinations", status_code=201, responses=MADE)
def add_destination(workspace: Open, caller: Administrator, asked: NewDestination) -> Response:
    """A new destination, told of everything from now on. `secret` is in this answer and nowhere else."""
    made = workspace.destinations_add(**asked.model_dump(mode="json"), author=caller.who)
    return reply_tagged(say_beside(made, "reason"), made.state, 201, secret=True)


@router.patch("/destinations/{name}", responses=SHOWN)
def change_destination(
    workspace: Open, caller: Administrator, name: str, asked: ChangedDestination, if_match: IfMatch = None
) -> Response:
    """Tell it elsewhere or of other things; what is not given stays, as do its secret and how far it has been told."""
    given = asked.model_dump(mode="json")
    shown = workspace.destinations_change(name, **given, author=caller.who, expected=read_match(if_match, NEW))
    return reply_tagged(say_beside(shown, "reason"), shown.state)


@router.post("/destinations/{name}:test")
def test_destination(workspace: Open, caller: Administrator, name: str) -> Response:
    """Send it a letter that tells of nobody, once: `{letter_id, delivered, status, reason, said, seconds}`."""
    return reply(say_beside(workspace.destinations_test(name, author=caller.who), "reason"))


@router.post("/destinations/{name}:disable", responses=SHOWN)
def disable_destination(workspace: Open, caller: Administrator, name: str, if_match: IfMatch = None) -> Response:
    """Tell it nothing any more; its position is remembered."""
    shown = workspace.destinations_disable(name, author=caller.who, expected=read_match(if_match))
    return reply_tagged(say_beside(shown, "reason"), shown.state)


@router.post("/destinations/{name}:enable", responses=SHOWN)
def enable_destination(workspace: Open, caller: Administrator, name: str, if_match: IfMatch = None) -> Response:
    """Go on where it was disabled, as far back as changes are kept."""
    shown = workspace.destinations_enable(name, author=caller.who, expected=read_match(if_match))
    return reply_tagged(say_beside(shown, "reason"), shown.state)


@router.post("/destinations/{name}:replay", responses=SHOWN)
def replay_destination(
    workspace: Open, caller: Administrator, name: str, asked: Replay, if_match: IfMatch = None
) -> Response:
    """Tell it once more of everything from a position on, under the same ids."""
    shown = workspace.destinations_replay(name, asked.position, author=caller.who, expected=read_match(if_match))
    return reply_tagged(say_beside(shown, "reason"), shown.state)


@router.get("/destinations:dead")
def list_dead(
    workspace: Open,
    _: Administrator,
    destination: str | None = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """`{"letters": [...], "next"}` that were given up, newest first, with the reason, `said` by language too, and the
    message."""
    before = read_numbers(cursor, 2)
    found = workspace.destinations_dead(destination, limit + 1, None if before is None else (before[0], before[1]))
    page = close_page("letters", found, limit, lambda each: f"{read_instant(each.died_at, 'UTC')}.{each.id}")
    return reply(say_in_page(page, "letters", "reason"))


@router.post("/destinations:retry")
def retry_dead(workspace: Open, caller: Administrator, asked: Retry) -> Response:
    """Try dead letters again: `{"letters": how many}`."""
    return reply(workspace.destinations_retry(asked.destination, asked.id, author=caller.who))

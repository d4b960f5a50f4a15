"""Destinations: systems that are told of changes. For administrators; the command line does the same."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from limner.api.door import Caller, Open, reply, require
from limner.api.once import WriteOnce
from limner.api.paging import USUAL, Cursor, Limit, close_page, cut_page, read_numbers
from limner.govern.roles import Action
from limner.model.clock import read_instant
from limner.ports.destinations import Shape

router = APIRouter(prefix="/api/v1", tags=["destinations"], route_class=WriteOnce)
Administrator = Annotated[Caller, Depends(require(Action.MANAGE_KEYS))]


class NewDestination(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(description="Letters and digits of ASCII, _ and -; the beginning of its letters' ids.")
    url: str = Field(description="Where letters go; of the format `segment` the host, to which /v1/batch is added.")
    format: Shape = Field(Shape.STANDARD, description="`standard`: signed Standard Webhooks; `segment`: Segment's.")
    tags: list[str] = Field([], description="The tags it hears of.")
    audiences: list[str] = Field([], description="The audiences it hears of.")
    write_key: str | None = Field(None, description="Of the format `segment`.")
    allow_private: bool = Field(False, description="Its address may lie in a private network.")


class Replay(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    position: int = Field(alias="from", description="The first position it is told of once more.")


class Retry(BaseModel):
    model_config = ConfigDict(extra="forbid")
    destination: str | None = Field(None, description="All destinations' unless given.")
    id: int | None = Field(None, description="One dead letter; all unless given.")


@router.get("/destinations")
def list_destinations(workspace: Open, _: Administrator, limit: Limit = USUAL, cursor: Cursor = None) -> Response:
    """`{"destinations": [...], "next"}` in the order they were made, disabled ones too; never a secret."""
    shown = workspace.destinations_list()
    return reply(cut_page("destinations", shown, limit, cursor, lambda each: each.destination.name))


@router.post("/destinations", status_code=201)
def add_destination(workspace: Open, caller: Administrator, asked: NewDestination) -> Response:
    """A new destination, told of everything from now on. `secret` is in this answer and nowhere else."""
    response = reply(workspace.destinations_add(**asked.model_dump(mode="json"), author=caller.who), 201)
    response.headers["Cache-Control"] = "no-store"
    return response


@router.post("/destinations/{name}:disable")
def disable_destination(workspace: Open, caller: Administrator, name: str) -> Response:
    """Tell it nothing any more; its position is remembered."""
    return reply(workspace.destinations_disable(name, author=caller.who))


@router.post("/destinations/{name}:enable")
def enable_destination(workspace: Open, caller: Administrator, name: str) -> Response:
    """Go on where it was disabled, as far back as changes are kept."""
    return reply(workspace.destinations_enable(name, author=caller.who))


@router.post("/destinations/{name}:replay")
def replay_destination(workspace: Open, caller: Administrator, name: str, asked: Replay) -> Response:
    """Tell it once more of everything from a position on, under the same ids."""
    return reply(workspace.destinations_replay(name, asked.position, author=caller.who))


@router.get("/destinations:dead")
def list_dead(
    workspace: Open,
    _: Administrator,
    destination: str | None = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """`{"letters": [...], "next"}` that were given up, newest first, with the reason and the message."""
    before = read_numbers(cursor, 2)
    found = workspace.destinations_dead(destination, limit + 1, None if before is None else (before[0], before[1]))
    return reply(close_page("letters", found, limit, lambda each: f"{read_instant(each.died_at, 'UTC')}.{each.id}"))


@router.post("/destinations:retry")
def retry_dead(workspace: Open, caller: Administrator, asked: Retry) -> Response:
    """Try dead letters again: `{"letters": how many}`."""
    return reply(workspace.destinations_retry(asked.destination, asked.id, author=caller.who))

"""Audiences: how many meet a rule, how they differ from the rest, and those whose members are followed."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from limner.api.door import Caller, Open, reply, require
from limner.govern.roles import Action

router = APIRouter(prefix="/api/v1", dependencies=[Depends(require(Action.COUNT_AUDIENCES))], tags=["audiences"])
Changer = Annotated[Caller, Depends(require(Action.CHANGE_AUDIENCES))]


class Estimate(BaseModel):
    model_config = ConfigDict(extra="forbid")
    rule: dict[str, Any] = Field(description='A condition, such as {"value_tier": "high"}.')
    as_of: str | None = None


class Insight(Estimate):
    tags: list[str] = Field(min_length=1, max_length=100, description="The tags to compare.")
    base: dict[str, Any] | None = Field(None, description="Compared with; all customers unless given.")


class NewAudience(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(description="As a tag's: letters, digits and _.")
    rule: dict[str, Any] = Field(description='A condition, such as {"value_tier": "high"}.')
    title: dict[str, str] | str | None = Field(None, description="By language, zh or en, or one text.")


@router.get("/audiences")
def list_audiences(workspace: Open) -> Response:
    """`{"audiences": [{name, title, rule, members}]}`: those that are registered."""
    return reply({"audiences": workspace.audience_list()})


@router.post("/audiences")
def save_audience(workspace: Open, caller: Changer, asked: NewAudience) -> Response:
    """Follow who meets a rule, under a name; one that has the name already gets the new rule."""
    return reply(workspace.audience_save(asked.name, asked.rule, asked.title, author=caller.who))


@router.delete("/audiences/{name}")
def drop_audience(workspace: Open, caller: Changer, name: str) -> Response:
    """Follow it no more."""
    return reply(workspace.audience_drop(name, author=caller.who))


@router.post("/audiences:estimate")
def estimate_audience(workspace: Open, asked: Estimate) -> Response:
    """`{"count", "as_of"}`."""
    return reply(workspace.audience_count(asked.rule, as_of=asked.as_of))


@router.post("/audiences:insight")
def compare_audience(workspace: Open, asked: Insight) -> Response:
    """Distribution and TGI of each tag: `{"as_of", "size", "base_size", "tags": {name: {"values": [...]}}}`."""
    return reply(workspace.audience_insight(asked.rule, base=asked.base, tags=asked.tags, as_of=asked.as_of))

"""Audiences: how many meet a rule, and how they differ from the rest."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from limner.api.door import Open, reply, require
from limner.govern.roles import Action

router = APIRouter(prefix="/api/v1", dependencies=[Depends(require(Action.COUNT_AUDIENCES))], tags=["audiences"])


class Estimate(BaseModel):
    model_config = ConfigDict(extra="forbid")
    rule: dict[str, Any] = Field(description='A condition, such as {"value_tier": "high"}.')
    as_of: str | None = None


class Insight(Estimate):
    tags: list[str] = Field(min_length=1, max_length=100, description="The tags to compare.")
    base: dict[str, Any] | None = Field(None, description="Compared with; all customers unless given.")


@router.post("/audiences:estimate")
def estimate_audience(workspace: Open, asked: Estimate) -> Response:
    """`{"count", "as_of"}`."""
    return reply(workspace.audience_count(asked.rule, as_of=asked.as_of))


@router.post("/audiences:insight")
def compare_audience(workspace: Open, asked: Insight) -> Response:
    """Distribution and TGI of each tag: `{"as_of", "size", "base_size", "tags": {name: {"values": [...]}}}`."""
    return reply(workspace.audience_insight(asked.rule, base=asked.base, tags=asked.tags, as_of=asked.as_of))

"""The tag system: what is declared, and a try of what might be."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from limner.api.door import Open, reply, require_key
from limner.api.preview import preview_draft

router = APIRouter(prefix="/api/v1", dependencies=[Depends(require_key)], tags=["tags"])


class Draft(BaseModel):
    """A tag that is not declared yet."""

    model_config = ConfigDict(extra="forbid")
    tag: dict[str, Any] = Field(description="A definition, as in a tags file.")
    sample: Annotated[int, Field(ge=1, le=100_000, description="How many customers to try it on.")] = 1000
    as_of: str | None = None


@router.get("/tags")
def list_tags(workspace: Open) -> Response:
    """`{"tags": [...]}`, by group and name."""
    return reply({"tags": workspace.tags_list()})


@router.get("/tags/{name}")
def show_tag(workspace: Open, name: str) -> Response:
    """One tag: its definition, versions and lineage."""
    return reply(workspace.tags_show(name))


@router.post("/tags:preview")
def preview_tag(workspace: Open, draft: Draft) -> Response:
    """What a draft would say of a sample of customers: `{"as_of", "size", "coverage", "values", "examples"}`."""
    return reply(preview_draft(workspace, draft.tag, draft.sample, draft.as_of))

"""The tag system: what is declared, and a try of what might be."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from limner.api.door import Caller, Open, reply, require
from limner.api.preview import DRAFT, preview_draft
from limner.api.verbs import plain
from limner.govern.masking import mask_document, personal_tags
from limner.govern.roles import Action
from limner.model.parse import parse_tag

router = APIRouter(prefix="/api/v1", tags=["tags"])
READERS = [Depends(require(Action.READ_TAGS))]


class Draft(BaseModel):
    """A tag that is not declared yet."""

    model_config = ConfigDict(extra="forbid")
    tag: dict[str, Any] = Field(description="A definition, as in a tags file.")
    sample: Annotated[int, Field(ge=1, le=100_000, description="How many customers to try it on.")] = 1000
    as_of: str | None = None


@router.get("/tags", dependencies=READERS)
def list_tags(workspace: Open) -> Response:
    """`{"tags": [...]}`, by group and name."""
    return reply({"tags": workspace.tags_list()})


@router.get("/tags/{name}", dependencies=READERS)
def show_tag(workspace: Open, name: str) -> Response:
    """One tag: its definition, versions and lineage."""
    return reply(workspace.tags_show(name))


@router.post("/tags:preview")
def preview_tag(
    workspace: Open, caller: Annotated[Caller, Depends(require(Action.PREVIEW_TAGS))], draft: Draft
) -> Response:
    """What a draft would say of a sample of customers: `{"as_of", "size", "coverage", "values", "examples"}`."""
    document = plain(preview_draft(workspace, draft.tag, draft.sample, draft.as_of))
    if not caller.may(Action.SEE_IDENTIFIERS):
        # Of a draft that repeats a personal property every value is one.
        personal = personal_tags([parse_tag(DRAFT, draft.tag)])
        document = mask_document(document, {*personal_tags(workspace.tags()), *(["value"] if personal else [])})
    return reply(document)

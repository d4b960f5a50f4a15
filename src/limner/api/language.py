"""The tag language for those who build with it: its shape as a schema, and definitions as sentences."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from limner.api.door import Open, reply, require
from limner.govern.roles import Action
from limner.model.schema import tag_schema

router = APIRouter(prefix="/api/v1", tags=["tags"], dependencies=[Depends(require(Action.READ_TAGS))])
Definition = Annotated[dict[str, Any] | None, Field(description="As in a tags file.")]


class Explain(BaseModel):
    """One of these."""

    model_config = ConfigDict(extra="forbid")
    tag: Definition = None
    rule: Annotated[dict[str, Any] | None, Field(description="A condition.")] = None
    name: Annotated[str | None, Field(description="A published tag.")] = None


@cache
def _schema() -> bytes:
    return msgspec.json.encode(tag_schema())


@router.get("/tags:schema")
def read_schema() -> Response:
    """The shape of a tag's definition, as a JSON schema (draft 2020-12); it is made of the parser's own tables."""
    return Response(_schema(), media_type="application/schema+json")


@router.post("/tags:explain")
def explain_tag(workspace: Open, asked: Explain) -> Response:
    """A definition, a condition or a published tag as one sentence in each language: `{"zh", "en"}`."""
    return reply(workspace.tags_explain(asked.tag, asked.rule, asked.name))

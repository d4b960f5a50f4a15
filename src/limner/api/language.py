"""For those who build tags: the language as a schema, definitions as sentences, and systems to begin with."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from limner.api.door import Caller, Open, reply, require
from limner.api.once import WriteOnce
from limner.api.problem import Forbidden
from limner.govern.roles import Action
from limner.model.schema import tag_schema

router = APIRouter(
    prefix="/api/v1", tags=["tags"], dependencies=[Depends(require(Action.READ_TAGS))], route_class=WriteOnce
)
Definition = Annotated[dict[str, Any] | None, Field(description="As in a tags file.")]


class Explain(BaseModel):
    """One of these."""

    model_config = ConfigDict(extra="forbid")
    tag: Definition = None
    rule: Annotated[dict[str, Any] | None, Field(description="A condition.")] = None
    name: Annotated[str | None, Field(description="A published tag.")] = None


class Application(BaseModel):
    model_config = ConfigDict(extra="forbid")
    to: Literal["drafts", "published"] = Field("drafts", description="Published at once only by who may publish.")


class SchemaResponse(Response):
    media_type = "application/schema+json"


OBJECT = {"content": {SchemaResponse.media_type: {"schema": {"type": "object"}}}}


@cache
def _schema() -> bytes:
    return msgspec.json.encode(tag_schema())


@router.get("/tags:schema", response_class=SchemaResponse, responses={200: OBJECT})
def read_schema() -> Response:
    """The shape of a tag's definition, as a JSON schema (draft 2020-12); it is made of the parser's own tables."""
    return SchemaResponse(_schema())


@router.post("/tags:explain")
def explain_tag(workspace: Open, asked: Explain) -> Response:
    """A definition, a condition or a published tag as one sentence in each language: `{"zh", "en"}`."""
    return reply(workspace.tags_explain(asked.tag, asked.rule, asked.name))


@router.get("/templates")
def list_templates(workspace: Open) -> Response:
    """`{"templates": [{name, title, tags, events, properties}]}`: starter tag systems, and what they need."""
    return reply({"templates": workspace.templates_list()})


@router.post("/templates/{name}:apply")
def apply_template(
    workspace: Open, caller: Annotated[Caller, Depends(require(Action.CHANGE_TAGS))], name: str, asked: Application
) -> Response:
    """Take a starter into the registry: `{"added", "kept", "as"}`. Tags of names that are known stay as they are."""
    if asked.to == "published" and not caller.may(Action.PUBLISH_TAGS):
        raise Forbidden("This key may write drafts, not publish.", hint="Leave `to` out, and have them reviewed.")
    return reply(workspace.template_apply(name, asked.to, author=caller.who))


@router.get("/events")
def list_seen_events(workspace: Open) -> Response:
    """`{"events": [{name, title, aliases, count, first_seen, last_seen, people, last_7_days, previous_7_days}]}`, the
    most frequent first."""
    return reply({"events": workspace.events_seen()})


@router.get("/events/{name}/properties")
def list_properties(workspace: Open, name: str) -> Response:
    """`{"properties": [{path, types, share, distinct, examples, sampled, promoted}]}` of the latest events of that
    name; what is personal is masked."""
    return reply({"properties": workspace.event_properties(name)})

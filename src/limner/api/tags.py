"""The tag system: what is published, drafts on their way, and a try of what might be."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from limner.api.door import Caller, Open, reply, require
from limner.api.etag import SHOWN, IfMatch, read_match, reply_tagged
from limner.api.once import WriteOnce
from limner.api.paging import USUAL, Cursor, Large, Limit, cut_page
from limner.api.ready import ready_answers
from limner.api.said import say_beside
from limner.api.verbs import plain
from limner.govern.expecting import NEW
from limner.govern.masking import given_tags, mask_document, personal_tags
from limner.govern.roles import Action
from limner.model.parse import parse_tag
from limner.tags.registry import IN_USE
from limner.workspace import Workspace
from limner.workspace.previewing import DRAFT, SAMPLE

router = APIRouter(prefix="/api/v1", tags=["tags"], route_class=WriteOnce)
READERS = [Depends(require(Action.READ_TAGS))]
Changer = Annotated[Caller, Depends(require(Action.CHANGE_TAGS))]
Previewer = Annotated[Caller, Depends(require(Action.PREVIEW_TAGS))]
Standing = Literal["published", "deprecated", "retired", "draft", "previewed", "submitted", "approved"]
EXAMPLE = {"layer": "fact", "title": {"en": "Orders"}, "group": "consumption", "owner": "growth@example.com"} | {
    "fold": {"count": "*", "of": "order_paid"}
}
Sample = Annotated[int, Field(ge=1, le=100_000, description="How many customers to try it on, at most.")]
Seed = Annotated[int, Field(ge=0, lt=1 << 32, description="The same seed gives the same customers.")]


class Draft(BaseModel):
    """A tag that is not declared yet."""

    model_config = ConfigDict(extra="forbid")
    tag: dict[str, Any] = Field(description="A definition, as in a tags file.", examples=[EXAMPLE])
    sample: Sample = SAMPLE
    as_of: str | None = None
    seed: Seed = 0


class Trial(BaseModel):
    """How a draft is tried."""

    model_config = ConfigDict(extra="forbid")
    sample: Sample = SAMPLE
    as_of: str | None = None
    seed: Seed = 0


@router.get("/tags", dependencies=READERS)
def list_tags(
    request: Request,
    workspace: Open,
    status: Annotated[
        list[Standing] | None, Query(description="Tags that stand so, drafts by their stage; else those in use.")
    ] = None,
    limit: Large = USUAL,
    cursor: Cursor = None,
) -> Response:
    """`{"tags": [...], "next"}` in the order of publication."""
    statuses = status or IN_USE

    def list_page() -> dict[str, Any]:
        return cut_page("tags", workspace.tags_list(statuses), limit, cursor, lambda tag: tag.name)

    asked = ("tags", *statuses), limit, cursor
    return ready_answers(request).answer(asked, workspace.tags_state(), list_page)


@router.get("/reviews", dependencies=READERS)
def list_reviews(workspace: Open, limit: Limit = USUAL, cursor: Cursor = None) -> Response:
    """`{"reviews": [...], "next"}`: drafts that wait for a reviewer or for publication, oldest first."""
    return reply(cut_page("reviews", workspace.tags_reviews(), limit, cursor, lambda shown: shown.draft.name))


@router.get("/tags/{name}/versions", dependencies=READERS)
def list_versions(workspace: Open, name: str, limit: Limit = USUAL, cursor: Cursor = None) -> Response:
    """`{"versions": [{version, author, reason, published_at, reviewer, fields}], "next"}`, oldest first."""
    versions = workspace.tags_versions(name)
    return reply(cut_page("versions", versions, limit, cursor, lambda version: str(version.version)))


@router.get("/tags/{name}/versions/{version}", dependencies=READERS)
def show_version(workspace: Open, name: str, version: int) -> Response:
    """A version as it was published, which never changes."""
    return reply(workspace.tags_version(name, version))


@router.get("/tags/{name}:diff", dependencies=READERS)
def compare_versions(
    workspace: Open,
    name: str,
    before: Annotated[int | None, Query(alias="from", description="Version; else the one before `to`.")] = None,
    after: Annotated[int | None, Query(alias="to", description="Version; else the draft, or the newest.")] = None,
) -> Response:
    """`{"name", "before", "after", "fields": [{field, before, after}]}`; `after` is null for the draft."""
    return reply(workspace.tags_diff(name, before, after))


@router.get("/tags/{name}", dependencies=READERS, responses=SHOWN)
def show_tag(workspace: Open, name: str) -> Response:
    """One tag: its definition, draft, versions, lineage, and every step of its way. `ETag` is its state."""
    shown = workspace.tags_show(name)
    return reply_tagged(shown, shown.state)


@router.put("/tags/{name}", responses=SHOWN)
def write_draft(
    workspace: Open,
    caller: Changer,
    name: str,
    definition: Annotated[dict[str, Any], Body(description="A definition, as in a tags file.", examples=[EXAMPLE])],
    if_match: IfMatch = None,
) -> Response:
    """Write a draft of a tag; what is published stays as it is. A name that is there already needs `If-Match`."""
    workspace.tags_draft(name, definition, author=caller.who, expected=read_match(if_match, NEW))
    return show_tag(workspace, name)


@router.delete("/tags/{name}")
def drop_draft(workspace: Open, caller: Changer, name: str, if_match: IfMatch = None) -> Response:
    """Forget a draft; needs `If-Match`. What is published stays, until it is retired."""
    workspace.tags_discard(name, author=caller.who, expected=read_match(if_match, NEW))
    return reply({"name": name})


@router.post("/tags/{name}:preview")
def preview_written(workspace: Open, caller: Previewer, name: str, asked: Trial | None = None) -> Response:
    """What the draft would say of a sample of customers, as `tags:preview` has it; the draft is previewed by then."""
    trial = asked or Trial()
    definition = workspace.tags_written(name).draft.definition
    document = say_beside(_preview(workspace, caller, dict(definition), trial), "warnings")
    workspace.tags_previewed(name, author=caller.who)
    return reply(document)


@router.post("/tags:preview")
def preview_tag(workspace: Open, caller: Previewer, draft: Draft) -> Response:
    """What a draft would say of a sample of customers: `{"as_of", "size", "coverage", "values", "examples",
    "warnings", "said"}`, the examples with their evidence. ``said``: the warnings, each by language."""
    return reply(say_beside(_preview(workspace, caller, draft.tag, draft), "warnings"))


def _preview(workspace: Workspace, caller: Caller, tag: dict[str, Any], asked: Draft | Trial) -> Any:
    document = plain(workspace.tags_preview(tag, asked.sample, asked.as_of, asked.seed))
    if caller.may(Action.SEE_IDENTIFIERS):
        return document
    # Of a draft that repeats a personal property every value is one.
    personal = personal_tags([parse_tag(DRAFT, tag)])
    return mask_document(
        document, {*personal_tags(workspace.tags()), *(["value"] if personal else [])}, given_tags(workspace.tags())
    )

"""Personas: the typical customers as cards with pictures, sought anew, edited, published as a tag."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from limner.api.door import JOB, Caller, Open, Wait, reply, require
from limner.api.etag import SHOWN, IfMatch, read_match, reply_tagged
from limner.api.once import WriteOnce
from limner.govern.expecting import NEW
from limner.govern.roles import Action

router = APIRouter(prefix="/api/v1", tags=["personas"], route_class=WriteOnce)
Reader = Depends(require(Action.COUNT_AUDIENCES))
Editor = Annotated[Caller, Depends(require(Action.CHANGE_TAGS))]
Publisher = Annotated[Caller, Depends(require(Action.PUBLISH_TAGS))]
Name = Annotated[str, Path(description="p1, p2, ...: a value of the tag.")]
Said = str | dict[str, str]


class Sought(BaseModel):
    model_config = ConfigDict(extra="forbid")
    tags: list[str] = Field([], max_length=100, description="What types are sought in; none = as personas.yaml says.")
    count: int | None = Field(None, ge=2, le=12, description="How many personas; the data decides unless given.")
    seed: int = Field(0, ge=0, lt=1 << 31)


class Written(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: Said | None = Field(None, description="A text, or `{zh, en}`.")
    summary: Said | None = None
    scene: Said | None = None
    motives: list[str] | None = None
    goals: list[str] | None = None
    quotes: list[str] | None = None
    version: int | None = Field(None, ge=1, lt=1 << 31, description="Alone: an older version becomes the newest again.")
    reason: str = Field("", max_length=1000)


class Published(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: str = Field("", max_length=1000)
    force: bool = Field(False, description="Though the types are not stable.")


@router.get("/personas", dependencies=[Reader])
def list_personas(workspace: Open) -> Response:
    """`{"personas": [card], "fit": {tags, stability, agreement, ...}, "published"}`; `members` are those of now."""
    return reply(workspace.personas_list())


@router.get("/personas/{name}", dependencies=[Reader], responses=SHOWN)
def show_persona(workspace: Open, name: Name) -> Response:
    """One card with its `picture` (SVG) and its `versions`. `ETag` is its state."""
    return _reply(workspace.personas_show(name))


@router.get("/personas/{name}/picture", dependencies=[Reader])
def draw_persona(workspace: Open, name: Name) -> Response:
    """The picture alone, as image/svg+xml."""
    picture = str(workspace.personas_show(name)["picture"])
    return Response(picture, media_type="image/svg+xml", headers={"Content-Security-Policy": "default-src 'none'"})


@router.post("/personas:fit", responses=JOB)
def fit_personas(workspace: Open, caller: Editor, asked: Sought, wait: Wait = True) -> Response:
    """Seek the types among the customers there are now; the answer is the list. Nothing is published by it."""
    if not wait:
        return reply(workspace.personas_submit(asked.tags, asked.count, asked.seed, author=caller.who), 202)
    return reply(workspace.personas_fit(asked.tags, asked.count, asked.seed, author=caller.who))


@router.patch("/personas/{name}", responses=SHOWN)
def edit_persona(workspace: Open, caller: Editor, name: Name, written: Written, if_match: IfMatch = None) -> Response:
    """Write on a card: a new version; a new fit leaves what was written."""
    given: dict[str, Any] = written.model_dump(exclude_none=True, exclude={"version", "reason"})
    changes = None if not given and written.version is not None else given
    said: dict[str, Any] = {"author": caller.who, "reason": written.reason, "expected": read_match(if_match, NEW)}
    return _reply(workspace.personas_edit(name, changes, written.version, **said))


@router.post("/personas/{name}:write", responses=SHOWN)
def write_persona(workspace: Open, caller: Editor, name: Name, if_match: IfMatch = None) -> Response:
    """Let the configured language model tell the card; only figures of the type are sent to it."""
    return _reply(workspace.personas_write(name, author=caller.who, expected=read_match(if_match, NEW)))


@router.post("/personas:publish")
def publish_personas(workspace: Open, caller: Publisher, asked: Published) -> Response:
    """Make the last fit what the tag says: `{tag, version, personas}`. 409 when the types are not stable."""
    return reply(workspace.personas_publish(author=caller.who, reason=asked.reason, force=asked.force))


def _reply(card: dict[str, Any]) -> Response:
    return reply_tagged(card, card["state"])

"""The steps of a tag: submitted, reviewed, published, deprecated, retired. Each answers with the tag as it then is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from limner.api.door import Caller, Open, require
from limner.api.etag import IfMatch, read_match, reply_tagged
from limner.api.once import WriteOnce
from limner.api.verbs import plain
from limner.govern.roles import Action
from limner.tags.standing import Stood
from limner.workspace import Workspace

router = APIRouter(prefix="/api/v1", tags=["reviews"], route_class=WriteOnce)
Changer = Annotated[Caller, Depends(require(Action.CHANGE_TAGS))]
Publisher = Annotated[Caller, Depends(require(Action.PUBLISH_TAGS))]
Force = Annotated[bool, Query(description="Even though it is in use; with a reason.")]


class Step(BaseModel):
    """Why."""

    model_config = ConfigDict(extra="forbid")
    reason: str = Field("", max_length=2000, description="Why; kept with the step.", examples=["As agreed in May."])


class Rollback(Step):
    version: int = Field(description="The version whose definition is published again.", examples=[1])


@router.post("/tags/{name}:submit")
def submit_tag(
    workspace: Open, caller: Changer, name: str, asked: Step | None = None, if_match: IfMatch = None
) -> Response:
    """Ask for a review of the draft, which needs a title, a group and an owner by now."""
    workspace.tags_submit(name, caller.who, _why(asked), read_match(if_match))
    return _show(workspace, name)


@router.post("/tags/{name}:withdraw")
def withdraw_tag(
    workspace: Open, caller: Changer, name: str, asked: Step | None = None, if_match: IfMatch = None
) -> Response:
    """Take your submission back; it is a draft again."""
    workspace.tags_withdraw(name, caller.who, _why(asked), read_match(if_match))
    return _show(workspace, name)


@router.post("/tags/{name}:approve")
def approve_tag(
    workspace: Open, caller: Publisher, name: str, asked: Step | None = None, if_match: IfMatch = None
) -> Response:
    """Let a submission be published that somebody else wrote. 409 when something was published since it was written."""
    workspace.tags_approve(name, caller.who, _why(asked), read_match(if_match))
    return _show(workspace, name)


@router.post("/tags/{name}:refuse")
def refuse_tag(workspace: Open, caller: Publisher, name: str, asked: Step, if_match: IfMatch = None) -> Response:
    """Send a submission back with a reason; it is a draft again."""
    workspace.tags_refuse(name, caller.who, asked.reason, read_match(if_match))
    return _show(workspace, name)


@router.post("/tags/{name}:publish")
def publish_tag(
    workspace: Open, caller: Publisher, name: str, asked: Step | None = None, if_match: IfMatch = None
) -> Response:
    """Make an approved draft the version that is computed. It may be `preparing` for a while."""
    workspace.tags_publish(name, caller.who, _why(asked), read_match(if_match))
    return _show(workspace, name)


@router.post("/tags/{name}:rollback")
def roll_tag_back(workspace: Open, caller: Publisher, name: str, asked: Rollback, if_match: IfMatch = None) -> Response:
    """Publish the definition of an older version as a new version."""
    workspace.tags_rollback(name, asked.version, caller.who, asked.reason, read_match(if_match))
    return _show(workspace, name)


@router.post("/tags/{name}:deprecate")
def deprecate_tag(
    workspace: Open,
    caller: Publisher,
    name: str,
    asked: Step | None = None,
    force: Force = False,
    if_match: IfMatch = None,
) -> Response:
    """Advise against a tag, which is computed as before. 409 says who uses it; `affected` in the answer does too."""
    stood = workspace.tags_deprecate(name, caller.who, _why(asked), force, read_match(if_match))
    return _show(workspace, name, stood)


@router.post("/tags/{name}:restore")
def restore_tag(
    workspace: Open, caller: Publisher, name: str, asked: Step | None = None, if_match: IfMatch = None
) -> Response:
    """Publish a deprecated or retired tag again, as it was."""
    workspace.tags_restore(name, caller.who, _why(asked), read_match(if_match))
    return _show(workspace, name)


@router.post("/tags/{name}:retire")
def retire_tag(
    workspace: Open,
    caller: Publisher,
    name: str,
    asked: Step | None = None,
    force: Force = False,
    if_match: IfMatch = None,
) -> Response:
    """Compute a tag no more; its versions stay. 409 says who uses it; forced, the tags that read it go with it."""
    stood = workspace.tags_retire(name, caller.who, _why(asked), force, read_match(if_match))
    return _show(workspace, name, stood)


def _why(asked: Step | None) -> str:
    return "" if asked is None else asked.reason


def _show(workspace: Workspace, name: str, stood: Stood | None = None) -> Response:
    shown = workspace.tags_show(name)
    document = plain(shown)
    return reply_tagged(document if stood is None else document | {"affected": plain(stood.affected)}, shown.state)

"""The steps of a tag: submitted, reviewed, published, deprecated, retired. Each answers with the tag as it then is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from limner.api.door import Caller, Open, require
from limner.api.etag import SHOWN, IfMatch, read_match, reply_tagged
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


@dataclass(frozen=True, slots=True)
class Asked:
    """A step somebody asks for: of which tag, why, and in which state they saw it."""

    workspace: Workspace
    name: str
    caller: Caller
    reason: str
    if_match: str | None

    @property
    def state(self) -> str | None:
        return read_match(self.if_match)

    def take(self, step: Callable[[str, str, str, str | None], object]) -> Response:
        """Take it: the tag as it then is."""
        step(self.name, self.caller.who, self.reason, self.state)
        return self.show()

    def show(self, stood: Stood | None = None) -> Response:
        """The tag as it is; with who is affected by how it stands now."""
        shown = self.workspace.tags_show(self.name)
        document = plain(shown)
        return reply_tagged(document if stood is None else document | {"affected": plain(stood.affected)}, shown.state)


def ask_change(
    workspace: Open, caller: Changer, name: str, asked: Step | None = None, if_match: IfMatch = None
) -> Asked:
    return Asked(workspace, name, caller, "" if asked is None else asked.reason, if_match)


def ask_publication(
    workspace: Open, caller: Publisher, name: str, asked: Step | None = None, if_match: IfMatch = None
) -> Asked:
    return Asked(workspace, name, caller, "" if asked is None else asked.reason, if_match)


Change = Annotated[Asked, Depends(ask_change)]
Publication = Annotated[Asked, Depends(ask_publication)]


@router.post("/tags/{name}:submit", responses=SHOWN)
def submit_tag(asked: Change) -> Response:
    """Ask for a review of the draft, which needs a title, a group and an owner by now."""
    return asked.take(asked.workspace.tags_submit)


@router.post("/tags/{name}:withdraw", responses=SHOWN)
def withdraw_tag(asked: Change) -> Response:
    """Take your submission back; it is a draft again."""
    return asked.take(asked.workspace.tags_withdraw)


@router.post("/tags/{name}:approve", responses=SHOWN)
def approve_tag(asked: Publication) -> Response:
    """Let a submission be published that somebody else wrote. 409 when something was published since it was written."""
    return asked.take(asked.workspace.tags_approve)


@router.post("/tags/{name}:refuse", responses=SHOWN)
def refuse_tag(workspace: Open, caller: Publisher, name: str, why: Step, if_match: IfMatch = None) -> Response:
    """Send a submission back with a reason; it is a draft again."""
    return Asked(workspace, name, caller, why.reason, if_match).take(workspace.tags_refuse)


@router.post("/tags/{name}:publish", responses=SHOWN)
def publish_tag(asked: Publication) -> Response:
    """Make an approved draft the version that is computed. It may be `preparing` for a while."""
    return asked.take(asked.workspace.tags_publish)


@router.post("/tags/{name}:rollback", responses=SHOWN)
def roll_tag_back(workspace: Open, caller: Publisher, name: str, back: Rollback, if_match: IfMatch = None) -> Response:
    """Publish the definition of an older version as a new version."""
    workspace.tags_rollback(name, back.version, caller.who, back.reason, read_match(if_match))
    return Asked(workspace, name, caller, back.reason, if_match).show()


@router.post("/tags/{name}:deprecate", responses=SHOWN)
def deprecate_tag(asked: Publication, force: Force = False) -> Response:
    """Advise against a tag, which is computed as before. 409 says who uses it; `affected` in the answer does too."""
    step = asked.workspace.tags_deprecate
    return asked.show(step(asked.name, asked.caller.who, asked.reason, force, asked.state))


@router.post("/tags/{name}:restore", responses=SHOWN)
def restore_tag(asked: Publication) -> Response:
    """Publish a deprecated or retired tag again, as it was."""
    return asked.take(asked.workspace.tags_restore)


@router.post("/tags/{name}:retire", responses=SHOWN)
def retire_tag(asked: Publication, force: Force = False) -> Response:
    """Compute a tag no more; its versions stay. 409 says who uses it; forced, the tags that read it go with it."""
    step = asked.workspace.tags_retire
    return asked.show(step(asked.name, asked.caller.who, asked.reason, force, asked.state))

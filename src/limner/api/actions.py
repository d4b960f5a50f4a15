"""What to do next about customers."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from limner.api.door import Caller, Open, reply, require
from limner.api.once import WriteOnce
from limner.govern.roles import Action

router = APIRouter(prefix="/api/v1", tags=["actions"], route_class=WriteOnce)
Reader = Annotated[Caller, Depends(require(Action.READ_PORTRAITS))]
Enterer = Annotated[Caller, Depends(require(Action.ENTER_VALUES))]
Operator = Annotated[Caller, Depends(require(Action.MANAGE_JOBS))]


class Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")
    rule: dict[str, Any] = Field(description="A condition; {all: []} is everybody.")
    remember: bool = Field(False, description="Make an event of every decision: it is about to be done.")


@router.get("/actions")
def list_actions(workspace: Open, _: Reader) -> Response:
    """`{"actions": [{name, title, channel, if, effect or propensity, value, cost}], "explore", "contact", "channels":
    [{name, consent, most, quiet}]}`, as `actions.yaml` has them."""
    return reply(workspace.actions_policy())


@router.get("/profiles/{key:path}/next-best-action")
def read_next(
    workspace: Open, _: Reader, key: str, as_of: Annotated[str | None, Query(description="Now unless given.")] = None
) -> Response:
    """`{"customer_id", "as_of", "action", "channel", "explored", "probability", "gain", "best", "reason": {zh, en},
    "others": [{action, gain, why, words}]}`; nothing is remembered."""
    return reply(workspace.next_best_action(key, as_of))


@router.post("/profiles/{key:path}/next-best-action")
def decide_next(workspace: Open, _: Enterer, key: str) -> Response:
    """The same, remembered as an event of the timeline: it is about to be done."""
    return reply(workspace.action_decide(key))


@router.post("/actions:decide", status_code=202)
def decide_all(workspace: Open, caller: Operator, asked: Asked) -> Response:
    """Decide about everybody who meets a rule: the job, whose result is `{"as_of", "customers", "actions", "explored",
    "gain", "remembered"}`."""
    return reply(workspace.actions_submit(asked.rule, asked.remember, author=caller.who), 202)

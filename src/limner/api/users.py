"""People who sign in. For administrators; the command line does the same."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from limner.api.door import Caller, Open, reply, require
from limner.api.etag import MADE, SHOWN, IfMatch, read_match, reply_tagged
from limner.api.once import WriteOnce
from limner.api.paging import USUAL, Cursor, Limit, cut_page
from limner.govern.expecting import NEW
from limner.govern.roles import Action, Role

router = APIRouter(prefix="/api/v1", tags=["users"], route_class=WriteOnce)
Administrator = Annotated[Caller, Depends(require(Action.MANAGE_USERS))]


class NewUser(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(description="What they sign in with.")
    role: Role = Role.VIEWER
    password: str | None = Field(None, description="Generated, and in the answer once, unless given.")


class GivenPassword(BaseModel):
    model_config = ConfigDict(extra="forbid")
    password: str | None = Field(None, description="Generated, and in the answer once, unless given.")


class GivenRole(BaseModel):
    model_config = ConfigDict(extra="forbid")
    role: Role


@router.get("/users")
def list_users(workspace: Open, _: Administrator, limit: Limit = USUAL, cursor: Cursor = None) -> Response:
    """`{"users": [...], "next"}` in the order they were made, disabled ones too; never a password."""
    return reply(cut_page("users", workspace.users_list(), limit, cursor, lambda each: each.user.name))


@router.get("/users/{name}", responses=SHOWN)
def show_user(workspace: Open, _: Administrator, name: str) -> Response:
    """One user, never the password."""
    shown = workspace.users.show(name)
    return reply_tagged(shown, shown.state)


@router.post("/users", status_code=201, responses=MADE)
def add_user(workspace: Open, caller: Administrator, asked: NewUser) -> Response:
    """A new user. A generated `password` is in this answer and nowhere else."""
    made = workspace.users_add(asked.name, asked.role, asked.password, author=caller.who)
    return reply_tagged(made, made.state, 201, secret=True)


@router.post("/users/{name}:password", responses=SHOWN)
def set_password(
    workspace: Open, caller: Administrator, name: str, asked: GivenPassword | None = None, if_match: IfMatch = None
) -> Response:
    """Another password; the user is signed out everywhere."""
    given = asked.password if asked else None
    made = workspace.users_password(name, given, author=caller.who, expected=read_match(if_match, NEW))
    return reply_tagged(made, made.state, secret=True)


@router.post("/users/{name}:role", responses=SHOWN)
def change_role(
    workspace: Open, caller: Administrator, name: str, asked: GivenRole, if_match: IfMatch = None
) -> Response:
    """What the user may do from now on. Conflict for the last administrator."""
    shown = workspace.users_role(name, asked.role, author=caller.who, expected=read_match(if_match, NEW))
    return reply_tagged(shown, shown.state)


@router.post("/users/{name}:disable", responses=SHOWN)
def disable_user(workspace: Open, caller: Administrator, name: str, if_match: IfMatch = None) -> Response:
    """The user may not sign in any more, and is signed out everywhere. Conflict for the last administrator."""
    shown = workspace.users_disable(name, author=caller.who, expected=read_match(if_match, NEW))
    return reply_tagged(shown, shown.state)


@router.post("/users/{name}:enable", responses=SHOWN)
def enable_user(workspace: Open, caller: Administrator, name: str, if_match: IfMatch = None) -> Response:
    """The user may sign in again."""
    shown = workspace.users_enable(name, author=caller.who, expected=read_match(if_match, NEW))
    return reply_tagged(shown, shown.state)


@router.post("/users/{name}:signout")
def sign_out_user(workspace: Open, caller: Administrator, name: str) -> Response:
    """End all sessions of the user."""
    return reply(workspace.users_sign_out(name, author=caller.who))

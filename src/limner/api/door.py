"""What every route needs: the workspace, the caller and what it may do, and a quick way to answer."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

import msgspec
from fastapi import Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from limner.api.problem import Forbidden, Forged, TooMany, Unauthorised
from limner.api.verbs import plain
from limner.govern.masking import given_tags, mask_document, personal_tags
from limner.govern.roles import Action, may
from limner.govern.sessions import Signed
from limner.ports.catalog import ApiKey
from limner.ports.users import User
from limner.workspace import Workspace

COOKIE = "limner_session"
CSRF = "x-csrf-token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing, and need no token."""
_bearer = HTTPBearer(auto_error=False, description="An API key, as `limner init` or `limner keys create` printed it.")
session_cookie = APIKeyCookie(
    name=COOKIE,
    auto_error=False,
    description="Of somebody who signed in at `/api/v1/session`. Writes need its `csrf_token` as `X-CSRF-Token` too.",
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever holds the key of a request, or is signed in."""

    id: str
    role: str
    who: str
    """As the audit names it."""
    rate: float | None = None
    """Requests per second; None = no limit."""

    def may(self, action: Action) -> bool:
        return may(self.role, action)

    @classmethod
    def of_key(cls, key: ApiKey) -> Caller:
        return cls(key.id, key.role, f"{key.name} (key {key.id})", key.rate)

    @classmethod
    def of_user(cls, user: User) -> Caller:
        return cls(f"user {user.name}", user.role, user.name)


def find_bearer(request: Request) -> Caller | None:
    """Whose API key came with it."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    key = request.app.state.workspace.keys.find(secret.strip()) if scheme.lower() == "bearer" else None
    return None if key is None else Caller.of_key(key)


def find_signed(request: Request) -> Signed | None:
    """Who is signed in with the browser it came from. Raises Forged where it writes and its page did not say so."""
    return _look_for_signed(request, request.app.state.workspace.sessions.find)


def find_caller(request: Request) -> Caller | None:
    """Who asks; a key that is sent decides. None = nobody known."""
    return _look_for_caller(request, request.app.state.workspace.sessions.find)


def recall_caller(request: Request) -> Caller | None:
    """The same without waiting for the catalog. None = it has to be asked."""
    return _look_for_caller(request, request.app.state.workspace.sessions.recall)


def _look_for_signed(request: Request, look: Callable[[str], Signed | None]) -> Signed | None:
    cookie = request.cookies.get(COOKIE)
    signed = None if cookie is None else look(cookie)
    if signed is not None and request.method not in SAFE and not signed.wrote(request.headers.get(CSRF)):
        raise Forged("A write needs the session's token.", hint="Send csrf_token of /api/v1/session as X-CSRF-Token.")
    return signed


def _look_for_caller(request: Request, look: Callable[[str], Signed | None]) -> Caller | None:
    if "authorization" in request.headers:
        return find_bearer(request)
    signed = _look_for_signed(request, look)
    return None if signed is None else Caller.of_user(signed.user)


@cache
def require(action: Action) -> Callable[..., Awaitable[Caller]]:
    """A dependency that lets only callers pass whose role may do this: 401 for others, 403 for known ones, 429 for
    those over their rate. A thread is taken only where the catalog has to be asked: to pass a question to one and its
    answer back costs more than most answers."""

    async def check(
        request: Request,
        _key: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
        _session: Annotated[str | None, Depends(session_cookie)],
    ) -> Caller:
        caller = recall_caller(request) or await run_in_threadpool(find_caller, request)
        if caller is None:
            raise _unknown(request)
        if not caller.may(action):
            raise Forbidden(f"The role {caller.role} may not do this: it needs {action.value}.")
        if wait := request.app.state.rates.take(caller.id, 1, caller.rate):
            raise TooMany(f"This key may make {caller.rate:g} requests per second.", math.ceil(wait))
        return caller

    return check


def _unknown(request: Request) -> Unauthorised:
    if "authorization" in request.headers:
        return Unauthorised("Nobody knows this API key.", hint="`limner keys create NAME` makes one.")
    if COOKIE in request.cookies:
        return Unauthorised("This session is over.", hint="Sign in again.")
    return Unauthorised("An API key is needed.", hint="Send it as: Authorization: Bearer KEY; or sign in.")


async def _workspace(request: Request) -> Workspace:
    workspace: Workspace = request.app.state.workspace
    return workspace


Open = Annotated[Workspace, Depends(_workspace)]
"""The workspace this app serves."""


Wait = Annotated[bool, Query(description="false = the answer is 202 and the job that does it.")]
"""Of what may take long."""
JOB: dict[int | str, dict[str, Any]] = {202: {"description": "The job, see `GET /api/v1/jobs/{id}`."}}


def as_seen_by(caller: Caller, workspace: Workspace, answer: Any) -> Any:
    """A verb's answer as plain values, what is personal in it masked unless the caller may see it."""
    document = plain(answer)
    if caller.may(Action.SEE_IDENTIFIERS):
        return document
    return mask_document(document, personal_tags(workspace.tags()), given_tags(workspace.tags()))


def reply(answer: Any, status: int = 200) -> Response:
    """A verb's answer as JSON. Built here, FastAPI need not walk it a second time."""
    return Response(msgspec.json.encode(plain(answer)), status, media_type="application/json")


def reply_seen(caller: Caller, workspace: Workspace, answer: Any) -> Response:
    """The same as the caller may see it, looked through once: a portrait may have thousands of tags."""
    return Response(msgspec.json.encode(as_seen_by(caller, workspace, answer)), media_type="application/json")

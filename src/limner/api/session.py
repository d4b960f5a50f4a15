"""Signing in, out, and who is signed in: for the console. Programs use API keys."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from limner.api.door import COOKIE, Open, find_signed, reply, session_cookie
from limner.api.problem import Forbidden, Unauthorised
from limner.errors import Unavailable
from limner.govern.passwords import LONGEST
from limner.govern.roles import RIGHTS, Action, Role
from limner.govern.sessions import LONGEST as WEEK
from limner.govern.sessions import Signed
from limner.model.clock import iso_time

router = APIRouter(prefix="/api/v1", tags=["session"])
DOORMEN = 2
"""Sign-ins that are looked at at once: whoever waits for it holds no thread that others need."""
PATIENCE = 30
"""Seconds."""


class Credentials(BaseModel):
    model_config = ConfigDict(extra="forbid")
    user: str = Field(max_length=LONGEST)
    password: str = Field(max_length=LONGEST)


class Preference(BaseModel):
    model_config = ConfigDict(extra="forbid")
    language: Literal["zh", "en"] | None = Field(description="null: whatever the browser prefers.")


class NewPassword(BaseModel):
    model_config = ConfigDict(extra="forbid")
    old: str = Field(max_length=LONGEST)
    new: str = Field(max_length=LONGEST)


def _signed(request: Request, _: Annotated[str | None, Depends(session_cookie)]) -> Signed:
    signed = find_signed(request)
    if signed is None:
        over = COOKIE in request.cookies
        raise Unauthorised("This session is over." if over else "Nobody is signed in.", hint="Sign in.")
    return signed


SignedIn = Annotated[Signed, Depends(_signed)]


@router.get("/session:ways")
def list_ways(workspace: Open) -> Response:
    """How one can sign in here: `{"password", "oidc": null | {"title", "url"}}`. Open to everybody."""
    settings = workspace.oidc
    return reply({"password": True, "oidc": settings and {"title": settings.title, "url": "/api/v1/session/oidc"}})


@router.post("/session")
async def sign_in(request: Request, workspace: Open, asked: Credentials) -> Response:
    """Sign in: sets the cookie and answers as `GET /api/v1/session` does. 401 for a wrong name or password, never
    saying which; 429 after too many of them."""
    check_own_page(request)
    address = request.client.host if request.client else ""
    try:
        async with asyncio.timeout(PATIENCE), request.app.state.doormen:
            signed, cookie = await run_in_threadpool(workspace.door.sign_in, asked.user, asked.password, address)
    except TimeoutError:
        raise Unavailable("Too many sign in at once.", hint="Try again in some seconds.") from None
    return set_session(request, reply(describe(signed, workspace.parts.zone)), cookie)


@router.get("/session")
def show_session(request: Request, workspace: Open, signed: SignedIn) -> Response:
    """Who is signed in, what they may do, and the token their writes need. Renews the cookie now and then."""
    response = reply(describe(signed, workspace.parts.zone))
    cookie = workspace.sessions.renew(signed)
    return _fresh(response) if cookie is None else set_session(request, response, cookie)


@router.delete("/session", status_code=204)
def sign_out(
    workspace: Open,
    signed: SignedIn,
    everywhere: Annotated[bool, Query(description="End all sessions of this user.")] = False,
) -> Response:
    """Sign out."""
    if everywhere:
        workspace.users_sign_out(signed.user.name, author=signed.user.name)
    else:
        workspace.sessions.end(signed)
    response = Response(status_code=204)
    response.delete_cookie(COOKIE, path="/")
    return _fresh(response)


@router.put("/session/language")
def choose_language(workspace: Open, signed: SignedIn, asked: Preference) -> Response:
    """Which language the console speaks to this user, on all machines."""
    user = workspace.users.prefer(signed.user.name, asked.language)
    return _fresh(reply(describe(Signed(signed.session, user), workspace.parts.zone)))


@router.put("/session/password")
def change_password(request: Request, workspace: Open, signed: SignedIn, asked: NewPassword) -> Response:
    """Another password for who is signed in; all other sessions of theirs end."""
    address = request.client.host if request.client else ""
    workspace.door.confirm(signed, asked.old, address)
    name = signed.user.name
    workspace.users.set_password(name, asked.new, author=name, keep=signed.session.id)
    return _fresh(reply(describe(signed, workspace.parts.zone)))


def describe(signed: Signed, zone: str) -> dict[str, Any]:
    """What the console has to know of who is signed in."""
    user = signed.user
    rights = RIGHTS[Role(user.role)] if user.role in RIGHTS else frozenset[Action]()
    return {
        "user": user.name,
        "name": user.name,
        "role": user.role,
        "roles": [user.role],
        "rights": sorted(right.value for right in rights),
        "language": user.language,
        "timezone": zone,
        "masks": Action.SEE_IDENTIFIERS not in rights,
        "by": "password" if user.subject is None else "oidc",
        "csrf_token": signed.session.csrf,
        "expires_at": iso_time(signed.ends_at, zone),
    }


def check_own_page(request: Request) -> None:
    """Refuse to sign in for another site's page: it could sign its reader in as somebody it knows the password of."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Forbidden("Sign in from a page of this server.")


def set_session(request: Request, response: Response, cookie: str) -> Response:
    """Give the browser the cookie of its session."""
    public = request.app.state.public_url
    secure = request.url.scheme == "https" or (public is not None and public.scheme == "https")
    response.set_cookie(COOKIE, cookie, WEEK // 1_000_000, httponly=True, samesite="lax", secure=secure, path="/")
    return _fresh(response)


def _fresh(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response

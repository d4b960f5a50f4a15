"""Signing in with an identity provider: there and back, with what must not be seen there sealed in a cookie."""

from __future__ import annotations

import hmac
import re
from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from limner.api.door import Open
from limner.api.problem import Forbidden, Unauthorised
from limner.api.session import set_session
from limner.errors import LimnerError, NotFound, Unavailable
from limner.govern.roles import Role
from limner.ports.provider import Begun, Provider
from limner.workspace import Workspace

router = APIRouter(prefix="/api/v1", tags=["session"])
COOKIE = "limner_oidc"
PATH = "/api/v1/session/oidc"
PATIENCE = 600
"""Seconds in which somebody must come back."""
STRENGTH = (Role.ADMIN, Role.REVIEWER, Role.OPERATOR, Role.ANALYST, Role.VIEWER)
"""Of several roles the first of these holds."""


class Kept(msgspec.Struct):
    """What waits in the browser until it comes back."""

    begun: Begun
    next: str


@router.get("/session/oidc", status_code=303)
def begin_sign_in(
    request: Request,
    workspace: Open,
    next: Annotated[str, Query(max_length=2000, description="A path of the console, to come back to.")] = "/",
) -> Response:
    """Send the browser to the identity provider."""
    try:
        begun = _provider(workspace).begin(_redirect_uri(request))
    except LimnerError as error:
        return turn_away(request, error)
    response = RedirectResponse(begun.url, 303)
    kept = msgspec.json.encode(Kept(begun, next if is_own(next) else "/")).decode()
    sealed = workspace.sessions.seal.close(kept).rstrip("=")
    secure = _redirect_uri(request).startswith("https:")
    response.set_cookie(COOKIE, sealed, PATIENCE, httponly=True, samesite="lax", secure=secure, path=PATH)
    response.headers["Cache-Control"] = "no-store"
    return response


@router.get("/session/oidc/callback", status_code=303)
def finish_sign_in(
    request: Request,
    workspace: Open,
    state: Annotated[str, Query(max_length=1000)] = "",
    code: Annotated[str | None, Query(max_length=4000)] = None,
    error: Annotated[str | None, Query(max_length=1000)] = None,
) -> Response:
    """Where the provider sends the browser back to: signs in and goes on to the page asked for."""
    try:
        return _let_in(request, workspace, state, code, error)
    except LimnerError as refusal:
        return turn_away(request, refusal)


def turn_away(request: Request, refusal: LimnerError) -> Response:
    """Somebody in a browser comes back to the sign-in page, which says why in a sentence of its own: the address
    carries no more than the error's code. Programs are answered as everywhere."""
    if "text/html" not in request.headers.get("accept", ""):
        raise refusal
    response = RedirectResponse(f"/?refused={refusal.code}", 303)
    response.delete_cookie(COOKIE, path=PATH)
    response.headers["Cache-Control"] = "no-store"
    return response


def _let_in(request: Request, workspace: Workspace, state: str, code: str | None, error: str | None) -> Response:
    kept = _read(request, workspace)
    if kept is None or not hmac.compare_digest(kept.begun.state.encode(), state.encode()):
        raise Unauthorised("This sign-in was not begun here, or too long ago.", hint="Begin again at the console.")
    if code is None:
        raise Unauthorised(f"The identity provider refused: {error or 'it sent no code'}.", hint="Begin again.")
    vouched = _provider(workspace).finish(kept.begun, _redirect_uri(request), code)
    role = choose_role(workspace, vouched.groups)
    user = workspace.users.admit(vouched.subject, spell_name(vouched.name), role)
    if user.disabled_at is not None:
        raise Forbidden(f"{user.name} is disabled here.")
    _, cookie = workspace.sessions.open(workspace.users.note_seen(user.name))
    response = set_session(request, RedirectResponse(kept.next, 303), cookie)
    response.delete_cookie(COOKIE, path=PATH)
    return response


def choose_role(workspace: Workspace, groups: tuple[str, ...]) -> str:
    """The role for what the provider says. Raises Forbidden where it gives none."""
    settings = workspace.oidc
    given = {settings.roles[group] for group in groups if group in settings.roles} if settings else set()
    role = next((role.value for role in STRENGTH if role in given), settings.default_role if settings else None)
    if role is None:
        raise Forbidden("The identity provider gives you no role here.", hint="Ask whoever administers it for one.")
    return role


def spell_name(name: str) -> str:
    """The name as it can stand here.

    >>> spell_name("Zhang San"), spell_name("_x")
    ('Zhang-San', 'x')
    """
    return re.sub(r"[^\w.@+-]", "-", name).lstrip("_.@+-")[:100] or "user"


def is_own(path: str) -> bool:
    """Is it a path of this server, and no way to another?

    >>> is_own("/customers?q=1"), is_own("//evil.example"), is_own("https://evil.example"), is_own("/\\\\evil")
    (True, False, False, False)
    """
    return re.fullmatch(r"/(?![/\\])[^\\\x00-\x1f]*", path) is not None


def _provider(workspace: Workspace) -> Provider:
    if workspace.parts.provider is None:
        raise NotFound("There is no identity provider here.", hint="limner.toml names one under [oidc].")
    return workspace.parts.provider


def _read(request: Request, workspace: Workspace) -> Kept | None:
    sealed = request.cookies.get(COOKIE, "")
    try:
        return msgspec.json.decode(workspace.sessions.seal.open(sealed + "=" * (-len(sealed) % 4)), type=Kept)
    except (Unavailable, msgspec.DecodeError):
        return None


def _redirect_uri(request: Request) -> str:
    public = request.app.state.public_url
    place = str(request.base_url).rstrip("/") if public is None else f"{public.scheme}://{public.place}"
    return f"{place}{PATH}/callback"

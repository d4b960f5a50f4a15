"""What every route needs: the workspace, the caller's right to it, and a quick way to answer."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from fastapi import Depends, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from limner.api.problem import Unauthorised
from limner.api.verbs import plain
from limner.workspace import Workspace

_bearer = HTTPBearer(auto_error=False, description="An API key, as `limner init` printed it.")


def require_key(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> None:
    """Let only callers with a known API key pass."""
    if credentials is None:
        raise Unauthorised("An API key is needed.", hint="Send it as: Authorization: Bearer KEY")
    if not request.app.state.keys.may_read(credentials.credentials):
        raise Unauthorised("Nobody knows this API key.", hint="`limner init` and `limner demo` print one, once.")


def _workspace(request: Request) -> Workspace:
    workspace: Workspace = request.app.state.workspace
    return workspace


Open = Annotated[Workspace, Depends(_workspace)]
"""The workspace this app serves."""


def reply(answer: Any) -> Response:
    """A verb's answer as JSON. Built here, FastAPI need not walk it a second time."""
    return Response(msgspec.json.encode(plain(answer)), media_type="application/json")

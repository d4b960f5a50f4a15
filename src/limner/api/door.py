"""What every route needs: the workspace, the caller and what it may do, and a quick way to answer."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

import msgspec
from fastapi import Depends, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from limner.api.problem import Forbidden, TooMany, Unauthorised
from limner.api.verbs import plain
from limner.govern.masking import given_tags, mask_document, personal_tags
from limner.govern.roles import Action, may
from limner.ports.catalog import ApiKey
from limner.workspace import Workspace

_bearer = HTTPBearer(auto_error=False, description="An API key, as `limner init` or `limner keys create` printed it.")


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever holds the key of a request."""

    key: ApiKey

    def may(self, action: Action) -> bool:
        return may(self.key.role, action)

    @property
    def who(self) -> str:
        """As the audit names it."""
        return f"{self.key.name} (key {self.key.id})"


@cache
def require(action: Action) -> Callable[..., Caller]:
    """A dependency that lets only callers pass whose role may do this: 401 for others, 403 for known ones, 429 for
    those over their rate."""

    def check(
        request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
    ) -> Caller:
        if credentials is None:
            raise Unauthorised("An API key is needed.", hint="Send it as: Authorization: Bearer KEY")
        key = request.app.state.workspace.keys.find(credentials.credentials)
        if key is None:
            raise Unauthorised("Nobody knows this API key.", hint="`limner keys create NAME` makes one.")
        if not may(key.role, action):
            raise Forbidden(f"A key with the role {key.role} may not do this: it needs {action.value}.")
        if wait := request.app.state.rates.take(key.id, 1, key.rate):
            raise TooMany(f"This key may make {key.rate:g} requests per second.", math.ceil(wait))
        return Caller(key)

    return check


def _workspace(request: Request) -> Workspace:
    workspace: Workspace = request.app.state.workspace
    return workspace


Open = Annotated[Workspace, Depends(_workspace)]
"""The workspace this app serves."""


def as_seen_by(caller: Caller, workspace: Workspace, answer: Any) -> Any:
    """A verb's answer as plain values, what is personal in it masked unless the caller may see it."""
    document = plain(answer)
    if caller.may(Action.SEE_IDENTIFIERS):
        return document
    return mask_document(document, personal_tags(workspace.tags()), given_tags(workspace.tags()))


def reply(answer: Any, status: int = 200) -> Response:
    """A verb's answer as JSON. Built here, FastAPI need not walk it a second time."""
    return Response(msgspec.json.encode(plain(answer)), status, media_type="application/json")

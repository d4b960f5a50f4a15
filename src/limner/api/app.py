"""The HTTP application over one workspace."""

from __future__ import annotations

from importlib.metadata import version
from threading import Event
from typing import TYPE_CHECKING

from fastapi import FastAPI

from limner.api import audiences, front, health, profiles, tags
from limner.api.keys import KnownKeys
from limner.api.problem import answer_with_problems

if TYPE_CHECKING:
    from limner.workspace import Workspace


def create_app(workspace: Workspace, ready: Event) -> FastAPI:
    """The app. Blocking verbs run in its thread pool; ``ready`` is what /readyz tells."""
    app = FastAPI(
        title="Limner",
        version=version("limner"),
        description="Customer portraits from timelines of events.",
        docs_url=None,
        redoc_url=None,
    )
    app.state.workspace = workspace
    app.state.keys = KnownKeys(workspace.parts.keys)
    app.state.ready = ready
    answer_with_problems(app)
    health.count_requests(app)
    for room in (health, front, profiles, tags, audiences):
        app.include_router(room.router)
    return app

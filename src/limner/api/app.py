"""The HTTP application over one workspace."""

from __future__ import annotations

import asyncio
from importlib.metadata import version
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from limner.api import (
    actions,
    audiences,
    changes,
    destinations,
    events,
    export,
    front,
    health,
    heavy,
    identities,
    jobs,
    keys,
    language,
    lineage,
    models,
    near,
    oidc,
    overview,
    packages,
    personas,
    profiles,
    recommendations,
    rejects,
    reviews,
    segment,
    sensors,
    session,
    sources,
    tags,
    users,
    values,
    webhooks,
)
from limner.api.at_once import Ask, count_answers
from limner.api.console import make_router
from limner.api.cors import OpenToBrowsers
from limner.api.examples import show_examples
from limner.api.gate import Gate
from limner.api.packed import PackedAnswers
from limner.api.problem import ERRORS, answer_with_problems
from limner.api.quick import QuickPortraits
from limner.api.ready import ReadyAnswers
from limner.api.room import BoundedQuestions
from limner.govern.keys import RateLimit, WriteKeys

if TYPE_CHECKING:
    from limner.settings import PublicUrl
    from limner.workspace import Workspace


ROOMS = (
    health,
    session,
    oidc,
    users,
    overview,
    rejects,
    segment,
    sensors,
    near,  # before `profiles`, whose key takes what is left of a path
    actions,  # before `profiles`, too
    recommendations,
    values,
    profiles,
    export,
    heavy,
    identities,
    jobs,
    language,
    tags,
    lineage,
    sources,
    reviews,
    models,
    audiences,
    packages,
    personas,
    events,
    keys,
    webhooks,
    destinations,
    changes,
)
"""In the order their paths are tried."""


class App(FastAPI):
    """FastAPI with something before it: all that it does before a request comes to a route of its own takes a sixth of
    the time that a portrait takes."""

    front: ASGIApp | None = None
    at_once: Ask | None = None
    """What connections ask first."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (self.answer if self.front is None else self.front)(scope, receive, send)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As if there were nothing before it."""
        await super().__call__(scope, receive, send)


def create_app(
    workspace: Workspace, ready: Event, public_url: PublicUrl | None = None, console: Path | None = None
) -> FastAPI:
    """The app. Blocking verbs run in its thread pool; ``ready`` is what /readyz tells.

    ``public_url``: where browsers reach it; None = where each request says it was sent. ``console``: its files; None =
    a front page of one file instead.
    """
    app = App(
        title="Limner",
        version=version("limner"),
        description="Customer portraits from timelines of events.",
        docs_url=None,
        redoc_url=None,
        responses=ERRORS,
    )
    app.state.workspace = workspace
    app.state.rates = RateLimit()
    app.state.answers = ReadyAnswers()
    app.state.ready = ready
    app.state.doormen = asyncio.Semaphore(session.DOORMEN)
    app.state.public_url = public_url
    app.state.gate = Gate(WriteKeys(workspace.keys), workspace.intake, app.state.rates, workspace.parts.contract)
    answer_with_problems(app)
    app.add_middleware(BoundedQuestions, room=app.state.gate.strangers)
    app.add_middleware(OpenToBrowsers)
    quick = QuickPortraits(app.answer, workspace)
    app.front = counted = health.count_requests(app, PackedAnswers(quick))
    app.at_once = count_answers(quick.ask_at_once, counted.count)
    for room in ROOMS:
        app.include_router(room.router)
    show_examples(app)
    app.include_router(front.router if console is None else make_router(console))
    resolve_routes(app)
    return app


def resolve_routes(app: FastAPI) -> None:
    """Have the routes made now, while there is one thread: else the first request makes them, and FastAPI silences
    warnings meanwhile in a way that other threads undo."""
    for route in app.router.routes:
        route.matches({"type": "http", "method": "GET", "path": "/", "headers": []})

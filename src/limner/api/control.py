"""The verbs of the workspace for the CLI, over ``limner.sock``: whoever may open the workspace's files may call them.

An answer is lines of JSON: any number of ``{"progress": [what, done, total]}``, then one ``result`` or ``error``.
Besides, what comes in is told to whoever listens: pages of `limner.watch`, a line each, an empty one now and then.
"""

from __future__ import annotations

import os
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

from limner.api.live import Chosen, follow
from limner.api.path import SOCKET, short_path
from limner.api.verbs import call_verb, crash_document, error_document
from limner.errors import LimnerError
from limner.watch.lot import Outcome

if TYPE_CHECKING:
    from limner.workspace import Workspace

HEARTBEAT = 2.0
"""Seconds of silence between two pages. A Ctrl-C that comes just before a command waits in the system is not seen until
it wakes up (https://docs.python.org/3/library/signal.html), so that it must not sleep for long."""


def create_control(workspace: Workspace) -> Starlette:
    """The application behind the socket."""

    async def answer(request: Request) -> StreamingResponse:
        lines = answer_lines(workspace, request.path_params["verb"], await request.json())
        return StreamingResponse(lines, media_type="application/x-ndjson")

    async def tell(request: Request) -> StreamingResponse:
        lines = tell_events(workspace, await request.json())
        return StreamingResponse(lines, media_type="application/x-ndjson")

    routes = [Route("/verbs/{verb}", answer, methods=["POST"]), Route("/events", tell, methods=["POST"])]
    return Starlette(routes=routes)


async def tell_events(workspace: Workspace, asked: Mapping[str, Any]) -> AsyncIterator[bytes]:
    """Pages of what comes in, beginning with the last ``limit`` of ``source`` and ``outcome``; a line each."""
    chosen = Chosen(asked["source"], None if asked["outcome"] is None else Outcome(asked["outcome"]))
    async for page in follow(workspace.parts.arrivals, None, chosen, asked["limit"], HEARTBEAT):
        yield msgspec.json.encode(page.as_dict()) + b"\n"


def answer_lines(workspace: Workspace, verb: str, arguments: Mapping[str, Any]) -> Iterator[bytes]:
    """Work in a thread of its own and yield what it tells; a reader that leaves does not stop the work."""
    told: SimpleQueue[dict[str, Any]] = SimpleQueue()

    def progress(what: str, done: int, total: int) -> None:
        told.put({"progress": [what, done, total]})

    def work() -> None:
        try:
            told.put({"result": call_verb(workspace, verb, arguments, progress)})
        except LimnerError as error:
            told.put({"error": error_document(error)})
        except Exception as error:  # the boundary to another process: it must get an answer
            told.put({"error": crash_document(error)})

    Thread(target=work, name=f"verb {verb}").start()
    while True:
        message = told.get()
        yield msgspec.json.encode(message) + b"\n"
        if "progress" not in message:
            return


@contextmanager
def bound_control(folder: Path) -> Iterator[socket.socket]:
    """A socket in the workspace that only its owner may use; its file is gone afterwards.

    The caller holds the workspace's lock, so a file found there was left by a server that died.
    """
    path = folder / SOCKET
    path.unlink(missing_ok=True)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        with short_path(path) as short:
            sock.bind(short)
    finally:
        os.umask(before)
    try:
        yield sock
    finally:
        sock.close()
        path.unlink(missing_ok=True)

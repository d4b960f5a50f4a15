"""One process, two doors on one event loop: HTTP for the world, a Unix socket for the command line."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import uvicorn
import uvloop

import limner
from limner.api.app import create_app
from limner.api.control import bound_control, create_control
from limner.api.port import bound_port
from limner.errors import LimnerError
from limner.settings import ServerSettings

if TYPE_CHECKING:
    from limner.workspace import Workspace

SWITCH = 0.0005
"""Seconds a thread may keep Python's lock while another waits: an answer passes between threads several times."""
GRACE = 10
"""Seconds that requests under way are given when the server stops."""

PATIENCE = 30
"""Seconds after which it is ready though not warm: whoever reads then waits with it, rather than being turned away."""


class _Server(uvicorn.Server):
    """A uvicorn server whose signals are handled once, for both doors, by `_run`."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def serve_workspace(folder: Path, settings: ServerSettings, announce: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM. Raises Conflict when the port or the workspace is taken."""
    sys.setswitchinterval(SWITCH)
    with limner.open(folder) as workspace, bound_port(settings) as port, bound_control(folder) as control:
        uvloop.run(_run(workspace, port, control, announce))


async def _run(workspace: Workspace, port: socket.socket, control: socket.socket, announce: Callable[[], None]) -> None:
    ready = Event()
    servers = (_server(create_app(workspace, ready)), _server(create_control(workspace)))

    def stop() -> None:
        workspace.parts.arrivals.close()
        for server in servers:
            server.should_exit = True

    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stop)
    workspace.intake.start()
    announce()
    Thread(target=_warm, args=(workspace, ready), name="warm", daemon=True).start()
    asyncio.get_running_loop().call_later(PATIENCE, ready.set)
    await asyncio.gather(servers[0].serve([port]), servers[1].serve([control]))


def _server(app: Any) -> _Server:
    return _Server(
        uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=GRACE)
    )


def _warm(workspace: Workspace, ready: Event) -> None:
    """Have columns in line, kernels compiled and files mapped before the first reader waits for them."""
    try:
        customers = workspace.crowd().folded.customers
        if len(customers):
            workspace.profile(f"c{customers[0]}")
    except LimnerError as error:  # whoever asks will be told the same; the rest can still be served
        logging.getLogger("limner").warning("Warming up: %s", error)
    ready.set()

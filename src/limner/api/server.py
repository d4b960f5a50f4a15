"""One process, two doors on one event loop: HTTP for the world, a Unix socket for the command line."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import uvicorn
import uvloop

from limner.api.agenda import agenda
from limner.api.app import App, create_app
from limner.api.at_once import AnswersAtOnce
from limner.api.console import find_console
from limner.api.control import bound_control, create_control
from limner.api.joined import JoinedAnswers
from limner.api.port import bound_port
from limner.api.rounds import parity_rounds
from limner.app import open_workspace
from limner.errors import Closed, LimnerError
from limner.rehearsal import rehearse
from limner.settings import LogSettings, ParitySettings, PublicUrl, ServerSettings

if TYPE_CHECKING:
    from limner.workspace import Workspace

SWITCH = 0.0005
"""Seconds a thread may keep Python's lock while another waits: an answer passes between threads several times."""
GRACE = 10
"""Seconds that requests under way are given when the server stops."""
BACKLOG = 2048
"""Connections that may wait until they are taken."""
PATIENCE = 45
"""Seconds after which it is ready though not warm: whoever reads then waits with it, rather than being turned away.
Only where nothing is compiled yet, for a start takes a minute at most."""
SILENCE = 5
"""Seconds after which whoever started it is told what it is at."""


class _Server(uvicorn.Server):
    """A uvicorn server whose signals are handled once, for both doors, by `_run`."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def serve_workspace(folder: Path, settings: ServerSettings, announce: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM. Raises Conflict when the port or the workspace is taken."""
    sys.setswitchinterval(SWITCH)
    public_url = settings.public_url or PublicUrl.of_workspace(folder)
    opened = open_workspace(folder, cache=LogSettings.of_workspace(folder).cache)
    with opened as workspace, bound_port(settings) as port, bound_control(folder) as control:
        ready = Event()
        doors = ((create_app(workspace, ready, public_url, find_console()), port), (create_control(workspace), control))
        with parity_rounds(workspace, ParitySettings.of_workspace(folder)), agenda(workspace):
            uvloop.run(_run(workspace, ready, doors, announce))


async def _run(
    workspace: Workspace, ready: Event, doors: Sequence[tuple[Any, socket.socket]], announce: Callable[[], None]
) -> None:
    """``doors``: applications, each with the socket it is reached at."""
    servers = [_server(app) for app, _ in doors]

    def stop() -> None:
        workspace.parts.arrivals.close()
        workspace.parts.feed.close()
        for server in servers:
            server.should_exit = True

    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stop)
    for _, sock in doors:
        sock.listen(BACKLOG)  # whoever hears of the server may come at once
    workspace.follow()  # before anybody reads
    workspace.intake.start()
    workspace.courier.start()
    workspace.desk.open()
    announce()
    Thread(target=_warm, args=(workspace, ready), name="warm", daemon=True).start()
    asyncio.get_running_loop().call_later(SILENCE, tell_unready, ready)
    asyncio.get_running_loop().call_later(PATIENCE, lose_patience, ready)
    await asyncio.gather(*(server.serve([sock]) for server, (_, sock) in zip(servers, doors, strict=True)))


def tell_unready(ready: Event) -> None:
    """What it is at, where it is not ready yet."""
    if not ready.is_set():
        logging.getLogger("limner").warning("Warming up; kernels are compiled once per installation.")


def lose_patience(ready: Event) -> None:
    """Say that it is ready, and that it is not warm."""
    if not ready.is_set():
        logging.getLogger("limner").warning("Ready, though still warming up: the first answers may take seconds.")
        ready.set()


def _server(app: Any) -> _Server:
    return _Server(
        uvicorn.Config(
            app,
            http=AnswersAtOnce if isinstance(app, App) else JoinedAnswers,
            log_level="warning",
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=GRACE,
        )
    )


def _stand(workspace: Workspace) -> None:
    customer = workspace.stand()
    if customer is not None:
        workspace.parts.observations.identifiers([customer])  # reads them all, and nobody waits for it
        workspace.profile(f"c{customer}")


def _warm(workspace: Workspace, ready: Event) -> None:
    """Have the live state stand, kernels compiled and files mapped before the first reader waits for them."""
    for step in (rehearse, workspace.parts.expect_appends, partial(_stand, workspace)):
        try:
            step()
        except Closed:
            return
        except (LimnerError, OSError) as error:  # whoever asks will be told the same; the rest can still be served
            logging.getLogger("limner").warning("Warming up: %s", error)
    gc.collect()
    gc.freeze()  # what stands by now stays: no later look for garbage stops all threads to pass over it
    ready.set()
    with suppress(LimnerError):  # the first page and the search of the console pass over the whole log once
        workspace.overview()
        workspace.customers_find("c0")

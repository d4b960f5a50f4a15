"""What is done by schedule while the workspace is served: snapshots of audiences, queries of tags, packages, models,
and once a day a look at the health of tags; and what is freed goes back to the system. Each duty has a thread, as it
may wait for a process beside the server."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING

from limner.watch.memory import give_back

if TYPE_CHECKING:
    from limner.workspace import Workspace

EVERY = 10.0
"""Seconds between two looks at what is due: schedules name minutes."""
PIECE, RESTS, LONGEST = 0.004, 3.0, 0.1
"""Work that nobody waits for: after so many seconds of it comes a rest of so many times as long, at most so many
seconds. A piece is shorter than a person notices."""

log = logging.getLogger(__name__)


class GivenUp(Exception):
    """The server stops: what was begun is done another time."""


class Unhurried:
    """Rests, so that those who ask meanwhile find a processor and Python's lock free most of the time: the longer the
    work has to wait for them itself, the longer it rests. Raises `GivenUp`."""

    def __init__(self, stopping: Event) -> None:
        self._stopping = stopping
        self._began = monotonic()

    def __call__(self) -> None:
        worked = monotonic() - self._began
        if worked < PIECE:
            return
        if self._stopping.wait(min(RESTS * worked, LONGEST)):
            raise GivenUp
        self._began = monotonic()


@contextmanager
def agenda(workspace: Workspace, every: float = EVERY) -> Iterator[None]:
    """Do what is due inside the ``with``. What a stopped server missed is done once when it serves again."""
    stopping = Event()
    duties = {
        "snapshots": workspace.audience_refresh,
        "queries": workspace.tags_round,
        "packages": workspace.package_round,
        "models": workspace.models_round,
        "reads": workspace.reads.flush,
        "health": lambda: workspace.tags_health_due() and workspace.tags_examine(rest=Unhurried(stopping)),
        "memory": give_back,
    }
    threads = [Thread(target=_keep, args=(do, every, stopping), name=name) for name, do in duties.items()]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopping.set()
        workspace.desk.close()  # or it would be waited for whoever waits for a job
        for thread in threads:
            thread.join()


def _keep(do: Callable[[], object], every: float, stopping: Event) -> None:
    while not stopping.wait(every):
        try:
            do()
        except GivenUp:
            return
        except Exception:  # whatever it is, the next look may find it mended
            log.exception("What was due by schedule was not done; it is tried again.")

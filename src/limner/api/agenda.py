"""What is done by schedule while the workspace is served, in a thread of its own: snapshots of audiences, queries of
tags, packages, models, and once a day a look at the health of tags."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from limner.workspace import Workspace

EVERY = 10.0
"""Seconds between two looks at what is due: schedules name minutes."""

log = logging.getLogger(__name__)


@contextmanager
def agenda(workspace: Workspace, every: float = EVERY) -> Iterator[None]:
    """Do what is due inside the ``with``. What a stopped server missed is done once when it serves again."""
    stopping = Event()
    thread = Thread(target=_keep, args=(workspace, every, stopping), name="agenda")
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


def _keep(workspace: Workspace, every: float, stopping: Event) -> None:
    duties = (
        workspace.audience_refresh,
        workspace.tags_round,
        workspace.package_round,
        workspace.models_round,
        workspace.reads.flush,
        lambda: workspace.tags_health_due() and workspace.tags_examine(),
    )
    while not stopping.wait(every):
        for do in duties:
            try:
                do()
            except Exception:  # whatever it is, it holds up nothing else, and the next look may find it mended
                log.exception("What was due by schedule was not done; it is tried again.")

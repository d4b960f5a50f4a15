"""The doctor's rounds: while the workspace is served, parity is checked now and then in a thread of its own."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING

from limner.errors import LimnerError, Unavailable
from limner.settings import ParitySettings

if TYPE_CHECKING:
    from limner.workspace import Workspace

log = logging.getLogger(__name__)


@contextmanager
def parity_rounds(workspace: Workspace, settings: ParitySettings) -> Iterator[None]:
    """Check every so many minutes inside the ``with``; a check under way is broken off at its end."""
    if not settings.every:
        yield
        return
    stopping = Event()
    thread = Thread(target=_go_round, args=(workspace, settings.every * 60, stopping), name="parity")
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


def _go_round(workspace: Workspace, seconds: float, stopping: Event) -> None:
    def go_on(*_: object) -> None:
        if stopping.is_set():
            raise Unavailable("The server is stopping.")

    while not stopping.wait(seconds):
        try:
            parity = workspace.doctor_parity(progress=go_on)
        except LimnerError as error:
            if not stopping.is_set():
                log.warning("Parity could not be checked: %s", error)
        except Exception:  # whatever it is, the next check may find it mended
            log.exception("Parity could not be checked.")
        else:
            if parity.differing:
                log.error("%d values differ from the log: `limner doctor --parity` shows them.", parity.differing)

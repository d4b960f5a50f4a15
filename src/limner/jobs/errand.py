"""An errand: one job while it waits or runs in this process."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from threading import Condition
from typing import Any

from limner.errors import LimnerError
from limner.jobs.child import Child, start_child
from limner.jobs.tasks import Task
from limner.ports.jobs import Job
from limner.ports.log import Progress

GRACE = 5.0
"""Seconds a process that is told to stop has for putting its things away."""


class Stopped(LimnerError):
    """The job was cancelled, or the workspace is being closed."""


class Errand:
    """Told about by the thread that does it, watched by those who wait for it."""

    def __init__(self, job: Job, request: Mapping[str, Any], folder: Path, keep: Callable[[Job], None]) -> None:
        self.job = job
        self.request = request
        self.folder = folder
        """Its own, for what must not outlive it."""
        self.failure: LimnerError | None = None
        self.stopping = False
        self.pid = 0
        """Of the last process that was started for it."""
        self._left = False
        self._keep = keep
        self._changed = Condition()
        self._child: Child | None = None

    def change(self, **values: Any) -> None:
        """Something about the job is different from now on, durably."""
        with self._changed:
            self.job = replace(self.job, **values)
            self._keep(self.job)
            self._changed.notify_all()

    def tell(self, what: str, done: int, total: int) -> None:
        """How far it is. Raises `Stopped` once it is to stop."""
        with self._changed:
            if self.stopping:
                raise Stopped("The job was stopped.")
            self.job = replace(self.job, doing=what, done=done, total=total)
            self._changed.notify_all()

    def watch(self, progress: Progress) -> Job:
        """Return when it has ended; ``progress`` is told how far it is meanwhile."""
        told: tuple[str, int, int] | None = None
        while True:
            with self._changed:
                self._changed.wait_for(
                    lambda told=told: self.job.state.has_ended or self._left or told != self._far()  # type: ignore[misc]
                )
                told, job, left = self._far(), self.job, self._left
            if job.doing:
                progress(job.doing, job.done, job.total)
            if job.state.has_ended or left:
                return job

    def _far(self) -> tuple[str, int, int]:
        return self.job.doing, self.job.done, self.job.total

    def run(self, task: Task, answer: Callable[[Child, Mapping[str, Any]], None] | None = None) -> Mapping[str, Any]:
        """Have a process do this; its result. ``answer`` is given what it says that is neither progress nor the end.

        Raises what the process raised, Unavailable when it died, and `Stopped`.
        """
        child = start_child(self.folder, task)
        with self._changed:
            self._child, self.pid = child, child.pid
            if self.stopping:
                child.terminate(GRACE)
        try:
            for message in child.messages():
                if self.stopping:
                    raise Stopped("The job was stopped.")
                if "progress" in message:
                    self.tell(*message["progress"])
                elif answer is not None:
                    answer(child, message)
            return child.result()
        except LimnerError:
            if self.stopping:
                raise Stopped("The job was stopped.") from None
            raise
        finally:
            with self._changed:
                self._child = None
            child.end(GRACE)

    def stop(self) -> None:
        """Have it end soon, whether it waits or runs."""
        with self._changed:
            self.stopping = True
            if self._child is not None:
                self._child.terminate(GRACE)
            self._changed.notify_all()

    def give_up(self) -> None:
        """Nobody here goes on with it, though it has not ended."""
        with self._changed:
            self._left = True
            self._changed.notify_all()

    def clear(self) -> None:
        """Nothing is left of what it had on the disk."""
        shutil.rmtree(self.folder, ignore_errors=True)

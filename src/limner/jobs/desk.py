"""The desk: takes jobs, has a few of them done at once, and knows what became of each, across restarts."""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import RLock, Thread
from typing import Any

from limner.errors import Conflict, LimnerError, NotFound, Unavailable
from limner.govern.seal import Seal
from limner.jobs.errand import Errand, Stopped
from limner.jobs.talk import say_unexpected
from limner.model.clock import now
from limner.ports.catalog import AuditEntry
from limner.ports.jobs import Job, Jobs, Kind, State
from limner.ports.log import Progress

KEPT = 200
"""Jobs that have ended and are still known."""
AT_ONCE = frozenset({Kind.COMPACTION})
"""Wait for no other: what an import brings must be merged while it goes on."""
LASTING = frozenset({Kind.IMPORT})
"""Go on by themselves when the server is started again."""

log = logging.getLogger(__name__)
Work = Callable[[Errand], Mapping[str, Any]]
"""Does a job of one kind, and gives its result."""


class Desk:
    """Safe to share between threads. Takes no job until `open`."""

    def __init__(self, jobs: Jobs, seal: Seal, folder: Path, most: int) -> None:
        self._jobs = jobs
        self._seal = seal
        self._folder = folder
        self._most = most
        self._works: dict[Kind, Work] = {}
        self._errands: dict[int, Errand] = {}
        """Those that wait or run, in the order they came."""
        self._threads: dict[int, Thread] = {}
        self._lock = RLock()
        self.is_open = False

    def learn(self, kind: Kind, work: Work) -> None:
        """How jobs of a kind are done."""
        self._works[kind] = work

    def open(self) -> None:
        """Take jobs from now on. Those a dead server left are gone on with, or marked as failed."""
        for left in ("running", "uploads"):
            shutil.rmtree(self._folder / left, ignore_errors=True)
        with self._lock:
            self.is_open = True
            for job in self._jobs.unended_jobs():
                errand = self._errand(job)
                if job.kind in LASTING:
                    errand.change(state=State.WAITING)
                    self._errands[job.id] = errand
                else:
                    errand.change(state=State.FAILED, ended_at=now(), error="The server stopped while it ran.")
            self._advance()

    def close(self) -> None:
        """Stop what runs. Imports go on when the workspace is served again."""
        with self._lock:
            self.is_open = False
            errands, threads = list(self._errands.values()), list(self._threads.values())
            for errand in errands:
                errand.stop()
        for thread in threads:
            thread.join()
        for errand in errands:
            self._end_closed(errand)

    def submit(
        self, kind: Kind, request: Mapping[str, Any], subject: str, who: str, file: Path | None = None
    ) -> Errand:
        """Have it done as soon as may be. ``request``: plain values, kept sealed. ``file``: what goes into `folder_of`
        the job."""
        sealed = self._seal.close(json.dumps(request, ensure_ascii=False))
        job = Job(0, kind, who, subject, sealed, State.WAITING, now())
        with self._lock:
            if not self.is_open:
                raise Unavailable("The workspace is being closed.", hint="Give the command again.")
            audit = [AuditEntry(now(), who, f"job.{kind}", subject)] if who else []
            errand = self._errand(self._jobs.add_job(job, audit))
            if file is not None:
                self.folder_of(errand.job.id).mkdir(parents=True)
                file.rename(self.folder_of(errand.job.id) / file.name)
            self._errands[errand.job.id] = errand
            self._advance()
        for gone in self._jobs.prune_jobs(KEPT):
            shutil.rmtree(self.folder_of(gone), ignore_errors=True)
        return errand

    def finish(self, errand: Errand, progress: Progress) -> Mapping[str, Any]:
        """Wait for it; its result. Raises what it failed with, Conflict when it was cancelled."""
        job = errand.watch(progress)
        again = f"`limner jobs resume {job.id}` goes on with it."
        if errand.failure is not None:
            raise errand.failure
        if job.state is State.CANCELLED:
            raise Conflict(f"Job {job.id} was cancelled.", hint=again)
        if job.state is State.FAILED:
            raise Unavailable(job.error or "The job failed.", hint=again)
        return job.report

    def list(self, limit: int, before: int | None = None) -> list[Job]:
        """The newest first; ``before``: only those with smaller ids."""
        with self._lock:
            kept = self._jobs.jobs(limit, before)
            return [self._errands[job.id].job if job.id in self._errands else job for job in kept]

    def find(self, id: int) -> Job:
        """Raises NotFound."""
        with self._lock:
            job = self._errands[id].job if id in self._errands else self._jobs.find_job(id)
        if job is None:
            raise NotFound(f"There is no job {id}.", hint="`limner jobs list` names them.")
        return job

    def cancel(self, id: int) -> Job:
        """Stop it; what it has brought into the workspace stays. Conflict when it has ended."""
        with self._lock:
            job, errand = self.find(id), self._errands.get(id)
            if job.state.has_ended:
                raise Conflict(f"Job {id} has ended: it is {job.state}.")
            if errand is None or id not in self._threads:
                errand = errand or self._errand(job)
                self._end(errand, State.CANCELLED)
                return errand.job
            errand.stop()
        return errand.watch(lambda what, done, total: None)

    def resume(self, id: int) -> Errand:
        """Go on with one that failed or was cancelled. Conflict when it did not."""
        with self._lock:
            job = self.find(id)
            if job.state not in (State.FAILED, State.CANCELLED):
                raise Conflict(f"Job {id} is {job.state}.", hint="Those that failed or were cancelled can be resumed.")
            if not self.is_open:
                raise Conflict("No server runs to do it.", hint="Start `limner serve`, or give the command itself.")
            errand = self._errand(job)
            errand.change(state=State.WAITING, ended_at=None, error=None, doing="", done=0, total=0)
            self._errands[id] = errand
            self._advance()
        return errand

    def folder_of(self, id: int) -> Path:
        """Where what a job was given is kept while the job is known."""
        return self._folder / str(id)

    def new_upload(self) -> Path:
        """An empty folder for a file that is on its way here, on the same disk as the folders of jobs."""
        (self._folder / "uploads").mkdir(mode=0o700, parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(dir=self._folder / "uploads"))

    def _errand(self, job: Job) -> Errand:
        request = json.loads(self._seal.open(job.request))
        return Errand(job, request, self._folder / "running" / str(job.id), self._jobs.put_job)

    def _advance(self) -> None:
        """Begin what may begin. The caller holds the lock."""
        if not self.is_open:
            return
        running = Counter(_queue_of(self._errands[id].job) for id in self._threads if id in self._errands)
        for id, errand in self._errands.items():
            queue = _queue_of(errand.job)
            if id in self._threads or (queue is not None and running[queue] >= self._most):
                continue
            running[queue] += 1
            self._threads[id] = Thread(target=self._do, args=(errand,), name=f"job {id}", daemon=True)
            self._threads[id].start()

    def _do(self, errand: Errand) -> None:
        try:
            errand.change(state=State.RUNNING, started_at=now())
            result = self._works[errand.job.kind](errand)
            self._end(errand, State.DONE, report=dict(result), done=errand.job.total)
        except Stopped:
            if self.is_open:
                self._end(errand, State.CANCELLED)
        except LimnerError as error:
            self._end(errand, State.FAILED, error=str(error), failure=error)
        except Exception as error:  # the boundary of the job: whoever waits must hear of it
            log.exception("Job %s failed.", errand.job.id)
            failure = Unavailable(say_unexpected(error))
            self._end(errand, State.FAILED, error=str(failure), failure=failure)
        finally:
            errand.clear()
            with self._lock:
                self._threads.pop(errand.job.id, None)
                self._advance()

    def _end(self, errand: Errand, state: State, failure: LimnerError | None = None, **values: Any) -> None:
        with self._lock:
            errand.failure = failure
            errand.change(state=state, ended_at=now(), **values)
            self._errands.pop(errand.job.id, None)

    def _end_closed(self, errand: Errand) -> None:
        """One that the closing of the workspace has stopped."""
        if errand.job.state.has_ended:
            return
        errand.failure = Unavailable("The workspace was closed.", hint=self._says(errand.job))
        if errand.job.kind in LASTING:
            errand.change(state=State.WAITING)
            errand.give_up()
        else:
            errand.change(state=State.FAILED, ended_at=now(), error="The server stopped while it ran.")

    def _says(self, job: Job) -> str:
        if job.kind in LASTING:
            return "It goes on when the workspace is served again."
        return f"`limner jobs resume {job.id}` does it again."


def _queue_of(job: Job) -> str | None:
    """Where it waits for its turn, None = it does not. People do not wait for what the server does by itself."""
    if job.kind in AT_ONCE:
        return None
    return "asked for" if job.is_asked_for else "by itself"

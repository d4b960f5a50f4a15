"""Jobs: long work that was asked for, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from limner.ports.catalog import AuditEntry


class Kind(StrEnum):
    IMPORT = "import"
    FOLD = "fold"
    EXPORT = "export"
    COMPACTION = "compaction"
    MODEL = "model"
    DECISION = "decision"
    PACKAGE = "package"
    TREND = "trend"
    PERSONAS = "personas"


SCHEDULE = "schedule"
"""The author of what nobody asked for."""


class State(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def has_ended(self) -> bool:
        return self not in (State.WAITING, State.RUNNING)


@dataclass(frozen=True, slots=True)
class Job:
    id: int
    """Given by the store; 0 = not kept yet."""
    kind: Kind
    who: str
    """Who asked for it; nobody for what the server does by itself."""
    subject: str
    """What it works on, in a few words."""
    request: str
    """Sealed: all that was asked for."""
    state: State
    asked_at: int
    """Microseconds UTC, as all instants here."""
    started_at: int | None = None
    ended_at: int | None = None
    doing: str = ""
    """What it is at, or was when it was last kept,"""
    done: int = 0
    """how far it got with that,"""
    total: int = 0
    """and how far there is to go; 0 = unknown."""
    position: int = 0
    """How many pieces of its work are in the workspace: it goes on after them."""
    report: Mapping[str, Any] = field(default_factory=dict)
    """What became of those pieces; of a job that is done, its result."""
    error: str | None = None
    """Why it failed."""

    @property
    def is_asked_for(self) -> bool:
        """Is there somebody who may be waiting for it?"""
        return self.who not in ("", SCHEDULE)


class Jobs(Protocol):
    def jobs(self, limit: int = 100, before: int | None = None) -> list[Job]:
        """The newest first; ``before``: only those with smaller ids."""
        ...

    def find_job(self, id: int) -> Job | None: ...

    def unended_jobs(self) -> list[Job]:
        """Those that wait or run, oldest first."""
        ...

    def add_job(self, job: Job, audit: Sequence[AuditEntry] = ()) -> Job:
        """Keep a new job and write the audit, all or nothing; the job with its id, greater than any given before."""
        ...

    def put_job(self, job: Job) -> None:
        """Change all of the job with this id."""
        ...

    def prune_jobs(self, keep: int) -> list[int]:
        """Forget jobs that have ended, but for the newest ones; which."""
        ...

"""The parts of a workspace: ports and a few settings, put together by `app`, used by `pipeline` and `workspace`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from limner.collect.contract import Contract
from limner.fold.dated import DatedColumns
from limner.identity.rules import Rules
from limner.model.reliability import Reliabilities
from limner.model.sighting import Unreadable
from limner.model.tracking import Tracking
from limner.ports.answers import Answers
from limner.ports.audiences import Audiences
from limner.ports.audit import Audit
from limner.ports.catalog import Catalog, Keys
from limner.ports.copies import Copies
from limner.ports.deliveries import Deliveries, Feed
from limner.ports.destinations import Destinations
from limner.ports.events import Events
from limner.ports.findings import Findings
from limner.ports.items import Items
from limner.ports.jobs import Jobs
from limner.ports.journal import Journal
from limner.ports.log import Log
from limner.ports.models import Models
from limner.ports.observations import Observations
from limner.ports.outbox import Outbox
from limner.ports.packages import Packages, Targets
from limner.ports.personas import Personas
from limner.ports.post import Post
from limner.ports.provider import Provider
from limner.ports.registry import Registry
from limner.ports.rejects import Rejects
from limner.ports.rows import Rows, Tables
from limner.ports.sandbox import Sandbox
from limner.ports.times import Names, Times
from limner.ports.users import Sessions, Users
from limner.ports.webhooks import Webhooks
from limner.ports.writer import Writer
from limner.timeline.timelines import Timelines
from limner.watch.arrivals import Arrivals
from limner.watch.violations import Violations


class Seen(Protocol):
    """What the data has shown so far."""

    def __call__(self, path: str) -> frozenset[str]:
        """The JSON types that make up a property: string, number, boolean (see `limner.model.sighting`)."""
        ...

    def look(self, paths: Iterable[str]) -> Mapping[str, frozenset[str]]:
        """The same for many at once, in one pass over the log; afterwards each is quick to ask for."""
        ...

    def count(self, paths: Iterable[str]) -> Mapping[str, Mapping[str, int]]:
        """How many values of each type they have."""
        ...

    def unreadable(self, paths: Iterable[str]) -> list[Unreadable]:
        """Of properties that are read as numbers: what does not convert."""
        ...

    def events(self) -> list[str]: ...

    def properties(self) -> list[str]: ...


class Erasure(Protocol):
    """Removes people from the log's file for good."""

    def erase(self, nodes: frozenset[int], fragments: frozenset[int]) -> int:
        """Remove these identifiers and all events of these fragments, leaving tombstones; how many events went."""
        ...


@dataclass(frozen=True, slots=True)
class Parts:
    folder: Path
    zone: str
    log: Log
    expect_appends: Callable[[], None]
    """Many small appends to the log are to come, and `tidy` after them: what they have to know of it is read now, some
    seconds of it."""
    tidy: Callable[[], None]
    """What the appends have left to be done is done, while nobody waits for them."""
    journal: Journal
    observations: Observations
    rejects: Rejects
    items: Items
    seen: Seen
    erasure: Erasure
    rows: Rows
    intake_rows: Rows
    """Another of the same, for the intake's thread."""
    tables: Tables
    dated: DatedColumns
    """What runs wrote of tags."""
    events: Events
    sandbox: Sandbox
    catalog: Catalog
    registry: Registry
    answers: Answers
    findings: Findings
    models: Models
    keys: Keys
    users: Users
    sessions: Sessions
    provider: Provider | None
    """Whom people may sign in with elsewhere."""
    times: Times
    names: Names
    webhooks: Webhooks
    audiences: Audiences
    destinations: Destinations
    packages: Packages
    targets: Targets
    personas: Personas
    open_writer: Callable[[], Writer]
    """DataError where the operator has configured none."""
    jobs: Jobs
    outbox: Outbox
    feed: Feed
    """The same, for those who follow it."""
    deliveries: Deliveries
    open_post: Callable[[], Post]
    copies: Copies
    audit: Audit
    timelines: Timelines
    arrivals: Arrivals
    violations: Violations
    rules: Rules
    reliabilities: Reliabilities
    """How far sources are believed to begin with."""
    contract: Contract
    """The tracking plan, made ready to check events."""
    threads: int
    break_off: Callable[[], None]
    """Whoever asks the log is interrupted, and refused from now on."""
    close: Callable[[], None]

    @property
    def tracking(self) -> Tracking:
        """The tracking plan as it holds now."""
        return self.contract.tracking

"""Deliveries: how far each destination has been told, what it must be told again, and what it would not take."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from limner.ports.outbox import Entry


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to a destination, with its history once a try has failed."""

    position: int
    """Of the entry in the outbox it tells of; an entry may take several letters,"""
    part: int
    """numbered 0, 1, ..."""
    customer: int
    body: bytes
    """The same at every try."""
    tries: int = 0
    """That failed."""
    since: int = 0
    """The first of them, µs UTC, as all instants here; 0 = there was none."""
    due: int = 0
    """Not to be tried again before."""
    reason: str = ""
    """Why the last try failed."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a destination has been told."""

    position: int
    """Every entry up to here is delivered, or its letters are kept as late or dead."""
    revision: int
    """Another whenever it is placed elsewhere, or letters come back from the dead."""
    failing_since: int | None = None
    """None = the last try went well."""
    reason: str | None = None
    """Why the last one did not."""
    delivered: int = 0
    """Letters accepted, ever."""
    delivered_at: int | None = None
    """When the last one was."""


@dataclass(frozen=True, slots=True)
class Step:
    """What has become of letters since the last step."""

    position: int
    late: Sequence[Letter] = ()
    """To be tried again; new ones, and those whose history has changed."""
    done: Sequence[tuple[int, int]] = ()
    """Position and part of late ones that were accepted after all."""
    dead: Sequence[Letter] = ()
    """Given up."""
    failing_since: int | None = None
    reason: str | None = None
    accepted: int = 0
    """Letters since the step before,"""
    accepted_at: int | None = None
    """and when the last of them was; None = there was none."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    id: int
    destination: str
    letter: Letter
    died_at: int


class Feed(Protocol):
    """The outbox as those see it who follow it."""

    @property
    def closed(self) -> bool:
        """Nothing more will be told: the server stops."""
        ...

    def read(self, after: int, limit: int) -> list[Entry]:
        """Entries past a position, ascending."""
        ...

    def span(self) -> tuple[int, int]:
        """The first position that is still kept, and the last that was given; 1 and 0 before any was."""
        ...

    def before(self, instant: int) -> int:
        """The last position of entries folded before an instant; one before the first kept if there is none."""
        ...

    def listen(self, notice: Callable[[], None]) -> Callable[[], None]:
        """Have ``notice`` called, from any thread, when entries were added; call the answer to end it."""
        ...

    def close(self) -> None:
        """Let everybody who listens go."""
        ...


class Deliveries(Protocol):
    def standing(self, destination: str) -> Standing | None:
        """None = it was never placed."""
        ...

    def place(self, destination: str, position: int, anew: bool = False) -> None:
        """Have it told of everything past the position, once more if need be; letters past it are forgotten. ``anew``:
        it is another one under the name: all letters are, and none was delivered."""
        ...

    def late(self, destination: str) -> list[Letter]:
        """Letters to be tried again, by position and part."""
        ...

    def keep(self, destination: str, revision: int, step: Step) -> bool:
        """Remember a step, all or nothing; False = the revision is another one by now, and nothing was done."""
        ...

    def dead(
        self, destination: str | None = None, limit: int = 100, before: tuple[int, int] | None = None
    ) -> list[DeadLetter]:
        """Letters that were given up, newest first, of one destination or of all. ``before``: those after this one in
        that order, by when it died and its id."""
        ...

    def revive(self, destination: str | None = None, id: int | None = None) -> int:
        """Make dead letters late again, all of them or those asked for; how many."""
        ...

    def counts(self) -> dict[str, tuple[int, int]]:
        """How many letters are late and how many dead, by destination."""
        ...

    def forget(self, customers: Collection[int]) -> int:
        """Remove for good whatever tells of these customers, entries too; how many entries and letters."""
        ...

"""What can go wrong between a client and a server that it sends to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Act(StrEnum):
    """What becomes of one request."""

    PASS = "pass"
    ANSWER = "answer"
    """Somebody on the way answers; the server hears nothing."""
    CUT_BEFORE = "cut before"
    """The connection breaks; the server hears nothing."""
    CUT_AFTER = "cut after"
    """The server stores it and answers; the connection breaks before the client hears."""
    KILL_READING = "kill reading"
    """The server dies as soon as it has been sent the request, and is started again."""
    KILL_ANSWERING = "kill answering"
    """The server dies after it has answered; the client never hears the answer."""


@dataclass(frozen=True, slots=True)
class Fault:
    title: str
    act: Act = Act.PASS
    times: int = 0
    """Requests it befalls, after the first, which passes."""
    status: int = 0
    retry_after: int | None = None
    """Seconds."""

    @property
    def stores(self) -> bool:
        """May the server have what the client thinks lost?"""
        return self.act in (Act.CUT_AFTER, Act.KILL_READING, Act.KILL_ANSWERING)


NONE = Fault("none")
REFUSED = Fault("500 × 3", Act.ANSWER, 3, 500)
LIMITED = Fault("429, Retry-After: 1 × 2", Act.ANSWER, 2, 429, 1)
BUSY = Fault("503, Retry-After: 1 × 2", Act.ANSWER, 2, 503, 1)
CUT_BEFORE = Fault("cut before the server × 2", Act.CUT_BEFORE, 2)
CUT_AFTER = Fault("cut before the answer × 2", Act.CUT_AFTER, 2)
KILL_READING = Fault("kill -9 while reading", Act.KILL_READING, 1)
KILL_ANSWERING = Fault("kill -9 before the answer", Act.KILL_ANSWERING, 1)
FAULTS = (NONE, REFUSED, LIMITED, BUSY, CUT_BEFORE, CUT_AFTER, KILL_READING, KILL_ANSWERING)

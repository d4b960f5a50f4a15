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
    acts: tuple[Act, ...] = ()
    """What befalls the requests after the first, which passes; later ones pass again."""
    status: int = 0
    """Of an answer."""
    retry_after: int | None = None
    """Seconds."""


NONE = Fault("none")
REFUSED = Fault("500 × 3", (Act.ANSWER,) * 3, 500)
LIMITED = Fault("429, Retry-After: 1 × 2", (Act.ANSWER,) * 2, 429, 1)
BUSY = Fault("503, Retry-After: 1 × 2", (Act.ANSWER,) * 2, 503, 1)
CUT_BEFORE = Fault("cut before the server × 2", (Act.CUT_BEFORE,) * 2)
CUT_AFTER = Fault("cut before the answer × 2", (Act.CUT_AFTER,) * 2)
KILL_READING = Fault("kill -9 while reading", (Act.KILL_READING,))
KILL_ANSWERING = Fault("kill -9 before the answer", (Act.KILL_ANSWERING,))
FAULTS = (NONE, REFUSED, LIMITED, BUSY, CUT_BEFORE, CUT_AFTER, KILL_READING, KILL_ANSWERING)
SHAKEN = Fault("503, then cut", (Act.ANSWER, Act.CUT_AFTER), 503, 1)
SHAKEN_AND_KILLED = Fault("503, then cut, then kill -9", (*SHAKEN.acts, Act.KILL_ANSWERING), 503, 1)
"""For the quick tests: the worst of them in one run."""

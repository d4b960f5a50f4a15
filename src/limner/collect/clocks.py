"""What the clocks of clients are off, told apart from how long their requests were kept before they came.

The difference between our receiving and ``sentAt`` is both together. A clock that is ahead shows by itself: nothing
arrives before it was sent. One that is behind looks like a request that was kept and sent again later, with the
``sentAt`` it had at first, as some clients, relays and proxies do. So a sender's requests are held against each other:

- one that agrees with our clock, or with what the sender's was off before, was just sent;
- one that took longer than that, by an hour at most, was kept, unless another, of a different ``sentAt``, was off by as
  much: then it is the clock, as what is sent again together was first sent at different times;
- of a sender not heard before it is the clock's, as Segment has it; but what was sent shortly before we began to listen
  was sent to the server that stood here before.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from limner.collect.segment import LONGEST_DELIVERY

LONGEST_RESTART = 30_000_000
"""Microseconds a server is away while it is started again."""
LONGEST_KEPT = 3_600_000_000
"""Microseconds in which a client that sends again gives up; a clock is easily set wrong by more."""
MOST_SENDERS = 100_000
"""Remembered, those heard last."""


@dataclass(slots=True)
class Heard:
    """Of one sender; microseconds."""

    off: int
    """How far its clock is behind ours, delivery included."""
    kept: tuple[int, int] | None = None
    """``sentAt`` and difference of its last request that seemed to have been kept."""


class Clocks:
    """Hears every request that says when it was sent, in the order of their coming."""

    def __init__(self, started: int, most: int = MOST_SENDERS) -> None:
        """``started``: when we began to listen, µs UTC."""
        self._started = started
        self._most = most
        self._heard: dict[Hashable, Heard] = {}

    def read_sent(self, sender: Hashable, received_at: int, sent_at: int | None) -> int | None:
        """When this try was sent, by the sender's own clock; ``sent_at`` unless the request was kept before."""
        if sent_at is None:
            return None
        difference = received_at - sent_at
        heard = self._heard.pop(sender, None)
        if heard is None:
            if sent_at < self._started and LONGEST_DELIVERY < difference <= LONGEST_RESTART:
                return received_at
            heard = Heard(difference)
            while len(self._heard) >= self._most:
                del self._heard[next(iter(self._heard))]
        self._heard[sender] = heard  # last in order
        later = difference - heard.off
        fresh = abs(difference) <= LONGEST_DELIVERY or not LONGEST_DELIVERY < later <= LONGEST_KEPT
        if fresh or is_steady(heard.kept, sent_at, difference):
            heard.off = difference
            return sent_at
        heard.kept = sent_at, difference
        return received_at - heard.off


def is_steady(before: tuple[int, int] | None, sent_at: int, difference: int) -> bool:
    """Was the request before off by as much, though it was sent at another time?"""
    if before is None:
        return False
    return abs(sent_at - before[0]) > LONGEST_DELIVERY >= abs(difference - before[1])

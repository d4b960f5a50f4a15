"""The journal: what clients sent and were told is safe, until the log has it.

A delivery is acknowledged once it is in the journal. The intake reads it from there into the log and then forgets it;
after a crash it reads again from the last place noted, which is harmless: events are known by their ids.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Protocol

import msgspec


class Kind(StrEnum):
    MESSAGES = "messages"
    """Lines are Segment messages; other protocols are put into that form before."""
    ITEMS = "items"
    """Lines are ``{"id", "attributes", "valid_from": µs or null}``."""
    REFUSED = "refused"
    """Lines are ``[reason, text]``: items that cannot become events, to be kept among the rejects."""
    ROWS = "rows"
    """Lines are JSON objects of a webhook, to be read with the mapping of its source."""


class Delivery(msgspec.Struct, frozen=True, array_like=True):
    """What one request brought from one source, in the order of the request."""

    kind: Kind
    source: str
    received_at: int
    """Microseconds UTC, by this machine's clock."""
    lines: tuple[bytes, ...]
    """A JSON value each, without line ends."""
    sent_at: int | None = None
    """Microseconds UTC by the client's clock when it sent this, the last time if it did so again; None = it did not
    say (each message may)."""
    ip: str | None = None
    user_agent: str | None = None
    mapping: str | None = None
    """Text of the mapping file for `Kind.ROWS`."""
    delivery_id: str | None = None
    """What a webhook's sender calls this delivery, the same at every try."""


class Journal(Protocol):
    """Positions are bytes written since the journal's beginning: they grow for ever."""

    def write(self, deliveries: Sequence[Delivery]) -> int:
        """Keep them durably and in this order, all or none; the position after them.

        Unavailable when the disk is full: nothing of them is kept then, and the journal works on once there is room.
        """
        ...

    def read(self, after: int) -> Iterator[tuple[Delivery, int]]:
        """What was written after this position, oldest first, each with the position after it."""
        ...

    def end(self) -> int:
        """The position after the last delivery."""
        ...

    def consumed(self) -> int:
        """The position noted last; 0 at first."""
        ...

    def note(self, position: int) -> None:
        """All before this position is in the log: it may be forgotten, and is not read again after a crash."""
        ...

    def forget(self) -> None:
        """Remove from the disk all that was noted as consumed."""
        ...

    def close(self) -> None: ...

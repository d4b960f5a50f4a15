"""The post: brings a body to an address on the network and says what was answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Answer:
    status: int | None
    """Of HTTP; None = there was no answer."""
    reason: str
    """In a few words, for whoever looks after it."""
    retry_after: float | None = None
    """Seconds, as the receiver asked for."""
    unreachable: bool = False
    """Nobody was reached at all: the next letter would not fare better."""


class Post(Protocol):
    async def send(self, url: str, headers: Mapping[str, str], body: bytes, allow_private: bool) -> Answer:
        """POST the body, following no redirect, and wait a bounded time. Failures of the network are answers too.

        Without ``allow_private`` only addresses of the public network are connected to.
        """
        ...

    async def close(self) -> None:
        """End the connections."""
        ...

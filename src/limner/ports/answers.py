"""Answers that were given to writes, so that the same request sent again gets the same answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Answer:
    caller: str
    """Id of the API key,"""
    key: str
    """and the `Idempotency-Key` it sent."""
    asked: str
    """SHA-256 of the request."""
    status: int
    sealed: str
    """Head and body, encrypted: some hold a secret."""
    at: int
    """Microseconds UTC."""


class Answers(Protocol):
    def find(self, caller: str, key: str) -> Answer | None:
        """None = there is none."""
        ...

    def keep(self, answer: Answer, since: int, most: int) -> None:
        """Keep it in place of the one with its caller and key. Forgets all from before ``since``, and the caller's
        oldest beyond ``most``."""
        ...

    def forget(self) -> None:
        """All of them."""
        ...

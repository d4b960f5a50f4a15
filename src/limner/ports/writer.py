"""A language model that writes texts, where the operator has configured one."""

from __future__ import annotations

from typing import Protocol


class Writer(Protocol):
    def write(self, instruction: str, material: str) -> str:
        """What it writes. Raises `Unavailable` when it cannot be reached or does not answer in time, `DataError` when
        its answer is none."""
        ...

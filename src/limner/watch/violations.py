"""Violations of the tracking plan, counted since the process began: what to mend first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from threading import Lock
from typing import Any

from limner.collect.contract import Breach

MOST = 10_000
"""Different ones that are told apart; names of unknown events are the senders', who may make up any number."""
OTHERS = "(others)"


@dataclass(frozen=True, slots=True)
class Violated:
    source: str
    event: str
    property: str
    fault: str
    events: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class Violations:
    """Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[Breach] = Counter()

    def note(self, found: Mapping[Breach, int]) -> None:
        with self._lock:
            for breach, events in found.items():
                if breach not in self._counts and len(self._counts) >= MOST:
                    source, _, _, fault = breach
                    breach = (source, OTHERS, "*", fault)  # noqa: PLW2901
                self._counts[breach] += events

    def list(self, source: str | None = None) -> list[Violated]:
        """The most frequent first."""
        with self._lock:
            counts = self._counts.most_common()
        return [Violated(*breach, events) for breach, events in counts if source in (None, breach[0])]

"""What is done again and again by itself: once its time has come, and not too soon after it failed."""

from __future__ import annotations

from collections.abc import Hashable
from time import monotonic

from limner.model.fold import Span


def is_over(every: Span | None, last: int | None, instant: int) -> bool:
    """Has the time between two of these gone by? None is never; what was not done yet is due at once."""
    return every is not None and (last is None or last + every.micros <= instant)


class Cooldown:
    """Leaves what failed alone for a while."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._failed: dict[Hashable, float] = {}
        """When it was that it failed."""

    def waits(self, what: Hashable) -> bool:
        """Did it fail lately?"""
        return what in self._failed and self._failed[what] + self._seconds > monotonic()

    def note_failure(self, what: Hashable) -> None:
        self._failed[what] = monotonic()

    def forget(self, what: Hashable) -> None:
        """It went well."""
        self._failed.pop(what, None)

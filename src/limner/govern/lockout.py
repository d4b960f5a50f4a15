"""Who guesses passwords waits: longer each time, by the name that is tried and by the address it comes from."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from time import monotonic

FREE_OF_NAME, FREE_OF_ADDRESS = 5, 20
"""Failures in a row that cost nothing: people mistype, and many share an address."""
SHORTEST, LONGEST = 5.0, 900.0
"""Seconds of waiting: doubled with each failure, and bounded, so that nobody can shut another out for good."""
FORGOTTEN = 3600.0
"""Seconds without a failure after which all begin anew."""
MOST = 10_000
"""Names and addresses remembered; those that failed longest ago are forgotten first."""


@dataclass(slots=True)
class _Count:
    failures: int
    at: float
    free: int

    @property
    def over_at(self) -> float:
        beyond = self.failures - self.free
        return self.at + min(SHORTEST * 2**beyond, LONGEST) if beyond >= 0 else self.at


class Lockout:
    """In memory: a restart forgets it, which whoever guesses cannot bring about. Safe to share between threads."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._counts: OrderedDict[tuple[str, str], _Count] = OrderedDict()

    def wait(self, name: str, address: str) -> float:
        """Seconds until a try may be made; 0 = now. Names nobody has wait as others do, and so tell nothing."""
        with self._lock:
            now = self._clock()
            found = [self._counts.get(each) for each in _both(name, address)]
            return max([0.0, *(count.over_at - now for count in found if count is not None)])

    def note_failure(self, name: str, address: str) -> None:
        with self._lock:
            now = self._clock()
            for each, free in zip(_both(name, address), (FREE_OF_NAME, FREE_OF_ADDRESS), strict=True):
                known = self._counts.pop(each, None)
                before = 0 if known is None or now - known.at > FORGOTTEN else known.failures
                self._counts[each] = _Count(before + 1, now, free)
            while len(self._counts) > MOST:
                self._counts.popitem(last=False)

    def note_success(self, name: str, address: str) -> None:
        """The name begins anew. The address does not: one password that is known must not buy guesses at others."""
        with self._lock:
            self._counts.pop(_both(name, address)[0], None)


def _both(name: str, address: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("name", name[:200].casefold()), ("address", address)

"""Writes that are done once, however often they are sent: the same key gets the answer it got.

As the IETF's draft on the Idempotency-Key header field has it. Kept for a day, sealed, and bounded per caller. What
failed did nothing and is not kept: sent again, it is tried again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from limner.errors import Conflict, DataError, LimnerError, Unavailable
from limner.govern.seal import Seal
from limner.model.clock import now
from limner.ports.answers import Answer, Answers

DAY = 24 * 3600 * 1_000_000
"""Microseconds for which an answer is kept."""
MOST = 1000
"""Answers per caller."""
LARGEST = 256 * 1024
"""Characters of an answer that is kept; no write says as much."""
LONGEST = 255

log = logging.getLogger(__name__)


class Reused(Conflict):
    """A key that was sent before with another request."""

    code = "reused"


class Once:
    """Safe to share between threads; one per process, which is the only writer."""

    def __init__(self, answers: Answers, seal: Seal, clock: Callable[[], int] = now) -> None:
        self._answers = answers
        self._seal = seal
        self._clock = clock
        self._lock = Lock()
        self._working: set[tuple[str, str]] = set()

    def find(self, caller: str, key: str, asked: str) -> tuple[int, str] | None:
        """Status and text of the answer that was given; None = it was never asked. Raises `Reused`."""
        kept = self._answers.find(caller, key)
        if kept is None or kept.at < self._clock() - DAY:
            return None
        if kept.asked != asked:
            raise Reused(f"The key {key} came with another request before.", hint="Use a new one for every request.")
        try:
            return kept.status, self._seal.open(kept.sealed)
        except Unavailable:  # sealed with a key that is gone
            return None

    @contextmanager
    def working(self, caller: str, key: str) -> Iterator[None]:
        """Raises `Conflict` while the same is being worked on."""
        with self._lock:
            if (caller, key) in self._working:
                raise Conflict(f"The request with the key {key} is being worked on.", hint="Ask again in a moment.")
            self._working.add((caller, key))
        try:
            yield
        finally:
            with self._lock:
                self._working.discard((caller, key))

    def keep(self, caller: str, key: str, asked: str, status: int, text: str) -> None:
        """Keep an answer. The work is done: that it cannot be kept is no reason to say otherwise."""
        if len(text) > LARGEST:
            return
        try:
            instant = self._clock()
            answer = Answer(caller, key, asked, status, self._seal.close(text), instant)
            self._answers.keep(answer, instant - DAY, MOST)
        except LimnerError as error:
            log.warning("An answer is not kept: %s", error)


def check_key(key: str) -> str:
    """Raises `DataError`.

    >>> check_key("8e03978e-40d5-43dd-bc93-6894a57f9324")
    '8e03978e-40d5-43dd-bc93-6894a57f9324'
    """
    if not key.strip() or len(key) > LONGEST or not key.isprintable():
        raise DataError("Idempotency-Key is no key.", hint=f"Give 1 to {LONGEST} characters, such as a UUID.")
    return key

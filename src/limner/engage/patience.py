"""What an answer means for a letter, and how long to wait before the next try."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from limner.ports.deliveries import Letter
from limner.ports.post import Answer

SECOND = 1_000_000
"""Of the clock: microseconds."""
GONE = 410
"""The status of who wants to be told no more: the letter waits until somebody enables the destination."""
NOT_NOW = frozenset({408, 409, GONE, 425, 429})
"""Statuses that say: the same is welcome later. All others of their hundred say that it never is."""


class Verdict(Enum):
    ACCEPTED = auto()
    LATER = auto()
    NEVER = auto()


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long. Times in seconds."""

    first: float = 1.0
    """Before the second try; it doubles with every other,"""
    longest: float = 3600.0
    """up to here."""
    rest: float = 300.0
    """As long at most a destination is left in peace where nothing gets through."""
    tries: int = 50
    """A letter is dead after so many,"""
    hours: float = 24.0
    """or when its first try is so long ago."""

    def delay(self, tries: int, chance: Callable[[], float], longest: float | None = None) -> float:
        """Seconds after so many failed tries; ``chance`` (0..1) keeps many who wait from coming back as one."""
        grown = self.first * 2.0 ** min(tries - 1, 30)
        return min(grown, self.longest if longest is None else longest) * (0.5 + chance() / 2)

    def is_over(self, letter: Letter, now: int) -> bool:
        """After a failed try that the letter counts already."""
        return letter.tries >= self.tries or now - letter.since >= self.hours * 3600 * SECOND


def judge(answer: Answer) -> Verdict:
    """What is to become of the letter.

    >>> judge(Answer(204, "")), judge(Answer(404, "")), judge(Answer(429, "")), judge(Answer(None, "timed out"))
    (<Verdict.ACCEPTED: 1>, <Verdict.NEVER: 3>, <Verdict.LATER: 2>, <Verdict.LATER: 2>)
    """
    if answer.status is not None and 200 <= answer.status < 300:
        return Verdict.ACCEPTED
    if answer.status is not None and 400 <= answer.status < 500 and answer.status not in NOT_NOW:
        return Verdict.NEVER
    return Verdict.LATER


def concerns_all(answer: Answer) -> bool:
    """Does a failure say something of the destination rather than of the letter?"""
    return answer.unreachable or answer.status == 429 or (answer.status == 503 and answer.retry_after is not None)

"""The bucket against a plain simulation that counts tokens."""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from threading import Barrier, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.govern.keys import SECOND, RateLimit

EXACT = st.sampled_from([0.5, 1, 2, 4, 10, 100, 1000])
"""Rates whose tokens take whole nanoseconds."""
TAKES = st.lists(st.tuples(st.integers(0, 3 * SECOND), st.integers(0, 50)), max_size=40)
"""Nanoseconds since the one before, and tokens."""


class Clock:
    def __init__(self) -> None:
        self.instant = 5

    def __call__(self) -> int:
        return self.instant


class Bucket:
    """The slow twin: tokens, filled by the time that passed."""

    def __init__(self, rate: float) -> None:
        self.rate = Fraction(rate)
        self.size = max(self.rate, Fraction(1))
        self.tokens = self.size

    def pass_time(self, nanoseconds: int) -> None:
        self.tokens = min(self.size, self.tokens + self.rate * Fraction(nanoseconds, SECOND))

    def take(self, count: int) -> Fraction:
        missing = min(Fraction(count), self.size) - self.tokens
        if missing > 0:
            return missing / self.rate
        self.tokens -= count
        return Fraction(0)


@given(EXACT, TAKES)
def test_it_does_what_a_bucket_of_tokens_does(rate: float, takes: list[tuple[int, int]]) -> None:
    clock, bucket = Clock(), Bucket(rate)
    limit = RateLimit(clock)
    for passed, count in takes:
        clock.instant += passed
        bucket.pass_time(passed)
        assert limit.take("k", count, rate) == pytest.approx(float(bucket.take(count)), abs=1e-9)


@given(st.floats(0.001, 1_000_000), st.lists(st.tuples(st.integers(0, 3 * SECOND), st.integers(1, 500)), max_size=40))
def test_in_the_long_run_the_rate_is_kept(rate: float, takes: list[tuple[int, int]]) -> None:
    """What passed before the last batch fits into a full bucket and the time since."""
    clock = Clock()
    limit, began, passed = RateLimit(clock), clock.instant, 0
    for since, count in takes:
        clock.instant += since
        if limit.take("k", count, rate) == 0:
            assert passed <= max(rate, 1) + rate * (clock.instant - began) / SECOND + 1e-3
            passed += count


@given(st.floats(0.001, 1_000_000), st.integers(1, 10_000))
def test_after_the_wait_it_passes(rate: float, count: int) -> None:
    clock = Clock()
    limit = RateLimit(clock)
    assert limit.take("k", ceil(max(rate, 1)) + count, rate) == 0  # and leaves a debt
    wait = limit.take("k", count, rate)
    assert wait > 0
    clock.instant += round(wait * SECOND) + 1
    assert limit.take("k", count, rate) <= wait * 1e-9


def test_a_refusal_takes_nothing() -> None:
    clock = Clock()
    limit = RateLimit(clock)
    assert limit.take("k", 10, 10) == 0
    assert [limit.take("k", 10, 10) for _ in range(5)] == [1.0] * 5
    clock.instant += SECOND
    assert limit.take("k", 10, 10) == 0


def test_keys_do_not_share_and_no_rate_is_no_limit() -> None:
    limit = RateLimit(Clock())
    assert limit.take("a", 10, 10) == 0
    assert limit.take("b", 10, 10) == 0
    assert [limit.take("c", 1_000_000, None) for _ in range(3)] == [0, 0, 0]


def test_threads_together_get_no_more_than_one_would() -> None:
    limit, passed, start = RateLimit(Clock()), [], Barrier(4)

    def take() -> None:
        start.wait()
        passed.extend(1 for _ in range(500) if limit.take("k", 1, 1000) == 0)

    threads = [Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) == 1000

"""Whether a request was kept, or its sender's clock is off."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.collect.clocks import Clocks

SECOND = 1_000_000
NOW = 1_795_364_502 * SECOND
DAY = 86_400


def hear(*requests: tuple[float, float], started: float = -DAY) -> list[float]:
    """Requests of one sender, (received, sent), in seconds from now: when each try was sent."""
    clocks = Clocks(NOW + int(started * SECOND))
    found = []
    for received, sent in requests:
        told = clocks.read_sent("one", NOW + int(received * SECOND), NOW + int(sent * SECOND))
        assert told is not None
        found.append((told - NOW) / SECOND)
    return found


@pytest.mark.parametrize("off", [-365 * DAY, -600, -6, -1, 0, 3, 6, 600, 3600, 20 * 365 * DAY])
def test_a_clock_that_is_off_is_believed_from_the_first_request_on(off: float) -> None:
    requests = [(at, at - off) for at in (0, 1, 2, 60, 3600)]
    assert hear(*requests) == [sent for _, sent in requests]


@pytest.mark.parametrize("off", [-600, 0, 600])
@pytest.mark.parametrize("kept", [6, 60, 3600])
def test_a_request_that_was_kept_counts_as_sent_when_it_came(off: float, kept: float) -> None:
    assert hear((0, -off), (100 + kept, 100 - off))[1] == 100 + kept - off


def test_nothing_is_kept_for_over_an_hour() -> None:
    assert hear((0, 0), (100, 100 - 3601), (200, 200 - 3601)) == [0, 100 - 3601, 200 - 3601]


def test_many_that_were_kept_come_at_once() -> None:
    waiting = [(600.0 + n / 10, 10.0 * n) for n in range(50)]
    assert hear((0, 0), *waiting)[1:] == [received for received, _ in waiting]


def test_the_same_request_comes_again_and_again() -> None:
    assert hear((0, 0), (20, 10), (30, 10), (50, 10), (90, 10)) == [0, 20, 30, 50, 90]


def test_a_clock_that_is_set_is_believed_from_its_second_request_on() -> None:
    behind = [(at, at - 600) for at in (10.0, 20.0, 30.0)]
    assert hear((0, 0), *behind) == [0, 10, -580, -570]
    assert hear((0, 600), (10, 610), (20, 20), (30, 30)) == [600, 610, 20, 30]  # put right: at once


def test_what_was_sent_to_the_server_before_this_one_was_kept() -> None:
    assert hear((1, -7), started=0) == [1]
    assert hear((1, -7), (2, 2), (9, 3), started=0) == [1, 2, 9]
    assert hear((40, 33), started=0) == [33]  # sent to this one: its clock
    assert hear((1, -600), started=0) == [-600]  # nobody is away so long


def test_one_who_does_not_say_when_is_not_heard() -> None:
    assert Clocks(NOW).read_sent("one", NOW, None) is None


def test_senders_are_told_apart_and_those_heard_last_remembered() -> None:
    clocks = Clocks(NOW, most=2)
    for sender in ("a", "b", "a", "c"):
        clocks.read_sent(sender, NOW, NOW)
    late = {sender: clocks.read_sent(sender, NOW + 60 * SECOND, NOW) for sender in ("a", "c", "b")}
    assert late == {"a": NOW + 60 * SECOND, "c": NOW + 60 * SECOND, "b": NOW}


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(-(10**6), 10**6)), max_size=30))
def test_no_try_was_sent_before_its_request_said(requests: list[tuple[int, int]]) -> None:
    """Keeping a request can only make it later."""
    for (_, sent), told in zip(requests, hear(*requests), strict=True):
        assert told >= sent

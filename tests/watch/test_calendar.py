"""The calendar says of random events what counting them one by one says, however they come in."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from limner.model.clock import local_day, read_instant
from limner.ports.times import Passed
from limner.watch.calendar import DAYS, Calendar

ZONE = "America/New_York"
"""Its days of 23 and 25 hours are in the window."""
NOW = read_instant("2026-11-12T15:00:00", ZONE)
DAY = 86_400_000_000


class Log:
    """The port Times over arrays."""

    def __init__(self, time: np.ndarray, fragment: np.ndarray) -> None:
        self.time, self.fragment, self.age = time, fragment, 0

    def generation(self) -> int:
        return self.age

    def passed(self, after: int, until: int) -> Iterator[Passed]:
        for begin in range(after, until, 7):
            part = slice(begin, min(begin + 7, until))
            yield Passed(self.time[part], self.fragment[part])


def count_by_hand(log: Log, until: int, placement: np.ndarray, now: int) -> dict[str, object]:
    owner = placement[log.fragment[:until]]
    rows = [(local_day(int(at), ZONE), int(at), int(who)) for at, who in zip(log.time[:until], owner)]
    today = local_day(now, ZONE)
    days = range(today - DAYS + 1, today + 1)
    first = {}
    for day, _, who in sorted(rows, key=lambda row: row[1]):
        first.setdefault(who, day)
    return {
        "events": [sum(day == one for day, _, _ in rows) for one in days],
        "active": [len({who for day, _, who in rows if day == one and who >= 0}) for one in days],
        "new": [sum(day == one for who, day in first.items() if who >= 0) for one in days],
        "active_customers": len({who for day, _, who in rows if day in days and who >= 0}),
        "total": until,
    }


@pytest.mark.parametrize("seed", range(5))
def test_it_agrees_with_counting(seed: int) -> None:
    random = np.random.default_rng(seed)
    time = NOW - random.integers(-DAY // 2, 45 * DAY, 400)
    log = Log(time, random.integers(0, 60, 400).astype(np.int32))
    placement = random.integers(-1, 25, 60).astype(np.int32)
    calendar = Calendar(log, ZONE)
    for until, now in ((50, NOW), (50, NOW), (300, NOW + 3600), (300, NOW + DAY), (400, NOW + 3 * DAY)):
        told, counted = calendar.look(until, placement, now), count_by_hand(log, until, placement, now)
        assert {name: getattr(told, name) for name in counted} == {
            name: tuple(value) if isinstance(value, list) else value for name, value in counted.items()
        }


def test_nothing_has_happened_and_an_erasure_is_followed() -> None:
    log = Log(np.array([NOW, NOW]), np.array([0, 1], np.int32))
    calendar = Calendar(log, ZONE)
    nothing = calendar.look(0, np.zeros(0, np.int32), NOW)
    assert (nothing.total, nothing.latest, nothing.active_customers) == (0, None, 0)
    assert calendar.look(2, np.array([0, 1], np.int32), NOW).active[-1] == 2
    log.fragment, log.time, log.age = log.fragment[:1], log.time[:1], 1
    assert calendar.look(1, np.array([0], np.int32), NOW).events[-1] == 1

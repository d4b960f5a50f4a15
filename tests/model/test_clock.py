"""Instants are told as the calendar of their zone has them, whatever was told before."""

from __future__ import annotations

import random

import pytest

from limner.model.clock import EPOCH, iso_time, local_day, local_time, now

ZONES = ("Asia/Shanghai", "America/St_Johns", "Asia/Kathmandu", "Africa/Monrovia", "Australia/Lord_Howe")
TURN = 1_130_634_060_000_000
"""In St. John's, at one minute after midnight, an hour came twice; so did the day before."""


@pytest.mark.parametrize("zone", ZONES)
def test_times_and_days_are_those_of_the_calendar(zone: str) -> None:
    chance = random.Random(zone)
    around = [TURN + shift for shift in (-1, 0, 1, -60_000_000, 3_540_000_000)]
    instants = [chance.randrange(-(10**15), 4 * 10**15) for _ in range(500)] + around
    instants += [instant - instant % 1_000_000 for instant in instants]
    for instant in instants * 2:
        moment = local_time(instant, zone)
        assert iso_time(instant, zone) == moment.isoformat()
        assert local_day(instant, zone) == moment.toordinal() - EPOCH.toordinal()


def test_now_is_now() -> None:
    first, second = now(), now()
    assert first <= second < first + 60_000_000
    assert iso_time(first, "UTC")[:2] == "20"

"""Schedules, against their plain meaning."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from limner.audiences.schedule import check_schedule, next_time
from limner.errors import DataError

SUNDAY = int(datetime(2026, 11, 29, 12, tzinfo=UTC).timestamp()) * 1_000_000


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("30 2 * * *", "2026-11-29T18:30:00+00:00"),
        ("0 9 * * 1-5", "2026-11-30T01:00:00+00:00"),
        ("0 9 * * 0", "2026-12-06T01:00:00+00:00"),
        ("0 9 * * 7", "2026-12-06T01:00:00+00:00"),
        ("0 9 * * 6,7", "2026-12-05T01:00:00+00:00"),
        ("0 9 * * mon", "2026-11-30T01:00:00+00:00"),
        ("*/20 * * * *", "2026-11-29T12:20:00+00:00"),
        ("0 0 1 * *", "2026-11-30T16:00:00+00:00"),
    ],
)
def test_the_next_time_is_that_of_cron(schedule: str, expected: str) -> None:
    found = next_time(schedule, SUNDAY, "Asia/Shanghai")
    assert found is not None
    assert datetime.fromtimestamp(found / 1e6, UTC).isoformat() == expected


def test_a_day_that_is_skipped_by_the_clock_has_its_turn() -> None:
    before = int(datetime(2026, 3, 29, 0, 30, tzinfo=UTC).timestamp()) * 1_000_000
    found = next_time("30 2 * * *", before, "Europe/Berlin")  # 2:30 does not exist on this night
    assert found is not None
    assert before < found < before + 26 * 3600 * 1_000_000


@pytest.mark.parametrize("text", ["", "x", "* * * *", "61 * * * *", "0 0 * * 9", "0 0 30 2 * *", "a b c d e"])
def test_what_is_no_schedule_is_said_with_an_example(text: str) -> None:
    with pytest.raises(DataError, match=r"30 2 \* \* \*"):
        check_schedule(text, "UTC")

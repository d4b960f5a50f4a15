from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from limner.demo.rhythm import RHYTHMS, make_calendar, peak_weight
from limner.demo.world import load_world, stream


@pytest.mark.parametrize(
    ("until", "start"),
    [
        (date(2026, 11, 20), date(2025, 10, 21)),
        (date(2026, 3, 31), date(2025, 3, 1)),
        (date(2026, 1, 15), date(2024, 12, 16)),
        (date(2026, 12, 31), date(2025, 12, 1)),
    ],
)
def test_thirteen_months_end_with_until(until: date, start: date) -> None:
    calendar = make_calendar(load_world(), until)
    assert calendar.start == start
    assert calendar.days == (until - start).days + 1


def test_shopping_year() -> None:
    ordinary = peak_weight(date(2026, 4, 15))
    assert peak_weight(date(2026, 11, 11)) > peak_weight(date(2026, 6, 18)) > 5 * ordinary
    assert peak_weight(date(2026, 2, 5)) > ordinary > peak_weight(date(2026, 2, 17))  # before and on New Year's Day


def test_days_stay_in_their_span_and_lean_as_bent() -> None:
    calendar = make_calendar(load_world(), date(2026, 9, 30))
    count = 4000
    rows = np.full(count, 2 * RHYTHMS)
    low, high = np.full(count, 50), np.full(count, 250)
    means = []
    for bend in (0.6, 1.0, 2.0):
        days = calendar.draw_days(stream(1, "test"), rows, low, high, np.full(count, bend))
        assert days.min() >= 50
        assert days.max() < 250
        means.append(days.mean())
    assert means[0] + 10 < means[1] < means[2] - 10


def test_hours_follow_the_preferred_period() -> None:
    world = load_world()
    calendar = make_calendar(world, date(2026, 9, 30))
    for number, (name, hours) in enumerate(world.periods.items()):
        days = np.full(3000, 100)
        times = calendar.draw_times(stream(2, name), days, np.full(3000, number))
        drawn = (times - calendar.origin) // 3_600_000 - 100 * 24
        assert 0 <= drawn.min() <= drawn.max() <= 23
        assert np.isin(drawn, hours).mean() > 0.62

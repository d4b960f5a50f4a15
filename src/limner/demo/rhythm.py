"""When the shop is busy: the Chinese shopping year, working days and week-ends, hours of the day.

Times are milliseconds of the local clock (Asia/Shanghai, which has had no summer time since 1991) since 1970.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from limner.demo.world import SENSITIVITIES, Floats, Ints, World, shares

DAY = 86_400_000
MONTHS = 13

SPRING_FESTIVALS = {
    2023: date(2023, 1, 22), 2024: date(2024, 2, 10), 2025: date(2025, 1, 29), 2026: date(2026, 2, 17),
    2027: date(2027, 2, 6), 2028: date(2028, 1, 26), 2029: date(2029, 2, 13), 2030: date(2030, 2, 3),
}  # fmt: skip

PEAKS: tuple[tuple[tuple[int, int], tuple[int, int], float], ...] = (
    ((1, 1), (1, 1), 1.7),  # New Year's Day
    ((3, 6), (3, 8), 1.9),  # 38节
    ((5, 20), (5, 20), 1.6),  # 520
    ((6, 1), (6, 1), 2.2),
    ((6, 2), (6, 16), 1.4),
    ((6, 17), (6, 17), 2.4),
    ((6, 18), (6, 18), 6.0),  # 618
    ((6, 19), (6, 20), 1.5),
    ((10, 1), (10, 7), 1.2),
    ((10, 31), (11, 1), 3.0),  # double 11 opens with the deposits
    ((11, 2), (11, 9), 1.6),
    ((11, 10), (11, 10), 3.0),
    ((11, 11), (11, 11), 9.0),  # double 11
    ((11, 12), (11, 13), 1.4),
    ((12, 12), (12, 12), 2.6),
)
"""First day, last day, how many times an ordinary day."""

ORDER_DRAW, BROWSE_DRAW = 0, len(SENSITIVITIES)
"""Orders follow the peaks more the more sensitive to prices somebody is (0 low, 1 mid, 2 high); browsing less."""
PEAK_POWER = (0.85, 1.0, 1.25, 0.6)
RHYTHMS = len(PEAK_POWER)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The 13 months of the shop. Days are numbered from 0 = ``start``."""

    start: date
    until: date
    """The last day, included."""
    cumulative: Floats
    """(personas x rhythms, days + 1): weight of all days before."""
    hour_chances: Floats
    """(parts of the day + 1, 24): chances of hours for who prefers that part; the last row is the whole shop's."""

    @property
    def days(self) -> int:
        return (self.until - self.start).days + 1

    @property
    def origin(self) -> int:
        """Local milliseconds at the beginning of day 0."""
        return (self.start - date(1970, 1, 1)).days * DAY

    @property
    def end(self) -> int:
        """Local milliseconds at the end of the last day."""
        return self.origin + self.days * DAY

    def draw_days(self, rng: np.random.Generator, row: Ints, low: Ints, high: Ints, bend: Floats) -> Ints:
        """A day in [low, high) each, by the weights of ``row`` = persona * RHYTHMS + rhythm.

        ``bend`` over 1 leans towards the end of the span (growing), under 1 towards its beginning (fading).
        """
        place = rng.random(len(row)) ** (1 / bend)
        days = np.empty(len(row), dtype=np.int64)
        for number in np.unique(row):
            mine = np.flatnonzero(row == number)
            weights = self.cumulative[number]
            floor = weights[low[mine]]
            target = floor + place[mine] * (weights[high[mine]] - floor)
            days[mine] = np.searchsorted(weights, target, side="right") - 1
        clipped: Ints = np.clip(days, low, high - 1)
        return clipped

    def draw_times(self, rng: np.random.Generator, days: Ints, period: Ints) -> Ints:
        """An instant on each day, two out of three in the preferred part of the day."""
        row = np.where(rng.random(len(days)) < 0.62, period, len(self.hour_chances) - 1)
        hours = np.empty(len(days), dtype=np.int64)
        for number, chances in enumerate(self.hour_chances):
            mine = np.flatnonzero(row == number)
            hours[mine] = np.searchsorted(np.cumsum(chances)[:-1], rng.random(len(mine)), side="right")
        times: Ints = self.origin + days * DAY + hours * 3_600_000 + rng.integers(0, 3_600_000, len(days))
        return times


def make_calendar(world: World, until: date) -> Calendar:
    """13 months that end with the day ``until``."""
    month = (until.year * 12 + until.month - 1) - MONTHS
    start = _clamped(month // 12, month % 12 + 1, until.day) + timedelta(days=1)
    days = [start + timedelta(days=i) for i in range((until - start).days + 1)]
    peaks = np.array([peak_weight(day) for day in days])
    weekend = np.array([day.weekday() >= 5 for day in days])
    trend = np.linspace(0.9, 1.1, len(days))
    rows = [
        peaks**power * trend * np.where(weekend, facts["weekend"], 1.0)
        for facts in world.persona_facts
        for power in PEAK_POWER
    ]
    cumulative = np.concatenate([np.zeros((len(rows), 1)), np.cumsum(np.array(rows), axis=1)], axis=1)
    preferred = np.zeros((len(world.periods), 24))
    for row, hours in enumerate(world.periods.values()):
        preferred[row, hours] = world.day_curve[hours]
    return Calendar(start, until, cumulative, np.concatenate([shares(preferred), world.day_curve[None, :]]))


def peak_weight(day: date) -> float:
    """How many times an ordinary day's orders this one has.

    >>> peak_weight(date(2025, 11, 11)), peak_weight(date(2025, 4, 15))
    (9.0, 1.0)
    """
    for first, last, weight in PEAKS:
        if first <= (day.month, day.day) <= last:
            return weight
    festival = SPRING_FESTIVALS.get(day.year, date(day.year, 2, 5))
    until = (festival - day).days
    if 4 <= until <= 20:
        return 1.9  # 年货节: everybody stocks up, then the couriers go home
    return 0.4 if -5 <= until < 4 else 1.0


def _clamped(year: int, month: int, day: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return min(date(year, month, 1) + timedelta(days=day - 1), following - timedelta(days=1))

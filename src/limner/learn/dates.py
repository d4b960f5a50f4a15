"""From which past instants a model looks: all at the end of a local day, so that a horizon is whole days after it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from limner.learn.contract import Dates
from limner.model.clock import local_time, to_micros

WEEK = 7


def end_of_day(day: datetime, zone: str) -> int:
    """The last µs of a local day."""
    following = datetime.combine(day.date() + timedelta(days=1), time(), ZoneInfo(zone))
    return to_micros(following) - 1


def shift_days(instant: int, days: int, zone: str) -> int:
    """The end of the local day so many days after the instant's own (before it, if negative)."""
    return end_of_day(local_time(instant, zone) + timedelta(days=days), zone)


def day_known(last: int, zone: str) -> int:
    """The end of the last local day that data reaching to ``last`` has whole."""
    whole = shift_days(last, 0, zone)
    return whole if whole == last else shift_days(last, -1, zone)


def days_between(first: int, last: int, zone: str) -> int:
    return (local_time(last, zone).date() - local_time(first, zone).date()).days


def plan_dates(first: int, last: int, horizon: int, zone: str, most: int, every: int | None = None) -> Dates:
    """The test looks from the last day whose outcome is known; training from days whose outcomes were known by then.

    ``horizon`` and ``every`` in days. Days begin once there is as much history as the horizon is long, where there is:
    before, features would know hardly anything.

    >>> day = 86_400_000_000
    >>> found = plan_dates(0, 400 * day - 1, 30, "UTC", 3)
    >>> [round(one / day) for one in found.train], round(found.test / day)
    ([280, 310, 340], 370)
    """
    known = day_known(last, zone)
    test = shift_days(known, -horizon, zone)
    step = every or max(min(horizon, WEEK), horizon // 2 if horizon < 2 * WEEK else min(horizon, 30))
    begin = min(horizon, max(1, days_between(first, test, zone) // 3))
    earliest = shift_days(first, begin, zone)
    train = [shift_days(test, -horizon - step * place, zone) for place in range(most)]
    kept = sorted(instant for instant in train if instant >= earliest)
    return Dates(tuple(kept), test if test > first else None)

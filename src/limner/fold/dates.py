"""Local dates and instants: where a local day begins, what a date in a definition or a text means."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from limner.model.clock import EPOCH
from limner.model.fold import Span

HOUR = 3_600_000_000
DAY = 24 * HOUR
MICROSECOND = timedelta(microseconds=1)
FIRST_DAY = date.min.toordinal() - EPOCH.toordinal()
LAST_DAY = date.max.toordinal() - EPOCH.toordinal()
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")

_zone = cache(ZoneInfo)


@lru_cache(maxsize=4096)
def start_of_day(day: int, zone: str) -> int:
    """The first instant (µs UTC) of a local day; days beyond the calendar are clipped to it.

    >>> start_of_day(0, "Asia/Shanghai") == -8 * HOUR
    True
    """
    # The first and last days are left out: their midnight may lie outside the calendar in UTC.
    ordinal = min(max(day, FIRST_DAY + 1), LAST_DAY - 1) + EPOCH.toordinal()
    midnight = datetime.combine(date.fromordinal(ordinal), datetime.min.time(), _zone(zone))
    return (midnight - EPOCH) // MICROSECOND


def day_of(moment: date) -> int:
    """Days since 1970-01-01 of a calendar date."""
    return moment.toordinal() - EPOCH.toordinal()


@lru_cache(maxsize=65_536)
def read_moment(text: str, zone: str) -> tuple[int, int] | None:
    """First and last instant (µs UTC) of a date or an ISO instant; None if the text is neither.

    A bare date is the whole local day; an instant without an offset is in the zone.
    """
    try:
        if DATE.fullmatch(text):
            day = day_of(date.fromisoformat(text))
            return start_of_day(day, zone), start_of_day(day + 1, zone) - 1
        moment = datetime.fromisoformat(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=_zone(zone))
        instant = (aware - EPOCH) // MICROSECOND
    except (ValueError, OverflowError):
        return None
    return instant, instant


def shift_back(instant: int, days: int, zone: str) -> int:
    """The same wall clock that many local days earlier."""
    local = (EPOCH + timedelta(microseconds=instant)).astimezone(_zone(zone))
    try:
        earlier = local.replace(tzinfo=None) - timedelta(days=days)
        return (earlier.replace(tzinfo=_zone(zone), fold=local.fold) - EPOCH) // MICROSECOND
    except OverflowError:
        return start_of_day(FIRST_DAY, zone)


def micros(span: Span) -> int:
    """Exact length of a span of hours."""
    return span.length * HOUR

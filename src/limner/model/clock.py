"""Instants (µs UTC since 1970) in the workspace's zone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from time import time_ns
from zoneinfo import ZoneInfo

from limner.errors import DataError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST, LAST = datetime(2, 1, 1, tzinfo=UTC), datetime(9998, 12, 31, tzinfo=UTC)
"""Instants that people may give: the days around them are in the calendar, in every zone."""
DECODED = re.compile(r"(T.*\d) (\d\d:?\d\d)")
"""A time whose offset lost its plus sign: in a URL, where it was not written %2B, it is a blank."""
SECOND = 1_000_000
WHOLE = len("1970-01-01T08:00:00")
_zone = cache(ZoneInfo)


def local_time(instant: int, zone: str) -> datetime:
    """The instant as an aware datetime of the zone."""
    return (EPOCH + timedelta(microseconds=instant)).astimezone(_zone(zone))


def local_day(instant: int, zone: str) -> int:
    """Local days since 1970-01-01.

    >>> local_day(0, "Asia/Shanghai"), local_day(16 * 3600 * 1_000_000, "Asia/Shanghai")
    (0, 1)
    """
    return _day_of_second(instant // SECOND, zone)


def iso_time(instant: int, zone: str) -> str:
    """ISO 8601 with the zone's offset.

    >>> iso_time(0, "Asia/Shanghai")
    '1970-01-01T08:00:00+08:00'
    """
    second, micros = divmod(instant, SECOND)
    text = _iso_second(second, zone)
    return f"{text[:WHOLE]}.{micros:06}{text[WHOLE:]}" if micros else text


@lru_cache(maxsize=4096)
def _iso_second(second: int, zone: str) -> str:
    """Kept: whoever reads now reads in the same second as others, and offsets change between seconds only."""
    return datetime.fromtimestamp(second, _zone(zone)).isoformat()


@lru_cache(maxsize=64)
def _day_of_second(second: int, zone: str) -> int:
    return local_time(second * SECOND, zone).toordinal() - EPOCH.toordinal()


def to_micros(instant: datetime) -> int:
    """An aware datetime as µs UTC."""
    return (instant - EPOCH) // timedelta(microseconds=1)


def now() -> int:
    """This instant. Only doors ask for it: a fold is told its as_of."""
    return time_ns() // 1_000


def read_instant(text: str | datetime | date | int, zone: str) -> int:
    """An instant as people give it: ISO 8601, in the zone where it names none; a bare date is its local midnight.

    >>> read_instant("1970-01-01", "Asia/Shanghai"), read_instant("1970-01-01T08:00:01", "Asia/Shanghai")
    (-28800000000, 1000000)
    """
    if isinstance(text, int):
        return text
    if isinstance(text, str):
        try:
            moment = datetime.fromisoformat(DECODED.sub(r"\1+\2", text.strip()))
        except ValueError:
            raise DataError(
                f"{text!r} is no instant.", hint="Give ISO 8601, such as 2026-11-01 or 2026-11-01T12:00:00+08:00."
            ) from None
    else:
        moment = text if isinstance(text, datetime) else datetime.combine(text, time())
    moment = moment if moment.tzinfo else moment.replace(tzinfo=_zone(zone))
    if not FIRST <= moment <= LAST:
        raise DataError(f"{text!r} is out of the calendar.", hint=f"Years go from {FIRST.year} to {LAST.year}.")
    return to_micros(moment)


def local_midnight(instant: int, zone: str) -> int:
    """The midnight that began the instant's local day."""
    return _midnight_of_second(instant // SECOND, zone)


@lru_cache(maxsize=64)
def _midnight_of_second(second: int, zone: str) -> int:
    return to_micros(datetime.combine(local_time(second * SECOND, zone).date(), time(), _zone(zone)))

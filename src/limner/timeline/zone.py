"""Local days and hours of instants, in bulk: zoneinfo asked once per change of offset instead of once per event."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

HOUR = 3_600_000_000
DAY = 24 * HOUR
FIRST_YEAR, LAST_YEAR = 1960, 2110
STEP = timedelta(days=7)
"""No zone has changed its offset twice within a week since 1960."""


@lru_cache(maxsize=16)
def find_offsets(zone: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Instants (µs UTC) from which an offset (µs) holds, ascending; the first one holds since ever."""
    info = ZoneInfo(zone)
    instant, end = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC), datetime(LAST_YEAR, 1, 1, tzinfo=UTC)
    starts, offsets = [np.iinfo(np.int64).min], [offset_at(info, instant)]
    while instant < end:
        following = instant + STEP
        if offset_at(info, following) != offsets[-1]:
            change = find_change(info, instant, following)
            starts.append(to_micros(change))
            offsets.append(offset_at(info, change))
        instant = following
    return np.array(starts), np.array(offsets)


def offset_at(info: ZoneInfo, instant: datetime) -> int:
    offset = instant.astimezone(info).utcoffset()
    assert offset is not None, "an aware datetime has an offset"
    return offset // timedelta(microseconds=1)


def find_change(info: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The first whole second in (low, high] that has high's offset."""
    after = offset_at(info, high)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=1) // 2)
        low, high = (low, middle) if offset_at(info, middle) == after else (middle, high)
    return high


def to_micros(instant: datetime) -> int:
    return (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def local_micros(times: npt.NDArray[np.int64], zone: str) -> npt.NDArray[np.int64]:
    starts, offsets = find_offsets(zone)
    local: npt.NDArray[np.int64] = times + offsets[np.searchsorted(starts, times, side="right") - 1]
    return local


def local_days(times: npt.NDArray[np.int64], zone: str) -> npt.NDArray[np.int32]:
    """Local calendar days since 1970-01-01 (int32) of instants in µs UTC."""
    return (local_micros(times, zone) // DAY).astype(np.int32)


def local_hours(times: npt.NDArray[np.int64], zone: str) -> npt.NDArray[np.int8]:
    """Local hours 0..23 (int8) of instants in µs UTC."""
    return (local_micros(times, zone) % DAY // HOUR).astype(np.int8)

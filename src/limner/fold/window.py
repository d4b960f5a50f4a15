"""A window as limits on local days and instants, at a given as_of."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import NamedTuple

from limner.fold.comparison import HIGHEST, NULL
from limner.fold.dates import HOUR, day_of, shift_back
from limner.model import clock
from limner.model.fold import Window

local_day = lru_cache(maxsize=1024)(clock.local_day)
OPEN = NULL
"""No lower limit."""


class Limits(NamedTuple):
    """All inclusive. Time <= as_of holds besides. ``days`` and ``micros`` count from the anchor, 0 = no such limit."""

    first_day: int = OPEN
    last_day: int = HIGHEST
    first: int = OPEN
    last: int = HIGHEST
    days: int = 0
    micros: int = 0


def limits_of(window: Window, as_of: int, zone: str) -> Limits:
    """What a window means at ``as_of`` (µs UTC)."""
    within, before = window.within, window.before
    if window.between is not None:
        return Limits(first_day=day_of(window.between[0]), last_day=day_of(window.between[1]))
    if window.anchor is not None:
        if within is None:
            return Limits()
        return Limits(days=within.length) if within.unit == "d" else Limits(micros=within.length * HOUR)
    end, last_day, last = as_of, HIGHEST, HIGHEST
    if before is not None and before.unit == "h":
        end = last = as_of - before.length * HOUR
    elif before is not None:
        end = shift_back(as_of, before.length, zone)
        last_day = local_day(as_of, zone) - before.length
    if within is None:
        return Limits(last_day=last_day, last=last)
    if within.unit == "h":
        return Limits(first=end - within.length * HOUR + 1, last=end)
    day = local_day(end, zone) if last_day == HIGHEST else last_day
    return Limits(first_day=day - within.length + 1, last_day=last_day, last=last)


def is_hourly(window: Window) -> bool:
    """May it mean something else later on the same day?"""
    hourly = window.within is not None and window.within.unit == "h"
    return window.anchor is None and window.between is None and (hourly or window.before is not None)


limits_of_day = lru_cache(maxsize=1024)(limits_of)
"""Of a window that is not hourly, at the midnight that began the day."""


def hull_of(windows: Sequence[Window], chosen: AbstractSet[int]) -> int:
    """Which window holds all rows of the chosen ones; -1 if only all time is known to."""
    if len(chosen) == 1:
        (only,) = chosen
        return -1 if windows[only] == Window() else only
    lengths = {i: within for i in chosen if (within := windows[i].within) and windows[i] == Window(within)}
    if len(lengths) < len(chosen) or len({within.unit for within in lengths.values()}) != 1:
        return -1
    return max(lengths, key=lambda i: lengths[i].length)

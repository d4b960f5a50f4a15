"""When something is done by itself: the five fields of cron, in a zone."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from limner.errors import DataError

WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
EXAMPLE = "Write minute, hour, day, month and weekday, such as '30 2 * * *' for half past two every night."
MICROS = 1_000_000


def check_schedule(text: str, zone: str) -> None:
    """Raises DataError unless these are the five fields of cron, and some instant meets them."""
    _trigger(text, zone)


def next_time(text: str, after: int, zone: str) -> int | None:
    """The first instant (µs UTC) past ``after`` that a schedule names; None = never again.

    >>> next_time("30 2 * * *", 0, "UTC") // 1_000_000
    9000
    """
    moment = datetime.fromtimestamp(after // MICROS + 1, ZoneInfo(zone))
    found = _trigger(text, zone).get_next_fire_time(None, moment)
    return None if found is None else int(found.timestamp()) * MICROS


def _trigger(text: str, zone: str) -> CronTrigger:
    fields = text.split()
    if len(fields) != 5:
        raise DataError(f"{text[:100]!r} is no schedule.", hint=EXAMPLE)
    minute, hour, day, month, weekday = fields
    try:
        named = re.sub(r"(?<![/\d])\d+(?:-\d+)?", _name_days, weekday)
        return CronTrigger(minute=minute, hour=hour, day=day, month=month, day_of_week=named, timezone=ZoneInfo(zone))
    except (ValueError, LookupError) as error:
        raise DataError(f"{text[:100]!r} is no schedule: {error}.", hint=EXAMPLE) from None


def _name_days(found: re.Match[str]) -> str:
    """Cron counts from Sunday, 0 or 7; the trigger counts from Monday, but knows names."""
    first, _, last = found[0].partition("-")
    days = range(int(first), int(last or first) + 1)
    if not days or days[-1] > 7:
        raise ValueError(f"{found[0]} is no weekday")
    return ",".join(WEEKDAYS[day % 7] for day in days)

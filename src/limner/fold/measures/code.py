"""What the kernel switches on."""

from __future__ import annotations

from enum import IntEnum


class Code(IntEnum):
    """Measures in families by what they write."""

    # One int64, or one code.
    COUNT = 0
    SUM = 1
    FIRST = 2
    LAST = 3
    LOWEST = 4
    HIGHEST = 5
    DISTINCT = 6
    DAYS = 7
    STREAK = 8
    FIRST_DAY = 9
    LAST_DAY = 10
    # One double.
    AVG = 11
    MEDIAN = 12
    INTERVAL = 13
    SHARE = 14
    # A value and its confidence.
    TOP = 15
    TRAIT = 16
    # As many as there are.
    LIST = 17
    TALLY = 18
    CLAIMS = 19
    # A row of counts.
    HOURS = 20
    WEEKDAYS = 21


class Operation(IntEnum):
    """What an event does to a trait it carries; a deletion does it to all."""

    SET = 0
    SET_ONCE = 1
    ADD = 2
    IGNORE = 3
    UNSET = 4
    DELETE = 5

"""Measures: one readable kernel each, grouped by family.

All of them see one customer and one *series*: the rows that a selection and a property's presence leave, in timeline
order, as ``rows`` (row numbers of the slice) with ``values`` (the property's int64, or a text's code) and ``weights``.
A window is a range of it: ``low <= j < high``. They allocate nothing; scratch arrays are as long as the longest
timeline.
"""

from enum import IntEnum


class Code(IntEnum):
    """What the kernel switches on, in families by what they write."""

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
    # A row of counts.
    HOURS = 19
    WEEKDAYS = 20

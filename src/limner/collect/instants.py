"""Reading times: SQL that turns the texts and numbers people write into instants (µs UTC).

Read are ISO 8601 with or without an offset (``2026-11-22T10:00:00.5+08:00``), ``2026/11/22 10:00``, ``2026.11.22``,
``2026年11月22日 10时05分``, ``20261122``, ``20261122100500``, epoch seconds, milliseconds and microseconds,
``12/1/2010 8:26`` once the order of day and month is known, and, in Excel files, serial dates. Times without an offset
are local to ``$zone``; in the hour a clock skips or repeats, they are what ICU makes of them: the offset before the
gap, the later of the two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

DAY_FIRST = "day first"
MONTH_FIRST = "month first"

EARLIEST = "TIMESTAMPTZ '1971-01-01 00:00:00+00'"
"""Anything before is a clock that was never set."""
AHEAD_MICROSECONDS = 24 * 3600 * 1_000_000
"""Events further ahead than this are rejects."""

_SLASHED = re.compile(r"\s*(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})(?!\d)")
_SLASHED_SQL = r"^\d{{1,2}}[/.\-]\d{{1,2}}[/.\-]\d{{{}}}(\D|$)"
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p")
_EXCEL_EPOCH = "TIMESTAMP '1899-12-30'"


def read_text(text: str, order: str | None = None, serials: bool = False) -> str:
    """SQL: TIMESTAMPTZ or null from ``text``, an SQL name of a text column. ``order``: `DAY_FIRST` or `MONTH_FIRST`."""
    digits = f"CASE WHEN {text}[1] BETWEEN '0' AND '9' THEN"
    with_offset = f"(contains({text}[11:], '+') OR contains({text}[11:], '-') OR {text}[-1:] > '9')"
    usual = f"{digits} CASE WHEN {with_offset} THEN try_cast({text} AS TIMESTAMPTZ) ELSE {_local(text)} END END"
    others = [usual]
    if order:
        others.insert(0, _slashed(text, order))
    if serials:
        others.append(_serial(text))
    clean = _western(text)
    others.append(_number(text))
    others.append(
        f"CASE WHEN {clean}[1] BETWEEN '0' AND '9' THEN coalesce({_local(clean)}, try_cast({clean} AS TIMESTAMPTZ)) END"
    )
    return f"coalesce({', '.join(others)})"


def read_format(text: str) -> str:
    """SQL: TIMESTAMPTZ or null from a text column, written as ``$format`` (strptime) says."""
    return f"timezone($zone, try_strptime({text}, $format))"


def order_of_day(texts: Iterable[str]) -> tuple[str | None, bool]:
    """Whether the day or the month comes first in dates such as 12/1/2010, and whether there are such dates at all.

    >>> order_of_day(["12/1/2010 8:26", "12/13/2010 9:00"])
    ('month first', True)
    >>> order_of_day(["12/1/2010"])
    (None, True)
    """
    first = second = 0
    slashed = False
    for text in texts:
        match = _SLASHED.match(text)
        if match:
            slashed = True
            first, second = max(first, int(match[1])), max(second, int(match[2]))
    if (first > 12) == (second > 12):
        return None, slashed
    return (DAY_FIRST if first > 12 else MONTH_FIRST), slashed


def _local(text: str) -> str:
    return f"timezone($zone, try_cast({text} AS TIMESTAMP))"


def _slashed(text: str, order: str) -> str:
    day_and_month = "%d/%m" if order == DAY_FIRST else "%m/%d"
    even = f"regexp_replace(trim({text}), '^(\\d+)[/.\\-](\\d+)[/.\\-]', '\\1/\\2/')"
    read = {}
    for year in ("%Y", "%y"):
        formats = ", ".join(f"'{day_and_month}/{year}{clock}'" for clock in _CLOCKS)
        read[year] = f"timezone($zone, try_strptime({even}, [{formats}]))"
    return (
        f"CASE WHEN regexp_matches(trim({text}), '{_SLASHED_SQL.format(4)}') THEN {read['%Y']} "
        f"WHEN regexp_matches(trim({text}), '{_SLASHED_SQL.format(2)}') THEN {read['%y']} END"
    )


def _number(text: str) -> str:
    """Dates and epochs written in digits alone, told apart by their length and size."""
    value = f"try_cast({text} AS DOUBLE)"
    epoch = (
        f"CASE WHEN abs({value}) < 1e11 THEN {value} * 1e6 WHEN abs({value}) < 1e14 THEN {value} * 1e3 "
        f"WHEN abs({value}) < 1e17 THEN {value} END"
    )
    return (
        f"CASE WHEN regexp_full_match({text}, '(19|20)\\d{{6}}') THEN timezone($zone, try_strptime({text}, '%Y%m%d')) "
        f"WHEN regexp_full_match({text}, '(19|20)\\d{{12}}') "
        f"THEN timezone($zone, try_strptime({text}, '%Y%m%d%H%M%S')) "
        f"WHEN regexp_full_match({text}, '\\d{{9,17}}(\\.\\d+)?') THEN make_timestamptz(CAST({epoch} AS BIGINT)) END"
    )


def _serial(text: str) -> str:
    """Excel's days since 1899-12-30, rounded to the millisecond as Excel shows them."""
    days = f"try_cast({text} AS DOUBLE)"
    return (
        f"CASE WHEN {days} BETWEEN 1 AND 2958465 "
        f"THEN timezone($zone, {_EXCEL_EPOCH} + to_milliseconds(CAST(round({days} * 86400000) AS BIGINT))) END"
    )


def _western(text: str) -> str:
    """Full-width and Chinese writing as ISO: 2026年11月22日 10时05分 → 2026-11-22 10:05."""
    plain = f"trim(translate({text}, '０１２３４５６７８９：／－年月时點点分　', '0123456789:/---:::: '))"
    spaced = f"replace(replace({plain}, '日', ' '), '秒', '')"
    dotted = f"regexp_replace({spaced}, '^(\\d{{4}})\\.(\\d{{1,2}})\\.(\\d{{1,2}})', '\\1-\\2-\\3')"
    offset = f"regexp_replace({dotted}, '\\s+([+-]\\d)', '\\1')"
    hour = f"regexp_replace({offset}, '^(\\S+)\\s+(\\d{{1,2}}):?$', '\\1 \\2:00')"
    return f"rtrim(regexp_replace({hour}, '\\s+', ' ', 'g'), ': ')"


def check_range(time: str, text: str, what: str) -> list[tuple[str, str]]:
    """SQL: conditions and reasons to reject a time: unreadable, before 1971, or over 24 hours later than ``$now``."""
    shown = f"coalesce(to_json({text}[:80]), 'null')"
    return [
        (f"{time} IS NULL", f"'{what} ' || {shown} || ' cannot be read as a time'"),
        (f"{time} < {EARLIEST}", f"'{what} ' || {shown} || ' is before 1971'"),
        (
            f"epoch_us({time}) > $now + {AHEAD_MICROSECONDS}",
            f"'{what} ' || {shown} || ' is over 24 hours in the future'",
        ),
    ]

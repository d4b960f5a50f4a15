"""Lists in pages: ``next`` of a page is the cursor of the one after it, null on the last."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

from fastapi import Query

from limner.errors import DataError

T = TypeVar("T")
Limit = Annotated[int, Query(ge=1, le=1000, description="How many at most.")]
Large = Annotated[int, Query(ge=1, le=10_000, description="How many at most.")]
"""Of lists that a page of the console needs whole."""
Cursor = Annotated[str | None, Query(description="`next` of the page before.", max_length=1000)]
USUAL = 1000
"""A page, unless asked otherwise: most lists are one."""


def cut_page(name: str, items: Sequence[T], limit: int, cursor: str | None, key: Callable[[T], str]) -> dict[str, Any]:
    """``{name: items after the cursor's, "next"}``. The order is by when things came, and a cursor remembers its item:
    what comes or goes meanwhile moves nobody to another page. Raises `DataError`."""
    start = 0
    if cursor is not None:
        position, last = _read(cursor)
        keys = [key(item) for item in items]
        # An item that is gone left its place to the one after it.
        start = keys.index(last) + 1 if last in keys else min(position, len(items))
    page = items[start : start + limit]
    more = start + limit < len(items)
    return {name: page, "next": _write(start + limit - 1, key(page[-1])) if more else None}


def close_page(name: str, found: Sequence[T], limit: int, key: Callable[[T], str]) -> dict[str, Any]:
    """``{name: ..., "next"}`` of up to ``limit`` items and one more, if there is one: then the last shown, as its key,
    is the cursor of the page after it."""
    return {name: found[:limit], "next": key(found[limit - 1]) if len(found) > limit else None}


def read_numbers(cursor: str | None, count: int = 1) -> tuple[int, ...] | None:
    """A cursor that is numbers with dots between them. Raises `DataError`."""
    if cursor is None:
        return None
    numbers = cursor.split(".")
    if len(numbers) != count or not all(number.isdecimal() and len(number) < 19 for number in numbers):
        raise refuse(cursor)
    return tuple(map(int, numbers))


def refuse(cursor: str) -> DataError:
    return DataError(f"{cursor[:100]!r} is no cursor.", hint="Give the `next` of the page before.")


def _write(position: int, last: str) -> str:
    return base64.urlsafe_b64encode(f"{position}.{last}".encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[int, str]:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        position, _, last = text.partition(".")
        return max(0, int(position)), last
    except (binascii.Error, ValueError):
        raise refuse(cursor) from None

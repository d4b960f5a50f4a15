"""Items of 神策's protocol: what one JSON object holds that means anything here, and what is wrong with it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NoReturn

import msgspec

from limner.collect.faults import DEEPEST, NOT_JSON, measure_depth
from limner.errors import DataError

_SECONDS = 100_000_000_000
"""Less are no milliseconds: those would be before March 1973."""
_LATEST = 253_402_300_799_999
"""Milliseconds UTC of the end of the year 9999."""


class Item(msgspec.Struct, rename={"track_id": "_track_id", "flush_time": "_flush_time"}):
    """An event, a change of a profile, or an item of goods. Members not named here are left out."""

    type: str
    event: str | None = None
    time: int | float | str | None = None
    """Milliseconds UTC."""
    distinct_id: Any = None
    login_id: Any = None
    anonymous_id: Any = None
    original_id: Any = None
    """The anonymous id that signs up."""
    identities: dict[str, Any] | None = None
    properties: dict[str, Any] | None = None
    lib: dict[str, Any] | None = None
    item_type: str | None = None
    item_id: str | int | None = None
    track_id: str | int | float | None = None
    flush_time: Any = None
    """Milliseconds by the client's clock when it sent this: another one at every try."""


_DEEP = f"{NOT_JSON}: nested deeper than {DEEPEST} levels"
_ITEMS = msgspec.json.Decoder(Item)
_NULL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def read_item(text: bytes) -> Item:
    """DataError with the reason when it is no item."""
    try:
        item = _ITEMS.decode(text)
    except msgspec.ValidationError as error:
        raise DataError(_explain_shape(text, str(error))) from error
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise DataError(_explain_syntax(text, error)) from error
    if text.count(b"[") + text.count(b"{") > DEEPEST and measure_depth(text.decode("utf-8", "replace")) > DEEPEST:
        raise DataError(_DEEP)
    if b"\\u0000" in text and _NULL.search(text):
        raise DataError("it holds a null byte")
    return item


def read_time(value: float | str | None) -> int:
    """Microseconds UTC of a time in milliseconds, or in seconds as its size tells. DataError."""
    if value is None:
        raise DataError("it has no time")
    try:
        number = int(value) if isinstance(value, str) else value
    except ValueError as error:
        raise DataError("its time is no number of milliseconds") from error
    if not 0 <= number <= _LATEST:
        raise DataError("its time is not within the years 1970 to 9999")
    return int(number * (1_000_000 if number < _SECONDS else 1000))


def write_time(instant: int) -> str:
    """
    >>> write_time(1_795_364_573_738_000)
    '2026-11-22T16:22:53.738Z'
    """
    second, rest = divmod(instant, 1_000_000)
    fraction = f"{rest:06d}" if rest % 1000 else f"{rest // 1000:03d}"
    return f"{_write_second(second)}.{fraction}Z"


@lru_cache(4096)
def _write_second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).isoformat()[:19]


def _explain_shape(text: bytes, error: str) -> str:
    if "required field `type`" in error:
        return "it is encrypted: turn the encryption of the client off" if b'"ekey"' in text else "it has no type"
    return error.replace("`$.", "`").replace("Expected", "expected")


def _explain_syntax(text: bytes, error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8"
    try:
        json.loads(text.decode(), parse_constant=_refuse)
    except RecursionError:
        return _DEEP
    except ValueError as reason:
        return f"{NOT_JSON}: {reason}"
    return f"{NOT_JSON}: it holds half a surrogate pair"


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a JSON number")

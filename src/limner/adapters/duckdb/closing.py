"""Closing connections that others may be using, and what those are told."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import wraps
from inspect import isfunction, isgeneratorfunction
from typing import Any, TypeVar

import duckdb

from limner.errors import Closed

BREATH = 0.005
"""Seconds before whoever still uses it is interrupted again."""
BROKEN_OFF = (duckdb.InterruptException, duckdb.ConnectionException)
T = TypeVar("T")


def close_used(connection: duckdb.DuckDBPyConnection, interrupt: Callable[[], None]) -> None:
    """Close a connection and its cursors. DuckDB closes nothing that is in use: who uses it is interrupted, and waited
    for."""
    while True:
        try:
            connection.close()
            return
        except duckdb.ResourceInUseException:
            interrupt()
            time.sleep(BREATH)


def tells_of_closing(kind: type[T]) -> type[T]:
    """A class whose methods raise `Closed` when what they ask is interrupted or closed meanwhile."""
    for name, method in list(vars(kind).items()):
        if isfunction(method) and (name == "__call__" or not name.startswith("_")):
            setattr(kind, name, _telling(method))
    return kind


def _telling(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def tell(*given: Any, **named: Any) -> Any:
        try:
            return method(*given, **named)
        except BROKEN_OFF as error:
            raise Closed from error

    @wraps(method)
    def tell_each(*given: Any, **named: Any) -> Iterator[Any]:
        try:
            yield from method(*given, **named)
        except BROKEN_OFF as error:
            raise Closed from error

    return tell_each if isgeneratorfunction(method) else tell

"""The one door to numba: what becomes machine code, when, and where it is kept. It runs without Python's lock, unless
that would take longer to get back than the work takes.

Without a writable cache directory (a read-only install without a home) every process compiles anew.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Timer
from typing import Any, TypeVar, cast

import numba
from numba import types

F = TypeVar("F", bound=Callable[..., Any])
Int = Any
"""An int64 inside kernels, where Python's and numpy's are one."""
Word = Any
"""A uint64 inside kernels, an int outside."""
Real = Any
"""A float64 inside kernels."""
Flag = Any
"""A truth inside kernels."""
LONG = 2.0
"""Seconds of compiling after which that is said."""
INT64: Any = types.int64
VOID: Any = types.void
INT32: Any = types.int32
UINT8: Any = types.uint8
UINT32: Any = types.uint32
UINT64: Any = types.uint64
BYTES: Any = types.Bytes(UINT8, 1, "C", readonly=True)


def array(kind: Any) -> Any:
    """The type of an array without gaps that may be written to."""
    return kind[::1]


def record(fields: Any) -> Any:
    """The type of a named tuple of int64, as an argument of an entry."""
    named: Any = types.NamedUniTuple
    return named(INT64, len(fields._fields), fields)


def inner(function: F) -> F:
    """A part of a kernel: compiled when an entry that calls it is."""
    return cast(F, numba.njit(nogil=True)(function))


def inlined(function: F) -> F:
    """A part that has no call of its own: one that is small and often called, or one that has a single caller.

    It is merged before types are worked out; a part that is compiled by itself is optimised again in every caller.
    """
    return cast(F, numba.njit(nogil=True, inline="always")(function))


def kernel(function: F) -> F:
    """A kernel that calls no part of another file, compiled on its first call. Integers and arrays only inside."""
    return _compile(function)


def entry(signature: Any, *parts: str, brief: bool = False) -> Callable[[F], F]:
    """A kernel made of many parts: one fixed signature, compiled at import or loaded from numba's cache.

    ``parts``: patterns of the files beside the function's own that its parts are in. ``brief``: it takes microseconds,
    and keeps Python's lock.
    """

    def compile_entry(function: F) -> F:
        # numba looks only at the file of the function itself to tell whether its cache is stale; so the name of the
        # cache file carries a digest of all of them.
        function.__qualname__ = f"{function.__qualname__}-{digest(Path(function.__code__.co_filename), parts)}"
        with _told_if_long():
            return _compile(function, signature, nogil=not brief)

    return compile_entry


def _compile(function: F, signature: Any = None, nogil: bool = True) -> F:
    """Without a signature: for the types it is called with, when it is."""
    try:
        return cast(F, numba.njit(signature, nogil=nogil, cache=True)(function))
    except (RuntimeError, OSError):  # no cache locator, or its disk is full
        return cast(F, numba.njit(signature, nogil=nogil)(function))


def digest(own: Path, parts: tuple[str, ...]) -> str:
    """Of a kernel's file, of those of its parts, and of this one."""
    files = [Path(__file__), own, *sorted(path for pattern in parts for path in own.parent.glob(pattern))]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


@contextmanager
def _told_if_long() -> Iterator[None]:
    """Whoever waits should know what for: a cached kernel is there at once, compiling takes half a minute."""
    timer = Timer(LONG, _tell)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@cache
def _tell() -> None:
    logging.getLogger("limner").warning("Compiling the kernels: once per installation, half a minute to a minute.")

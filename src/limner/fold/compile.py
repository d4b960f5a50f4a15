"""The one door to numba: what becomes machine code, when, and where it is kept."""

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
Real = Any
"""A float64 inside kernels."""
Flag = Any
"""A truth inside kernels."""
KERNELS = ("batch.py", "call.py", "compile.py", "kernel.py", "memory.py", "rows.py", "scan.py", "measures/*.py")
"""Files that become machine code."""


LONG = 2.0
"""Seconds of compiling after which that is said."""
INT64: Any = types.int64
VOID: Any = types.void


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


def entry(signature: Any) -> Callable[[F], F]:
    """A kernel Python calls: one fixed signature, compiled at import or loaded from numba's cache.

    Without a writable cache directory it is compiled anew in every process.
    """

    def compile_entry(function: F) -> F:
        # numba looks only at the file of the function itself to tell whether its cache is stale; the parts are in
        # other files, so the name of the cache file carries a digest of all of them.
        function.__qualname__ = f"{function.__qualname__}-{_digest()}"
        with _told_if_long():
            try:
                return cast(F, numba.njit(signature, nogil=True, cache=True)(function))
            except (RuntimeError, OSError):  # no cache locator, or its disk is full
                return cast(F, numba.njit(signature, nogil=True)(function))

    return compile_entry


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


@cache
def _digest() -> str:
    digest = hashlib.sha256()
    for pattern in KERNELS:
        for path in sorted(Path(__file__).parent.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]

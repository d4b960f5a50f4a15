"""Compiled kernels: one decorator, so that every kernel releases the GIL and is cached on disk where it can be."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., object])


def kernel(function: F) -> F:
    """Compile on first call, without the GIL. Integer and array code only: no Python objects inside.

    Numba refuses to cache when it finds no writable directory (a read-only install without a home); the kernel is
    then compiled anew by each process.
    """
    try:
        return cast(F, numba.njit(nogil=True, cache=True)(function))
    except RuntimeError:
        return cast(F, numba.njit(nogil=True)(function))

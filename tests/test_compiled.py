from __future__ import annotations

from typing import Any

import numba
import pytest

from limner.compiled import kernel


def test_without_a_cache_directory_kernels_are_compiled_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    real = numba.njit

    def refuse_cache(*args: Any, cache: bool = False, **options: Any) -> Any:
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return real(*args, **options)

    monkeypatch.setattr(numba, "njit", refuse_cache)

    @kernel
    def double(number: int) -> int:
        return number * 2

    assert double(21) == 42

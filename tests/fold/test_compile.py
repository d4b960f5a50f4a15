"""Kernels run without a cache directory too; a change of any of their files makes old machine code stale."""

from __future__ import annotations

from typing import Any

import numba
import pytest

from limner.fold import compile as module
from limner.fold.compile import entry
from limner.fold.kernel import fold_customers


def test_without_a_cache_directory_an_entry_is_compiled_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    real = numba.njit

    def refuse_cache(*args: Any, cache: bool = False, **options: Any) -> Any:
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return real(*args, **options)

    monkeypatch.setattr(numba, "njit", refuse_cache)

    @entry("int64(int64)")
    def double(number: int) -> int:
        return number * 2

    assert double(21) == 42


def test_the_name_of_the_machine_code_carries_all_its_sources() -> None:
    assert module._digest() in fold_customers.py_func.__qualname__  # type: ignore[attr-defined]
    files = {path.name for pattern in module.KERNELS for path in module.Path(module.__file__).parent.glob(pattern)}
    assert {"kernel.py", "rows.py", "scan.py", "totals.py", "series.py", "memory.py", "call.py"} <= files

"""Kernels run without a cache directory too; a change of any of their files makes old machine code stale."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import pytest

from limner.compiled import digest, entry, kernel
from limner.fold.kernel import PARTS, fold_customers


@pytest.mark.parametrize("compile", [kernel, entry("int64(int64)")])
def test_without_a_cache_directory_kernels_are_compiled_all_the_same(
    compile: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = numba.njit

    def refuse_cache(*args: Any, cache: bool = False, **options: Any) -> Any:
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return real(*args, **options)

    monkeypatch.setattr(numba, "njit", refuse_cache)

    @compile
    def double(number: int) -> int:
        return number * 2

    assert double(21) == 42


def test_the_name_of_the_machine_code_carries_all_its_sources() -> None:
    own = Path(fold_customers.__code__.co_filename)
    assert digest(own, PARTS) in fold_customers.py_func.__qualname__  # type: ignore[attr-defined]
    known = {
        own,
        own.with_name("scan.py"),
        own.with_name("plate.py"),
        *(path for pattern in PARTS for path in own.parent.glob(pattern)),
    }
    texts = {path: path.read_text() for path in own.parent.rglob("*.py")}
    parts = {path for path, text in texts.items() if "limner.compiled import" in text and "@kernel" not in text}
    assert own in parts
    assert parts <= known, "a file with parts of a kernel that no entry names"


def test_another_text_of_a_part_is_another_digest(tmp_path: Path) -> None:
    own, part = tmp_path / "kernel.py", tmp_path / "part.py"
    own.write_text("own")
    part.write_text("one")
    before = digest(own, ("part.py",))
    part.write_text("two")
    assert digest(own, ("part.py",)) != before
    assert digest(own, ()) != before

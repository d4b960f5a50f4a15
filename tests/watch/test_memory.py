"""What is freed between pieces still in use goes back to the system."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

import pytest

from limner.watch.memory import give_back

TRIMS = sys.platform.startswith("linux") and hasattr(ctypes.CDLL(None), "malloc_trim")


def held() -> int:
    """Bytes of memory that no file stands behind."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("RssAnon"))


@pytest.mark.skipif(not TRIMS, reason="the C library of this system has no malloc_trim")
def test_gaps_go_back() -> None:
    pieces = [bytes(1000) for _ in range(100_000)]
    kept = pieces[::100]  # nothing between them can be given back by lowering the top of the heap
    del pieces
    before = held()
    assert give_back()
    assert before - held() > 50e6
    assert len(kept) == 1000

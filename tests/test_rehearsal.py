"""A server that has rehearsed compiles nothing when its first customers come."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_the_first_events_find_everything_compiled(tmp_path: Path) -> None:
    day = [sys.executable, "-m", "tests.rehearsed_day", str(tmp_path / "shop")]
    done = subprocess.run(day, capture_output=True, text=True, timeout=280, check=True)
    assert done.stdout.split() == []

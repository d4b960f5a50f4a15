"""The parity tests share a twin and a builder of timelines: `tests` is importable whatever started pytest."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

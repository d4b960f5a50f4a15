"""Published data sets, where a machine has them: beside the checkout, or in the folder that LIMNER_DATA names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

FOLDER = Path(os.environ.get("LIMNER_DATA", Path(__file__).parents[2] / "shared" / "data"))


def find_data(name: str) -> Path:
    """The file of that name; skips the test where it is absent."""
    place = FOLDER / name
    if not place.exists():
        pytest.skip(f"{name} is not on this machine: LIMNER_DATA names the folder of data sets")
    return place

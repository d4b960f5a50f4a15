"""The console at its limits: 10,000 tags, 300 provinces, 200,000 events of one, thousands in an audience, lost tags."""

from __future__ import annotations

import pytest
from benches.crowd import crowd
from tests.console.test_console import PATIENCE, look
from tests.console.test_console import pytestmark as needed
from tests.console.test_interrupted import PASSWORD, serving

pytestmark = [*needed, pytest.mark.slow, pytest.mark.timeout(2 * PATIENCE)]


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A workspace with far too much of all, and how to serve it and get in."""
    folder = tmp_path_factory.mktemp("limits") / "shop"
    return serving(folder, crowd(folder, PASSWORD))


def test_at_its_limits(crowded: dict[str, str]) -> None:
    look("limits", env=crowded)

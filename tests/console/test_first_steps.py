"""The first steps in a browser, on a workspace in which there is nothing yet."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.console.test_console import look
from tests.console.test_console import pytestmark as needed
from tests.console.test_interrupted import PASSWORD, serving

import limner
from limner.govern.roles import Role

pytestmark = [*needed, pytest.mark.slow]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_from_nothing_to_a_portrait(tmp_path: Path, language: str) -> None:
    limner.init(tmp_path / "shop")
    with limner.open(tmp_path / "shop") as workspace:
        workspace.users_add("limits", "admin", PASSWORD)
        key = workspace.keys.issue("limits", Role.ADMIN)
    look("first", env=serving(tmp_path / "shop", key) | {"LIMNER_LANGUAGE": language})

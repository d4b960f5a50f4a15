"""The console's own checks: types, style, components. Skipped where there is no Node."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONSOLE = ROOT / "console"
PATIENCE = 240

pytestmark = [
    pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node here"),
    pytest.mark.skipif(not (CONSOLE / "node_modules").is_dir(), reason="the console is not installed: make console"),
]


def run(*words: str, env: dict[str, str] | None = None) -> None:
    """One of the console's own commands. What it printed is the failure."""
    done = subprocess.run(
        ["npx", "--no-install", *words],
        cwd=CONSOLE,
        env=os.environ | {"CI": "1", "NO_COLOR": "1"} | (env or {}),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]


@pytest.mark.parametrize(
    "words", [("tsc", "--noEmit"), ("eslint", ".", "--max-warnings", "0"), ("vitest", "run")], ids=" ".join
)
def test_the_console_is_typed_tidy_and_tested(words: tuple[str, ...]) -> None:
    run(*words)

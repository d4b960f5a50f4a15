"""Inside `pip install`: the console is built and goes into the wheel. Nothing of it is ever committed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ConsoleHook(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """An editable install finds it in the tree; a wheel takes it along."""
        sys.path.insert(0, str(Path(self.root) / "tools"))
        from build_console import build_console

        if build_console():
            build_data["artifacts"].append("src/limner/console/**")

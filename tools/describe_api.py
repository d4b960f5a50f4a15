"""Write the server's OpenAPI document, which the console's client is typed by: `npm run api` in `console/`."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from threading import Event
from typing import Any


def describe_api() -> dict[str, Any]:
    """As a workspace with nothing in it serves it."""
    import limner
    from limner.api.app import create_app

    with tempfile.TemporaryDirectory() as folder:
        limner.init(Path(folder) / "empty")
        with limner.open(Path(folder) / "empty") as workspace:
            return create_app(workspace, Event()).openapi()


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(describe_api(), indent=1), encoding="utf-8")

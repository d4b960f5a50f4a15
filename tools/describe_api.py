"""Write the server's OpenAPI document, which the console's client is typed by: `npm run api` in `console/`."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from threading import Event
from typing import Any

ERRORS = ("4XX", "422", "429", "503")
"""Answers that are the same for every operation: `console/src/api/problem.ts` has them once."""


def describe_api() -> dict[str, Any]:
    """As a workspace with nothing in it serves it, without what says nothing of types."""
    import limner
    from limner.api.app import create_app

    with tempfile.TemporaryDirectory() as folder:
        limner.init(Path(folder) / "empty")
        with limner.open(Path(folder) / "empty") as workspace:
            return lighten(create_app(workspace, Event()).openapi())


def lighten(document: dict[str, Any]) -> dict[str, Any]:
    for operations in document["paths"].values():
        for operation in operations.values():
            for status in ERRORS:
                operation["responses"].pop(status, None)
            for answer in operation["responses"].values():
                for content in answer.get("content", {}).values():
                    content.pop("example", None)
    drop_words(document)
    return document


def drop_words(part: Any) -> None:
    """What is explained is no type: a sentence may change without the client being written anew."""
    for each in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        drop_words(each)
    for word in ("description", "summary"):
        if isinstance(part, dict) and isinstance(part.get(word), str):
            del part[word]


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(describe_api(), indent=1), encoding="utf-8")

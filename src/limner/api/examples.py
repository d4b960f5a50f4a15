"""An example of what each operation answers: a small shop really did, and `tests/api/test_examples.py` asks again."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from fastapi import FastAPI

FILE = "examples.json"


def read_examples() -> dict[str, Any]:
    """By operation, such as ``GET /api/v1/tags``; a text is that of a file."""
    found: dict[str, Any] = json.loads(files("limner.api").joinpath(FILE).read_text(encoding="utf-8"))
    return found


def show_examples(app: FastAPI) -> None:
    """Have the app's OpenAPI document give them."""
    describe = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = describe()
            for operation, example in read_examples().items():
                method, _, path = operation.partition(" ")
                add_example(document["paths"][path][method.lower()], example)
        return app.openapi_schema or describe()

    app.openapi = openapi  # type: ignore[method-assign]


def add_example(operation: dict[str, Any], example: Any) -> None:
    """To what it answers when all went well."""
    answer = operation["responses"][min(status for status in operation["responses"] if status.startswith("2"))]
    if isinstance(example, str):
        answer["content"] = {"text/csv": {"schema": {"type": "string"}, "example": example}}
    else:
        (content,) = answer["content"].values()
        content["example"] = example

"""What a fitted model has learned besides trees and arrays: plain values, in one file of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from limner.errors import DataError

LEARNED = "learned.json"


def write_learned(folder: Path, learned: Mapping[str, Any]) -> None:
    (folder / LEARNED).write_text(json.dumps(learned, ensure_ascii=False), encoding="utf-8")


def read_learned(folder: Path, *parts: str) -> dict[str, Any]:
    """DataError when it is not there, not what was written, or without one of these parts."""
    with reading_files():
        learned: dict[str, Any] = json.loads((folder / LEARNED).read_text(encoding="utf-8"))
        for part in parts:
            learned[part]
    return learned


@contextmanager
def reading_files() -> Iterator[None]:
    """DataError in place of what missing and damaged files raise."""
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"The model's files cannot be read: {error}.", hint="Fit the model again.") from error

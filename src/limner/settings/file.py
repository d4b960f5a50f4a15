"""``limner.toml``, and what its keys may say."""

from __future__ import annotations

import tomllib
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, Self

import msgspec

from limner.errors import DataError

SETTINGS_FILE = "limner.toml"
Whole = Annotated[int, msgspec.Meta(ge=1, lt=1 << 31)]
"""A whole number, 1 or more."""


def read_file(folder: Path) -> dict[str, Any]:
    """What a workspace's file says."""
    return tomllib.loads((folder / SETTINGS_FILE).read_text(encoding="utf-8"))


def key(name: str, usual: Any, kind: Any, what: str) -> Any:
    """A field of an area: its key in the file, what holds where it is not written, what may be written (a type of
    msgspec's) and what that is called."""
    return field(default=usual, metadata={"name": name, "kind": kind, "what": what})


@dataclass(frozen=True, slots=True)
class Area:
    """Keys of the file that belong together: every field is a `key`."""

    @classmethod
    def of_workspace(cls, folder: Path) -> Self:
        """DataError, which names the key, where it says what it may not."""
        written = read_file(folder)
        return cls(**{each.name: _read(each, written, folder) for each in fields(cls)})


def usual_of(area: type[Area]) -> dict[str, Any]:
    """Its keys, and what holds where they are not written."""
    return {each.metadata["name"]: each.default for each in fields(area)}


def _read(each: Field[Any], written: dict[str, Any], folder: Path) -> Any:
    name = each.metadata["name"]
    if name not in written:
        return each.default
    try:
        return msgspec.convert(written[name], each.metadata["kind"])
    except msgspec.ValidationError:
        example = msgspec.json.encode(each.default or ["bought"]).decode()
        raise DataError(
            f"{name} in {folder / SETTINGS_FILE} is {written[name]!r}, which is no {each.metadata['what']}.",
            hint=f"Give one, such as {example}.",
        ) from None

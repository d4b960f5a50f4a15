"""The files of fitted models: a folder a version, sealed by a checksum, taken as a whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from limner.errors import DataError
from limner.learn.contract import Fitted, Kind
from limner.model.dump import dump_tag
from limner.model.parse import parse_tag
from limner.model.tag import Tag

FORMAT = 1
"""Of the folder; another version's is refused."""
SEAL = "model.json"
AGAIN = "Fit the model again; what was published before stays as it is."


def write_model(folder: Path, kind: Kind, fitted: Fitted, asks: Sequence[Tag]) -> str:
    """Into an empty folder; the checksum of all of it."""
    fitted.save(folder)
    seal = {"format": FORMAT, "kind": kind.name, "asks": [[tag.name, dump_tag(tag)] for tag in asks]}
    (folder / SEAL).write_text(json.dumps(seal, ensure_ascii=False), encoding="utf-8")
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    return sum_files(folder)


def read_asks(folder: Path) -> list[Tag]:
    """The tags a version reads, as they were defined when it was fitted. DataError."""
    return [replace(parse_tag("asked", written), name=name) for name, written in read_seal(folder)["asks"]]


def read_model(folder: Path, kind: Kind, sha256: str) -> Fitted:
    """DataError when the files are missing, not what was written, or another version's."""
    seal = read_seal(folder)
    if seal["kind"] != kind.name:
        raise DataError(f"{folder.name} is a model of the kind {seal['kind']}, not {kind.name}.", hint=AGAIN)
    if sum_files(folder) != sha256:
        raise DataError(f"The files of {folder.name} are not as they were written.", hint=AGAIN)
    return kind.load(folder)


def read_seal(folder: Path) -> dict[str, Any]:
    try:
        seal: dict[str, Any] = json.loads((folder / SEAL).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"The files of {folder.name} cannot be read: {error}.", hint=AGAIN) from error
    if seal.get("format") != FORMAT:
        said = f"The files of {folder.name} have format {seal.get('format')}; this Limner reads {FORMAT}."
        raise DataError(said, hint=AGAIN)
    return seal


def sum_files(folder: Path) -> str:
    """SHA-256 over names and contents."""
    total = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        total.update(f"{path.name}\0{path.stat().st_size}\0".encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def adopt_model(made: Path, place: Path) -> None:
    """Put a written folder in its place."""
    place.parent.mkdir(mode=0o700, exist_ok=True)
    shutil.rmtree(place, ignore_errors=True)  # left by somebody who died before it was registered
    made.rename(place)

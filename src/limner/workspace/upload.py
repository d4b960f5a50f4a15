"""A file that is sent to be imported, while it comes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from limner.errors import DataError

Submit = Callable[[Path, str], dict[str, Any]]
LONGEST = 200
"""Characters of a file's name."""


class Upload:
    """Nothing is left of it unless it is finished."""

    def __init__(self, name: str, folder: Path, most: int, submit: Submit) -> None:
        """DataError when ``name`` is no file's. ``most``: bytes; ``submit`` has the file imported for somebody."""
        self._folder, self._most, self._submit = folder, most, submit
        if name != Path(name).name or not name.strip(".") or not name.isprintable() or len(name.encode()) > LONGEST:
            self.close()
            raise DataError(f"{name[:LONGEST]!r} is no name for a file.", hint="Give one such as orders.csv.")
        self._path = folder / name
        self._file = self._path.open("xb")
        self._size = 0

    def write(self, block: bytes) -> None:
        """DataError when it is too large."""
        self._size += len(block)
        if self._size > self._most:
            raise DataError(
                f"The file has more than {self._most >> 20:,} MB.",
                hint="upload_mb in limner.toml says how large it may be.",
            )
        self._file.write(block)

    def finish(self, author: str) -> dict[str, Any]:
        """All of it is here: the job that imports it."""
        self._file.close()
        return self._submit(self._path, author)

    def close(self) -> None:
        if hasattr(self, "_file"):
            self._file.close()
        shutil.rmtree(self._folder, ignore_errors=True)

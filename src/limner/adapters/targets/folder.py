"""A folder of this machine, or of what is mounted on it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from limner.errors import Unavailable
from limner.ports.packages import Parcel


class Folder:
    def __init__(self, path: Path) -> None:
        self._path = path

    def put(self, parcel: Parcel) -> None:
        fresh = self._path / f".{parcel.name}.part"
        try:
            self._path.mkdir(parents=True, exist_ok=True)
            with parcel.path.open("rb") as source, fresh.open("wb") as written:
                shutil.copyfileobj(source, written, 1 << 20)
                written.flush()
                os.fsync(written.fileno())
            fresh.replace(self._path / parcel.name)
        except OSError as error:
            fresh.unlink(missing_ok=True) if self._path.is_dir() else None
            raise Unavailable(f"{self._path} cannot be written to: {error.strerror}.") from error
